"""Slabs: three ReLU neurons for d points of one label, which fit with about 3 n / d neurons, and steeply.

A thin slab around the hyperplane through the points of a group, after Baum's counting argument of 1988; built here.
"""

import math

import torch
from jaxtyping import Float
from torch import Tensor

from explorer.nets.activations import Rectified
from explorer.nets.two_layer import Ensemble

THIN = 0.5  # of the way to the nearest point outside: half as wide as a slab may be


def slabs(X: Float[Tensor, "n d"], y: Float[Tensor, " n"], m: int, seed: int = 0) -> Ensemble:
    """f(x) = sum_g a_g hat((w_g . x - 1) / delta_g), hat(t) = max(0, 1 - |t|), one for at most m points of one label.

    w_g is the shortest solution of w_g . x_i = 1 over the group, and delta_g half the distance of the nearest other
    point's w_g . x from 1, so that f(x_i) = y_i. A hat is three ReLU neurons. `seed` only names the network.

    Raises:
        ValueError: if m is not in 1 .. d, there are no points, those of a group are linearly dependent, or another
            point lies in their hyperplane.
    """
    n, d = X.shape
    if not (1 <= m <= d and n >= 1):
        raise ValueError(f"m = {m}, n = {n}: at least one point, and between 1 and d = {d} points a slab")
    inner, outer = [], []
    for label in y.unique().tolist():
        points = (y == label).nonzero().flatten()
        for part in points.tensor_split(math.ceil(len(points) / m)):
            A = X[part]
            factor, failed = torch.linalg.cholesky_ex(A @ A.T)
            if int(failed):
                raise ValueError(f"m = {m}: the points of a group are linearly dependent; use a smaller m")
            w = torch.cholesky_solve(torch.ones_like(A[:, :1]), factor).T @ A
            away = (X @ w[0] - 1).abs()
            away[part] = math.inf
            delta = THIN * min(1.0, float(away.amin()))
            if not delta > 0:
                raise ValueError(f"m = {m}: another point lies in the hyperplane of a group")
            for shift, weight in ((delta, 1.0), (0.0, -2.0), (-delta, 1.0)):
                inner.append(torch.cat([w[0], w.new_tensor([shift - 1])]) / delta)
                outer.append(weight * label)
    return Ensemble(torch.stack(inner, 1), X.new_tensor(outer), (len(outer),), (seed,), Rectified())


def width(y: Float[Tensor, " n"], m: int) -> int:
    """How many neurons `slabs` takes."""
    return 3 * sum(-(-count // m) for count in y.unique(return_counts=True)[1].tolist())
