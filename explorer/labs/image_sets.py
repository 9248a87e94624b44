"""Sets of images that panels learn from: what there is of each, without torch, and the fields that choose one."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from types import MappingProxyType

import param

from explorer.data import folder
from explorer.data.public import PUBLIC_SETS
from explorer.labs.mixins import Seed
from explorer.settings import Problem

CLASSES = 10
DIGITS = "digits"


@dataclass(frozen=True)
class Source:
    """A data set: in words, the shape of an image, how many there are to train on, and the names of its classes."""

    said: str
    shape: tuple[int, ...]
    most: int
    classes: tuple[str, ...]

    @property
    def d(self) -> int:
        return prod(self.shape)


SOURCES: Mapping[str, Source] = MappingProxyType(
    {
        DIGITS: Source("8x8 digits, not MNIST", (8, 8), 1500, tuple("0123456789")),
        "mnist": Source("MNIST", (28, 28), 60_000, PUBLIC_SETS["mnist"].classes),
        "cifar-10": Source("CIFAR-10", (32, 32, 3), 50_000, PUBLIC_SETS["cifar-10"].classes),
    }
)


class Pictured(Seed):
    """n images whose classes are learned."""

    data = param.Selector(
        default=DIGITS,
        objects=list(SOURCES),
        label="data",
        doc="Images. The 8x8 digits come with the program; `explorer data fetch NAME` gets the others.",
    )
    n = param.Integer(
        400, bounds=(20, 50_000), softbounds=(100, 1500), label="n points", doc="How many images are learned from."
    )

    @property
    def source(self) -> Source:
        return SOURCES[self.data]

    def most(self) -> int:
        """Images to train on, of what is here; of all that there are, where the set is not here."""
        entry = PUBLIC_SETS.get(self.data)
        if entry is None or not entry.batches:
            return self.source.most
        try:
            here = folder.read_by(entry, folder.folder(), "train")
        except folder.Absent:
            return self.source.most
        return self.source.most * len(here) // len(entry.parts["train"])

    def too_many(self) -> list[Problem]:
        """More images than there are."""
        if self.n <= (most := self.most()):
            return []
        return [Problem("n", self.n, f"{self.source.said}: at most {most:,} images to train on", most)]
