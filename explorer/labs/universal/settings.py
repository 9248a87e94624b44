"""What several panels of the universal lab are set by."""

from typing import Self

import param

from explorer.labs.mixins import Seed
from explorer.settings import Group, Settings

#: How the page arranges the controls of all panels.
GROUPS = (
    Group("The sliders", ("n", "d", "k", "N")),
    Group("Function", ("function", "lip", "control")),
    Group("Data", ("data", "sigma", "sigmas")),
    Group("Theorem", ("params", "eps", "delta", "c", "weights", "depth", "mixture")),
    Group("Network", ("hidden",)),
    Group("Attack", ("eps_max", "adversary", "attack_steps", "restarts")),
    Group("Grids", ("levels", "ns", "ds", "sizes", "widths"), folded=True),
    Group("Seeds and limits", ("seeds", "seed", "draws", "tolerance", "max_steps", "init"), folded=True),
)


class UniversalPanel(Settings):
    """What every panel has."""

    groups = GROUPS

    def preview(self) -> Self:
        """What a slider shows while it is dragged: one seed, every other width, and no more than 300 steps."""
        few = {"seeds": 1}
        values = self.values()
        if "max_steps" in values:
            few["max_steps"] = min(values["max_steps"], 300)
        if "widths" in values:
            few["widths"] = values["widths"][::2]
        return self.changed(**{name: value for name, value in few.items() if name in values and self.relevant(name)})


class PointCount(UniversalPanel, Seed):
    """How many points."""

    n = param.Integer(200, bounds=(2, 5000), softbounds=(20, 2000), label="n points", doc="How many points are fitted.")


class Points(PointCount):
    """n points of R^d."""

    d = param.Integer(30, bounds=(1, 2048), softbounds=(2, 1000), label="d dimension", doc="Dimension of the inputs.")
