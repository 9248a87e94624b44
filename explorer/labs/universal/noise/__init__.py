"""Panel: where the curves of networks that learn noisy labels bend upward, one for each share of noise."""

from typing import ClassVar

import param

from explorer.fields import Integers
from explorer.labs import Panel
from explorer.labs.affordable import over_budget
from explorer.labs.costs import adam, together
from explorer.labs.mixins import Seeds, Training
from explorer.labs.noise_curves import NOISE
from explorer.labs.universal.settings import Points
from explorer.settings import Problem, Work


class NoiseSettings(Points, Seeds, Training):
    """n points of R^d, whose labels are noise to several shares."""

    starts: ClassVar = {"n": 300}
    d = param.Integer(6, bounds=(2, 2048), softbounds=(2, 100))
    sigmas = Integers(
        (30, 50, 70, 90),
        bounds=(1, 100),
        most=6,
        label="label noise σ (%)",
        doc="Its share of y, in percent: one training for each, and one without noise.",
    )
    widths = Integers((64, 256), bounds=(1, 4096), most=24, label="widths", doc="Widths trained side by side.")

    @property
    def levels(self) -> list[float]:
        """Every share of noise; none of it, the control, comes first."""
        return [0.0, *(percent / 100 for percent in self.sigmas)]

    def conflicts(self) -> list[Problem]:
        return over_budget(self, ("n", "max_steps", "d"), "widths")

    def work(self) -> Work:
        neurons, nets = sum(self.widths) * self.seeds, len(self.widths) * self.seeds
        once = adam(self.n, self.d, neurons, 10 * nets, self.max_steps)
        return together(*[once] * len(self.levels))


PANEL = Panel(
    __name__,
    "Noise",
    settings=NoiseSettings,
    tables=(NOISE,),
    order=6,
    small={"tolerance": 0.1, "max_steps": 12, "seeds": 1, "n": 10, "d": 4, "widths": (2, 5), "sigmas": (50, 90)},
)
