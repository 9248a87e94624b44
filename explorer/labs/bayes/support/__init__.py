"""Panel: moons that noise thickens until they fill all dimensions: what is left of the gradient inside, and off."""

from typing import ClassVar

import param

from explorer.labs import Panel
from explorer.labs.affordable import over_budget
from explorer.labs.bayes.settings import Sampler
from explorer.labs.costs import FLOPS
from explorer.labs.sampling import MOST_CHAINS
from explorer.settings import Problem, Work
from explorer.tables import Count, Flag, Table, Value

#: A row a noise, distance and seed; `normal` and `tangential` are of the averaged gradient.
SUPPORT = Table(
    "support",
    noise=Value("noise"),
    distance=Value("distance"),
    normal=Value("|E∇⊥L|"),
    tangential=Value("|E∇∥L|"),
    seed=Count(),
    n_samples=Count(),
    normal_one=Value("|∇⊥L|, one sample"),
    tangential_one=Value("|∇∥L|, one sample"),
    normal_map=Value("|∇⊥L|, MAP"),
    tangential_map=Value("|∇∥L|, MAP"),
    reach=Value("noise √(d-1)"),
    accuracy=Value("accuracy of the average"),
    accept=Value("acceptance"),
    rhat=Value("R-hat"),
    ess=Value("ESS"),
    chains=Count(),
    whole=Flag(),
)
DISTANCES = (0.0, 0.05, 0.1, 0.2, 0.4, 0.8)
NOISES = 5  # levels, each twice the one before
PROBES = 100  # points of the half circles beside which gradients are taken
TESTED = 200  # unseen points of each noise, of which accuracy and R-hat are
CLASSES = 2


class SupportSettings(Sampler):
    """Posteriors of moons under noise of several sizes, in all dimensions."""

    starts: ClassVar = {"k": 16, "chains": 4, "samples": 60, "leapfrogs": 15, "warmup": 80, "thin": 3, "max_steps": 150}

    n = param.Integer(
        300, bounds=(2, 60_000), softbounds=(20, 1000), label="n points", doc="How many points are learned from."
    )
    d = param.Integer(
        20,
        bounds=(3, 1000),
        softbounds=(3, 100),
        label="d dimension",
        doc="Dimension of the inputs. Two coordinates hold the half circles; noise moves points in all of them.",
    )
    noise_max = param.Number(
        0.16,
        bounds=(0.001, 2),
        softbounds=(0.02, 0.4),
        label="largest noise",
        doc=f"Standard deviation about the half circles, in every dimension: {NOISES} levels, halved from this one on.",
    )
    seeds = param.Integer(
        3,
        bounds=(1, 16),
        softbounds=(1, 5),
        label="seeds",
        doc="Repetitions: points, chains and networks are drawn anew from seed, seed + 1, ...",
    )

    @property
    def noises(self) -> tuple[float, ...]:
        """Rising."""
        return tuple(self.noise_max * 2.0 ** (i + 1 - NOISES) for i in range(NOISES))

    @property
    def params(self) -> int:
        """Weights and biases of a network."""
        return self.k * (self.d + 1) + CLASSES * (self.k + 1)

    def conflicts(self) -> list[Problem]:
        if self.chains > (most := MOST_CHAINS // NOISES):
            return [Problem("chains", self.chains, f"at most {most}: {NOISES} noises walk side by side", most)]
        return over_budget(self, ("samples", "n", "warmup", "thin", "leapfrogs", "max_steps", "seeds", "d"), "k")

    def work(self) -> Work:
        """Gradients on all points, and those at the probes. A gradient takes 6 operations a weight and point."""
        chains, probes = NOISES * self.chains, PROBES * len(DISTANCES)
        gradients = self.iterations * 0.75 * self.leapfrogs + self.max_steps
        each = chains * (6 * self.params * self.n / FLOPS + 2e-9 * self.n * self.k * 10) + 2e-4
        looked = NOISES * self.samples * (8 * self.params * probes / FLOPS + 2e-8 * self.d * probes + 1e-4)
        floats = chains * (64 * self.params + 6 * self.n * (self.k + CLASSES) + 2 * self.n * self.d)
        floats += chains * probes * (3 * self.d + 2 * self.k) + NOISES * (self.samples + TESTED) * self.params
        return Work(8 * floats, 0.5 + self.seeds * (gradients * each + looked))


PANEL = Panel(
    __name__,
    "Support",
    settings=SupportSettings,
    tables=(SUPPORT,),
    order=6,
    small={
        "n": 20,
        "k": 3,
        "d": 4,
        "chains": 2,
        "samples": 4,
        "warmup": 6,
        "thin": 2,
        "leapfrogs": 4,
        "max_steps": 20,
        "seeds": 1,
    },
)
