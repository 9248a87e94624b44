"""The floor that any function must respect: two points with different labels force a slope between them."""

import math
from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor

ROWS = 512  # of the n x n matrix of distances held at once


def mcshane(
    X: Float[Tensor, "n d"], y: Float[Tensor, " n"], mse: float = 0.0, stop: Callable[[], bool] = lambda: False
) -> float:
    """The least Lipschitz constant of any function with mean squared error `mse` or less at (x_i, y_i).

    max over pairs of (|y_i - y_j| - sqrt(2 n mse)) / |x_i - x_j|: the residuals of such a function have
    e_i^2 + e_j^2 <= n mse, hence |e_i| + |e_j| <= sqrt(2 n mse). For mse = 0 the extension of McShane (1934) attains
    it; otherwise it is a floor. 0 where nothing is forced, infinite where equal points have different labels.

    `stop` is asked before every ROWS points; when it turns true the pairs that are left are not looked at.

    Raises:
        ValueError: if `mse` is negative or not a number.
    """
    if not mse >= 0:
        raise ValueError(f"mse = {mse}: 0 or more")
    X, y = X.to(torch.float64), y.to(torch.float64)
    # in units in which squares and differences are numbers: powers of two, so that nothing is rounded
    length, height = (2.0 ** math.frexp(float(v.abs().amax()))[1] if len(v) else 1.0 for v in (X / 2, y / 2))
    X, y = X / length, y / height
    slack = math.sqrt(2 * len(X) * mse) / height
    floor = 0.0
    sizes = X.square().sum(1)
    for start in range(0, len(X), ROWS):
        if stop():
            break
        rows = slice(start, start + ROWS)
        squares = sizes[rows, None] + sizes - 2 * X[rows] @ X.T
        rise = ((y[rows, None] - y).abs() - slack).clamp_min(0)
        best = (rise / squares.clamp_min(torch.finfo(X.dtype).tiny).sqrt()).flatten().argmax()
        i, j = start + int(best) // len(X), int(best) % len(X)
        steepest, apart = (
            float(rise[i - start, j]),
            math.dist(X[i].tolist(), X[j].tolist()),
        )  # not the rounded `squares`
        if steepest > 0:
            floor = max(floor, steepest / apart if apart > 0 else math.inf)
    return floor * (height / length)
