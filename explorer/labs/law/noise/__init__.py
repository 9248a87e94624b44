"""Panel: what it costs to fit the noise in the labels, while networks are trained and at the end."""

from typing import ClassVar

import param

from explorer.labs import Panel
from explorer.labs.affordable import over_budget
from explorer.labs.costs import adam, together
from explorer.labs.law.settings import LawPanel, PointCount, Widths
from explorer.labs.mixins import LabelNoise, Training
from explorer.labs.noise_curves import NOISE
from explorer.settings import Problem, Work


class NoiseSettings(LawPanel, PointCount, Widths, LabelNoise, Training):
    """n points of R^d, whose labels are noise to the share sigma."""

    starts: ClassVar = {"n": 500, "widths": (64, 128, 256, 512, 1024)}
    d = param.Integer(10, bounds=(2, 2048), softbounds=(2, 2000), label="d dimension", doc="Dimension of the inputs.")

    def conflicts(self) -> list[Problem]:
        return over_budget(self, ("n", "max_steps", "d"), "widths")

    def work(self) -> Work:
        neurons, nets = sum(self.widths) * self.seeds, len(self.widths) * self.seeds
        once = adam(self.n, self.d, neurons, 10 * nets, self.max_steps)
        return together(once, once)


PANEL = Panel(
    __name__,
    "Noise",
    settings=NoiseSettings,
    tables=(NOISE,),
    order=9,
    small={"tolerance": 0.1, "max_steps": 12, "seeds": 1, "n": 10, "d": 4, "widths": (2, 5)},
)
