"""Fits of fixed features by least squares of minimum norm: random features, and the gradient features of a network.

Both are linear in what is fitted. Features are scaled by the root of their number, so that norms of fits of different
sizes can be compared.
"""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import torch
from jaxtyping import Float
from torch import Tensor


@runtime_checkable
class Features(Protocol):
    """Functions of x that are drawn once, and combined by what is fitted."""

    def at(self, X: Float[Tensor, "n d"]) -> Float[Tensor, "n p"]:
        """Their values."""

    def gradients(self, X: Float[Tensor, "n d"], a: Float[Tensor, " p"]) -> Float[Tensor, "n d"]:
        """The gradient, in x, of their combination with the weights a (almost everywhere)."""


@dataclass(frozen=True)
class Rectified:
    """x -> max(0, w_j . x) / sqrt(k), w_j normal: k features. Only the outer weights are fitted."""

    W: Float[Tensor, "k d"]

    def at(self, X: Float[Tensor, "n d"]) -> Float[Tensor, "n p"]:
        return (X @ self.W.T).clamp_min(0) / len(self.W) ** 0.5

    def gradients(self, X: Float[Tensor, "n d"], a: Float[Tensor, " p"]) -> Float[Tensor, "n d"]:
        on = (X @ self.W.T > 0).to(X.dtype)
        return (on * a) @ self.W / len(self.W) ** 0.5


@dataclass(frozen=True)
class Tangent:
    """x -> sign(w_j . x) x_i / sqrt(k): the k d derivatives, in the inner weights, of a network of k neurons |t|.

    The neural tangent kernel of an even activation, as in Bombari, Kiyani, Mondelli 2023.
    """

    W: Float[Tensor, "k d"]

    def at(self, X: Float[Tensor, "n d"]) -> Float[Tensor, "n p"]:
        signs = torch.sign(X @ self.W.T)
        return (signs.unsqueeze(2) * X.unsqueeze(1)).flatten(1) / len(self.W) ** 0.5

    def gradients(self, X: Float[Tensor, "n d"], a: Float[Tensor, " p"]) -> Float[Tensor, "n d"]:
        return torch.sign(X @ self.W.T) @ a.view(len(self.W), -1) / len(self.W) ** 0.5


def least_norm(Phi: Float[Tensor, "n p"], y: Float[Tensor, " n"], floor: float = 1e-10) -> Float[Tensor, " p"]:
    """The shortest a with the least |Phi a - y|, by the singular values above `floor` times the largest."""
    U, s, Vh = torch.linalg.svd(Phi, full_matrices=False)
    kept = (s > floor * s[0]).to(s.dtype)
    return Vh.T @ (kept * (U.T @ y) / s.clamp_min(floor * s[0]))
