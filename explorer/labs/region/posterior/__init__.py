"""Panel: one perturbation for all images against an average over a posterior, beside one sample and a MAP network."""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

import param

from explorer.labs import Panel
from explorer.labs.affordable import over_budget
from explorer.labs.costs import together
from explorer.labs.image_sets import CLASSES, DIGITS
from explorer.labs.region.settings import FGSM, SEQUENTIAL, Targets
from explorer.labs.region.tables import UNIVERSAL
from explorer.labs.sampling import Sampling
from explorer.settings import Problem, Work
from explorer.tables import Bound, Count, Table, Text, Value

MAP, ONE, AVERAGE = "MAP", "one sample", "average"  # whom a perturbation was sought against
ITSELF, OTHER, WHOLE = "itself", "another sample", "average of all"  # or MAP: what it is tried on
EACH, ALL = "at each image", "over all images"  # gradients that samples are averaged over
SINGLES = 4  # networks, of MAP and of samples, whose mean is told
COUNTS = (1, 3, 10, 30, 100, 300, 1000)  # samples in an average
LEAST = 40  # minibatches of a search
FOLLOWED = 100  # images, at most, whose gradients are averaged
TRIED = 400  # unseen images, at most, that perturbations are tried on
WALKED = 80  # numbers a weight of a chain: a block of its positions, twice more as it is kept and sent

#: A row a repetition and pair: perturbations sought for one, tried on another; means over targets, and over networks.
CARRIED = Table(
    "carried",
    found_for=Text(),
    tried_on=Text(),
    samples=Count(),
    seed=Count(),
    success=Bound(">=", "success on unseen images"),
    signs=Value("success of random signs"),
    clean=Value("accuracy unperturbed"),
    networks=Count(),
    tested=Count(),
)
#: How long a gradient is when it is averaged over samples, beside the mean length of those of single samples.
CANCELLED = Table(
    "cancelled",
    gradient=Text(),
    samples=Count(),
    seed=Count(),
    ratio=Value("length of the mean over mean length"),
    split_cosine=Value("cosine of the means of two halves"),
)
#: How the chains went, a row a repetition.
WALK = Table(
    "walk",
    seed=Count(),
    samples=Count(),
    chains=Count(),
    accept=Value("acceptance"),
    rhat=Value("R-hat"),
    ess=Value("effective draws"),
    divergences=Count(),
)


class PosteriorSettings(Targets, Sampling):
    """A posterior of perceptrons with tanh, and how perturbations are sought."""

    measures: ClassVar = frozenset({"delta", "norm", "method", "images", "eta", "rounds"})
    starts: ClassVar = {
        "n": 300,
        "k": 16,
        "base_epochs": 300,
        "seeds": 3,
        "rounds": 10,
        "chains": 4,
        "samples": 100,
        "warmup": 150,
        "thin": 4,
    }

    data = param.Selector(
        default=DIGITS,
        objects=[DIGITS, "mnist"],
        label="data",
        doc="Images. The 8x8 digits come with the program; `explorer data fetch NAME` gets the others.",
    )
    prior_scale = param.Number(
        0.5,
        bounds=(0.01, 30),
        softbounds=(0.1, 3),
        label="prior scale",
        doc="Standard deviation of the prior, N(0, s²) for every weight and bias; MAP has the same one.",
    )

    @classmethod
    def implied(cls, given: Mapping[str, Any]) -> dict[str, Any]:
        """Larger images want a shorter walk."""
        if given.get("data", DIGITS) == DIGITS:
            return dict(cls.starts)
        return {**cls.starts, "n": 1000, "chains": 2, "samples": 20, "seeds": 2, "warmup": 100}

    @property
    def params(self) -> int:
        """Weights and biases of a perceptron, of whatever images."""
        a, b, c, d = self.sizes
        return (a + 1) * b + (b + 1) * c + (c + 1) * d

    @property
    def uses(self) -> int:
        return self.params

    @property
    def counts(self) -> tuple[int, ...]:
        """Samples in the averages, rising."""
        return tuple(sorted({count for count in COUNTS if count < self.samples} | {self.samples}))

    def relevant(self, name: str) -> bool:
        """All are perceptrons."""
        return True

    def preview(self) -> Self:
        """One repetition, a short walk."""
        few = {"seeds": 1, "samples": 4, "warmup": 40, "base_epochs": 100, "rounds": 5}
        return self.changed(**{name: min(getattr(self, name), most) for name, most in few.items()})

    def conflicts(self) -> list[Problem]:
        fields = ("n", "base_epochs", "samples", "thin", "warmup", "leapfrogs", "rounds", "images", "chains", "seeds")
        return self.too_many() or over_budget(self, (*fields, "k"), "k")

    def work(self) -> Work:
        """Each repetition: MAP, the walk, searches against networks and averages, and what they do elsewhere."""
        gradients = self.base_epochs + 0.75 * self.leapfrogs * self.iterations
        walk = gradients * (self.passing(self.chains * self.n) + 2e-4)
        used, size = min(self.images, self.n), 25
        rounds = self.rounds if self.method == SEQUENTIAL else max(self.rounds, LEAST / -(-used // size))
        models = 2 * SINGLES + sum(self.counts)
        search = self.passing(models * CLASSES * rounds * used) + (2 + len(self.counts)) * rounds * 4e-3
        trials = 2 * models + len(self.counts) * self.samples + 3 * SINGLES * (SINGLES + self.samples)
        trying = self.passing(trials * CLASSES * TRIED) / 3
        floats = self.chains * (WALKED * self.params + 6 * self.n * (self.k + CLASSES))
        floats += self.seeds * (2 * self.samples * self.params + (self.n + 1000) * self.source.d) + 2e7
        floats += 8 * self.samples * self.params
        return together(Work(8 * floats, 1 + self.seeds * (walk + search + trying)))


PANEL = Panel(
    __name__,
    "Posterior",
    settings=PosteriorSettings,
    tables=(UNIVERSAL, CARRIED, CANCELLED, WALK),
    order=7,
    answers=("universal", "carried"),
    small={
        "n": 60,
        "k": 6,
        "base_epochs": 10,
        "seeds": 1,
        "images": 10,
        "method": FGSM,
        "rounds": 1,
        "chains": 2,
        "samples": 2,
        "warmup": 6,
        "thin": 2,
        "leapfrogs": 3,
    },
)
