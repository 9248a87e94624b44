"""Perceptrons with any number of hidden layers and K logits, B of one architecture side by side."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import torch
from jaxtyping import Float, Int
from torch import Tensor

from explorer.nets.activations import Activation
from explorer.nets.population import Block, Cotangent, Factors
from explorer.nets.two_layer import Ensemble
from explorer.seeding import seeded


@dataclass(frozen=True)
class Layer:
    """z = W x + b of every model."""

    W: Float[Tensor, "B out ins"]
    b: Float[Tensor, "B out"]

    def __call__(self, x: Float[Tensor, "B n ins"]) -> Float[Tensor, "B n out"]:
        return torch.baddbmm(self.b.unsqueeze(1), x, self.W.mT)


@dataclass(frozen=True)
class Mlp:
    """f(x) = W_L psi(... psi(W_1 x + b_1) ...) + b_L."""

    layers: tuple[Layer, ...]
    activation: Activation

    @property
    def classes(self) -> int:
        return self.layers[-1].W.shape[1]

    @property
    def d(self) -> int:
        return self.layers[0].W.shape[2]

    def __len__(self) -> int:
        return len(self.layers[0].W)

    def take(self, which: Int[Tensor, " S"]) -> "Mlp":
        return self._each(lambda t: t[which])

    def to(self, *args, **kwargs) -> "Mlp":
        """As `Tensor.to`: another dtype or device."""
        return self._each(lambda t: t.to(*args, **kwargs))

    def _each(self, change: Callable[[Tensor], Tensor]) -> "Mlp":
        return Mlp(tuple(Layer(change(layer.W), change(layer.b)) for layer in self.layers), self.activation)

    def logits(self, x: Float[Tensor, "B n d"]) -> Float[Tensor, "B n K"]:
        *hidden, last = self.layers
        for layer in hidden:
            x = self.activation.value(layer(x))
        return last(x)

    def logits_at(self, x: Float[Tensor, "n d"]) -> Float[Tensor, "B K n"]:
        """As `logits` at points that all share, but for the order of sums: the first layers are one product."""
        first, *rest = self.layers
        z = (first.W.flatten(0, 1) @ x.T).unflatten(0, (len(self), -1)).add_(first.b.unsqueeze(2))
        for layer in rest:
            z = torch.baddbmm(layer.b.unsqueeze(2), layer.W, self.activation.value(z))
        return z

    def vjp(self, x: Float[Tensor, "B n d"], cotangent: Cotangent) -> tuple[Tensor, Tensor]:
        logits, first = self.first_vjp(x, cotangent)
        return logits, first @ self.layers[0].W

    def first_vjp(self, x: Float[Tensor, "B n d"], cotangent: Cotangent) -> tuple[Tensor, Tensor]:
        """As `vjp`, but derivatives by the first layer's preactivations (B n k), which do not see where W_1 looks."""
        logits, z, _, _ = self._forward(x)
        return logits, self._backward(z, cotangent(logits))[0]

    def mirrored(self, begin: int) -> "Mlp":
        """With the columns of W_1 from this one on flipped: equal outputs where these coordinates are 0."""
        first, *rest = self.layers
        W = torch.cat([first.W[..., :begin], -first.W[..., begin:]], dim=-1)
        return Mlp((Layer(W, first.b), *rest), self.activation)

    @property
    def parameters(self) -> Float[Tensor, "B P"]:
        """W_1, b_1, W_2, ..., row by row."""
        return torch.cat([part.flatten(1) for layer in self.layers for part in (layer.W, layer.b)], dim=1)

    def with_parameters(self, parameters: Float[Tensor, "B P"]) -> "Mlp":
        shapes = [part.shape[1:] for layer in self.layers for part in (layer.W, layer.b)]
        parts = parameters.split([shape.numel() for shape in shapes], dim=1)
        found = [part.view(-1, *shape) for part, shape in zip(parts, shapes, strict=True)]
        return Mlp(tuple(map(Layer, found[::2], found[1::2])), self.activation)

    @property
    def blocks(self) -> tuple[Block, ...]:
        """W1, b1, W2, ... as in `parameters`."""
        parts = (("W", True), ("b", False))
        return tuple(
            Block(f"{name}{i}", tuple(getattr(layer, name).shape[1:]), weights)
            for i, layer in enumerate(self.layers, 1)
            for name, weights in parts
        )

    def parameter_vjp(self, x: Float[Tensor, "B n d"], cotangent: Cotangent) -> tuple[Tensor, Tensor]:
        return self.training_vjp(x, cotangent, None)

    def training_vjp(
        self, x: Float[Tensor, "B n d"], cotangent: Cotangent, factors: Factors | None
    ) -> tuple[Tensor, Tensor]:
        logits, z, ins, dropped = self._forward(x, factors)
        cotangents = self._backward(z, cotangent(logits), dropped)
        found = [(c.mT @ h, c.sum(1)) for h, c in zip(ins, cotangents, strict=True)]
        return logits, torch.cat([part.flatten(1) for both in found for part in both], dim=1)

    def settled(self, x: Float[Tensor, "B n d"]) -> "Mlp":
        """Itself: there is nothing that training alone has."""
        return self

    def _forward(
        self, x: Float[Tensor, "B n d"], factors: Factors | None = None
    ) -> tuple[Tensor, list[Tensor], list[Tensor], list[Tensor]]:
        """Logits, the preactivations of every hidden layer, what goes into every layer, and what it was dropped by."""
        ins, z, dropped = [x], [self.layers[0](x)], list[Tensor]()
        for layer in self.layers[1:]:
            h = self.activation.value(z[-1])
            if factors is not None:
                dropped.append(factors(h.shape))
                h = h * dropped[-1]
            ins.append(h)
            z.append(layer(h))
        return z.pop(), z, ins, dropped

    def _backward(self, z: list[Tensor], c: Float[Tensor, "B n K"], dropped: Sequence[Tensor] = ()) -> list[Tensor]:
        """The cotangents of what leaves each layer, first layer first."""
        found = [c]
        for i in range(len(z) - 1, -1, -1):
            found.append((found[-1] @ self.layers[i + 1].W).mul_(self.activation.slope(z[i])))
            if dropped:
                found[-1].mul_(dropped[i])
        return found[::-1]

    @property
    def two_layers(self) -> bool:
        """Whether a difference of logits is a network of an `Ensemble`: one hidden layer, under t^p without biases."""
        return len(self.layers) == 2 and (self.activation.biased or not bool(self.layers[0].b.any()))

    def difference(self, i: int, j: int) -> Ensemble:
        """z_i - z_j less its constant, as two-layer networks: what the Lipschitz bracket certifies.

        Raises:
            ValueError: if it is none; see `two_layers`.
        """
        if not self.two_layers:
            depth = f"{len(self.layers) - 1} hidden layers, {self.activation!r}"
            raise ValueError(f"{depth}: networks of an ensemble have one, under t^p without biases")
        first, last = self.layers
        inner = torch.cat([first.W, first.b.unsqueeze(2)], dim=2).flatten(0, 1).T
        outer = (last.W.select(1, i) - last.W.select(1, j)).flatten()
        return Ensemble(inner, outer, (first.W.shape[1],) * len(self), tuple(range(len(self))), self.activation)


def initialise(widths: Sequence[int], seeds: Sequence[int], activation: Activation) -> Mlp:
    """Random perceptrons, one a seed, of widths d, k_1, ..., K; float32 on the CPU.

    Weights are normal of variance 2 / (entries of the input), biases 0 (He et al. 2015). Each network has a generator
    of its own, so that it is the same whatever stands beside it.
    """
    streams = [seeded(seed) for seed in seeds]
    layers = []
    for ins, out in pairwise(widths):
        W = torch.stack([torch.randn(out, ins, generator=stream) for stream in streams]) * (2 / ins) ** 0.5
        layers.append(Layer(W, W.new_zeros(len(streams), out)))
    return Mlp(tuple(layers), activation)
