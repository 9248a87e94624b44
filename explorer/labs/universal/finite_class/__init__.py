"""Panel: how well the best of N smooth functions fits noise, against what its smoothness and its size allow."""

from typing import ClassVar

import param

from explorer.fields import Integers
from explorer.labs import Panel
from explorer.labs.affordable import over_budget
from explorer.labs.mixins import Seeds
from explorer.labs.universal.settings import Points, Smoothness
from explorer.settings import Problem, Work
from explorer.tables import Bound, Count, Table, Value

FINITE_CLASS = Table(
    "finite_class",
    n=Count(),
    d=Count(),
    N=Count(),
    L=Value(),
    seed=Count(),
    value=Value("max corr"),
    theory=Bound("<=", "E max corr"),
    massart=Bound("<=", "E max corr"),
)


class FiniteClassSettings(Points, Seeds, Smoothness):
    """n points of R^d, and N functions of one Lipschitz constant."""

    starts: ClassVar = {"n": 500, "d": 50, "seeds": 8}
    N = param.Integer(
        10_000, bounds=(2, 200_000), softbounds=(10, 50_000), label="N functions", doc="How many functions are tried."
    )
    ds = Integers(
        (25, 50, 100, 200, 400), bounds=(1, 2048), most=12, label="dimensions", doc="Dimensions that are gone through."
    )

    def conflicts(self) -> list[Problem]:
        return over_budget(self, ("N", "n", "seeds"), "ds")

    def work(self) -> Work:
        values = self.seeds * self.N * self.n * (1 + len(self.ds) + 8)
        products = self.seeds * self.N * self.n * (self.d + sum(self.ds))
        return Work(1e8 + 16 * self.n * (self.d + max(self.ds)), 0.2 + 2e-9 * values + 1e-10 * products)


PANEL = Panel(
    __name__,
    "Finite class",
    settings=FiniteClassSettings,
    tables=(FINITE_CLASS,),
    order=5,
    small={"n": 20, "d": 4, "N": 40, "ds": (2, 8), "seeds": 2},
)
