"""References that know nothing of the search: all cells of a ReLU network, and a dense grid with polishing."""

import numpy as np
import torch
from scipy.optimize import nnls
from torch import Tensor

from explorer.nets.two_layer import Ensemble

THIN = 1e-9  # cells thinner than this share of the radius are left out


def reachable(normals: np.ndarray, offsets: np.ndarray, radius: float) -> bool:
    """Whether the ball has a point with normals x >= offsets: least distance programming (Lawson and Hanson 1974)."""
    E = np.vstack([normals.T, offsets[None]])
    f = np.append(np.zeros(normals.shape[1]), 1.0)
    weights, residual = nnls(E, f, maxiter=1000)
    if residual < 0.1:  # it is 1 / sqrt(1 + |x|^2), x the point nearest to 0; there is none where it is 0
        return False
    left = E @ weights - f
    x = -left[:-1] / left[-1]
    return bool(np.linalg.norm(x) < radius and (normals @ x >= offsets - 1e-9).all())


def steepest(W: np.ndarray, b: np.ndarray, a: np.ndarray, radius: float) -> float:
    """The largest gradient of sum_j a_j max(0, w_j . x + b_j), w_j the rows of W, over all cells that meet the ball."""
    there = W.any(axis=1)
    W, b, a = W[there], b[there], a[there]
    sizes = np.linalg.norm(W, axis=1)
    normals, offsets = W / sizes[:, None], b / sizes
    cells: list[tuple[float, ...]] = [()]
    for j in range(len(b)):
        longer = ((*cell, side) for cell in cells for side in (-1.0, 1.0))
        thick = THIN * radius
        cells = [
            s
            for s in longer
            if reachable(np.array(s)[:, None] * normals[: j + 1], thick - np.array(s) * offsets[: j + 1], radius)
        ]
    gradients = (np.array(cells).reshape(len(cells), len(b)) > 0) @ (a[:, None] * W)
    return float(np.linalg.norm(gradients, axis=1).max())


def climbed(net: Ensemble, radius: float) -> float:
    """The largest gradient on a grid of the ball, on its sphere and at all kinks' nearest points, the best polished."""
    d, generator = net.d, torch.Generator().manual_seed(5)
    axis = torch.linspace(-radius, radius, {1: 4001, 2: 101, 3: 25}[d], dtype=torch.float64)
    grid = torch.cartesian_prod(*[axis] * d).view(-1, d)
    sphere = torch.randn(1000, d, generator=generator, dtype=torch.float64)
    kinks = (-net.b / net.W.square().sum(0) * net.W).T
    X = inside(torch.cat([grid[grid.norm(dim=1) <= radius], 1e9 * sphere, kinks]), radius)
    x = X[size(net, X).topk(40).indices]
    lengths = radius * 4.0 ** -torch.arange(20, dtype=x.dtype).view(-1, 1, 1)
    for _ in range(20):
        at = x.clone().requires_grad_()
        size(net, at).sum().backward()
        tried = torch.cat([x[None], inside(x + lengths * torch.nn.functional.normalize(at.grad, dim=1, eps=0), radius)])
        tried = tried.nan_to_num(0.0)
        best = size(net, tried.flatten(0, 1)).view(len(tried), -1).argmax(0)
        x = tried[best, torch.arange(len(x))]
    return float(size(net, x).max())


def inside(x: Tensor, radius: float) -> Tensor:
    return x * (radius / x.norm(dim=-1, keepdim=True).clamp_min(radius))


def size(net: Ensemble, x: Tensor) -> Tensor:
    """|grad f| in operations that autograd follows."""
    z, p = x @ net.W + net.b, net.activation.degree
    if type(net.activation).__name__ == "Tanh":
        slopes = 1 / z.clamp(-300, 300).cosh().square()
    else:
        slopes = p * (z if not net.activation.biased else z.relu()) ** (p - 1)
    return ((slopes * net.outer) @ net.W.T).norm(dim=-1)
