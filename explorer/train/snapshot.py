"""What a trainer yields: the whole ensemble at one moment, and how well each network fits."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float64, Int64
from torch import Tensor

from explorer.nets.two_layer import Ensemble


@dataclass(frozen=True)
class Snapshot:
    """The ensemble after `step` steps: of Adam, or iterations of Gauss-Newton.

    `nets` is a copy, safe to keep. `mse` is measured in float64 on these very weights. `steps` counts the steps
    that each network has taken; it no longer grows once the network has stopped. `done`: the last one of the run.
    """

    step: int
    nets: Ensemble
    mse: Float64[Tensor, " B"]
    steps: Int64[Tensor, " B"]
    done: bool


def measure(
    nets: Ensemble, X: Float64[Tensor, "n d"], y: Float64[Tensor, " n"], points: Sequence[int] = ()
) -> Float64[Tensor, " B"]:
    """Mean squared error of every network, in float64 whatever the weights are kept in.

    With `points`, that of network i over its first points[i] points.
    """
    most = max(points, default=len(y))
    squares = (nets.to(y.dtype).outputs(X[:most]) - y[:most]).square()
    if min(points, default=most) == most:
        return squares.mean(1)
    return torch.stack([row[:count].mean() for row, count in zip(squares, points, strict=True)])


def paced(stop: Callable[[], bool], seconds: float = 0.02) -> Callable[[], bool]:
    """`stop`, asked again only when `seconds` have passed, so that hot loops may call it freely."""
    due = 0.0

    def ask() -> bool:
        nonlocal due
        now = time.monotonic()
        if now < due:
            return False
        due = now + seconds
        return stop()

    return ask
