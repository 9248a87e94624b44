"""Panel: a network loses its smallest weights, and its loss stands still before it climbs."""

from typing import ClassVar, Final

import param

from explorer.labs import Panel
from explorer.labs.affordable import over_budget
from explorer.labs.costs import FLOPS
from explorer.labs.prunability.settings import CLASSES, DIGITS, ImageTask, Pruned
from explorer.settings import Problem, Settings, Work
from explorer.tables import Count, Flag, Table, Text, Value

#: Scopes: how weights go; `noise` moves them as far as `global` pruning does, in a random direction.
GLOBAL: Final = "global"
LAYERWISE: Final = "layerwise"
RANDOM: Final = "random"
NOISE: Final = "noise"
BATCH, RATE = 32, 0.05  # images that a step learns from; the rate of SGD with momentum 0.9

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


class CurveSettings(ImageTask, Pruned):
    """Some networks of one width, and how their weights go."""

    measures: ClassVar = frozenset({"prune_tolerance", "prune_rule", "masks"})
    views: ClassVar = Settings.views | {"kept", "scope"}
    starts: ClassVar = {"n": 400}

    data = param.Selector(default=DIGITS, objects=[DIGITS], label="data")
    k = param.Integer(32, bounds=(1, 512), softbounds=(2, 128), label="k width", doc="Neurons of the hidden layer.")
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
    seeds = param.Integer(
        4, bounds=(1, 16), softbounds=(1, 8), label="seeds", doc="Networks: other images, first weights and orders."
    )
    cross_entropy = param.Number(
        0.02, bounds=(1e-4, 2.3), softbounds=(1e-3, 0.5), label="training loss", doc="At which a network is done."
    )
    max_epochs = param.Integer(
        200, bounds=(1, 5000), softbounds=(20, 400), label="epochs", doc="Training ends here in any case."
    )

    @property
    def params(self) -> int:
        """Weights and biases of a network."""
        return self.k * (self.source.d + 1) + CLASSES * (self.k + 1)

    def conflicts(self) -> list[Problem]:
        return self.too_many() or over_budget(self, ("n", "max_epochs", "seeds", "masks", "k"), "k")

    def work(self) -> Work:
        """Training as if all epochs were taken; a curve has 55 levels, each of them a network on all images."""
        learned = (
            self.max_epochs * self.n * 8 * self.params * self.seeds / FLOPS + self.max_epochs * self.n / BATCH * 1e-3
        )
        levels = 55 * (3 + 2 * self.masks) * self.seeds
        floats = 2e7 + 12 * self.params * self.seeds + 55 * self.params * self.seeds + 1000 * self.source.d
        return Work(8 * floats, 1 + learned + levels * (self.n + 1000) * 4 * self.params / FLOPS)


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
