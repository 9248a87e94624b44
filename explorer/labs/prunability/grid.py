"""A grid of networks with different hyper-parameters: the settings, and without torch what each of them is."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

import numpy as np
import param

from explorer.fields import Integers
from explorer.labs.costs import FLOPS
from explorer.labs.image_sets import CLASSES, DIGITS
from explorer.labs.prunability.levels import LEVELS
from explorer.labs.prunability.settings import ImageTask, Measured
from explorer.settings import Work

MOST = 512  # networks of a run
LOOKS = 14  # sizes of noise that flatness is looked for with
CLIMBED = 10  # steps of an ascent of the loss
STREAMS = 1 << 20  # of a seed: networks of another seed draw from others


@dataclass(frozen=True)
class Spec:
    """One network: its number in the run, its own seed, and its hyper-parameters. `key`: of all that it draws."""

    net: int
    seed: int
    width: int
    depth: int
    lr: float
    batch: int
    dropout: float
    weight_decay: float
    key: int

    @property
    def group(self) -> tuple[int, int, int]:
        """What networks have in common that train side by side."""
        return self.width, self.depth, self.batch


#: Hyper-parameters, as columns of tables name them.
HYPERS = ("width", "depth", "lr", "batch", "dropout", "weight_decay")


@lru_cache(maxsize=32)  # what a run costs is asked often
def _specs(seed: int, nets: int, axes: tuple[tuple[int, ...], ...]) -> tuple[Spec, ...]:
    sizes = [len(axis) for axis in axes]
    order = np.random.default_rng([seed, 7]).permutation(math.prod(sizes))
    found = []
    for net in range(nets):
        turn, at = divmod(net, len(order))
        place = int(order[at])
        steps = zip(axes, np.unravel_index(place, sizes), strict=True)  # the last axis runs first
        width, depth, rate, batch, dropout, decay = (axis[i] for axis, i in steps)
        key = (seed + turn) * STREAMS + place
        found.append(Spec(net, seed + turn, width, depth, rate / 1e3, batch, dropout / 100, decay / 1e4, key))
    return tuple(found)


class Grid(ImageTask):
    """`nets` networks of a grid, trained until their cross-entropy is small."""

    nets = param.Integer(
        64,
        bounds=(1, MOST),
        softbounds=(8, 128),
        label="networks",
        doc="How many. Of a larger grid some are drawn; of a smaller one each is repeated with other seeds.",
    )
    widths = Integers((16, 64), bounds=(1, 1024), most=8, label="widths", doc="Neurons a layer, or channels.")
    depths = Integers((1, 2), bounds=(1, 4), most=4, label="depths", doc="Hidden layers, or blocks of a convnet.")
    rates = Integers(
        (30, 80), bounds=(1, 1000), most=6, label="learning rates (‰)", doc="Of SGD with momentum 0.9, in thousandths."
    )
    batches = Integers((16, 64), bounds=(1, 4096), most=6, label="batches", doc="Images that a step learns from.")
    dropouts = Integers(
        (0, 20), bounds=(0, 90), most=6, label="dropout (%)", doc="Share of hidden values that a step leaves out."
    )
    decays = Integers(
        (0, 3), bounds=(0, 1000), most=6, label="weight decay (10⁻⁴)", doc="L2 penalty, in ten-thousandths."
    )
    cross_entropy = param.Number(
        0.02,
        bounds=(1e-4, 2.3),
        softbounds=(1e-3, 0.5),
        label="training loss",
        doc="Cross-entropy on all training images at which a network is done; one that misses it is left out.",
    )
    max_epochs = param.Integer(
        150, bounds=(1, 5000), softbounds=(20, 400), label="epochs", doc="Training ends here in any case."
    )

    def specs(self) -> list[Spec]:
        """The networks, each numbered, in an order in which every part of the grid has its turn early."""
        axes = (self.widths, self.depths, self.rates, self.batches, self.dropouts, self.decays)
        return list(_specs(self.seed, self.nets, axes))

    def grouped(self) -> list[list[Spec]]:
        """Those that train side by side, small networks first."""
        groups: dict[tuple[int, int, int], list[Spec]] = {}
        for spec in self.specs():
            groups.setdefault(spec.group, []).append(spec)
        return [groups[group] for group in sorted(groups)]

    def params(self, width: int, depth: int) -> int:
        """Weights and biases of a network; of a convnet without its normalisation."""
        if self.data == DIGITS:
            return width * (self.source.d + 1) + (depth - 1) * width * (width + 1) + CLASSES * (width + 1)
        colours = self.source.shape[2] if len(self.source.shape) > 2 else 1
        block = 9 * width * width + 2 * width * width + 3 * width
        return depth * block - 9 * width * (width - colours) + CLASSES * (width + 1)

    def uses(self, width: int, depth: int) -> int:
        """Multiplications of a network for one image."""
        return self.params(width, depth) if self.data == DIGITS else _uses(self.source.shape, width, depth)

    def learning(self) -> Work:
        """As if every network took all epochs; a convnet uses a weight at many places of an image."""
        seconds, floats = 1.0, 3.0 * self.n * self.source.d
        for group in self.grouped():
            first, params = group[0], self.params(group[0].width, group[0].depth)
            steps = self.max_epochs * max(1, self.n // first.batch)
            uses = self.uses(first.width, first.depth)
            seen = steps * min(first.batch, self.n) + self.max_epochs * self.n
            seconds += len(group) * 8 * uses * seen / FLOPS + steps * 5e-4 * (1 if self.data == DIGITS else 6)
            floats = max(floats, len(group) * (8 * params + 3 * self.n * first.width * 2))
        return Work(8 * floats, seconds)


class MeasuredGrid(Grid, Measured):
    """A grid of networks of which everything is measured."""

    measures: ClassVar = frozenset({"prune_tolerance", "prune_rule", "masks", "draws"})

    def measuring_work(self) -> Work:
        """All networks on all images, pruned to every level, with noise of many sizes, and up the loss."""
        passes = len(LEVELS) * (1 + self.masks) + 2 * LOOKS * 2 * self.draws + 3 * CLIMBED + 4
        seconds, floats = 0.1, 0.0
        for group in self.grouped():
            first = group[0]
            params = self.params(first.width, first.depth)
            uses = self.uses(first.width, first.depth)
            seconds += len(group) * (2e-3 * passes / 50 + passes * self.n * 4 * uses / FLOPS)
            floats = max(floats, len(group) * (4 * params + self.n * CLASSES) + 2 * self.draws * params)
        return Work(8 * (floats + 3e7), seconds)


def _uses(shape: Sequence[int], width: int, depth: int) -> int:
    """Multiplications of a convnet for one image: each block halves the sides."""
    height, across = shape[:2]
    colours = shape[2] if len(shape) > 2 else 1
    found, ins = 0, colours
    for _ in range(depth):
        height, across = -(-height // 2), -(-across // 2)
        found += height * across * (9 * ins * width + 2 * width * width)
        ins = width
    return found + height * across * width * CLASSES
