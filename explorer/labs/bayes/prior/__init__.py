"""Panel: from the scale of the prior to how steep samples and their average are, and to what they withstand."""

from typing import ClassVar

import param

from explorer.labs import Panel
from explorer.labs.affordable import over_budget
from explorer.labs.bayes.images import CLASSES
from explorer.labs.bayes.one_radius import OneRadius
from explorer.labs.sampling import MOST_CHAINS
from explorer.settings import Problem, Work
from explorer.tables import Bound, Count, Flag, Table, Text, Value

#: A row a scale, model and seed.
PRIOR = Table(
    "prior",
    scale=Value("prior scale"),
    model=Text(),
    lower=Bound(">=", "Lip"),
    upper=Bound("<=", "Lip"),
    accuracy=Value("accuracy"),
    robust=Bound("<=", "accuracy under attack"),
    seed=Count(),
    eps=Value(),
    networks=Count(),
    low=Value("accuracy under attack"),
    high=Value("accuracy under attack"),
    tested=Count(),
    accept=Value("acceptance"),
    rhat=Value("R-hat"),
    ess=Value("ESS"),
    chains=Count(),
    joint=Flag(),
    whole=Flag(),
)
ONE, AVERAGE, MAP, DRAWN = "one sample", "average", "MAP", "prior draw"
MOST_PRIORS = 9


class PriorSettings(OneRadius):
    """Posteriors of one set of images under priors of several scales."""

    starts: ClassVar = {
        "n": 300,
        "k": 16,
        "chains": 4,
        "samples": 24,
        "leapfrogs": 15,
        "warmup": 80,
        "thin": 6,
        "max_steps": 200,
    }
    measures: ClassVar = OneRadius.measures | {"class_i", "class_j"}

    priors = param.Integer(
        6,
        bounds=(1, MOST_PRIORS),
        softbounds=(2, MOST_PRIORS),
        label="priors",
        doc="How many scales of the prior are tried, each twice the one before, up to twice the one that is set.",
    )
    class_i = param.Integer(3, bounds=(0, CLASSES - 1), label="class i", doc="z_i - z_j is bracketed: its first logit.")
    class_j = param.Integer(
        8, bounds=(0, CLASSES - 1), label="class j", doc="z_i - z_j is bracketed: its second logit."
    )

    @property
    def scales(self) -> tuple[float, ...]:
        """Of the priors that are tried, rising."""
        return tuple(self.prior_scale * 2.0 ** (i - max(self.priors - 2, 0)) for i in range(self.priors))

    def conflicts(self) -> list[Problem]:
        if self.class_i == self.class_j:
            other = (self.class_i + 5) % CLASSES
            return [Problem("class_j", self.class_j, f"use another than class i = {self.class_i}", other)]
        if self.chains > (most := MOST_CHAINS // self.priors):
            return [Problem("chains", self.chains, f"at most {most}: {self.priors} priors walk side by side", most)]
        fit = ("samples", "n", "warmup", "thin", "leapfrogs", "chains", "max_steps")
        return self.too_many() or over_budget(self, (*fit, "priors", "attack_steps", "restarts", "seeds"), "k")

    def work(self) -> Work:
        """Each repetition: all fits, then brackets and attacks, of samples alone and together and of MAP."""
        fit, scales = self.sampling(), self.priors
        bracketed = (3 * self.samples + 2 * self.chains) * (0.01 + 2e-8 * self.k * self.source.d * self.k)
        attacked = self.attacking(4 * self.samples + 2 * self.chains, self.params)
        seconds = scales * (fit.seconds + bracketed + attacked)
        return Work(
            scales * fit.bytes + self.attack_bytes + 64 * self.seeds * scales * self.samples * self.params,
            self.seeds * seconds,
        )


PANEL = Panel(
    __name__,
    "Prior",
    settings=PriorSettings,
    tables=(PRIOR,),
    order=12,
    small={
        "n": 40,
        "k": 4,
        "chains": 2,
        "samples": 2,
        "priors": 2,
        "warmup": 6,
        "thin": 4,
        "leapfrogs": 4,
        "max_steps": 20,
        "attack_steps": 2,
    },
)
