"""Panel: forms of degree p that fit, and how many neurons t^p they take."""

from collections.abc import Mapping
from typing import Any

from explorer.fields import Integers
from explorer.labs import Panel
from explorer.labs.costs import FLOPS, together
from explorer.labs.law.settings import Degree, Points
from explorer.labs.law.tables import FLOORS
from explorer.labs.mixins import Seeds
from explorer.settings import Problem, Work
from explorer.tables import Bound, Count, Table, Value
from explorer.theory.monomials import monomials

TENSOR = Table(
    "tensor",
    p=Count(),
    n=Count(),
    d=Count(),
    seed=Count(),
    op_norm=Bound(">=", "|T|"),
    scale=Value("sqrt(n/d^(p-1))"),
    ratio=Bound(">=", "|T| / scale"),
)
#: Sizes that show the effect at each p, and the largest d that it takes: its tensors have d^p entries.
START: Mapping[int, dict[str, Any]] = {
    1: {"n": 100, "d": 200, "ds": (100, 200, 400)},
    2: {"n": 250, "d": 50, "ds": (50, 100, 150)},
    3: {"n": 400, "d": 20, "ds": (14, 20, 28)},
    4: {"n": 250, "d": 10, "ds": (8, 10, 12)},
    5: {"n": 150, "d": 6, "ds": (5, 6, 8)},
    6: {"n": 100, "d": 5, "ds": (4, 5, 6)},
}
LARGEST_D: Mapping[int, int] = {1: 2000, 2: 400, 3: 40, 4: 14, 5: 8, 6: 6}
MOST_POINTS = 3000  # of the n x n kernels that are solved
CURVE = 15  # forms of one
CLIMBING, CLIMBS = 80, 60  # points that look for a form's largest value, two for each start; steps of each


class DegreeSettings(Points, Degree, Seeds):
    """n points of R^d, the degree of the form, and the dimensions that it is compared in."""

    ds = Integers((50, 100, 150), bounds=(2, 2000), most=6, label="dimensions", doc="One curve each.")

    @classmethod
    def implied(cls, given: Mapping[str, Any]) -> dict[str, Any]:
        """Each degree starts from sizes that show its effect."""
        return {"p": 2} | START[given.get("p", 2)]

    def conflicts(self) -> list[Problem]:
        most, found = LARGEST_D[self.p], []
        small = f"at p = {self.p} use d <= {most}: a tensor has d^p entries"
        if self.d > most:
            found.append(Problem("d", self.d, small, most))
        if max(self.ds) > most:
            found.append(Problem("ds", self.ds, small, START[self.p]["ds"]))
        if self.n > MOST_POINTS:
            found.append(Problem("n", self.n, f"use n <= {MOST_POINTS}: an n x n kernel is solved", MOST_POINTS))
        return found  # which bounds the work too

    def work(self) -> Work:
        """The chosen points, then a curve of each dimension from each seed."""
        curves = [self._forms(min(MOST_POINTS, monomials(d, self.p)), d, CURVE) for d in {self.d, *self.ds}]
        return together(self._forms(self.n, self.d, 1), *curves * self.seeds)

    def _forms(self, n: int, d: int, forms: int) -> Work:
        """Some forms through up to n points: a kernel and its factor, then the largest value on the sphere.

        Exact up to p = 2; from there on a search, whose steps make the powers d^(p-1) of many points.
        """
        entries, power = forms * d**self.p, d ** (self.p - 1)
        climbing = forms * CLIMBING if self.p > 2 else 0
        memory = 4 * n**2 + n * power + entries + 2 * climbing * power
        kernel = n**3 / 2 + 2 * n * entries + 6 * entries * d * (self.p > 1)
        searching = CLIMBS * climbing * power * (4 * d / FLOPS + 4e-9)
        return Work(8 * memory, kernel / FLOPS + searching + 0.02)


PANEL = Panel(
    __name__,
    "Degree",
    settings=DegreeSettings,
    tables=(TENSOR, FLOORS),
    order=6,
    small={"n": 5, "d": 4, "p": 2, "ds": (3, 4), "seeds": 1},
)
