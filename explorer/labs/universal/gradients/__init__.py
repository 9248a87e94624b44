"""Panel: mean and largest gradient of networks that fit, as the dimension grows."""

from typing import ClassVar, Self

import param

from explorer.fields import Integers
from explorer.labs import Panel
from explorer.labs.affordable import over_budget
from explorer.labs.costs import FLOPS
from explorer.labs.universal.settings import PointCount
from explorer.settings import Problem, Work
from explorer.tables import Bound, Count, Table, Value

GRADIENTS = Table(
    "gradients",
    d=Count(),
    n=Count(),
    k=Count(),
    mean=Value("E|∇f|"),
    max=Bound(">=", "max |∇f|"),
    m=Count(),
    low=Value("E|∇f|"),
    high=Value("E|∇f|"),
    share=Value("P(any neuron on)"),
    law=Value("formula of max |∇f|"),
    misfit=Value(),
)


class GradientsSettings(PointCount):
    """n points of the sphere in groups, in several dimensions."""

    starts: ClassVar = {"n": 100}

    sizes = Integers(
        (1, 2, 4), bounds=(1, 64), most=6, label="points a neuron", doc="Group sizes m; the width is n / m."
    )
    ds = Integers(
        (200, 300, 400, 600, 800, 1200),
        bounds=(2, 2048),
        most=12,
        label="dimensions",
        doc="Dimensions that are gone through.",
    )
    draws = param.Integer(
        2000, bounds=(100, 100_000), softbounds=(500, 20_000), label="draws", doc="Points for each mean."
    )

    def preview(self) -> Self:
        return self.changed(draws=min(self.draws, 500))

    def conflicts(self) -> list[Problem]:
        if min(self.sizes) > max(self.ds):
            return [Problem("sizes", self.sizes, f"a group has at most d = {max(self.ds)} points", (max(self.ds),))]
        return over_budget(self, ("draws", "n"), "ds")

    def work(self) -> Work:
        """Points in caps, the data, and what the search looks at; for every size and dimension."""
        neurons = sum(-(-self.n // m) for m in self.sizes)
        points = self.draws + self.n + 3000
        seconds = sum(d * (6 * points * neurons / FLOPS + 1e-7 * points * len(self.sizes)) for d in self.ds)
        return Work(1e8 + 8 * max(self.ds) * (4 * self.n + 2 * points), 0.5 + seconds)


PANEL = Panel(
    __name__,
    "Gradients",
    settings=GradientsSettings,
    tables=(GRADIENTS,),
    order=7,
    small={"n": 12, "ds": (30, 60, 120), "sizes": (1, 2), "draws": 200},
)
