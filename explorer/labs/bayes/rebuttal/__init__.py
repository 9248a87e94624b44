"""Panel: the average of samples beside MAP with the same prior and networks without one, under stronger attacks."""

from explorer.labs import Panel
from explorer.labs.bayes.attack_table import ATTACK, Attacked
from explorer.settings import Work


class RebuttalSettings(Attacked):
    """FGSM, PGD and PGD on the margin, on the same four models."""

    def work(self) -> Work:
        """Each repetition: the fit; then three attacks on all samples, and on the networks beside them."""
        fit = self.sampling(beside=self.ensemble)
        networks = self.samples + self.chains + 2 * self.ensemble
        seconds = self.attacking(networks * (1 + 2 * self.attack_steps * self.restarts))
        return Work(
            fit.bytes + self.attack_bytes + 8 * self.seeds * self.samples * self.params,
            self.seeds * (fit.seconds + seconds),
        )


PANEL = Panel(
    __name__,
    "Rebuttal",
    settings=RebuttalSettings,
    tables=(ATTACK,),
    order=3,
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
    },
)
