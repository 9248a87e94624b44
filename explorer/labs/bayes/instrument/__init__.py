"""Panel: softmax robustness as it is defined, and as it comes out where softmax is taken twice, beside accuracy."""

from typing import ClassVar

import param

from explorer.labs import Panel
from explorer.labs.bayes.attack_table import ATTACK, FGSM, PGD, RANDOM, Attacked
from explorer.settings import Work


class InstrumentSettings(Attacked):
    """One attack on the average, on MAP and on networks without a prior."""

    measures: ClassVar = Attacked.measures | {"attack"}

    attack = param.Selector(
        default=FGSM,
        objects=[FGSM, PGD, RANDOM],
        label="attack",
        doc="One step along the signs of the gradient (FGSM), many (PGD), or a step along random signs.",
    )

    def relevant(self, name: str) -> bool:
        return self.attack == PGD or name not in ("attack_steps", "restarts")

    def work(self) -> Work:
        """Each repetition: the fit; then samples together, and the networks beside them."""
        fit = self.sampling(beside=self.ensemble)
        gradients = self.attack_steps * self.restarts if self.attack == PGD else 1
        seconds = self.attacking((2 * self.samples + self.chains + self.ensemble) * gradients)
        return Work(
            fit.bytes + self.attack_bytes + 8 * self.seeds * self.samples * self.params,
            self.seeds * (fit.seconds + seconds),
        )


PANEL = Panel(
    __name__,
    "Instrument",
    settings=InstrumentSettings,
    tables=(ATTACK,),
    order=9,
    small={
        "n": 40,
        "k": 6,
        "chains": 2,
        "samples": 4,
        "warmup": 6,
        "thin": 2,
        "leapfrogs": 6,
        "max_steps": 20,
        "ensemble": 1,
        "tested": 20,
    },
)
