"""Panel: linear models on random features, from fewer parameters than points to many more."""

from typing import ClassVar

import param

from explorer.fields import Integers
from explorer.labs import Panel
from explorer.labs.affordable import over_budget
from explorer.labs.costs import FLOPS
from explorer.labs.mixins import LabelNoise, Seeds
from explorer.labs.universal.settings import Points
from explorer.settings import Problem, Work
from explorer.tables import Bound, Count, Table, Text, Value

RANDOM, NTK = "random features", "ntk"
TESTS = 400  # points for the test error, and where steepness is looked for too
BEYOND = 4  # times as many parameters as points: far enough beyond the peak

FEATURES = Table(
    "features",
    kind=Text(),
    params=Count(),
    n=Count(),
    seed=Count(),
    lip=Bound(">=", "Lip"),
    norm=Value("|a|"),
    test_mse=Bound("~", "test MSE"),
)


class FeaturesSettings(Points, Seeds, LabelNoise):
    """n points of the sphere with noisy labels, and how many features are tried."""

    starts: ClassVar = {"n": 100, "seeds": 5}
    d = param.Integer(10, bounds=(2, 2048), softbounds=(2, 100))
    widths = Integers(
        (10, 20, 40, 60, 80, 90, 110, 125, 160, 200, 800, 1600),
        bounds=(1, 4096),
        most=24,
        label="widths",
        doc="Numbers of random rows; random features are tried with n and 4n of them as well.",
    )

    @property
    def sizes(self) -> list[tuple[str, int]]:
        """Kind and width of every model, from few to many; random features have n and 4n of them in any case."""
        random = {*self.widths, self.n, BEYOND * self.n}
        every = [*((k, RANDOM) for k in random), *((k, NTK) for k in self.widths)]
        return [(kind, k) for k, kind in sorted(every, key=lambda each: (each[0], each[1] != RANDOM))]

    def params(self, kind: str, k: int) -> int:
        """How many numbers a model of width k has to choose."""
        return k if kind == RANDOM else k * self.d

    def conflicts(self) -> list[Problem]:
        return over_budget(self, ("n", "d", "seeds"), "widths")

    def work(self) -> Work:
        """Factors of n x params matrices, each side's smaller number squared; then steepness at all points."""
        n, sizes = self.n, [(self.params(*size), size[1]) for size in self.sizes]
        solving = sum(16 * p * n * min(p, n) for p, _ in sizes)
        looking = sum(80 * (n + 3 * TESTS) * k * self.d for _, k in sizes)
        seconds = self.seeds * ((solving + looking) / FLOPS + 0.03 * len(sizes))
        return Work(max(4 * 8 * n * p + 6 * 8 * (n + TESTS) * k for p, k in sizes), seconds)


PANEL = Panel(
    __name__,
    "Features",
    settings=FeaturesSettings,
    tables=(FEATURES,),
    order=8,
    small={"n": 10, "d": 3, "widths": (4, 10, 12, 20), "seeds": 2},
)
