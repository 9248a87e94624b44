"""Panel: the grouped construction, at the size that the sliders ask for and in fewer dimensions."""

from typing import ClassVar

from explorer.fields import Integers
from explorer.labs import Panel
from explorer.labs.affordable import over_budget
from explorer.labs.costs import FLOPS
from explorer.labs.law.settings import Points
from explorer.labs.law.tables import CONSTRUCTIONS
from explorer.settings import Problem, Work


class GroupedSettings(Points):
    """n points of R^d in groups."""

    starts: ClassVar = {"n": 2000, "d": 2000}
    sizes = Integers(
        (1, 2, 4, 8, 16), bounds=(1, 64), most=8, label="points a neuron", doc="Group sizes m; the width is n / m."
    )

    def conflicts(self) -> list[Problem]:
        if min(self.sizes) > self.d:
            return [Problem("sizes", self.sizes, f"a group has at most d = {self.d} points", (self.d,))]
        return over_budget(self, ("n", "d"), "sizes")

    def work(self) -> Work:
        neurons = sum(-(-self.n // m) for m in self.sizes)
        return Work(8 * (4 * self.n * self.d + 3 * self.n**2), 12 * self.n * self.d * neurons / FLOPS + 1)


PANEL = Panel(
    __name__,
    "Grouped",
    settings=GroupedSettings,
    tables=(CONSTRUCTIONS,),
    order=1,
    primary=True,
    small={"n": 12, "d": 8, "sizes": (1, 2)},
)
