"""Panel: one neuron a point, against the threshold of its caps, and against the number of points."""

from typing import ClassVar

from explorer.labs import Panel
from explorer.labs.affordable import over_budget
from explorer.labs.costs import FLOPS
from explorer.labs.law.settings import Points
from explorer.labs.law.tables import CONSTRUCTIONS, FLOORS
from explorer.settings import Problem, Work


class OneNeuronSettings(Points):
    """n points of R^d, a neuron each."""

    starts: ClassVar = {"n": 1000, "d": 200}

    def conflicts(self) -> list[Problem]:
        return over_budget(self, ("n", "d"), "n")

    def work(self) -> Work:
        return Work(8 * (4 * self.n * self.d + 4 * self.n**2), 12 * 12 * self.n**2 * self.d / FLOPS + 1)


PANEL = Panel(
    __name__,
    "One neuron",
    settings=OneNeuronSettings,
    tables=(CONSTRUCTIONS, FLOORS),
    order=4,
    small={"n": 8, "d": 3},
)
