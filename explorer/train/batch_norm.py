"""Batch normalisation between the linear layer and the activation, as a change of coordinates.

With the mean m and covariance C of all n points, the preactivation v . x of a neuron has mean v . m and variance v' C v
over them. So normalising it and adding beta (Ioffe & Szegedy 2015) is the plain neuron w . x + b with
w = v / sqrt(v' C v + EPSILON) and b = beta - w . m: training moves (v, beta), everything else sees (w, b). The factor
gamma of the paper is left out: ReLU is homogeneous, so the outer weight takes its place.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from explorer.nets.activations import Activation

EPSILON = 1e-5  # as torch.nn.BatchNorm1d


@dataclass(frozen=True)
class BatchNorm:
    """Mean and covariance of the points: the statistics of the full batch."""

    mean: Float[Tensor, " d"]
    covariance: Float[Tensor, "d d"]

    @classmethod
    def of(cls, X: Float[Tensor, "n d"], activation: Activation) -> "BatchNorm":
        """The statistics of these points.

        Raises:
            ValueError: for an activation whose networks carry no biases, since batch norm shifts.
        """
        if not activation.biased:
            raise ValueError(f"{activation}: batch norm needs an activation with biases")
        mean = X.mean(0)
        centred = X - mean
        return cls(mean, centred.T @ centred / len(X))

    def fold(self, raw: Float[Tensor, "rows K"], out: Float[Tensor, "rows K"] | None = None) -> Float[Tensor, "rows K"]:
        """The plain inner weights and biases (w, b) of trained ones (v, beta)."""
        out = torch.empty_like(raw) if out is None else out
        (V, beta), (W, b) = _layer(raw), _layer(out)
        torch.mul(V, self._scale(V, self.covariance @ V), out=W)
        torch.sub(beta, self.mean @ W, out=b)
        return out

    def backward_(self, grad: Float[Tensor, "rows K"], raw: Float[Tensor, "rows K"]) -> None:
        """Turn a gradient in (w, b) into the one in (v, beta), in place."""
        (V, _), (by_W, by_b) = _layer(raw), _layer(grad)
        CV = self.covariance @ V
        scale = self._scale(V, CV)
        by_W.addr_(self.mean, by_b, alpha=-1)  # b holds -w . m
        along = (by_W * V).sum(0).mul_(scale.square())
        by_W.sub_(CV.mul_(along)).mul_(scale)

    def _scale(self, V: Float[Tensor, "d K"], CV: Float[Tensor, "d K"]) -> Float[Tensor, " K"]:
        """1 / the standard deviation of each neuron's preactivation."""
        return (V * CV).sum(0).add_(EPSILON).rsqrt_()


def _layer(inner: Float[Tensor, "rows K"]) -> tuple[Float[Tensor, "rows-1 K"], Float[Tensor, " K"]]:
    """Weights, and the biases in the row below."""
    return inner.narrow(0, 0, len(inner) - 1), inner.select(0, -1)
