"""What several panels of the law lab are set by."""

import param

from explorer.data.synthetic import DISTRIBUTIONS
from explorer.fields import Integers
from explorer.labs.mixins import Previewed, Seed, Seeds
from explorer.settings import Group, Settings

TRAINER = ("trainer", "start", "batch_norm", "penalty", "strength")
#: How the page arranges the controls of all panels.
GROUPS = (
    Group("The sliders", ("n", "d", "k", "p")),
    Group("Network", ("network", "family")),
    Group("Picture", ("layer",)),
    Group("Construction", ("sizes",)),
    Group("Noise", ("sigma",)),
    Group("Data", ("data",)),
    Group("Trainer", TRAINER),
    Group("Widths and sizes", ("widths", "ns", "ds"), folded=True),
    Group("Seeds and limits", ("seeds", "seed", "draws", "tolerance", "max_steps", "init"), folded=True),
)


class LawPanel(Previewed):
    """What every panel has: a layer of the picture of n and k that stands above it."""

    views = Settings.views | {"layer"}
    groups = GROUPS

    layer = param.Selector(
        default="trained",
        objects=["constructions", "trained", "floors"],
        label="layer",
        doc="What can be built, what training finds, or what must hold.",
    )


class Inputs(LawPanel, Seed):
    """Points of a distribution on R^d."""

    d = param.Integer(30, bounds=(2, 2048), softbounds=(2, 2000), label="d dimension", doc="Dimension of the inputs.")
    data = param.Selector(
        default="sphere", objects=list(DISTRIBUTIONS), label="data", doc="Points; labels are random signs."
    )


class PointCount(Settings):
    """How many points."""

    n = param.Integer(200, bounds=(2, 5000), softbounds=(20, 2000), label="n points", doc="How many points are fitted.")


class Points(Inputs, PointCount):
    """n points of R^d."""


class Width(Settings):
    """The width of one network."""

    k = param.Integer(
        256, bounds=(1, 2048), softbounds=(4, 1024), label="k width", doc="Width of the network on the ladder."
    )


class Degree(Settings):
    """The degree of an activation."""

    p = param.Integer(1, bounds=(1, 6), softbounds=(1, 3), label="p activation degree", doc="Degree of the activation.")


class Widths(Seeds):
    """Networks of several widths, from several seeds."""

    widths = Integers(
        (16, 32, 64, 128, 256, 512, 1024), bounds=(1, 4096), most=24, label="widths", doc="Widths trained side by side."
    )
