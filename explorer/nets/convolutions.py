"""Convolutions of B networks side by side, with batch normalisation while they are trained and without it after.

A layer is a convolution, then while it is trained z -> gain (z - mean) / sqrt(variance + EPSILON) + b by channel, with
the statistics of the network's own batch (Ioffe & Szegedy 2015), then ReLU. Once settled these statistics stand still
and are folded into the weights: relu(W x + b). The networks of a tile are the groups of one convolution, the channels
of all of them side by side, last in memory: in the other order, or with 1x1 convolutions as matrix products, a step
takes half as long again (CPU, torch 2.13, 4 to 16 networks of width 8 to 32).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import prod

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import batch_norm, conv2d

EPSILON = 1e-5  # as torch.nn.BatchNorm2d
#: Images (n, B channels, h, w), some points in each.
Tiles = list[Tensor]


@dataclass(frozen=True)
class Conv:
    """A convolution 1x1 or 3x3 (padded by 1) of every network, with the gain of a normalisation, or none."""

    W: Float[Tensor, "B out ins *kernel"]
    b: Float[Tensor, "B out"]
    gain: Float[Tensor, "B out"] | None
    stride: int = 1

    @property
    def parts(self) -> dict[str, Tensor]:
        """What is trained, by name, in the order of a row of parameters."""
        return {"W": self.W, "b": self.b} if self.gain is None else {"W": self.W, "gain": self.gain, "b": self.b}

    def having(self, parts: Mapping[str, Tensor]) -> "Conv":
        """The same layer with other numbers."""
        return Conv(parts["W"], parts["b"], parts.get("gain"), self.stride)

    def linear(self, x: Float[Tensor, "n every_in h w"], b: Tensor | None = None) -> Float[Tensor, "n every_out H W"]:
        """W x + b."""
        W = self.W.flatten(0, 1)
        W = (W[..., None, None] if W.ndim == 2 else W).contiguous(memory_format=torch.channels_last)
        z = conv2d(x, W, b, stride=self.stride, padding=W.shape[-1] // 2, groups=len(self.W))
        return z.contiguous(memory_format=torch.channels_last)  # so it is, but where torch cannot tell the orders apart


#: From a layer, what goes in, and whether ReLU follows, to what leaves it.
Step = Callable[[Conv, Tiles, bool], Tiles]


def trained(layer: Conv, h: Tiles, rectified: bool) -> Tiles:
    """By the statistics of the batch (which is one tile), or none where the layer has no normalisation."""
    b = layer.b.flatten()
    if layer.gain is None:
        z = [layer.linear(t, b) for t in h]
    else:
        (whole,) = h
        z = [batch_norm(layer.linear(whole), None, None, layer.gain.flatten(), b, training=True, eps=EPSILON)]
    return [t.relu_() for t in z] if rectified else z


class Folding:
    """The step that keeps, for every layer it meets, the plain one that does the same at these points."""

    def __init__(self) -> None:
        self.layers: list[Conv] = []

    def __call__(self, layer: Conv, h: Tiles, rectified: bool) -> Tiles:
        if layer.gain is None:
            self.layers.append(layer)
            return trained(layer, h, rectified)
        z = [layer.linear(t) for t in h]
        rows = [t.permute(0, 2, 3, 1).flatten(0, 2) for t in z]  # views: channels are last
        count = sum(map(len, rows))
        mean = torch.stack([t.sum(0) for t in rows]).sum(0) / count
        variance = torch.stack([t.sub_(mean).square().sum(0) for t in rows]).sum(0) / count
        scale = layer.gain * (variance + EPSILON).rsqrt().view_as(layer.gain)
        W = layer.W * scale.view(*scale.shape, *(1,) * (layer.W.ndim - 2))
        self.layers.append(Conv(W, layer.b - mean.view_as(scale) * scale, None, layer.stride))
        for t in rows:
            t.mul_(scale.flatten()).add_(layer.b.flatten())
            if rectified:
                t.relu_()
        return z


def kernels(shape: tuple[int, ...], streams: Sequence[torch.Generator]) -> Tensor:
    """Weights (B, out, ins ...) of one shape, normal of variance 2 / (entries that one output sees)."""
    std = (2 / prod(shape[1:])) ** 0.5
    return torch.stack([torch.randn(*shape, generator=stream) for stream in streams]) * std


def normalised_layer(shape: tuple[int, ...], streams: Sequence[torch.Generator], stride: int = 1) -> Conv:
    """A random layer with gains 1 and biases 0."""
    W = kernels(shape, streams)
    return Conv(W, W.new_zeros(W.shape[:2]), W.new_ones(W.shape[:2]), stride)
