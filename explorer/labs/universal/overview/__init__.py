"""Panel: the first card of every primary panel, in small."""

from typing import ClassVar

from explorer.labs import Panel
from explorer.labs.affordable import over_budget
from explorer.labs.costs import together
from explorer.labs.universal.calculator import CALCULATOR, CONDITIONS
from explorer.labs.universal.capacity import CAPACITY
from explorer.labs.universal.overview import settings_of
from explorer.labs.universal.thresholds import THRESHOLDS, Frontiers
from explorer.settings import Problem, Work


class OverviewSettings(Frontiers):
    """What the two thresholds are found for; images and theorem have sizes of their own."""

    starts: ClassVar = {"seeds": 2}

    def conflicts(self) -> list[Problem]:
        return over_budget(self, ("n", "seeds"), "ds")

    def work(self) -> Work:
        return together(settings_of.thresholds(self).work(), settings_of.capacity(self).work())


PANEL = Panel(
    __name__,
    "Overview",
    settings=OverviewSettings,
    tables=(THRESHOLDS, CAPACITY, CALCULATOR, CONDITIONS),
    order=0,
    answers=("thresholds",),
    small={"n": 8, "ds": (2, 4), "seeds": 1},
)
