"""Panel: attacks on padded moons off the data alone, and in all directions; what those off the data depend on."""

from typing import ClassVar

import numpy as np
import param

from explorer.labs import Panel
from explorer.labs.affordable import over_budget
from explorer.labs.bayes.attack_table import ATTACK, RADII, Attacker
from explorer.labs.bayes.moons import CLASSES, PLANE, TESTED, MoonPosterior
from explorer.labs.bayes.portion import held
from explorer.labs.costs import FLOPS
from explorer.settings import Problem, Work
from explorer.tables import Count, Flag, Table, Value

#: Attacks, besides random signs off the data: PGD on the coordinates that are 0 in all data, and on all of them.
OFF, FULL, RANDOM_OFF = "pgd off the data", "pgd", "random off the data"
#: A model besides those of other panels: one half of the samples, attacked along gradients of the other half.
OTHER_HALF = "other half"
ALONE = 20  # samples that are attacked one by one
SCALES = (1.0, 0.5, 2.0)  # of the prior of the weights that no data see, times that of all others
DIMS = (0.25, 4.0)  # times as many coordinates that are 0 in all data
DRAWS = 8  # of unseen weights, for what is to be expected

#: The average of one posterior, moved off the data by random signs, at s eps sqrt(dims) = `reach`.
COLLAPSE = Table(
    "collapse",
    scale=Value("s"),
    dims=Count(),
    eps=Value(),
    reach=Value("s ε √dims"),
    n_defend=Count(),
    seed=Count(),
    accuracy=Value("accuracy off the data"),
    low=Value("accuracy off the data"),
    high=Value("accuracy off the data"),
    confidence=Value("mean probability of the label"),
    predicted_accuracy=Value("accuracy, from the other weights"),
    predicted_confidence=Value("mean probability of the label, from the other weights"),
    accept=Value("acceptance"),
    rhat=Value("R-hat"),
    chains=Count(),
    tested=Count(),
    main=Flag(),
)


class DirectionsSettings(Attacker, MoonPosterior):
    """A posterior on padded moons, others with more or fewer padded coordinates, and who attacks them."""

    starts: ClassVar = MoonPosterior.starts | {"seeds": 1, "warmup": 60, "thin": 4, "max_steps": 1000}

    # Those of `Attacker` in their order; what they say is of coordinates and points.
    ensemble = param.Integer()
    eps_max = param.Number(doc=f"How much a coordinate may change at most; curves have {RADII} radii from 0 to this.")
    eps = param.Number(
        doc="The radius that sentences are of: the nearest that the curves have. A tap on a curve sets it."
    )
    attack_steps = param.Integer()
    restarts = param.Integer(doc="Of PGD; the first starts at the point.")

    @property
    def padding(self) -> int:
        """Coordinates that are 0 in all data."""
        return self.d - PLANE

    @property
    def posteriors(self) -> tuple[tuple[float, int], ...]:
        """Scale of the prior of unseen weights, and their inputs: first that which is attacked in all ways."""
        p = self.padding
        found = [(self.prior_scale * factor, p) for factor in SCALES]
        found += [(self.prior_scale, max(1, round(p * times))) for times in DIMS]
        return tuple(dict.fromkeys(found))

    @property
    def map_steps(self) -> int:
        """Before the chains of the other posteriors, of whose MAP estimates nothing is asked."""
        return -(-self.max_steps // 5)

    def params_of(self, dims: int) -> int:
        """Weights and biases of a network with so many padded coordinates."""
        return self.k * (dims + 3) + CLASSES * (self.k + 1)

    def conflicts(self) -> list[Problem]:
        fit = ("samples", "n", "warmup", "thin", "leapfrogs", "chains", "max_steps", "seeds", "d")
        return over_budget(self, (*fit, "attack_steps", "restarts", "ensemble"), "k")

    def work(self) -> Work:
        """All posteriors, then attacks on samples alone and together, and on the networks beside them."""
        floats, seconds = 0.0, 0.5
        for turn, (_, dims) in enumerate(self.posteriors):
            params = self.params_of(dims)
            gradients = self.iterations * 0.75 * self.leapfrogs + (self.map_steps if turn else 2 * self.max_steps)
            each = self.chains * (6 * params * self.n / FLOPS + 2e-9 * self.n * self.k * 10) + 2e-4
            seconds += self.seeds * (gradients * each + 2e-9 * DRAWS * RADII * self.samples * TESTED * self.k)
            floats += self.samples * params * self.seeds
            floats += self.chains * (64 * params + 6 * self.n * (self.k + CLASSES)) + 2 * self.n * (dims + 2)
        networks = 2 * self.samples + ALONE + self.chains + 2 * self.ensemble
        one = TESTED * (8 * self.params / FLOPS + 6e-8 * self.k)
        steps = self.attack_steps * self.restarts
        seconds += self.seeds * 2 * (RADII - 1) * (networks * one + 1e-3) * steps
        floats += self.ensemble * (12 * self.params + 6 * self.n * (self.k + CLASSES))
        seconds += self.seeds * self.max_steps * max(0, self.ensemble - self.chains) * 6 * self.params * self.n / FLOPS
        seconds += (
            self.seeds * RADII * sum(2 * self.samples * self.params_of(p) for _, p in self.posteriors) * TESTED / FLOPS
        )
        attack = held(max(self.samples, self.ensemble), max(self.d, self.k), TESTED)
        return Work(int(8 * floats + attack), seconds)


def reaches(settings: DirectionsSettings) -> np.ndarray:
    """s eps sqrt(dims) at the radii of the main posterior."""
    return settings.prior_scale * np.sqrt(settings.padding) * np.array(settings.radii)


PANEL = Panel(
    __name__,
    "Directions",
    settings=DirectionsSettings,
    tables=(ATTACK, COLLAPSE),
    order=5,
    small={
        "n": 20,
        "k": 3,
        "d": 6,
        "chains": 2,
        "samples": 4,
        "warmup": 4,
        "thin": 1,
        "leapfrogs": 4,
        "max_steps": 10,
        "ensemble": 2,
        "attack_steps": 2,
        "eps_max": 0.0,
    },
)
