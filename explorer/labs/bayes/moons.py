"""Padded moons as panels of the Bayes lab take them: settings, without torch."""

from typing import ClassVar

import param

from explorer.labs.affordable import over_budget
from explorer.labs.bayes.settings import Sampler
from explorer.labs.costs import FLOPS
from explorer.settings import Problem, Work

TESTED = 200  # unseen points at which gradients are taken
CLASSES = 2
PLANE = 2  # coordinates that hold the moons; those beyond are 0 at every point


class MoonPosterior(Sampler):
    """A posterior of networks that tell two half moons apart, in a plane of R^d."""

    starts: ClassVar = {"k": 16, "leapfrogs": 20}

    n = param.Integer(
        300, bounds=(2, 60_000), softbounds=(20, 1000), label="n points", doc="How many points are learned from."
    )
    d = param.Integer(
        22,
        bounds=(3, 1000),
        softbounds=(3, 100),
        label="d dimension",
        doc="Dimension of the inputs. Two coordinates hold the moons, the others are 0 at every point.",
    )
    noise = param.Number(
        0.1,
        bounds=(0, 2),
        softbounds=(0, 0.4),
        label="moons' noise",
        doc="Standard deviation of the points about the half circles, within their plane.",
    )
    seeds = param.Integer(
        3,
        bounds=(1, 16),
        softbounds=(1, 5),
        label="seeds",
        doc="Repetitions: points, chains and networks are drawn anew from seed, seed + 1, ...",
    )

    @property
    def params(self) -> int:
        """Weights and biases of a network."""
        return self.k * (self.d + 1) + CLASSES * (self.k + 1)

    def conflicts(self) -> list[Problem]:
        return over_budget(self, ("samples", "n", "warmup", "thin", "leapfrogs", "max_steps", "seeds", "d"), "k")

    def work(self) -> Work:
        """Gradients on all points, and those at the tested ones. A gradient takes 6 operations a weight and point."""
        gradients = self.iterations * 0.75 * self.leapfrogs + self.max_steps
        each = self.chains * (6 * self.params * self.n / FLOPS + 2e-9 * self.n * self.k * 10) + 2e-4
        tested = self.samples * (8 * self.params * TESTED / FLOPS + 1e-4)
        floats = self.chains * (64 * self.params + 6 * self.n * (self.k + CLASSES)) + 2 * self.n * self.d
        floats += (self.chains + 6) * TESTED * self.d + self.samples * self.params
        return Work(8 * floats, 0.5 + self.seeds * (gradients * each + tested))
