"""Images as the panels of the Bayes lab take them: settings, and without torch what there is of each set."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import param

from explorer.data.public import PUBLIC_SETS
from explorer.labs.bayes.settings import Sampler
from explorer.labs.costs import FLOPS
from explorer.settings import Problem, Work

CLASSES = 10
WALKED = 80  # numbers a weight of a chain: a block of its positions, twice more as it is kept and sent; in float32
TESTED = 300  # unseen images whose likelihood is followed, and that are attacked unless a panel says otherwise


@dataclass(frozen=True)
class Source:
    """A data set: in words, its pixels, how many images there are to train on, and the names of its classes."""

    said: str
    d: int
    most: int
    classes: tuple[str, ...]


SOURCES: Mapping[str, Source] = MappingProxyType(
    {
        "digits": Source("8x8 digits, not MNIST", 64, 1500, tuple("0123456789")),
        "mnist": Source("MNIST", 784, 60_000, PUBLIC_SETS["mnist"].classes),
        "fashion-mnist": Source("Fashion-MNIST", 784, 60_000, PUBLIC_SETS["fashion-mnist"].classes),
    }
)


class ImagePosterior(Sampler):
    """A posterior of networks that classify n images, repeated with other images, chains and networks."""

    data = param.Selector(
        default="digits",
        objects=list(SOURCES),
        label="data",
        doc="Images. The 8x8 digits come with the program; `explorer data fetch NAME` gets the others.",
    )
    n = param.Integer(
        600, bounds=(20, 60_000), softbounds=(100, 1500), label="n points", doc="How many images are learned from."
    )
    seeds = param.Integer(
        1,
        bounds=(1, 16),
        softbounds=(1, 4),
        label="seeds",
        doc="Repetitions: images, chains and networks are drawn anew from seed, seed + 1, ...",
    )

    @property
    def source(self) -> Source:
        return SOURCES[self.data]

    @property
    def params(self) -> int:
        """Weights and biases of a network."""
        return self.params_of(self.k)

    def params_of(self, k: int) -> int:
        """Of a network of width k."""
        return k * (self.source.d + 1) + CLASSES * (k + 1)

    @classmethod
    def implied(cls, given: Mapping[str, Any]) -> dict[str, Any]:
        """Larger images want a shorter walk, of more points."""
        if given.get("data", "digits") == "digits":
            return dict(cls.starts)
        return {**cls.starts, "n": 2000, "k": 64, "chains": 4, "samples": 40, "seeds": 1}

    def too_many(self) -> list[Problem]:
        """More images than there are."""
        if self.n <= self.source.most:
            return []
        return [Problem("n", self.n, f"{self.source.said}: at most {self.source.most:,}", self.source.most)]

    def sampling(self, k: int | None = None, n: int | None = None, beside: int = 0) -> Work:
        """One repetition: MAP, the walk, as many networks without a prior, or `beside`; or of another k or n.

        A gradient takes 6 operations a weight.
        """
        k, n = self.k if k is None else k, self.n if n is None else n
        params = self.params_of(k)
        gradients = self.iterations * 0.75 * self.leapfrogs + self.max_steps
        gradients += self.max_steps * max(1, beside / self.chains)
        each = 6 * params * n / FLOPS + 3e-5
        floats = self.chains * (WALKED * params + 6 * n * (k + CLASSES)) + self.samples * params
        floats += beside * (12 * params + 6 * n * (k + CLASSES))
        floats += n * self.source.d * 2
        return Work(8 * floats, 1 + self.chains * gradients * each)
