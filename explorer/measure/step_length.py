"""PGD with steps of one length, to compare lengths, the best iterate with the last, and where the ascent begins.

`measure.perturbations.PGD` keeps the best iterate and shrinks its steps; this is what an attack without that comes to.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from explorer.measure.criteria import Criterion
from explorer.measure.perturbations import Best, Box, ascended, drawing, moved, shortened
from explorer.measure.pgd import in_ball
from explorer.nets.population import Differentiable


@dataclass(frozen=True)
class Ends:
    """Of one ascent, the best point, X itself among them, and the last one."""

    best: Float[Tensor, "B n d"]
    last: Float[Tensor, "B n d"]


def even_ascent(
    models: Differentiable,
    X: Float[Tensor, "n d"],
    criterion: Criterion,
    eps: float,
    *,
    length: float,
    steps: int,
    box: Box,
    seed: int | None = None,
    first: int | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> Ends:
    """Ascent in the l-infinity ball, along the signs of the gradient.

    Args:
        length: of every step, in units of eps; from 2 on each leads to a corner of the ball, whatever it is.
        seed: of a uniform point of the ball at which it begins, the same for all models; None begins at X itself.
        first: see `perturbations.drawing`. stop: asked before every step; when true, the ascent ends where it is.
    """
    origin, eps = X.expand(len(models), -1, -1), shortened(eps, X)
    delta = torch.zeros_like(origin)
    if seed is not None:
        delta = delta + eps * drawing(seed, first)(lambda shape, by: in_ball(shape, "linf", by), X.shape).to(X)
    best = Best.of(origin, models.logits(origin), criterion)
    x = moved(origin, delta, box)
    for _ in range(steps):
        if stop():
            break
        logits, gradient = models.vjp(x, criterion.slope)
        best = best.or_else(Best.of(x, logits, criterion))
        x = moved(origin, ascended(x - origin, gradient, "linf", eps, length), box)
    return Ends(best.or_else(Best.of(x, models.logits(x), criterion)).x, x)
