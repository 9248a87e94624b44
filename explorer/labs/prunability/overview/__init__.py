"""Panel: the first card of every primary panel: one network, a crowd, and widths."""

from typing import ClassVar

import param

from explorer.labs import Panel
from explorer.labs.affordable import over_budget
from explorer.labs.costs import together
from explorer.labs.prunability.curve import CURVE, FRACTION, WEIGHTS, CurveSettings
from explorer.labs.prunability.double_descent import DOUBLE_DESCENT
from explorer.labs.prunability.grid import MOST
from explorer.labs.prunability.league import INFORMATION, LEAGUE
from explorer.labs.prunability.measures import POPULATION
from explorer.labs.prunability.overview import settings_of
from explorer.labs.prunability.population import PRUNED
from explorer.settings import Problem, Work


class OverviewSettings(CurveSettings):
    """One network whose weights go, and how many others stand beside it; widths have sizes of their own."""

    starts: ClassVar = {**CurveSettings.starts, "seeds": 1}

    nets = param.Integer(
        32,
        bounds=(1, MOST),
        softbounds=(8, 64),
        label="networks",
        doc="Of a grid of widths, depths, rates, batches, dropout and weight decay.",
    )

    def conflicts(self) -> list[Problem]:
        return self.too_many() or over_budget(self, ("n", "nets", "max_epochs", "masks", "k"), "k")

    def work(self) -> Work:
        return together(*(of(self).work() for of in settings_of.OF.values()))


PANEL = Panel(
    __name__,
    "Overview",
    settings=OverviewSettings,
    tables=(CURVE, FRACTION, WEIGHTS, POPULATION, PRUNED, LEAGUE, INFORMATION, DOUBLE_DESCENT),
    order=0,
    answers=("curve", "fraction", "population", "league", "double_descent"),
    small={"n": 40, "k": 4, "nets": 4, "masks": 1, "max_epochs": 3},
)
