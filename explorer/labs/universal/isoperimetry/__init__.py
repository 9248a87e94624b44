"""Panel: how far a 1-Lipschitz function of many variables strays from its mean, and how far it may."""

from typing import Self

import param

from explorer.fields import Integers
from explorer.labs import Panel
from explorer.labs.mixins import Seed
from explorer.labs.universal.settings import UniversalPanel
from explorer.settings import Work
from explorer.tables import Bound, Count, Table, Text, Value

ISOPERIMETRY = Table(
    "isoperimetry",
    dist=Text("distribution"),
    d=Count(),
    t=Value(),
    tail=Value("P(|f − Ef| ≥ t)"),
    low=Value(),
    high=Value(),
    bound=Bound("<=", "P(|f − Ef| ≥ t)"),
    draws=Count(),
)
MOMENTS = Table(
    "isoperimetry_moments",
    dist=Text("distribution"),
    d=Count(),
    draws=Count(),
    mean=Value(),
    var=Value("Var f"),
    low=Value(),
    high=Value(),
)
HISTOGRAM = Table(
    "isoperimetry_histogram", dist=Text("distribution"), d=Count(), t=Value("f − Ef"), density=Value(), draws=Count()
)

SHARE = 10  # one draw in so many is made at each of the other dimensions
FEWEST = 100  # draws


class IsoperimetrySettings(UniversalPanel, Seed):
    """A function, and the dimensions in which it is looked at."""

    function = param.Selector(
        default="points",
        objects=["network", "coordinate", "norm", "max", "half space", "points"],
        label="f, 1-Lipschitz",
        doc="A random network over its certified constant, x_1, |x|, max x_i, distance to a half space or 10 points.",
    )
    d = param.Integer(100, bounds=(2, 2048), softbounds=(2, 1000), label="d dimension", doc="Dimension of the inputs.")
    ds = Integers(
        (10, 30, 100, 300, 1000), bounds=(2, 2048), most=12, label="dimensions", doc="Dimensions that are gone through."
    )
    control = param.Selector(
        default="none",
        objects=["none", "clusters", "heavy"],
        label="control",
        doc="Beside the others one that is not isoperimetric: two far clusters, or heavy tails.",
    )
    draws = param.Integer(
        200_000, bounds=(FEWEST, 5_000_000), softbounds=(10_000, 1_000_000), label="draws", doc="Points at d."
    )

    def preview(self) -> Self:
        return self.changed(draws=min(self.draws, 20_000))

    def work(self) -> Work:
        numbers = self.draws * (self.d + sum(self.ds) / SHARE)
        points = self.draws * (1 + len(self.ds) / SHARE)
        return Work(1e8 + 100 * points, 0.5 + 6e-8 * numbers + 2e-6 * points)


PANEL = Panel(
    __name__,
    "Isoperimetry",
    settings=IsoperimetrySettings,
    tables=(ISOPERIMETRY, MOMENTS, HISTOGRAM),
    order=4,
    answers=("isoperimetry",),
    small={"d": 5, "ds": (3, 4, 8), "draws": 400},
)
