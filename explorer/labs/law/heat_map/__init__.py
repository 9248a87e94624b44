"""Panel: a trained network for every n and k, and what is left when n/k is taken out."""

from typing import ClassVar

from explorer.fields import Integers
from explorer.labs import Panel
from explorer.labs.affordable import over_budget
from explorer.labs.costs import adam
from explorer.labs.law.settings import Inputs, Widths
from explorer.labs.law.tables import TRAINED
from explorer.labs.mixins import Training
from explorer.settings import Problem, Work


class HeatMapSettings(Inputs, Widths, Training):
    """Numbers of points and widths: the rows and columns of cells."""

    starts: ClassVar = {"d": 20, "widths": (2, 4, 8, 16, 32, 64, 128, 256)}
    ns = Integers(
        (20, 30, 45, 65, 95, 140, 200, 300), bounds=(2, 2000), most=16, label="numbers of points", doc="Rows of cells."
    )

    def conflicts(self) -> list[Problem]:
        return over_budget(self, ("max_steps", "d"), "widths")

    def work(self) -> Work:
        neurons, nets = sum(self.widths), len(self.widths) * self.seeds
        rows = [adam(n, self.d, neurons * self.seeds, nets, self.max_steps) for n in self.ns]
        return Work(sum(row.bytes for row in rows) / self.seeds, sum(row.seconds for row in rows))


PANEL = Panel(
    __name__,
    "Heat map",
    settings=HeatMapSettings,
    tables=(TRAINED,),
    order=5,
    small={"tolerance": 0.1, "max_steps": 12, "seeds": 1, "d": 4, "ns": (6, 10), "widths": (2, 5)},
)
