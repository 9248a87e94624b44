"""The table `attack`, the names that stand in it, and the settings of who attacks; for several panels. No torch."""

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
import param

from explorer.labs.affordable import over_budget
from explorer.labs.bayes.images import CLASSES, TESTED, ImagePosterior
from explorer.labs.bayes.portion import held
from explorer.labs.costs import FLOPS
from explorer.settings import Problem, Settings, Work
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
VI = "VI"  # the average of draws of the mean-field approximation
#: Attacks.
FGSM, PGD, RANDOM = "fgsm", "pgd", "random"
#: Losses: of the averaged prediction, or of a network alone; its mean over samples; the margin; none for random signs.
CROSS_ENTROPY, EXPECTED, MARGIN, NONE = "cross-entropy", "expected", "margin", "none"
SAID: Mapping[str, str] = {FGSM: "FGSM", PGD: "PGD", RANDOM: "random signs"}
RADII = 7  # of a curve, from 0 to `eps_max`


class Attacker(Settings):
    """Who attacks, at which radii, and networks without a prior beside those that are attacked."""

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


class Tested(ImagePosterior):
    """A posterior, and how many images it is asked about."""

    tested = param.Integer(
        TESTED,
        bounds=(10, 10_000),
        softbounds=(50, 1000),
        label="images attacked",
        doc="Unseen images, the same for all seeds; as many as there are where there are fewer.",
    )


class Attacked(Attacker, Tested):
    """A posterior, networks without a prior, and who attacks them."""

    measures: ClassVar = Attacker.measures | {"tested"}

    def conflicts(self) -> list[Problem]:
        fit = ("samples", "n", "warmup", "thin", "leapfrogs", "chains", "max_steps")
        return self.too_many() or over_budget(
            self, (*fit, "attack_steps", "restarts", "tested", "ensemble", "seeds"), "k"
        )

    @property
    def attack_bytes(self) -> float:
        """Memory of an attack, in float32."""
        return held(max(self.samples, self.chains, self.ensemble), max(self.source.d, self.k), self.tested)

    def attacking(self, networks: float) -> float:
        """Seconds of one repetition: so many input gradients at every image and radius, of networks."""
        return (RADII - 1) * networks * self.tested * (8 * self.params / FLOPS + 6e-8 * self.k)

    @classmethod
    def implied(cls, given: Mapping[str, Any]) -> dict[str, Any]:
        """Fewer networks for larger images."""
        return {**super().implied(given), **({} if given.get("data", "digits") == "digits" else {"ensemble": 4})}


class Approximated(Attacked):
    """Beside the posterior a mean-field approximation of it."""

    n_vi = param.Integer(
        600,
        bounds=(0, 60_000),
        softbounds=(100, 1500),
        label="images of VI",
        doc="Images that the mean-field approximation learns from, those of the chains first; 0: there is none.",
    )
    vi_steps = param.Integer(
        1000,
        bounds=(1, 100_000),
        softbounds=(100, 5000),
        label="VI steps",
        doc="Steps of Adam on minibatches of 128 images, with a rate that falls to 0.",
    )

    def relevant(self, name: str) -> bool:
        return super().relevant(name) and (name != "vi_steps" or self.n_vi > 0)

    def too_many(self) -> list[Problem]:
        """More images than there are, for either."""
        found, most = super().too_many(), self.source.most
        if self.n_vi > most:
            found.append(Problem("n_vi", self.n_vi, f"{self.source.said}: at most {most:,}", most))
        return found

    def conflicts(self) -> list[Problem]:
        return super().conflicts() or over_budget(self, ("vi_steps", "n_vi"), "k")

    def approximating(self) -> Work:
        """One repetition of the approximation: a step has three products with either half of the parameters."""
        if not self.n_vi:
            return Work(0, 0)
        each = 128 * 12 * self.params / FLOPS + 1e-3
        floats = self.n_vi * 2 * self.source.d + 128 * 10 * (self.k + CLASSES) + (self.samples + 20) * self.params
        return Work(8 * floats, self.vi_steps * each + 11 * self.n_vi * 12 * self.params / FLOPS)

    @classmethod
    def implied(cls, given: Mapping[str, Any]) -> dict[str, Any]:
        """It can afford all of a larger set."""
        large = {"n_vi": 60_000, "vi_steps": 3000}
        return {**super().implied(given), **({} if given.get("data", "digits") == "digits" else large)}


def nearest(table: Mapping[str, np.ndarray], eps: float) -> float:
    """The radius of a table that is next to `eps`; NaN of no rows."""
    found = np.unique(table["eps"][np.isfinite(table["eps"])])
    return float(found[np.argmin(np.abs(found - eps))]) if len(found) else float("nan")
