"""The floor that any function must respect: two points with different labels force a slope between them."""

import math
from collections.abc import Callable

import torch
from jaxtyping import Float, Int
from torch import Tensor

from explorer.powers import exponent, shifted

ROWS = 512  # of the n x n matrix of distances held at once
PAIRS = 1 << 20  # numbers in the differences of pairs held at once


def mcshane(
    X: Float[Tensor, "n d"], y: Float[Tensor, " n"], mse: float = 0.0, stop: Callable[[], bool] = lambda: False
) -> float:
    """The least Lipschitz constant of any function with mean squared error `mse` or less at (x_i, y_i).

    max over pairs of (|y_i - y_j| - sqrt(2 n mse)) / |x_i - x_j|: the residuals of such a function have
    e_i^2 + e_j^2 <= n mse, hence |e_i| + |e_j| <= sqrt(2 n mse). For mse = 0 the extension of McShane (1934) attains
    it; otherwise it is a floor. 0 where nothing is forced, infinite where equal points have different labels, NaN where
    a point or label is not finite.

    `stop` is asked before every ROWS points; when it turns true the pairs that are left are not looked at.

    Raises:
        ValueError: if `mse` is negative or not a number.
    """
    if not mse >= 0:
        raise ValueError(f"mse = {mse}: 0 or more")
    X, y, slack = X.to(torch.float64), y.to(torch.float64), torch.tensor(mse, dtype=torch.float64, device=X.device)
    if not (X.isfinite().all() and y.isfinite().all()):
        return math.nan
    across, up = exponent(X.abs().amax()), exponent(y.abs().amax())  # at about 1 no square is out of range
    X, y, slack = shifted(X, -across), shifted(y, -up), shifted(slack.sqrt() * math.sqrt(2 * len(X)), -up)
    floor = X.new_zeros(())
    sizes = X.square().sum(1)
    for start in range(0, len(X), ROWS):
        if stop():
            break
        rows = slice(start, start + ROWS)
        rise = (y[rows, None] - y[start:]).abs_().sub_(slack).clamp_min_(0)
        both = sizes[rows, None] + sizes[start:]
        least = torch.addmm(both, X[rows], X[start:].T, alpha=-2)  # |x_i - x_j|^2, less what rounding may have added
        least.sub_(both.mul_((X.shape[1] + 4) * torch.finfo(X.dtype).eps)).clamp_min_(0)
        most = (rise / least.sqrt_()).nan_to_num_(0, posinf=math.inf)  # 0 / 0: equal points, equal labels
        floor = torch.maximum(floor, _steepest(X, start, rise, most.flatten().argmax(0, keepdim=True)))
        floor = torch.maximum(floor, _steepest(X, start, rise, (most > floor).flatten().nonzero()[:, 0]))
    return float(shifted(floor, up - across))


def _steepest(
    X: Float[Tensor, "n d"], start: int, rise: Float[Tensor, "rows left"], pairs: Int[Tensor, " m"]
) -> Float[Tensor, ""]:
    """The largest slope of these places in `rise`, whose points come from `start` on: from the points' difference."""
    best, columns = X.new_zeros(()), rise.shape[1]
    for part in pairs.split(max(1, PAIRS // X.shape[1])):
        apart = X[start + part // columns] - X[start + part % columns]
        size = apart.abs().amax(1).clamp_min(torch.finfo(X.dtype).tiny)
        length = size * (apart / size.unsqueeze(1)).norm(dim=1)
        height = rise.flatten()[part]
        best = torch.maximum(best, torch.where(height > 0, height / length, 0).amax()) if len(part) else best
    return best
