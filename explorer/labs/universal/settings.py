"""What several panels of the universal lab are set by."""

import param

from explorer.labs.mixins import Previewed, Seed
from explorer.settings import Group

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


class UniversalPanel(Previewed):
    """What every panel has."""

    groups = GROUPS


class Smoothness(UniversalPanel):
    """How steep functions may be."""

    lip = param.Number(
        1.0,
        bounds=(0, 1000),
        inclusive_bounds=(False, True),
        softbounds=(0.1, 30),
        label="L Lipschitz constant",
        doc="What a function may be as steep as.",
    )


class PointCount(UniversalPanel, Seed):
    """How many points."""

    n = param.Integer(200, bounds=(2, 5000), softbounds=(20, 2000), label="n points", doc="How many points are fitted.")


class Points(PointCount):
    """n points of R^d."""

    d = param.Integer(30, bounds=(1, 2048), softbounds=(2, 1000), label="d dimension", doc="Dimension of the inputs.")
