"""Panel: d = 2, where the best constant of any fit follows an exact law; and kinks that only d = 2 can hide."""

from typing import ClassVar

import param

from explorer.labs import Panel
from explorer.labs.affordable import over_budget
from explorer.labs.law.settings import LawPanel, PointCount
from explorer.labs.mixins import Seed
from explorer.settings import Problem, Work
from explorer.tables import Count, Table, Value

CIRCLE = Table("circle", seed=Count(), n=Count(), lip=Value("L*"))
RIGIDITY = Table("rigidity", seed=Count(), d=Count(), ratio=Value("kink / 2 Lip"))


class CircleSettings(LawPanel, Seed, PointCount):
    """n points on the circle, and how often they are drawn."""

    starts: ClassVar = {"n": 20}
    draws = param.Integer(10_000, bounds=(100, 50_000), label="draws", doc="Data sets on the circle.")

    def conflicts(self) -> list[Problem]:
        return over_budget(self, ("n", "draws"), "draws")

    def work(self) -> Work:
        return Work(8 * 6 * self.draws * 8 + 8e6 * self.n / 1000, 5e-8 * self.draws * self.n + 0.5)


PANEL = Panel(
    __name__,
    "Circle",
    settings=CircleSettings,
    tables=(CIRCLE, RIGIDITY),
    order=8,
    small={"n": 6, "draws": 100},
)
