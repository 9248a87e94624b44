"""How far the loss rises at the worst place near trained weights (Keskar et al. 2017; SAM: Foret et al. 2021)."""

from collections.abc import Callable

import torch
from jaxtyping import Float, Int
from torch import Tensor

from explorer.measure.cross_entropy import CrossEntropy
from explorer.measure.layers import unit_of_change
from explorer.nets.population import Layered
from explorer.vectors import unit

STARTS, STEPS = 1, 20


def sharpness(
    models: Layered,
    X: Float[Tensor, "B n d"],
    y: Int[Tensor, "B n"],
    radius: float,
    *,
    generator: torch.Generator,
    magnitude: bool = False,
    starts: int = STARTS,
    steps: int = STEPS,
    stop: Callable[[], bool] = lambda: False,
) -> Float[Tensor, " B"]:
    """max over |e| <= radius of L(w + e) - L(w), L the mean cross-entropy; by magnitude, |e / |w|| <= radius.

    The weights move, biases stay. From radius times the gradient's direction (the step of SAM), and from `starts`
    random places of the ball's surface and those opposite, the same for all models, every step goes to radius times
    the direction of the gradient there: where L is convex it never falls, where quadratic that is power iteration. The
    largest rise met, at least 0, is a lower bound of the maximum, and not smaller for more starts or steps. NaN
    where the loss is no number. If `stop` says so, which is asked before each step, what was met until then.
    """
    task, here = CrossEntropy(models, X, y), models.parameters
    scale = unit_of_change(models, magnitude=magnitude)
    loss, gradient = task.gradient(here)
    best = torch.zeros_like(loss)
    drawn = [torch.randn(here.shape[1], generator=generator).to(here) for _ in range(starts)]
    for direction in (gradient * scale, *(sign * u * (scale > 0) for u in drawn for sign in (1, -1))):
        e = radius * unit(direction)
        for _ in range(steps + 1):
            if stop():
                return best + 0 * loss
            found, gradient = task.gradient(here + scale * e)
            best = torch.maximum(best, (found - loss).nan_to_num(nan=0.0, posinf=torch.inf))
            e = radius * unit(gradient * scale)
    return best + 0 * loss
