"""How steep a difference of two logits is, of samples and of their average: what averaging takes from steepness.

The average of S networks with one hidden layer is one such network, S times as wide, so that it has a bracket of its
own; and the triangle inequality bounds it by the mean of theirs, however large it is.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from jaxtyping import Float
from torch import Tensor

from explorer.measure.ascent import FULL, Effort
from explorer.measure.lipschitz import bracket
from explorer.nets.mlp import Mlp
from explorer.nets.two_layer import Ensemble
from explorer.vectors import lengths

AT_ONCE = 4_000_000  # neurons and points that gradients are taken of
MOST_NEURONS = 1500  # of an average whose own bracket is looked for: its certificate costs their cube


@dataclass(frozen=True)
class Steepness:
    """Bounds of Lipschitz constants on a ball, in units of a logit per unit of x; NaN = unknown.

    Attributes:
        lower, upper: of every sample. average_lower, average_upper: of the mean of their logits, at most `mean_upper`.
        joint: whether the average has a bracket of its own.
    """

    lower: Float[Tensor, " S"]
    upper: Float[Tensor, " S"]
    average_lower: float
    average_upper: float
    joint: bool

    @property
    def mean_upper(self) -> float:
        """The mean of `upper`, rounded up."""
        return float(self.upper.mean()) * (1 + (len(self.upper) + 2) * torch.finfo(torch.float64).eps)


def averaged(
    models: Mlp,
    X: Float[Tensor, "n d"],
    i: int,
    j: int,
    *,
    radius: float,
    seed: int,
    stop: Callable[[], bool] = lambda: False,
    effort: Effort = FULL,
) -> Steepness:
    """Bounds for z_i - z_j on |x| <= radius, in float64: of each model, and of the average of their logits.

    Where the average is too wide for a bracket its `lower` is the largest gradient at a data point or at one where a
    sample is steepest.

    Raises:
        ValueError: as `lipschitz.bracket` and `Mlp.difference`, or if i = j.
    """
    if i == j:
        raise ValueError(f"logits {i} and {j}: a difference is of two")
    X = X.to(torch.float64)
    nets = models.to(torch.float64).difference(i, j)
    each = bracket(nets, X, radius=radius, seed=seed, stop=stop, effort=effort)
    mean = replace(nets, outer=nets.outer / len(nets), widths=(sum(nets.widths),), seeds=(0,))
    nan, joint = float("nan"), sum(nets.widths) <= MOST_NEURONS
    of_samples = Steepness(each.lower, each.upper, nan, nan, joint)
    most = of_samples.mean_upper
    if not joint:
        lower = _steepest(mean, torch.cat([X, each.witness]))
        return replace(of_samples, average_lower=lower, average_upper=most)
    steepest = each.witness[each.lower.nan_to_num(-1.0).argmax()].unsqueeze(0)
    own = bracket(mean, X, radius=radius, seed=seed, warm=steepest, stop=stop, effort=effort)
    upper = float(own.upper)
    return replace(
        of_samples, average_lower=float(own.lower), average_upper=nan if math.isnan(upper) else min(upper, most)
    )


def _steepest(net: Ensemble, x: Float[Tensor, "N d"]) -> float:
    """The largest gradient of the one network at these points, less what a sum of so many terms is off by."""
    known = x[x.isfinite().all(1)]
    parts = known.split(max(1, AT_ONCE // sum(net.widths)))
    sizes = torch.cat([known.new_empty(0), *(lengths(net.gradients(part).squeeze(0)) for part in parts)])
    return float(sizes.amax()) * (1 - 1e-9) if len(sizes) else float("nan")
