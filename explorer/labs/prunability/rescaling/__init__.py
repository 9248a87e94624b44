"""Panel: one layer is scaled up and the next one down: the function stays, and prunability moves."""

from typing import ClassVar

import param

from explorer.labs import Panel
from explorer.labs.affordable import over_budget
from explorer.labs.costs import FLOPS
from explorer.labs.image_sets import CLASSES
from explorer.labs.prunability.levels import LEVELS
from explorer.labs.prunability.settings import Repeated, Tolerated
from explorer.settings import Problem, Settings, Work
from explorer.tables import Bound, Count, Flag, Table, Value

FACTORS: tuple[float, ...] = tuple(10 ** (i / 10) for i in range(-10, 11))  # c, from 0.1 to 10
PAIRS: tuple[str, ...] = ("1 and 2", "2 and 3")  # layers: the first grows, the second shrinks

#: At one factor, after the layers of a pair were scaled.
RESCALING = Table(
    "rescaling",
    net=Count(),
    pair=Count(),
    c=Value(),
    loss=Value("training loss"),
    change=Value("largest change of a logit"),
    prunability=Bound("<=", "P"),
    prunability_layerwise=Bound("<=", "P, of each layer"),
    l2=Value("|w|"),
    grown=Value("kept of the layer times c"),
    shrunk=Value("kept of the layer over c"),
    fits=Flag(),
)


class RescalingSettings(Repeated, Tolerated):
    """Some networks with two hidden layers, and which of their layers are scaled."""

    measures: ClassVar = frozenset({"prune_tolerance", "prune_rule"})
    views: ClassVar = Settings.views | {"scale", "pair"}
    starts: ClassVar = {"k": 16, "seeds": 3}

    scale = param.Number(
        3.0,
        bounds=(0.1, 10),
        softbounds=(0.1, 10),
        label="c factor",
        doc="By which one layer grows and the next one shrinks. Nothing is computed anew.",
    )
    pair = param.Selector(
        default=PAIRS[0],
        objects=list(PAIRS),
        label="layers",
        doc="Which grows, and which shrinks by the same factor. Nothing is computed anew.",
    )

    @property
    def sizes(self) -> list[int]:
        return [self.source.d, self.k, self.k, CLASSES]

    def conflicts(self) -> list[Problem]:
        return self.too_many() or over_budget(self, ("n", "max_epochs", "seeds", "k"), "k")

    def work(self) -> Work:
        """Every level at every factor is a network on all images."""
        learning, levels = self.learning(), 2 * len(LEVELS) * len(FACTORS) * len(PAIRS) * self.seeds
        floats = len(LEVELS) * self.params * self.seeds
        seconds = levels * self.n * 4 * self.params / FLOPS
        return Work(learning.bytes + 8 * floats, learning.seconds + seconds)


PANEL = Panel(
    __name__,
    "Rescaling",
    settings=RescalingSettings,
    tables=(RESCALING,),
    order=5,
    small={"n": 40, "k": 3, "seeds": 2, "max_epochs": 3},
)
