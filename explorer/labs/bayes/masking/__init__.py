"""Panel: what a wide prior does to an attacker's gradients, and what precision, loss and step length make of it."""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from explorer.fields import Integers
from explorer.labs import Panel
from explorer.labs.affordable import over_budget
from explorer.labs.bayes.attack_table import RADII, Attacked
from explorer.settings import Problem, Work
from explorer.tables import Bound, Count, Flag, Table, Text, Value

DTYPES = ("float32", "float64")
LENGTHS = (1 / 40, 1 / 20, 1 / 10, 1 / 4, 1 / 2, 1, 2)  # of a step, in units of eps; from 2 on all are one
IMAGE, UNIFORM = "image", "random"  # where an ascent begins
BEST, LAST = "best", "last"  # which of its points counts

MASKING = Table(
    "masking",
    prior_scale=Value("s"),
    dtype=Text(),
    zero_share=Value("share of gradients that are 0"),
    accuracy_ce=Bound("<=", "accuracy under PGD on cross-entropy"),
    accuracy_margin=Bound("<=", "accuracy under PGD on the margin"),
    eps=Value(),
    seed=Count(),
    zero_low=Value("share of gradients that are 0"),
    zero_high=Value("share of gradients that are 0"),
    lost_share=Value("share of gradients without the label's part"),
    low_ce=Value("accuracy under attack"),
    high_ce=Value("accuracy under attack"),
    low_margin=Value("accuracy under attack"),
    high_margin=Value("accuracy under attack"),
    more=Value("accuracy_ce less accuracy_margin"),
    more_low=Value("accuracy_ce less accuracy_margin"),
    more_high=Value("accuracy_ce less accuracy_margin"),
    clean=Value("accuracy"),
    samples=Count(),
    tested=Count(),
    accept=Value("acceptance"),
    rhat=Value("R-hat"),
    chains=Count(),
    whole=Flag(),
)
#: PGD on the average of the samples with steps of one length.
STEP_LENGTH = Table(
    "step_length",
    prior_scale=Value("s"),
    length=Value("step / eps"),
    start=Text(),
    kept=Text(),
    eps=Value(),
    seed=Count(),
    accuracy=Bound("<=", "accuracy under attack"),
    low=Value("accuracy under attack"),
    high=Value("accuracy under attack"),
    samples=Count(),
    steps=Count(),
    tested=Count(),
)


class MaskingSettings(Attacked):
    """Posteriors of several priors, whose samples are attacked one by one."""

    starts: ClassVar = {
        "family": "rectified",
        "n": 200,
        "chains": 4,
        "samples": 16,
        "warmup": 80,
        "leapfrogs": 30,
        "thin": 20,
        "max_steps": 200,
        "tested": 100,
    }

    prior_scales = Integers(
        (1, 3, 10),
        bounds=(1, 30),
        most=6,
        label="prior scales",
        doc="Standard deviations of the prior of every weight and bias, a posterior each.",
    )

    @classmethod
    def implied(cls, given: Mapping[str, Any]) -> dict[str, Any]:
        """Larger images want fewer of them and of samples: a posterior each prior, attacked in every way."""
        few = {"n": 500, "k": 32, "samples": 12, "leapfrogs": 20, "thin": 10}
        return {**super().implied(given), **({} if given.get("data", "digits") == "digits" else few)}

    def relevant(self, name: str) -> bool:
        return name not in ("prior_scale", "ensemble")

    def conflicts(self) -> list[Problem]:
        fit = ("samples", "n", "warmup", "thin", "leapfrogs", "chains", "max_steps")
        return self.too_many() or over_budget(self, (*fit, "attack_steps", "restarts", "tested", "seeds"), "k")

    def preview(self) -> Self:
        """One repetition, walks and attacks that are short."""
        few = {"samples": 8, "leapfrogs": 10, "thin": 4, "attack_steps": 5, "tested": 40}
        return super().preview().changed(**{name: min(getattr(self, name), most) for name, most in few.items()})

    def work(self) -> Work:
        """Each posterior: the walk; two losses in two precisions, one of which takes twice as long; step lengths."""
        fit, radii = self.sampling(), RADII - 1
        gradients = self.attack_steps * (2 * 3 * self.restarts + 2 * len(LENGTHS) / radii)
        attacks = self.attacking(self.samples * gradients)
        times = self.seeds * len(self.prior_scales)
        return Work(
            fit.bytes + 2 * self.attack_bytes + 8 * times * self.samples * self.params, times * (fit.seconds + attacks)
        )

    @property
    def swept(self) -> float:
        """The radius at which step lengths are compared: a third of the largest."""
        return self.radii[min(2, len(self.radii) - 1)]


PANEL = Panel(
    __name__,
    "Masking",
    settings=MaskingSettings,
    tables=(MASKING, STEP_LENGTH),
    order=10,
    small={
        "n": 40,
        "k": 6,
        "chains": 2,
        "samples": 4,
        "warmup": 6,
        "thin": 2,
        "leapfrogs": 6,
        "max_steps": 20,
        "attack_steps": 1,
        "tested": 20,
        "prior_scales": (10,),
    },
)
