"""Network-in-Network convnets (Lin et al. 2014), B of one architecture side by side.

`depth` blocks, each a 3x3 convolution of stride 2 and two of 1x1 to `width` channels, then a 1x1 convolution to K; each
with batch normalisation and ReLU, the last too if it is `rectified`. Logits are its averages over pixels. This is the
network of the generalisation measures of Dziugaite et al. 2020 (rectified; width there is a multiple of a base width).
Its biases before normalisation are left out: it takes them away.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from explorer.nets.convolutional import Convolutional
from explorer.nets.convolutions import Step, Tiles, normalised_layer
from explorer.seeding import seeded

IN_BLOCK = 3  # layers


@dataclass(frozen=True)
class Convnet(Convolutional):
    """Layers: `IN_BLOCK` a block, and the last, which ReLU follows if `rectified`."""

    rectified: bool = True

    def walk(self, h: Tiles, step: Step, drop: Callable[[Tiles], Tiles]) -> Tiles:
        for i, layer in enumerate(self.layers, 1):
            h = step(layer, h, self.rectified or i < len(self.layers))
            if i % IN_BLOCK == 0:
                h = drop(h)
        return h

    @property
    def leaving(self) -> list[tuple[int, int, int]]:
        found, (h, w) = [], self.shape[:2]
        for layer in self.layers[:-1:IN_BLOCK]:
            h, w = -(-h // layer.stride), -(-w // layer.stride)
            found.append((layer.W.shape[1], h, w))
        return found


def initialise(
    shape: tuple[int, ...], width: int, depth: int, classes: int, seeds: Sequence[int], *, rectified: bool = True
) -> Convnet:
    """Random networks, one a seed, for images (h, w) or (h, w, colours); float32 on the CPU, yet to be settled.

    Weights are normal of variance 2 / (entries that one output sees) (He et al. 2015), gains 1, biases 0. Each network
    has a generator of its own, so that it is the same whatever stands beside it. Without `rectified`, logits of either
    sign, training is faster.
    """
    streams = [seeded(seed) for seed in seeds]
    layers, ins = [], shape[2] if len(shape) == 3 else 1
    for _ in range(depth):
        layers.append(normalised_layer((width, ins, 3, 3), streams, stride=2))
        layers += [normalised_layer((width, width), streams) for _ in range(IN_BLOCK - 1)]
        ins = width
    return Convnet((*layers, normalised_layer((classes, ins), streams)), tuple(shape), rectified)
