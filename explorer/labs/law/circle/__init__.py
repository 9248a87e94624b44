"""Panel: d = 2, where the best constant of any fit follows an exact law; and kinks that only d = 2 can hide."""

from typing import ClassVar

import param

from explorer.labs import Panel
from explorer.labs.affordable import too_much
from explorer.labs.law.settings import Count, LawPanel
from explorer.labs.mixins import Seed
from explorer.settings import Problem, Work
from explorer.tables import Count as Whole
from explorer.tables import Table, Value


class CircleSettings(LawPanel, Seed, Count):
    """n points on the circle, and how often they are drawn."""

    starts: ClassVar = {"n": 20}
    draws = param.Integer(10_000, bounds=(100, 50_000), label="draws", doc="Data sets on the circle.")

    def conflicts(self) -> list[Problem]:
        return too_much(self, ("n", "draws"), "draws")

    def work(self) -> Work:
        return Work(8 * 6 * self.draws * 8 + 8e6 * self.n / 1000, 1e-8 * self.draws * self.n + 2)


PANEL = Panel(
    __name__,
    "Circle",
    settings=CircleSettings,
    tables=(
        Table("circle", seed=Whole(), n=Whole(), lip=Value("L*")),
        Table("rigidity", seed=Whole(), d=Whole(), ratio=Value("kink / 2 Lip")),
    ),
    order=8,
    small={"n": 6, "draws": 100},
)
