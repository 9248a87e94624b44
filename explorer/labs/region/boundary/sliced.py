"""The plane through an image: its directions, what networks call its points, where the target's region begins."""

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from explorer.frames import Columns
from explorer.labs import Stop
from explorer.labs.region.base import Data, Networks
from explorer.labs.region.boundary import BOUNDARY, GRADIENT, NEW, PLANE, RANDOM, STEPS, BoundarySettings
from explorer.labs.region.settings import L2
from explorer.labs.through import through
from explorer.measure import regions
from explorer.measure.criteria import Misclassified
from explorer.nets.convnet import Convnet
from explorer.seeding import seeded
from explorer.vectors import unit

ACROSS = 13 << 32  # what is added to a seed for the signs of the other direction
CONVNETS_AT_ONCE = 128


def directed(settings: BoundarySettings, v: Float[Tensor, "*n d"]) -> Float[Tensor, "*n d"]:
    """v / |v| in the norm of the settings, and 0 where v is 0."""
    if settings.norm == L2:
        return unit(v)
    return v / v.abs().amax(-1, keepdim=True).clamp_min(torch.finfo(v.dtype).tiny)


def at_once(models: Networks) -> int:
    """Points of one look."""
    return CONVNETS_AT_ONCE if isinstance(models, Convnet) else regions.AT_ONCE


@dataclass(frozen=True)
class Plane:
    """x + a u + b w, of an unseen image x of the first network, u along v_t; `across` says what w is."""

    number: int
    label: int
    x: Float[Tensor, " d"]
    directions: Float[Tensor, "2 d"]
    across: str

    @property
    def cosine(self) -> float:
        """Of both; NaN where one is 0."""
        u, w = self.directions.double()
        length = float(u.norm() * w.norm())
        return float(u @ w) / length if length else float("nan")


def plane(
    settings: BoundarySettings,
    base: Networks,
    data: Data,
    at: list[int],
    v: Float[Tensor, "T d"],
    new: Float[Tensor, "T d"] | None,
) -> Plane:
    """Through the image that is chosen. `new`: perturbations of static RAT; before it is trained, signs stand for them.

    Args:
        base: the first network. at: the places of images that can be chosen.
    """
    number = min(settings.image, len(at) - 1)
    x, y = data.seen[0, at[number]], data.labels[0, at[number]]
    across = RANDOM if settings.across == NEW and new is None else settings.across
    if across == GRADIENT:
        aim = Misclassified(y.view(1, 1))
        w = base.vjp(x.view(1, 1, -1), aim.slope)[1].view(-1)
        w = w if settings.norm == L2 else w.sign()
    elif across == NEW and new is not None:
        w = new[settings.target]
    else:
        w = (torch.randint(0, 2, x.shape, generator=seeded(ACROSS + settings.seed)) * 2 - 1).to(x)
    directions = torch.stack([directed(settings, v[settings.target]), directed(settings, w)])
    return Plane(number, int(y), x, directions, across)


def cut(
    settings: BoundarySettings, model: str, one: Networks, through_it: Plane, grid: int, stop: Stop
) -> Generator[None, None, Columns | None]:
    """Rows of `boundary` of one network; None when `stop()` turned true before."""
    along = torch.linspace(-settings.half, settings.half, grid, dtype=torch.float64)
    looks = regions.on_plane(one, through_it.x, through_it.directions, along, at_once=at_once(one))
    found = yield from through(looks, stop)
    if found is None:
        return None
    v, u = (values.ravel() for values in np.meshgrid(along.numpy(), along.numpy(), indexing="ij"))
    return BOUNDARY.filled(model=model, u=u, v=v, label=found[0].flatten().cpu().numpy())


def begins(
    settings: BoundarySettings,
    one: Networks,
    X: Float[Tensor, "m d"],
    v: Float[Tensor, "m d"],
    targets: Int[Tensor, " m"],
    stop: Stop,
) -> Generator[None, None, np.ndarray | None]:
    """How far along v each image's target begins (m), inf where it does not within reach."""
    lengths = torch.linspace(0, settings.reach, STEPS + 1, dtype=torch.float64)
    u = directed(settings, v)
    looks = regions.entry(one, X[None], u[None], targets[None], lengths, at_once=at_once(one))
    found = yield from through(looks, stop)
    return None if found is None else found[0].double().cpu().numpy()


def point(
    settings: BoundarySettings,
    model: str,
    one: Networks,
    through_it: Plane,
    v: Float[Tensor, "T d"],
    new: Float[Tensor, "T d"],
    stop: Stop,
) -> Generator[None, None, Columns | None]:
    """The row of `plane` of one network."""
    t = settings.target
    X = through_it.x.expand(2, -1)
    both = torch.stack([v[t], new[t]])
    found = yield from begins(settings, one, X, both, torch.tensor([t, t], device=X.device), stop)
    if found is None:
        return None
    old, recomputed = np.where(np.isfinite(found), found, np.nan).tolist()
    return PLANE.filled(
        model=model,
        image=through_it.number,
        label=through_it.label,
        target=t,
        predicted=int(regions.labels(one, through_it.x.view(1, 1, -1))[0, 0]),
        across=through_it.across,
        cosine=through_it.cosine,
        old=old,
        new=recomputed,
    )
