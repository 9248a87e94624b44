"""The table `attack`, the names that stand in it, and the settings of who attacks; for several panels. No torch."""

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
import param

from explorer.labs.affordable import over_budget
from explorer.labs.bayes.images import TESTED, ImagePosterior
from explorer.labs.costs import FLOPS
from explorer.settings import Problem, Settings
from explorer.tables import Bound, Count, Flag, Table, Text, Value

ATTACK = Table(
    "attack",
    model=Text(),
    attack=Text(),
    loss=Text(),
    eps=Value(),
    n_attack=Count(),
    n_defend=Count(),
    seed=Count(),
    accuracy=Bound("<=", "accuracy under attack"),
    softmax_robustness=Bound("~"),
    low=Value("accuracy under attack"),
    high=Value("accuracy under attack"),
    clean=Value("accuracy"),
    networks=Count(),
    tested=Count(),
    than=Text(),
    more=Value("accuracy less that of another model"),
    more_low=Value("accuracy less that of another model"),
    more_high=Value("accuracy less that of another model"),
    accept=Value("acceptance"),
    rhat=Value("R-hat"),
    chains=Count(),
    whole=Flag(),
    softmax_low=Value("softmax robustness"),
    softmax_high=Value("softmax robustness"),
    double_softmax=Bound("~", "softmax robustness, softmax taken twice"),
    double_low=Value("softmax robustness, softmax taken twice"),
    double_high=Value("softmax robustness, softmax taken twice"),
)

#: Models.
ONE, AVERAGE, MAP, FREE, ENSEMBLE = "one sample", "average", "MAP", "no decay", "ensemble"
#: Attacks.
FGSM, PGD, RANDOM = "fgsm", "pgd", "random"
#: Losses: of the averaged prediction, or of a network alone; its mean over samples; the margin; none for random signs.
CROSS_ENTROPY, EXPECTED, MARGIN, NONE = "cross-entropy", "expected", "margin", "none"
SAID: Mapping[str, str] = {FGSM: "FGSM", PGD: "PGD", RANDOM: "random signs"}
RADII = 7  # of a curve, from 0 to `eps_max`


class Attacked(ImagePosterior):
    """A posterior, networks without a prior, and who attacks them."""

    measures: ClassVar = frozenset({"eps_max", "attack_steps", "restarts"})
    views: ClassVar = Settings.views | {"eps"}

    ensemble = param.Integer(
        8,
        bounds=(1, 32),
        softbounds=(1, 16),
        label="ensemble",
        doc="Networks trained as long as the MAP estimates, without a prior; together they are a deep ensemble.",
    )
    eps_max = param.Number(
        0.3,
        bounds=(0, 1),
        softbounds=(0.05, 0.5),
        label="largest eps",
        doc=f"How much a pixel may change at most, white being 1; curves have {RADII} radii from 0 to this.",
    )
    eps = param.Number(
        0.1,
        bounds=(0, 1),
        softbounds=(0, 0.3),
        label="eps shown",
        doc="The radius that bars and sentences are of: the nearest that the curves have. A tap on a curve sets it.",
    )
    attack_steps = param.Integer(20, bounds=(1, 400), softbounds=(5, 100), label="PGD steps", doc="Of each ascent.")
    restarts = param.Integer(
        1, bounds=(1, 20), softbounds=(1, 10), label="restarts", doc="Of PGD; the first starts at the image."
    )

    @property
    def radii(self) -> tuple[float, ...]:
        """Rising, each once."""
        return tuple(sorted({round(self.eps_max * i / (RADII - 1), 12) for i in range(RADII)}))

    def conflicts(self) -> list[Problem]:
        fit = ("samples", "n", "warmup", "thin", "leapfrogs", "chains", "max_steps")
        return self.too_many() or over_budget(self, (*fit, "attack_steps", "restarts", "ensemble", "seeds"), "k")

    def attacking(self, networks: float) -> float:
        """Seconds of one repetition: so many input gradients at every image and radius, of networks."""
        return (RADII - 1) * networks * TESTED * (8 * self.params / FLOPS + 6e-8 * self.k)

    @classmethod
    def implied(cls, given: Mapping[str, Any]) -> dict[str, Any]:
        """Fewer networks for larger images."""
        return {**super().implied(given), **({} if given.get("data", "digits") == "digits" else {"ensemble": 4})}


def nearest(table: Mapping[str, np.ndarray], eps: float) -> float:
    """The radius of a table that is next to `eps`; NaN of no rows."""
    found = np.unique(table["eps"][np.isfinite(table["eps"])])
    return float(found[np.argmin(np.abs(found - eps))]) if len(found) else float("nan")
