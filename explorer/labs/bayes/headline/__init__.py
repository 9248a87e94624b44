"""Panel: one sample of the posterior and the average of all, attacked and defended; beside them two plain networks."""

from typing import ClassVar

import param

from explorer.labs import Panel
from explorer.labs.bayes.attack_table import ATTACK, FGSM, PGD, RANDOM, Approximated
from explorer.settings import Work


class HeadlineSettings(Approximated):
    """One attack on a sample, on the average of all samples, and on networks without a posterior."""

    measures: ClassVar = Approximated.measures | {"attack"}

    attack = param.Selector(
        default=FGSM,
        objects=[FGSM, PGD, RANDOM],
        label="attack",
        doc="One step along the signs of the gradient (FGSM), many (PGD), or a step along random signs.",
    )

    def relevant(self, name: str) -> bool:
        return super().relevant(name) and (self.attack == PGD or name not in ("attack_steps", "restarts"))

    def work(self) -> Work:
        """Each repetition: the fit; then samples alone, samples together, and the networks beside them."""
        fit, vi = self.sampling(beside=self.ensemble), self.approximating()
        gradients = self.attack_steps * self.restarts if self.attack == PGD else 1
        seconds = self.attacking(((5 if self.n_vi else 4) * self.samples + self.chains + self.ensemble) * gradients)
        return Work(
            fit.bytes + vi.bytes + self.attack_bytes + 16 * self.seeds * self.samples * self.params,
            self.seeds * (fit.seconds + vi.seconds + seconds),
        )


PANEL = Panel(
    __name__,
    "Headline",
    settings=HeadlineSettings,
    tables=(ATTACK,),
    order=2,
    primary=True,
    small={
        "n": 60,
        "k": 8,
        "chains": 2,
        "samples": 2,
        "warmup": 10,
        "thin": 2,
        "max_steps": 10,
        "ensemble": 2,
        "attack_steps": 2,
        "tested": 20,
        "n_vi": 60,
        "vi_steps": 10,
    },
)
