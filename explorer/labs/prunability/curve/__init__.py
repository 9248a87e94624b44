"""Panel: a network loses its smallest weights, and its loss stands still before it climbs."""

from typing import ClassVar, Final

import param

from explorer.labs import Panel
from explorer.labs.affordable import over_budget
from explorer.labs.costs import FLOPS
from explorer.labs.prunability.levels import LEVELS
from explorer.labs.prunability.settings import Pruned, Repeated
from explorer.settings import Problem, Settings, Work
from explorer.tables import Count, Flag, Table, Text, Value

#: Scopes: how weights go; `noise` moves them as far as `global` pruning does, in a random direction.
GLOBAL: Final = "global"
LAYERWISE: Final = "layerwise"
RANDOM: Final = "random"
NOISE: Final = "noise"

CURVE = Table(
    "curve",
    net=Count(),
    scope=Text(),
    kept=Value(),
    loss=Value("training loss"),
    error=Value("training error"),
    mask_seed=Count(),
    test_loss=Value("test loss"),
    test_error=Value("test error"),
    energy=Value("share of |w|² that is gone"),
    weights=Count(),
)
#: What may be pruned: the smallest share of weights that passes, and the last one coming down from all of them.
FRACTION = Table(
    "fraction",
    net=Count(),
    scope=Text(),
    fraction=Value("P"),
    cliff=Value("P, coming down"),
    allowed=Value("training loss"),
    dense=Value("training loss"),
    test_dense=Value("test loss"),
    step=Count(),
    fits=Flag(),
)
#: The weights of network 0, and the place of each among all and in its layer, 0 for the largest.
WEIGHTS = Table("weights", layer=Count(), out=Count(), ins=Count(), value=Value("w"), rank=Count(), layer_rank=Count())


class CurveSettings(Repeated, Pruned):
    """Some networks of one width, and how their weights go."""

    measures: ClassVar = frozenset({"prune_tolerance", "prune_rule", "masks"})
    views: ClassVar = Settings.views | {"kept", "scope"}
    starts: ClassVar = {"n": 400}

    kept = param.Number(
        0.5,
        bounds=(0, 1),
        softbounds=(0, 1),
        label="weights kept",
        doc="The share of weights that is left in the picture, the largest. Nothing is computed anew.",
    )
    scope = param.Selector(
        default=GLOBAL,
        objects=[GLOBAL, LAYERWISE],
        label="smallest of",
        doc="Whether the picture loses the smallest weights of all layers together, or as many of each by itself.",
    )

    def conflicts(self) -> list[Problem]:
        return self.too_many() or over_budget(self, ("n", "max_epochs", "seeds", "masks", "k"), "k")

    def work(self) -> Work:
        """Every level of a curve is a network on all images."""
        learning, levels = self.learning(), len(LEVELS) * (3 + 2 * self.masks) * self.seeds
        floats = len(LEVELS) * self.params * self.seeds + 1000 * self.source.d
        seconds = levels * (self.n + 1000) * 4 * self.params / FLOPS
        return Work(learning.bytes + 8 * floats, learning.seconds + seconds)


PANEL = Panel(
    __name__,
    "Curve",
    settings=CurveSettings,
    tables=(CURVE, FRACTION, WEIGHTS),
    order=1,
    primary=True,
    answers=("curve", "fraction"),
    small={"n": 40, "k": 4, "seeds": 2, "masks": 2, "max_epochs": 3},
)
