"""Panel: fixed features, fitted by least squares: what happens at params = n, and do more of them make it smoother?"""

from typing import ClassVar

import param

from explorer.labs import Panel
from explorer.labs.affordable import over_budget
from explorer.labs.mixins import Seeds
from explorer.labs.universal.settings import Points
from explorer.settings import Problem, Work
from explorer.tables import Bound, Count, Table, Text, Value

RANDOM, TANGENT = "random features", "ntk"
#: Numbers of parameters over n: those near 1 show the peak, those beyond what more of them do.
SHARES = (0.1, 0.2, 0.4, 0.6, 0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 2.0, 3.0, 4.0, 8.0, 16.0)
TESTED = 1000  # points that were not fitted
FEATURES = Table(
    "features",
    kind=Text(),
    params=Count(),
    n=Count(),
    seed=Count(),
    lip=Bound(">=", "Lip"),
    norm=Value(),
    test_mse=Value("test MSE"),
)


class FeaturesSettings(Points, Seeds):
    """n points of R^d, whose labels are noise to the share sigma."""

    starts: ClassVar = {"n": 100, "d": 10, "seeds": 5}

    sigma = param.Number(0.5, bounds=(0, 1), softbounds=(0, 1), label="sigma label noise", doc="Its share of y.")

    def conflicts(self) -> list[Problem]:
        return over_budget(self, ("n", "seeds"), "d")

    def work(self) -> Work:
        most = SHARES[-1] * self.n
        each = [min(self.n, share * self.n) ** 2 * max(self.n, share * self.n) * 40 / 1e10 for share in SHARES]
        looked = sum(SHARES) * self.n * (TESTED + self.n) * (self.d + 8) * 4 / 1e10
        return Work(8 * (TESTED + self.n) * (2 * most + self.d), 2 * self.seeds * (sum(each) + looked) + 0.2)


PANEL = Panel(
    __name__,
    "Features",
    settings=FeaturesSettings,
    tables=(FEATURES,),
    order=8,
    small={"n": 12, "d": 3, "seeds": 1},
)
