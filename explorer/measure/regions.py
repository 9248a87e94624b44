"""Decision regions: on a plane through a point, and how far along a direction one of them begins.

Points are kept within the box, as images are; a plane is bent where it leaves it.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor

from explorer.measure.perturbations import Box
from explorer.measure.universal import UNIT, Looks
from explorer.nets.population import Population

NOWHERE = -1  # the label where logits are no numbers
AT_ONCE = 1 << 10  # points of one look at the models
HALVINGS = 6  # of the step in which a region was met


def labels(models: Population, x: Float[Tensor, "B n d"]) -> Int[Tensor, "B n"]:
    """What each model calls its points; NOWHERE where it has no numbers for one."""
    logits = models.logits(x)
    known = logits.isfinite().all(-1)
    return torch.where(known, logits.argmax(-1), torch.full_like(known, NOWHERE, dtype=torch.int64))


def on_plane(
    models: Population,
    x: Float[Tensor, " d"],
    directions: Float[Tensor, "2 d"],
    along: Float[Tensor, " m"],
    *,
    box: Box | None = UNIT,
    at_once: int = AT_ONCE,
) -> Looks[Int[Tensor, "B m m"]]:
    """What each model calls x + a u + b w: row i is b = along[i], column j a = along[j]. Yields after every look."""
    b, a = torch.meshgrid(along, along, indexing="ij")
    weights = torch.stack([a.flatten(), b.flatten()], 1).to(x)
    found = list[Tensor]()
    for part in weights.split(max(1, at_once // len(models))):
        points = x + part @ directions
        found.append(labels(models, _kept(points, box).expand(len(models), -1, -1)))
        yield
    return torch.cat(found, 1).view(len(models), len(along), len(along))


def entry(
    models: Population,
    x: Float[Tensor, "B n d"],
    u: Float[Tensor, "B n d"],
    targets: Int[Tensor, "B n"],
    lengths: Float[Tensor, " m"],
    *,
    box: Box | None = UNIT,
    halvings: int = HALVINGS,
    at_once: int = AT_ONCE,
) -> Looks[Float[Tensor, "B n"]]:
    """The least length r at which x + r u is called the target; inf where that is so at none of the lengths.

    The lengths, rising, are tried one after the other; the step in which the target is met is then halved. A piece of
    its region that lies between two of them is passed over: it begins no further away than is found, and may be nearer.
    Yields after every look at the models.
    """
    found = torch.full(targets.shape, torch.inf, dtype=x.dtype, device=x.device)
    before = torch.zeros_like(found)
    step = max(1, at_once // len(models))

    def met(at: Tensor, r: Tensor) -> Tensor:
        points = x[:, at] + r.unsqueeze(-1) * u[:, at]
        return labels(models, _kept(points, box)) == targets[:, at]

    last = 0.0
    for length in lengths.tolist():
        waiting = found.isinf().any(0).nonzero().squeeze(1)
        for at in waiting.split(step) if len(waiting) else ():
            new = met(at, torch.full_like(found[:, at], length)) & found[:, at].isinf()
            found[:, at] = found[:, at].where(~new, torch.full_like(found[:, at], length))
            before[:, at] = before[:, at].where(~new, torch.full_like(found[:, at], last))
            yield
        last = length
    inside = found.isfinite().any(0).nonzero().squeeze(1)
    for at in inside.split(step) if len(inside) else ():
        low, high = before[:, at], found[:, at]
        for _ in range(halvings):
            middle = torch.where(high.isfinite(), (low + high) / 2, low)
            hit = met(at, middle) & high.isfinite()
            low, high = torch.where(hit, low, middle), torch.where(hit, middle, high)
            yield
        found[:, at] = high
    return found


def _kept(points: Tensor, box: Box | None) -> Tensor:
    return points if box is None else points.clamp(*box)
