"""Panel: what a pruned network may lose decides whether its prunability tells anything."""

from typing import ClassVar, Final

import param

from explorer.labs import Panel
from explorer.labs.affordable import over_budget
from explorer.labs.costs import FLOPS
from explorer.labs.prunability.grid import Grid
from explorer.labs.prunability.levels import LEVELS
from explorer.labs.prunability.measures import TARGETS
from explorer.labs.prunability.settings import RandomMasks
from explorer.settings import Problem, Settings, Work
from explorer.tables import Count, Flag, Table, Text, Value

SMALLEST: Final = "smallest"  # the smallest weights of all layers go first
RANDOM: Final = "random"  # weights go at random, by the mean loss over masks
WAYS: tuple[str, ...] = (SMALLEST, RANDOM)
ABSOLUTE: Final = "absolute"
RELATIVE: Final = "relative"
RULES: tuple[str, ...] = (ABSOLUTE, RELATIVE)
CLOSER: Final = "closer near all"  # the lab's levels
COARSE: Final = "every 50th"
GRIDS: tuple[str, ...] = (CLOSER, COARSE)
BETAS: tuple[float, ...] = tuple(10 ** (i / 4) for i in range(-12, 5))  # tolerances, from 0.001 to 10

#: tau of prunability with a target, over the networks that fit, at one tolerance.
TOLERANCE = Table(
    "tolerance",
    rule=Text(),
    beta=Value("β"),
    levels=Text(),
    way=Text(),
    target=Text(),
    n=Count("networks"),
    tau=Value("τ"),
    low=Value("τ, lower end"),
    high=Value("τ, upper end"),
    ties=Value("share of pairs that tie in P"),
    tau_fixed_width=Value("τ within one width"),
    fixed_low=Value("lower end"),
    fixed_high=Value("upper end"),
    median=Value("median P"),
    distinct=Count("values of P"),
    all_kept=Value("share of networks with P = 1"),
    gain=Value("τ less that at the least tolerance"),
    gain_low=Value("lower end"),
    gain_high=Value("upper end"),
    missed=Count("networks that do not fit"),
    whole=Flag(),
)


class ToleranceSettings(Grid, RandomMasks):
    """A grid of networks, and which tolerance is looked at."""

    measures: ClassVar = frozenset({"masks"})
    views: ClassVar = Settings.views | {"target", "beta_shown", "rule_shown", "levels"}
    starts: ClassVar = {"masks": 3, "cross_entropy": 0.05}

    target = param.Selector(
        default="test_loss", objects=list(TARGETS), label="against", doc="What prunability is to order: large is bad."
    )
    rule_shown = param.Selector(
        default=ABSOLUTE,
        objects=list(RULES),
        label="tolerance shown is",
        doc="Absolute: L + β nats are allowed. Relative: (1 + β) L. Nothing is computed anew.",
    )
    beta_shown = param.Number(
        0.1,
        bounds=(0.001, 10),
        softbounds=(0.001, 10),
        label="β shown",
        doc="The tolerance that is told of, the nearest of those swept. Nothing is computed anew.",
    )
    levels = param.Selector(
        default=CLOSER,
        objects=list(GRIDS),
        label="shares tried",
        doc="On which shares P lies: every 50th and closer ones near 1, or every 50th alone.",
    )

    def conflicts(self) -> list[Problem]:
        return self.too_many() or over_budget(self, ("nets", "n", "max_epochs", "masks"), "widths")

    def work(self) -> Work:
        """They train, are pruned to every level, and every tolerance is held against every target."""
        learned = self.learning()
        seconds, floats = 0.0, 0.0
        for group in self.grouped():
            params = self.params(group[0].width, group[0].depth)
            uses = self.uses(group[0].width, group[0].depth)
            seconds += len(group) * len(LEVELS) * (1 + self.masks) * self.n * 4 * uses / FLOPS
            floats = max(floats, len(group) * (4 * params + len(LEVELS) * (1 + self.masks)))
        rows = len(RULES) * len(BETAS) * len(GRIDS) * len(WAYS) * len(TARGETS)
        seconds += rows * (0.005 + 1e-6 * self.nets**2)
        return Work(max(learned.bytes, 8 * (floats + 3e7)), learned.seconds + seconds)


PANEL = Panel(
    __name__,
    "Tolerance",
    settings=ToleranceSettings,
    tables=(TOLERANCE,),
    order=6,
    answers=("tolerance",),
    small={
        "n": 40,
        "nets": 4,
        "widths": (4, 6),
        "depths": (1,),
        "rates": (80,),
        "batches": (16,),
        "decays": (0,),
        "max_epochs": 3,
        "cross_entropy": 2.28,
        "masks": 1,
    },
)
