"""Panel: accuracy against robustness, a dot a method and draw of hyper-parameters, all attacked at one radius."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import param

from explorer.fields import Place
from explorer.labs import Panel
from explorer.labs.affordable import over_budget
from explorer.labs.bayes.images import CLASSES
from explorer.labs.bayes.one_radius import OneRadius
from explorer.labs.costs import FLOPS
from explorer.settings import Problem, Settings, Work
from explorer.tables import Bound, Count, Table, Text, Value

#: A row a method and draw of hyper-parameters; those that a method has not are 0 or NaN.
CLOUD = Table(
    "cloud",
    method=Text(),
    seed=Count(),
    accuracy=Value("accuracy"),
    robust=Bound("<=", "accuracy under attack"),
    softmax_robustness=Bound("~"),
    eps=Value(),
    draw=Count(),
    k=Count(),
    scale=Value("prior scale"),
    lr=Value("learning rate"),
    steps=Count(),
    networks=Count(),
    low=Value("accuracy under attack"),
    high=Value("accuracy under attack"),
    tested=Count(),
    accept=Value("acceptance"),
    rhat=Value("R-hat"),
    chains=Count(),
)
HMC, VI, MAP, FREE, ENSEMBLE = "HMC", "VI", "MAP", "no decay", "ensemble"
METHODS = (FREE, ENSEMBLE, MAP, VI, HMC)  # in the order in which they are fitted
HALVINGS = 3  # the narrowest networks have k / 2^3 neurons
SPREAD = 3.0  # prior scales lie within this factor of the one that is set
RATES = -2.3, -1.3  # decimal logarithms of Adam's first learning rate
SHORTEST = 0.3  # of the steps that are set
VARIATIONAL = 2  # times as many steps


@dataclass(frozen=True)
class Hyper:
    """One draw: width, prior scale, Adam's rate and steps, and how many of the samples are averaged."""

    k: int
    scale: float
    lr: float
    steps: int
    samples: int


class CloudSettings(OneRadius):
    """Methods under many hyper-parameters."""

    starts: ClassVar = {
        "n": 200,
        "k": 32,
        "prior_scale": 0.5,
        "chains": 3,
        "samples": 24,
        "leapfrogs": 12,
        "warmup": 80,
        "thin": 5,
        "max_steps": 300,
    }
    views: ClassVar = Settings.views | {"dot"}

    draws = param.Integer(
        12,
        bounds=(1, 100),
        softbounds=(4, 40),
        label="draws",
        doc="Of hyper-parameters; each gives a dot a method.",
    )
    ensemble = param.Integer(
        4,
        bounds=(1, 32),
        softbounds=(1, 16),
        label="ensemble",
        doc="Networks trained as long as the MAP estimates, without a prior; together they are a deep ensemble.",
    )
    dot = Place(reach=2, label="dot shown", doc="Accuracy and robustness at which the dot is that is told of: tap it.")

    def hyper(self, seed: int, draw: int) -> Hyper:
        """The hyper-parameters of this draw, which does not depend on how many there are."""
        rng = np.random.default_rng([seed, 7, draw])
        scale = self.prior_scale * SPREAD ** rng.uniform(-1, 1)
        rate, length = 10 ** rng.uniform(*RATES), rng.uniform(SHORTEST, 1)
        width, part = 2 ** int(rng.integers(HALVINGS + 1)), 2 ** int(rng.integers(3))
        steps = max(min(1, self.max_steps), round(self.max_steps * length))
        return Hyper(max(1, self.k // width), float(scale), float(rate), steps, max(1, self.samples // part))

    def conflicts(self) -> list[Problem]:
        fit = ("samples", "n", "warmup", "thin", "leapfrogs", "chains", "max_steps")
        return self.too_many() or over_budget(
            self, (*fit, "draws", "attack_steps", "restarts", "ensemble", "seeds"), "k"
        )

    def work(self) -> Work:
        """Each draw, as if all were as wide as can be: fits, a variational one too, then attacks."""
        fit = self.sampling()
        step = 3e-4 + 12 * self.params * min(self.n, 128) / FLOPS
        variational = VARIATIONAL * self.max_steps * step
        plain = self.max_steps * (3e-4 + self.ensemble * 6 * self.params * self.n / FLOPS)
        attacked = self.attacking(4 * self.samples + self.ensemble + 2, self.params)
        kept = self.draws * self.seeds * (2 * self.samples + self.chains + self.ensemble) * self.params
        floats = 12 * self.ensemble * self.params + 6 * self.ensemble * self.n * (self.k + CLASSES) + 2 * kept
        each = fit.seconds + variational + plain + attacked
        return Work(fit.bytes + self.attack_bytes + 8 * floats, self.seeds * self.draws * each)


PANEL = Panel(
    __name__,
    "Cloud",
    settings=CloudSettings,
    tables=(CLOUD,),
    order=11,
    small={
        "n": 40,
        "k": 8,
        "draws": 2,
        "chains": 2,
        "samples": 4,
        "warmup": 6,
        "thin": 2,
        "leapfrogs": 4,
        "max_steps": 20,
        "attack_steps": 2,
        "ensemble": 2,
    },
)
