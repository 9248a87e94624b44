"""Linear models on fixed random features of two-layer networks: fitted by least squares of minimum norm, and how steep.

With W of k random rows, and psi = log cosh, an even activation like |t| without its kink, so that psi' = tanh:

- random features: f(x) = a . tanh(W x) / sqrt(k), k parameters; only the outer layer is chosen;
- "ntk": f(x) = sum_i (Theta_i . x) tanh(w_i . x) / sqrt(k), k d parameters; the derivatives of a . psi(W x) by W, where
  the training of a wide network stays.

|t| itself has derivatives that jump, so f would jump; t^2 has psi' linear, whose features span quadratic forms only.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

STEPS = 10  # of ascent
REACH = 0.3  # length of the first step, on the unit sphere; each is shorter by SHRINK
SHRINK = 0.8
STARTS = 32  # points from which the ascent begins


def features(X: Tensor, W: Tensor, *, gradient: bool) -> Tensor:
    """One row a point: tanh(W x) / sqrt(k), or with `gradient` its product with each coordinate of x, flattened."""
    H = torch.tanh(X @ W.T) / len(W) ** 0.5
    return (H[:, :, None] * X[:, None, :]).flatten(1) if gradient else H


def least_norm(A: Tensor, y: Tensor) -> Tensor:
    """The smallest of the vectors v that make |A v - y| least.

    Singular values below max(shape) times the machine's precision, relative to the largest, count as 0.
    """
    rows, columns = A.shape
    if columns > rows:  # through the n x n factor: A = R^T Q^T with orthonormal columns of Q
        Q, R = torch.linalg.qr(A.T)
        return Q @ _solved(R.T, y, max(A.shape))
    return _solved(A, y, max(A.shape))


def _solved(A: Tensor, y: Tensor, size: int) -> Tensor:
    U, S, Vt = torch.linalg.svd(A, full_matrices=False)
    known = torch.finfo(A.dtype).eps * size * S.max() < S
    return Vt.T @ torch.where(known, (U.T @ y) / S.clamp_min(torch.finfo(A.dtype).tiny), 0.0)


@dataclass(frozen=True)
class Fitted:
    """A fitted model.

    Attributes:
        W: (k, d), fixed. outer: (k,) of random features, (k, d) of derivatives, as they multiply tanh: with 1/sqrt(k).
        norm: Euclidean norm of the coefficients before the features, without 1/sqrt(k).
    """

    W: Tensor
    outer: Tensor
    norm: float

    def at(self, X: Tensor) -> Tensor:
        """f at each row."""
        return (torch.tanh(X @ self.W.T) * self._factor(X)).sum(1)

    def slope(self, X: Tensor) -> Tensor:
        """The gradient of f at each row."""
        h = torch.tanh(X @ self.W.T)
        inner = ((1 - h * h) * self._factor(X)) @ self.W
        return inner if self.outer.ndim == 1 else inner + h @ self.outer

    def bend(self, X: Tensor, G: Tensor) -> Tensor:
        """The Hessian of f at each row of X, times that row of G."""
        h = torch.tanh(X @ self.W.T)
        first = 1 - h * h
        along = G @ self.W.T
        inner = -2 * h * first * self._factor(X) * along
        if self.outer.ndim == 1:
            return inner @ self.W
        return (inner + first * (G @ self.outer.T)) @ self.W + (first * along) @ self.outer

    def _factor(self, X: Tensor) -> Tensor:
        """What each neuron's tanh is multiplied by, at each row or the same at all."""
        return self.outer[None, :] if self.outer.ndim == 1 else X @ self.outer.T


def fit(X: Tensor, y: Tensor, W: Tensor, *, gradient: bool) -> Fitted:
    """The coefficients of minimum norm among those of least squares; X and y in float64."""
    v = least_norm(features(X, W, gradient=gradient), y)
    outer = (v.reshape(len(W), -1) if gradient else v) / len(W) ** 0.5
    return Fitted(W, outer, float(v.norm()))


def steepest(model: Fitted, X: Tensor, steps: int = STEPS) -> float:
    """The largest |grad f| found on the unit sphere: at the rows of X, and on the way up from the steepest of them.

    Each step goes along the gradient of |grad f|^2 / 2, which is the Hessian times grad f, and back to the sphere.
    """
    sizes = model.slope(X).norm(dim=1)
    most = sizes.max()
    at = X[sizes.topk(min(STARTS, len(X))).indices]
    reach = REACH
    for _ in range(steps):
        way = model.bend(at, model.slope(at))
        way = way - (way * at).sum(1, keepdim=True) * at
        at = at + reach * way / way.norm(dim=1, keepdim=True).clamp_min(torch.finfo(at.dtype).tiny)
        at = at / at.norm(dim=1, keepdim=True)
        most = torch.maximum(most, model.slope(at).norm(dim=1).max())
        reach *= SHRINK
    return float(most)
