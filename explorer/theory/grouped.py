"""The grouped construction: one ReLU neuron for m points of one label, and what its gradient is.

It fits n generic points with k = n/m neurons while k d >= C n log n. Construction and formulas are our own derivation.
The formulas take the w_g as orthogonal and |w_g| = 2 sqrt(m): the gradient at a point where its own neuron alone is on.
"""

import math

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from explorer.nets.activations import Rectified
from explorer.nets.two_layer import Ensemble


def grouped(X: Float[Tensor, "n d"], y: Float[Tensor, " n"], m: int, seed: int = 0) -> Ensemble:
    """f(x) = sum_g a_g ReLU(w_g . x - 1), one neuron for each group of at most m points of equal label a_g.

    w_g is the shortest solution of w_g . x_i = 2 over the group, so that f(x_i) = y_i as long as no other neuron is on
    at x_i. The points of a label are split, in their order, into as few groups as m allows, of equal size up to one.
    `seed` only names the network.

    Raises:
        ValueError: if m is not in 1 .. d, there are no points, or those of one group are linearly dependent.
    """
    n, d = X.shape
    if not (1 <= m <= d and n >= 1):
        raise ValueError(f"m = {m}, n = {n}: at least one point, and between 1 and d = {d} points a neuron")
    labels = y.unique().tolist()
    classes = [(y == label).nonzero().flatten() for label in labels]
    parts = [part for points in classes for part in points.tensor_split(math.ceil(len(points) / m))]
    index = pad_sequence(parts, batch_first=True, padding_value=n)
    there = (index < n).to(X.dtype)
    points = torch.cat([X, torch.zeros_like(X[:1])])[index]
    gram = points @ points.mT + torch.diag_embed(1 - there)
    factor, failed = torch.linalg.cholesky_ex(gram)
    if failed.any():
        raise ValueError(f"m = {m}: the points of a group are linearly dependent; use a smaller m")
    weights = torch.cholesky_solve(2 * there.unsqueeze(-1), factor)
    W = (weights.mT @ points).squeeze(1)
    inner = torch.cat([W.T, -torch.ones_like(W.T[:1])])
    return Ensemble(inner, y[index[:, 0]], (len(parts),), (seed,), Rectified())


def width(y: Float[Tensor, " n"], m: int) -> int:
    """How many neurons `grouped` takes: each label's points in as few groups of at most m as possible."""
    return sum(-(-count // m) for count in y.unique(return_counts=True)[1].tolist())


def smallest(y: Float[Tensor, " n"], k: int) -> int | None:
    """The least m with which `grouped` takes at most k neurons; None where there are more labels than that."""
    return next((m for m in range(max(1, -(-len(y) // k)), len(y) + 1) if width(y, m) <= k), None)


def on_sphere(m: float, same: float) -> float:
    """The largest tangential gradient at points of the unit sphere where only neurons of one sign are on.

    A neurons can be on together when |sum w_g / A| / (4 m) <= cos(theta) at the tilt theta; their gradient
    2 sqrt(m A) keeps the share sin(theta), which gives sqrt(A (4m - A)): 2m at A = 2m, theta = 45 degrees. `same`:
    neurons of the commoner sign, which bound A.
    """
    together = min(same, 2 * m)
    return math.sqrt(together * (4 * m - together))


def in_ball(m: float, neurons: float, radius: float = 1.0) -> float:
    """The largest gradient in the ball |x| <= radius: 2 sqrt(m A), A <= 4 m radius^2 neurons on: 4m in the unit ball.

    With neurons of both signs on at x, half each, the gradient is orthogonal to x: on the sphere it is as large.
    """
    return 2 * math.sqrt(m * min(neurons, 4 * m * radius**2))


def certified(net: Ensemble, radius: float = 1.0) -> float:
    """What no gradient of a grouped network exceeds in the ball |x| <= radius, whatever its w_g are.

    Let r neurons be on at x and s the largest |W|, the operator norm of their w_g. Each has w_g . x >= 1, so that
    r <= |sum w_g| |x| <= s sqrt(r) radius; and the gradient is at most s sqrt(r) max |a_g|. Of orthogonal w_g of size
    2 sqrt(m) this is `in_ball`.
    """
    norm = float(torch.linalg.matrix_norm(net.W, 2))
    on = min(float(len(net.outer)), (norm * radius) ** 2)
    return norm * math.sqrt(on) * float(net.outer.abs().amax())
