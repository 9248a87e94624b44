"""What a network does at the data: how well it fits, and how steep it is there."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from explorer.nets.two_layer import Ensemble

ROWS = 128  # points at once: a few ten milliseconds for thousands of neurons and dimensions
EXACT = 1e-6  # residual, relative to the largest |y_i|, above which a point is not fitted


@dataclass(frozen=True)
class Fit:
    """One network at its data.

    Attributes:
        error: max |f(x_i) - y_i|.
        misfit: share of points with |f(x_i) - y_i| > 1e-6 max |y_i|.
        slope: max |grad f(x_i)|, the full gradient.
    """

    error: float
    misfit: float
    slope: float


def fit(
    net: Ensemble, X: Float[Tensor, "n d"], y: Float[Tensor, " n"], stop: Callable[[], bool] = lambda: False
) -> Fit | None:
    """The fit of one network, n >= 1; None when `stop()` turned true, which is asked every ROWS points."""
    residuals, slopes = [], []
    for part, labels in zip(X.split(ROWS), y.split(ROWS), strict=True):
        if stop():
            return None
        residuals.append((net.outputs(part)[0] - labels).abs())
        slopes.append(net.gradients(part)[0].norm(dim=1))
    error = torch.cat(residuals)
    missed = (error > EXACT * y.abs().amax()).to(torch.float64)
    return Fit(float(error.amax()), float(missed.mean()), float(torch.cat(slopes).amax()))
