"""Networks that are trained on against perturbations, in several ways: their training, and what perturbations do."""

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Float64
from torch import Tensor

from explorer.frames import FINISHED, Cell, Columns, Kept, Mismatch
from explorer.labs import Stop
from explorer.labs.image_sets import CLASSES
from explorer.labs.region import kinds, searched
from explorer.labs.region.base import Data, Networks
from explorer.labs.region.settings import L2, Retrained
from explorer.labs.weights import tensors
from explorer.measure import universal
from explorer.measure.pgd import Norm
from explorer.measure.universal import Images
from explorer.nets.convnet import Convnet
from explorer.nets.mlp import Mlp
from explorer.train import adversarial, region, shared_perturbations
from explorer.train.adversarial import Adversary
from explorer.train.shared_perturbations import ROUNDING, Universal
from explorer.vectors import lengths

RATE = 1e-3  # of Adam, for all kinds; it falls to 0
PERTURBATIONS = "perturbations"
#: Of universal AT with every minibatch, in units of delta. With a tenth of it the one perturbation is chased about: on
#: the 8x8 digits 27 % of the images stay right under a new one then, 50 % without any training on it, 62 % with this.
STRIDE = 1.0


@dataclass(frozen=True)
class Shot:
    """The networks of one kind after some steps, and what ten perturbations each do to unseen images.

    Attributes:
        old, new: success of those found before the training, and of those found now; by network and target.
    """

    step: int
    models: Networks
    old: Float64[np.ndarray, "S T"]
    new: Float64[np.ndarray, "S T"]


def norm_of(settings: Retrained) -> Norm:
    """As attacks know it."""
    return "l2" if settings.norm == L2 else "linf"


def seeds_of(settings: Retrained) -> range:
    """Of the networks."""
    return range(settings.seed, settings.seed + settings.seeds)


def rival(settings: Retrained, kind: str, v: Float[Tensor, "S T d"], one: int) -> Universal | Adversary | None:
    """Who perturbs what is learned from."""
    norm, delta, targets = norm_of(settings), settings.delta, torch.arange(v.shape[1], device=v.device)
    if kind == kinds.STATIC:
        return shared_perturbations.static(v, targets, delta, norm)
    if kind == kinds.DYNAMIC:
        return shared_perturbations.dynamic(v, targets, delta, norm)
    if kind == kinds.ONE:
        return shared_perturbations.static(v[:, one : one + 1], targets[one : one + 1], delta, norm)
    if kind == kinds.UNIVERSAL_AT:
        return shared_perturbations.universal(torch.zeros_like(v[:, :1]), delta, norm, length=STRIDE)
    if kind == kinds.FGSM_AT:
        return adversarial.fgsm(norm, delta)
    return adversarial.pgd(norm, delta, steps=kinds.PGD_STEPS) if kind == kinds.PGD_AT else None


def found(
    settings: Retrained, models: Networks, data: Data, stop: Stop
) -> Generator[None, None, Float[Tensor, "S T d"] | None]:
    """Perturbations of every network towards every class; None when `stop()` turned true before."""
    parts = []
    for i, seed in enumerate(seeds_of(settings)):
        one, images = models.take(torch.tensor([i], device=data.X.device)), searched.images_of(settings, data, i)
        shots = yield from searched.perturbations(settings, one, images, (settings.delta,), seed, stop)
        if shots is None:
            return None
        parts.append(shots[0].v)
    return torch.cat(parts)


def successes(models: Networks, v: Float[Tensor, "S T d"], data: Data) -> Generator[None, None, np.ndarray]:
    """Share of unseen images that each perturbation of each network turns into its class (S T)."""
    parts, targets = [], torch.arange(CLASSES, device=data.X.device)
    for i in range(len(models)):
        one = models.take(torch.tensor([i], device=data.X.device))
        shares = yield from universal.tally(one, v[i : i + 1], Images(data.seen[i], data.labels[i], targets))
        parts.append(shares.share[0].numpy())
    return np.stack(parts)


def shot(
    settings: Retrained, models: Networks, v: Tensor, data: Data, step: int, stop: Stop
) -> Generator[None, None, Shot | None]:
    """What the old perturbations do, and what those that are found now."""
    now = yield from found(settings, models, data, stop)
    if now is None:
        return None
    old = yield from successes(models, v, data)
    new = yield from successes(models, now, data)
    return Shot(step, models, old, new)


def begun(
    settings: Retrained, models: Networks, data: Data, stop: Stop, kept: Kept
) -> Generator[Cell | None, None, Float[Tensor, "S T d"] | None]:
    """The perturbations that are trained against, a cell; those that are kept are there at once."""
    arrays = taken(kept, PERTURBATIONS, PERTURBATIONS)
    if arrays is not None:
        return kept_perturbations(settings, arrays, PERTURBATIONS, data.X).to(data.X.device)
    now = yield from found(settings, models, data, stop)
    if now is None or stop():
        return None
    yield Cell(PERTURBATIONS, {PERTURBATIONS: now.cpu().numpy()})
    return now


def kept_perturbations(
    settings: Retrained, arrays: Columns, name: str, like: Float[Tensor, "S n d"]
) -> Float[Tensor, "S T d"]:
    """Those of every network towards every class, on the CPU.

    like: their images. Raises Mismatch when what is kept is of another shape or kind, or longer than delta.
    """
    (v,) = tensors(arrays, name, finite=True)
    if v.shape != (len(like), CLASSES, like.shape[2]) or v.dtype != like.dtype:
        raise Mismatch(f"perturbations of shape {tuple(v.shape)} are not those of {len(like)} networks")
    longest = (lengths(v) if settings.norm == L2 else v.abs().amax(-1)).max().item()
    if longest > settings.delta * ROUNDING:
        raise Mismatch(f"{name}: what is kept is {longest} long, more than {settings.delta}")
    return v


def taken(kept: Kept, cell: str, column: str) -> Columns | None:
    """The arrays of a cell, or those of a finished run that has them."""
    if cell in kept:
        return kept[cell]
    return kept[FINISHED] if column in kept.get(FINISHED, {}) else None


def trained(
    settings: Retrained, kind: str, models: Networks, v: Tensor, data: Data, looks: frozenset[int], one: int, stop: Stop
) -> Generator[tuple[int, Networks] | None, None, None]:
    """The networks before the first step, after those of `looks` and after the last; None between.

    Ends early when `stop()` turns true.
    """
    learning = region.train(
        models,
        data.X[:, : settings.used],
        data.y[:, : settings.used],
        rival(settings, kind, v, one),
        alpha=settings.alpha if kind != kinds.EXTRA else 1.0,
        seeds=list(seeds_of(settings)),
        max_steps=settings.steps,
        stop=stop,
        lr=RATE,
        at=looks.__contains__,
    )
    for found_now in learning:
        if found_now is None:
            yield None
        else:
            assert isinstance(found_now.models, Mlp | Convnet)
            yield found_now.step, found_now.models


def to_arrays(kind: str, shots: list[Shot]) -> dict[str, np.ndarray]:
    """The cell of a kind: parameters (looks, S, P), and successes (looks, S, 2, T)."""
    name = kinds.slug(kind)
    return {
        f"{name}_parameters": np.stack([each.models.parameters.cpu().numpy() for each in shots]),
        f"{name}_success": np.stack([np.stack([each.old, each.new], 1) for each in shots]),
    }


def from_arrays(kind: str, models: Networks, steps: list[int], arrays: Columns) -> list[Shot]:
    """What `to_arrays` was given. Raises Mismatch when it is of others."""
    name = kinds.slug(kind)
    parameters, success = tensors(arrays, f"{name}_parameters", f"{name}_success")
    own = models.parameters
    if parameters.shape != (len(steps), *own.shape) or parameters.dtype != own.dtype:
        raise Mismatch(f"parameters of shape {tuple(parameters.shape)} are not those of {len(models)} networks")
    if success.shape != (len(steps), len(models), 2, CLASSES) or success.dtype != torch.float64:
        raise Mismatch(f"successes of shape {tuple(success.shape)} are not those of {len(models)} networks")
    if ((success < 0) | (success > 1)).any():
        raise Mismatch("what is kept of successes are no shares")
    return [
        Shot(step, models.with_parameters(rows.to(own.device)), shares[:, 0].numpy(), shares[:, 1].numpy())
        for step, rows, shares in zip(steps, parameters, success, strict=True)
    ]
