"""What networks of convolutions share: tiles of networks and points, gradients, what they are once settled."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import Self

import torch
from jaxtyping import Float, Int
from torch import Tensor

from explorer.nets.convolutions import Conv, Folding, Step, Tiles, trained
from explorer.nets.population import Block, Cotangent, Factors

#: Numbers that leave a layer of the networks and points in one tile: 4 MB in float32. A GPU wants large tiles.
CACHED, CACHED_GPU = 1 << 20, 1 << 27
VECTOR = 16  # channels that a convolution takes at once: networks of fewer are not left alone in a tile


@dataclass(frozen=True)
class Convolutional(ABC):
    """B networks of one architecture; `layers` in the order in which `walk` goes through them.

    Attributes:
        shape: of an image, (h, w) or (h, w, colours): points are such images as rows.
    """

    layers: tuple[Conv, ...]
    shape: tuple[int, ...]

    @abstractmethod
    def walk(self, h: Tiles, step: Step, drop: Callable[[Tiles], Tiles]) -> Tiles:
        """From images to what is averaged over pixels (n, B K, h, w); `drop` takes what leaves each block."""

    @property
    @abstractmethod
    def leaving(self) -> list[tuple[int, int, int]]:
        """Channels, height and width of what leaves each block."""

    @property
    def classes(self) -> int:
        return self.layers[-1].W.shape[1]

    @property
    def d(self) -> int:
        return prod(self.shape)

    @property
    def normalised(self) -> bool:
        """Whether it is yet to be settled. Its logits at some points are by the statistics of these."""
        return self.layers[0].gain is not None

    def __len__(self) -> int:
        return len(self.layers[0].W)

    def take(self, which: Int[Tensor, " S"]) -> Self:
        return self._each(lambda t: t[which])

    def to(self, *args, **kwargs) -> Self:
        """As `Tensor.to`: another dtype or device."""
        return self._each(lambda t: t.to(*args, **kwargs))

    def _each(self, change: Callable[[Tensor], Tensor]) -> Self:
        layers = (layer.having({name: change(t) for name, t in layer.parts.items()}) for layer in self.layers)
        return replace(self, layers=tuple(layers))

    @property
    def blocks(self) -> tuple[Block, ...]:
        """W1, gain1, b1, W2, ... as in `parameters`; no gains once settled."""
        return tuple(
            Block(f"{name}{i}", tuple(part.shape[1:]), name == "W")
            for i, layer in enumerate(self.layers, 1)
            for name, part in layer.parts.items()
        )

    @property
    def _tensors(self) -> list[Tensor]:
        return [part for layer in self.layers for part in layer.parts.values()]

    @property
    def parameters(self) -> Float[Tensor, "B P"]:
        """Layer by layer weights, gains where there are any, and biases; weights (out, ins, height, width)."""
        return torch.cat([part.flatten(1) for part in self._tensors], dim=1)

    def with_parameters(self, parameters: Float[Tensor, "B P"]) -> Self:
        blocks = self.blocks
        parts = parameters.split([block.size for block in blocks], dim=1)
        views = iter([part.unflatten(1, block.shape) for part, block in zip(parts, blocks, strict=True)])
        layers = (layer.having({name: next(views) for name in layer.parts}) for layer in self.layers)
        return replace(self, layers=tuple(layers))

    def logits(self, x: Float[Tensor, "B n d"]) -> Float[Tensor, "B n K"]:
        if self.normalised:
            return self.settled(x).logits(x)
        found = []
        for part in self._parts(x.shape[1]):
            nets = self._part(part)
            found.append(torch.cat([nets._run([tile], trained) for tile in self._tiled(x[part])], 1))
        return torch.cat(found)

    def vjp(self, x: Float[Tensor, "B n d"], cotangent: Cotangent) -> tuple[Tensor, Tensor]:
        """As in `Differentiable`, of settled networks.

        Raises:
            ValueError: for others: an output there does not depend on its own point alone.
        """
        if self.normalised:
            raise ValueError("networks with batch normalisation have no gradient at a point: settle them")
        logits = self.logits(x)
        c = cotangent(logits)
        found = []
        for part in self._parts(x.shape[1]):
            nets, rows = self._part(part), []
            for tile, towards in zip(self._tiled(x[part]), self._tiled(c[part]), strict=True):
                rows.append(_gradients(nets, tile.detach().requires_grad_(), towards))
            found.append(torch.cat(rows, 1))
        return logits, torch.cat(found)

    def parameter_vjp(self, x: Float[Tensor, "B n d"], cotangent: Cotangent) -> tuple[Tensor, Tensor]:
        """As in `Trainable`: of settled networks in tiles, of others by the statistics of these points."""
        if self.normalised:
            return self.training_vjp(x, cotangent, None)
        logits = self.logits(x)
        c = cotangent(logits)
        found = []
        for part in self._parts(x.shape[1]):
            nets = self._leaves(part)
            total = [torch.zeros_like(t) for t in nets._tensors]
            for tile, towards in zip(self._tiled(x[part]), self._tiled(c[part]), strict=True):
                with torch.enable_grad():
                    z = nets._run([tile], trained)
                for whole, own in zip(total, torch.autograd.grad(z, nets._tensors, towards), strict=True):
                    whole.add_(own)
            found.append(torch.cat([t.flatten(1) for t in total], 1))
        return logits, torch.cat(found)

    def training_vjp(
        self, x: Float[Tensor, "B n d"], cotangent: Cotangent, factors: Factors | None
    ) -> tuple[Tensor, Tensor]:
        """As in `Fittable`; `factors` is asked once a block, for (B, n, channels, h, w)."""
        shapes = [torch.Size((len(self), x.shape[1], *shape)) for shape in self.leaving]
        dropped = [] if factors is None else [factors(shape) for shape in shapes]
        nets, found = [], []
        parts = list(self._parts(x.shape[1]))
        for part in parts:
            nets.append(self._leaves(part))
            with torch.enable_grad():
                found.append(nets[-1]._run([x[part]], trained, [factor[part] for factor in dropped]))
        logits = torch.cat([z.detach() for z in found])
        c = cotangent(logits)
        rows = []
        for part, net, z in zip(parts, nets, found, strict=True):
            own = torch.autograd.grad(z, net._tensors, c[part])
            rows.append(torch.cat([t.flatten(1) for t in own], 1))
        return logits, torch.cat(rows)

    @torch.no_grad()
    def settled(self, x: Float[Tensor, "B n d"]) -> Self:
        """The statistics of all these points, layer after layer, folded into weights and biases.

        What leaves a layer at all points is held for one tile of networks.
        """
        if not self.normalised:
            return self
        folded = []
        for part in self._parts(x.shape[1]):
            nets, folding = self._part(part), Folding()
            nets._run(list(self._tiled(x[part])), folding)
            folded.append(folding.layers)
        layers = []
        for same in zip(*folded, strict=True):
            W, b = torch.cat([layer.W for layer in same]), torch.cat([layer.b for layer in same])
            layers.append(Conv(W, b, None, same[0].stride))
        return replace(self, layers=tuple(layers))

    def _part(self, part: slice) -> Self:
        return self._each(lambda t: t[part])

    def _leaves(self, part: slice) -> Self:
        return self._each(lambda t: t[part].detach().requires_grad_())

    def _run(self, x: Tiles, step: Step, dropped: Sequence[Tensor] = ()) -> Float[Tensor, "B n K"]:
        """Logits from rows; each entry of `dropped` (B n channels h w) multiplies what leaves a block."""
        factors = iter(dropped)

        def drop(h: Tiles) -> Tiles:
            factor = next(factors, None)
            return h if factor is None else [t * factor.transpose(0, 1).flatten(1, 2) for t in h]

        images = [self._images(rows) for rows in x]
        averages = [t.mean((2, 3)).unflatten(1, (len(self), -1)) for t in self.walk(images, step, drop)]
        return torch.cat(averages).transpose(0, 1)

    def _images(self, x: Float[Tensor, "B n d"]) -> Float[Tensor, "n colours h w"]:
        h, w, *_ = self.shape
        pixels = x.unflatten(2, (h, w, -1)).permute(1, 2, 3, 0, 4).flatten(3)
        return pixels.permute(0, 3, 1, 2).contiguous(memory_format=torch.channels_last)

    @property
    def _room(self) -> int:
        """Points of all networks of a tile."""
        cached = CACHED if self.layers[0].W.is_cpu else CACHED_GPU
        return max(1, cached // max(self.d, *map(prod, self.leaving)))

    def _parts(self, n: int) -> Iterator[slice]:
        """Networks of a tile: as many as fit with all their points; at least those that fill a vector."""
        step = max(1, self._room // max(n, 1), VECTOR // self.layers[0].W.shape[1])
        return (slice(begin, begin + step) for begin in range(0, len(self), step))

    def _tiled(self, rows: Float[Tensor, "b n c"]) -> tuple[Tensor, ...]:
        """Points of a tile."""
        return rows.split(max(1, self._room // len(rows)), dim=1)


def _gradients(nets: Convolutional, x: Float[Tensor, "b n d"], towards: Float[Tensor, "b n K"]) -> Tensor:
    """The sum over c of towards_c dz_c/dx."""
    with torch.enable_grad():
        z = nets._run([x], trained)
    return torch.autograd.grad(z, x, towards)[0]
