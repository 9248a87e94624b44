"""Panel: on the sphere the mean gradient vanishes as the dimension grows, and the largest does not."""

from typing import ClassVar

from explorer.fields import Integers
from explorer.labs import Panel
from explorer.labs.affordable import over_budget
from explorer.labs.universal.settings import PointCount
from explorer.settings import Problem, Work
from explorer.tables import Bound, Count, Table

GRADIENTS = Table("gradients", d=Count(), n=Count(), k=Count(), mean=Bound("<=", "E Lip"), max=Bound(">=", "Lip"))


class GradientsSettings(PointCount):
    """n points, a neuron for every m of them, in several dimensions."""

    starts: ClassVar = {"n": 100, "ds": (50, 100, 200, 400, 800)}

    ds = Integers(
        (50, 100, 200, 400, 800), bounds=(2, 2048), most=8, label="dimensions", doc="Dimensions that are gone through."
    )
    sizes = Integers((1, 2, 4), bounds=(1, 64), most=6, label="group sizes m", doc="Points a neuron: k is about n / m.")

    def conflicts(self) -> list[Problem]:
        return over_budget(self, ("n", "sizes"), "ds")

    def work(self) -> Work:
        each = [(2e-9 * self.n**2 * d + 2e-8 * self.n * d * 40 + 0.05) for d in self.ds]
        return Work(8 * self.n * (4 * max(self.ds) + 2 * self.n), len(self.sizes) * sum(each) + 0.1)


PANEL = Panel(
    __name__,
    "Gradients",
    settings=GradientsSettings,
    tables=(GRADIENTS,),
    order=7,
    small={"n": 10, "ds": (12, 24), "sizes": (1, 2)},
)
