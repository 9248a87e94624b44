"""Panel: an average of samples, attacked along the gradients of few or many samples, its own or others."""

from typing import ClassVar, Self

import param

from explorer.labs import Panel
from explorer.labs.affordable import over_budget
from explorer.labs.bayes.attack_table import ATTACK, AVERAGE, FGSM, PGD, RANDOM, Attacked
from explorer.labs.bayes.gradient import counts
from explorer.settings import Problem, Work

#: Models of the table: an average that is attacked along its own first samples, and along samples that do not defend.
SAME, OTHERS = AVERAGE, "average, other samples attack"
ALL = "average, as many attack"  # what `more` is the difference to, of the first; of the second it is the first
OWN, OTHER = "own samples", "other samples"


class SamplesSettings(Attacked):
    """How many samples attack, how many defend."""

    measures: ClassVar = Attacked.measures | {"attack"}
    views: ClassVar = Attacked.views | {"attacker"}

    attack = param.Selector(
        default=FGSM,
        objects=[FGSM, PGD, RANDOM],
        label="attack",
        doc="One step along the signs of the gradient (FGSM), many (PGD), or a step along random signs.",
    )
    attacker = param.Selector(
        default=OWN,
        objects=[OWN, OTHER],
        label="who attacks",
        doc="Whose gradients are followed: those of the first samples that defend, or of as many that do not.",
    )

    def relevant(self, name: str) -> bool:
        if name in ("attack_steps", "restarts"):
            return self.attack == PGD
        return name != "ensemble"

    def conflicts(self) -> list[Problem]:
        fit = ("samples", "n", "warmup", "thin", "leapfrogs", "chains", "max_steps")
        return self.too_many() or over_budget(self, (*fit, "attack_steps", "restarts", "tested", "seeds"), "k")

    def preview(self) -> Self:
        """One repetition, a short walk, few images."""
        return super().preview().changed(tested=min(self.tested, 60))

    @property
    def half(self) -> int:
        """How many samples can attack others at most."""
        return self.samples // 2

    def work(self) -> Work:
        """Each repetition: the fit; then every number of samples attacks, and all samples look at what it found."""
        fit = self.sampling()
        gradients = self.attack_steps * self.restarts if self.attack == PGD else 1
        own, others = counts(self.samples), counts(self.half) if self.half else ()
        networks = (sum(own) + sum(others)) * gradients + (len(own) + len(others)) * self.samples
        seconds = self.seeds * (fit.seconds + self.attacking(networks))
        return Work(fit.bytes + self.attack_bytes + 8 * self.seeds * self.samples * self.params, seconds)


PANEL = Panel(
    __name__,
    "Samples",
    settings=SamplesSettings,
    tables=(ATTACK,),
    order=8,
    small={
        "n": 40,
        "k": 6,
        "chains": 2,
        "samples": 2,
        "warmup": 6,
        "thin": 2,
        "leapfrogs": 6,
        "max_steps": 20,
        "tested": 20,
    },
)
