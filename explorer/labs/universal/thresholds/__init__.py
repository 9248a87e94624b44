"""Panel: how many parameters it takes to fit, and how many to fit smoothly, as the dimension grows."""

from typing import ClassVar

import param

from explorer.fields import Integers
from explorer.labs import Panel
from explorer.labs.affordable import over_budget
from explorer.labs.costs import gauss_newton, together
from explorer.labs.mixins import Fitting, Seeds
from explorer.labs.universal.settings import UniversalPanel
from explorer.settings import Problem, Work
from explorer.tables import Count, Table, Text, Value

TRAINED, BUILT = "trained", "constructions"
ABOVE_PLATEAU = 1.25  # times the certified constant of the widest network that fits: the second target
THRESHOLDS = Table(
    "thresholds",
    d=Count(),
    n=Count(),
    seed=Count(),
    series=Text(),
    params_fit=Value("parameters"),
    params_smooth=Value("parameters"),
    lip_target=Value("L0"),
    k_max=Count(),
)


def params(k: float, d: int) -> float:
    """Numbers that a two-layer network of width k has to choose: weights, biases and outer weights."""
    return k * (d + 2)


class Frontiers(UniversalPanel, Seeds):
    """n points of the sphere, and several dimensions."""

    n = param.Integer(100, bounds=(4, 5000), softbounds=(20, 400), label="n points", doc="How many points are fitted.")
    ds = Integers(
        (5, 10, 20, 40, 80), bounds=(2, 1000), most=8, label="dimensions", doc="Dimensions that are gone through."
    )


class ThresholdsSettings(Frontiers, Fitting):
    """Which networks are tried, beside that."""

    starts: ClassVar = {"n": 200, "seeds": 3}
    measures = frozenset({"levels"})

    levels = Integers(
        (20, 40),
        bounds=(1, 10_000),
        most=4,
        label="L0 levels",
        doc="Certified constants that count as smooth, beside 1.25 times that of the widest network.",
    )
    widths = Integers(
        (1, 2, 3, 4, 5, 6, 8, 10, 12, 14, 16, 20, 24, 28, 32, 40, 48, 64, 80, 96, 128, 192),
        bounds=(1, 4096),
        most=24,
        label="widths",
        doc="Widths trained side by side; the thresholds are among them.",
    )
    max_steps = param.Integer(300, softbounds=(20, 1000))

    def conflicts(self) -> list[Problem]:
        return over_budget(self, ("n", "ds", "max_steps", "seeds"), "widths")

    def work(self) -> Work:
        return together(*(gauss_newton(self.n, d, self.widths, self.seeds, self.max_steps) for d in self.ds))


PANEL = Panel(
    __name__,
    "Thresholds",
    settings=ThresholdsSettings,
    tables=(THRESHOLDS,),
    order=1,
    primary=True,
    small={"n": 12, "ds": (3, 6), "widths": (2, 4, 8), "seeds": 1, "max_steps": 20},
)
