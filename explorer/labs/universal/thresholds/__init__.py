"""Panel: how many parameters it takes to fit, and how many to fit smoothly, as the dimension grows."""

from typing import ClassVar

import param

from explorer.fields import Integers
from explorer.labs import Panel
from explorer.labs.affordable import over_budget
from explorer.labs.costs import gauss_newton, together
from explorer.labs.mixins import Seeds
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


class Frontiers(UniversalPanel, Seeds):
    """n points of the sphere, several dimensions, and what counts as smooth."""

    n = param.Integer(100, bounds=(4, 5000), softbounds=(20, 400), label="n points", doc="How many points are fitted.")
    ds = Integers(
        (5, 10, 20, 40, 80), bounds=(2, 1000), most=8, label="dimensions", doc="Dimensions that are gone through."
    )
    lip = param.Number(
        20.0,
        bounds=(0, 10_000),
        inclusive_bounds=(False, True),
        softbounds=(1, 50),
        label="L Lipschitz constant",
        doc="What a function may be as steep as.",
    )


class ThresholdsSettings(Frontiers):
    """Which networks are tried, beside that."""

    starts: ClassVar = {"seeds": 3}

    widths = Integers(
        (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128),
        bounds=(1, 4096),
        most=24,
        label="widths",
        doc="Widths trained side by side; the thresholds are among them.",
    )
    tolerance = param.Number(
        1e-3,
        bounds=(0, 1),
        inclusive_bounds=(False, True),
        softbounds=(1e-6, 0.1),
        label="fit tolerance",
        doc="Mean squared error at which a network counts as fitting, and stops.",
    )
    max_steps = param.Integer(
        300, bounds=(1, 100_000), softbounds=(20, 1000), label="most steps", doc="Training stops here in any case."
    )

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
