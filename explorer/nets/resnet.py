"""ResNet-18 for small images (He et al. 2016), scaled in width, B of one architecture side by side. Meant for a GPU.

A 3x3 convolution to k channels, then four stages of k, 2k, 4k, 8k channels, two blocks each: two 3x3 convolutions,
whose result is added to what came in (through a 1x1 convolution where the shape changes) before ReLU. Averages over
pixels go through a linear layer. k = 64 is the usual network. Batch normalisation follows each convolution, so that it
folds into the weights exactly; in the networks with it in front (pre-activation) of Nakkiran et al. 2020 it does not.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from explorer.nets.convolutional import Convolutional
from explorer.nets.convolutions import Conv, Step, Tiles, kernels, normalised_layer
from explorer.seeding import seeded

STAGES, IN_STAGE = 4, 2


@dataclass(frozen=True)
class ResNet(Convolutional):
    """Layers: the first; of each block its two and, where the shape changes, the way around; the last, linear."""

    def walk(self, h: Tiles, step: Step, drop: Callable[[Tiles], Tiles]) -> Tiles:
        first, *inner, last = self.layers
        h = step(first, h, True)
        layers = iter(inner)
        for projected in self._projected():
            inside = step(next(layers), h, True)
            inside = step(next(layers), inside, False)
            around = step(next(layers), h, False) if projected else h
            h = drop([(a + b).relu_() for a, b in zip(inside, around, strict=True)])
        return step(last, h, False)

    @staticmethod
    def _projected() -> list[bool]:
        """Whether each block has a convolution around it."""
        return [stage > 0 and block == 0 for stage in range(STAGES) for block in range(IN_STAGE)]

    @property
    def leaving(self) -> list[tuple[int, int, int]]:
        found, (h, w), at = [], self.shape[:2], 1
        for projected in self._projected():
            layer = self.layers[at]
            h, w = -(-h // layer.stride), -(-w // layer.stride)
            found.append((layer.W.shape[1], h, w))
            at += 3 if projected else 2
        return found


def initialise(shape: tuple[int, ...], width: int, classes: int, seeds: Sequence[int]) -> ResNet:
    """Random networks, one a seed, for images (h, w) or (h, w, colours), of k = `width`; as `convnet.initialise`."""
    streams = [seeded(seed) for seed in seeds]
    layers = [normalised_layer((width, shape[2] if len(shape) == 3 else 1, 3, 3), streams)]
    ins = width
    for stage in range(STAGES):
        out = width << stage
        for block in range(IN_STAGE):
            stride = 2 if stage > 0 and block == 0 else 1
            layers.append(normalised_layer((out, ins, 3, 3), streams, stride))
            layers.append(normalised_layer((out, out, 3, 3), streams))
            if stride > 1:
                layers.append(normalised_layer((out, ins), streams, stride))
            ins = out
    W = kernels((classes, ins), streams)
    return ResNet((*layers, Conv(W, W.new_zeros(W.shape[:2]), None)), tuple(shape))
