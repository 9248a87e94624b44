"""Moons in the plane, as the paper's first figure has them: settings and tables, without torch.

Published code is given N points in mini-batches and restarts its walk on each, so that it keeps what it drew on the
last one. Both are computed here: a posterior of all N points, and one of the last mini-batch.
"""

from dataclasses import dataclass

import param

from explorer.fields import Integers
from explorer.labs.bayes.moons import CLASSES, PLANE
from explorer.labs.bayes.settings import Sampler
from explorer.labs.costs import FLOPS
from explorer.settings import Work
from explorer.tables import Count, Table, Text, Value

TESTED = 100  # unseen points, as many as in published code
NOISE = 0.1
MOST_STEPS, MOST_WARMUP = 100, 30  # of Adam, and iterations of the warm-up: so few points are learned soon
#: From which points a posterior is: all N, or the last mini-batch of them.
ALL, LAST = "all points", "last mini-batch"

#: The averaged gradient at every unseen point, one row each.
SCATTER = Table(
    "scatter",
    kind=Text(),
    width=Count(),
    points=Count("N"),
    learned=Count(),
    seed=Count(),
    n_samples=Count(),
    point=Count(),
    along_x=Value("∂E L/∂x₁"),
    along_y=Value("∂E L/∂x₂"),
)
#: A row a posterior that is done: the mean and median length of its averaged gradient, and how its walk went.
SPREAD = Table(
    "spread",
    kind=Text(),
    width=Count(),
    points=Count("N"),
    learned=Count(),
    seed=Count(),
    samples=Count(),
    chains=Count(),
    accept=Value("acceptance"),
    rhat=Value("R-hat"),
    ess=Value("ESS"),
    divergences=Count(),
    accuracy=Value("accuracy of the average"),
    mean_length=Value("mean |E∇L|₂"),
    low=Value("mean |E∇L|₂"),
    high=Value("mean |E∇L|₂"),
    median_length=Value("median |E∇L|₂"),
)


@dataclass(frozen=True)
class Batched:
    """What published code makes of N points in mini-batches.

    Attributes:
        left: points of the last mini-batch. draws: how many of `samples` it draws there; all that it returns are
            drawn from these again.
    """

    left: int
    draws: int

    @classmethod
    def of(cls, points: int, batch: int, samples: int) -> "Batched":
        """A walk of samples // batches + 1 draws a mini-batch."""
        whole = points // batch
        return cls(points % batch or min(batch, points), min(samples, samples // max(1, whole) + 1))


@dataclass(frozen=True)
class Which:
    """One posterior: of networks of this width, given N points, of which it learns the last `learned`."""

    kind: str
    width: int
    points: int
    learned: int
    samples: int


class PlanarMoons(Sampler):
    """Points of two half moons that further networks learn."""

    moons_sizes = Integers(
        (100, 300),
        bounds=(4, 15_000),
        most=4,
        label="N moons",
        doc="How many points of two half moons further networks learn from, in the plane, at each of the widths.",
    )
    batch = param.Integer(
        21,
        bounds=(2, 15_000),
        softbounds=(5, 100),
        label="mini-batch",
        doc="Moons in a mini-batch, for the bug of published code: of N points the last N mod this many are learned.",
    )
    mini_batch = param.Selector(
        default="off",
        objects=["off", "on"],
        label="mini-batch bug",
        doc="Moons: also shows what published code keeps of N points: the last mini-batch. Nothing is computed anew.",
    )

    @property
    def kinds_shown(self) -> tuple[str, ...]:
        """From which points the posteriors are that are looked at."""
        return (ALL, LAST) if self.mini_batch == "on" else (ALL,)

    def moons_of(self, widths: tuple[int, ...]) -> tuple[Which, ...]:
        """All posteriors of moons, those of all points first."""
        whole = [Which(ALL, k, n, n, self.samples) for k in widths for n in self.moons_sizes]
        cut = [(k, n, Batched.of(n, self.batch, self.samples)) for k in widths for n in self.moons_sizes]
        return (*whole, *(Which(LAST, k, n, found.left, found.draws) for k, n, found in cut))

    def moons_iterations(self, which: Which) -> int:
        """Of each chain, with the warm-up; nothing is thinned."""
        return min(self.warmup, MOST_WARMUP) + -(-which.samples // self.chains)

    def moons_work(self, widths: tuple[int, ...]) -> Work:
        """One repetition: MAP, the walk, and gradients at the tested points."""
        floats, seconds = 0.0, 0.0
        for which in self.moons_of(widths):
            params = which.width * (PLANE + 1) + CLASSES * (which.width + 1)
            gradients = self.moons_iterations(which) * 0.75 * self.leapfrogs + min(self.max_steps, MOST_STEPS)
            each = self.chains * which.learned * (6 * params / FLOPS + 2e-8 * which.width) + 2e-4
            seconds += gradients * each + 2e-4 * which.samples
            floats = max(floats, self.chains * (64 * params + 6 * which.learned * (which.width + CLASSES)))
        return Work(8 * floats, seconds)
