"""Interpolation by a form of degree p, f(x) = <T, x^(x)p> = sum_i c_i (x_i . x)^p, and how steep it is.

c = K^{-1} y with K_ij = (x_i . x_j)^p gives the form through the data whose tensor has the least Frobenius norm. On the
unit ball its Lipschitz constant is p |T|, |T| the largest |T(u_1, ..., u_p)| over unit vectors, which for a symmetric T
is the largest |f| on the sphere (Banach 1938). We use it for networks of psi(t) = t^p, n ~ d^p.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from explorer.nets.activations import Polynomial
from explorer.nets.two_layer import Ensemble
from explorer.theory.monomials import monomials

MISFIT = 1e-6  # largest |f(x_i) - y_i| at which a form counts as fitting


@dataclass(frozen=True)
class Forms:
    """m forms over shared points, the i-th through the first counts[i] of them.

    Attributes:
        c: weights of the points, zero beyond the count, and zero where no form was found.
        fits: whether the form was found.
    """

    c: Float[Tensor, "m n"]
    fits: Bool[Tensor, " m"]


def interpolate(
    X: Float[Tensor, "n d"],
    y: Float[Tensor, " n"],
    p: int,
    counts: Sequence[int],
    stop: Callable[[], bool] = lambda: False,
) -> Forms:
    """Forms of degree p through the first points, for each number of points in `counts`.

    One Cholesky factor serves all: that of a leading block of K is the leading block of the factor. More points than
    `monomials(d, p)`, or a K that is singular in float64, give a form that does not fit; so does a `stop` before it.
    """
    solvable = [n if n <= monomials(X.shape[1], p) else 0 for n in counts]
    most = max(solvable, default=0)
    K = Polynomial(p).value(X[:most] @ X[:most].T)
    U = torch.linalg.cholesky_ex(K, upper=True).L  # where it breaks off, what follows is not finite or does not fit
    z = torch.linalg.solve_triangular(U.mT, y[:most, None], upper=False)
    c, fits = X.new_zeros(len(counts), len(X)), torch.zeros(len(counts), dtype=torch.bool, device=X.device)
    for i, n in enumerate(solvable):
        if n and not stop():
            weights = torch.linalg.solve_triangular(U[:n, :n], z[:n], upper=True)
            fits[i] = (K[:n, :n] @ weights - y[:n, None]).abs().amax() <= MISFIT  # false for NaN
            c[i, :n] = torch.where(fits[i], weights.squeeze(1), 0.0)
    return Forms(c, fits)


def unfold(X: Float[Tensor, "n d"], c: Float[Tensor, "m n"], p: int) -> Float[Tensor, "m d e"]:
    """T = sum_i c_i x_i^(x)p as matrices of d rows and e = d^(p-1) columns."""
    rest = X.new_ones(len(X), 1)
    for _ in range(p - 1):
        rest = (rest.unsqueeze(2) * X.unsqueeze(1)).flatten(1)
    return torch.stack([(X * weights.unsqueeze(1)).T @ rest for weights in c])


def contract(T: Float[Tensor, "m d e"], u: Float[Tensor, "m s d"], p: int) -> Float[Tensor, "m s d"]:
    """T u^(p-1), the gradient of f at u divided by p; p >= 2."""
    power = u
    for _ in range(p - 2):
        power = (power.unsqueeze(3) * u.unsqueeze(2)).flatten(2)
    return power @ T.mT


def network(X: Float[Tensor, "n d"], c: Float[Tensor, " n"], p: int, seed: int) -> Ensemble:
    """The form as a network of neurons t^p: w . x for p = 1, eigenvectors for p = 2, else a neuron a point."""
    W, a = X.T, c
    if p == 1:
        W, a = (c @ X).unsqueeze(1), c.new_ones(1)
    elif p == 2:
        a, W = torch.linalg.eigh(unfold(X, c.unsqueeze(0), 2)[0])
    inner = torch.cat([W, W.new_zeros(1, W.shape[1])])
    return Ensemble(inner, a, (len(a),), (seed,), Polynomial(p))
