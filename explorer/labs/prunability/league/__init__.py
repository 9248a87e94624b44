"""Panel: every measure of a crowd of networks, by how well it orders what they do on unseen images."""

from typing import ClassVar, Final

import param

from explorer.labs import Panel
from explorer.labs.affordable import over_budget
from explorer.labs.prunability.grid import MeasuredGrid
from explorer.labs.prunability.measures import MEASURES, TARGETS
from explorer.settings import Problem, Settings, Work
from explorer.tables import Bound, Count, Flag, Table, Text, Value

PRUNABILITY: Final = "prunability_magnitude"  # what the paper puts forward: all others stand beside it
NOTHING: Final = ""  # in `given`: nothing is known

#: How a measure does with a target, over the networks that fit.
LEAGUE = Table(
    "league",
    measure=Text(),
    target=Text(),
    n=Count("networks"),
    tau=Value("τ"),
    low=Value("τ, lower end"),
    high=Value("τ, upper end"),
    psi=Value("Ψ"),
    cmi=Bound("~", "K"),
    r2=Value("adjusted R²"),
    tau_fixed_width=Value("τ within one width"),
    worst=Value("wrong pairs, worst environment"),
    ties=Value("share of pairs that tie"),
    fixed_low=Value("τ within one width, lower end"),
    fixed_high=Value("τ within one width, upper end"),
    widths=Count("widths compared"),
    undefined=Value("share of resamples without τ"),
    given=Text("what K is given"),
    r2_with=Value("adjusted R² with P"),
    average=Value("wrong pairs, mean environment"),
    percentile=Value("wrong pairs, 90th percentile"),
    environments=Count("environments"),
    hardest=Text("worst environment"),
    less=Value("τ of P less this τ"),
    less_low=Value("lower end"),
    less_high=Value("upper end"),
    behind=Text("the measure behind"),
    lead=Value("this τ less that of the measure behind"),
    lead_low=Value("lower end"),
    lead_high=Value("upper end"),
    missed=Count("networks that do not fit"),
    whole=Flag(),
)
#: Which share of the sign of b that of a tells, over pairs of networks, where those of `given` are known.
INFORMATION = Table(
    "information",
    a=Text(),
    b=Text(),
    given=Text(),
    value=Bound("~", "share of the sign of b"),
    nats=Bound("~", "information"),
    n=Count("networks"),
)


class LeagueSettings(MeasuredGrid):
    """A grid of networks, and what their measures are held against."""

    views: ClassVar = Settings.views | {"target"}
    starts: ClassVar = {"masks": 3, "cross_entropy": 0.05}

    target = param.Selector(
        default="test_loss", objects=list(TARGETS), label="against", doc="What measures are to order: large is bad."
    )

    def conflicts(self) -> list[Problem]:
        return self.too_many() or over_budget(self, ("nets", "n", "max_epochs", "masks", "draws"), "widths")

    def work(self) -> Work:
        """They train, are measured, and every measure is held against every target."""
        learned, measured = self.learning(), self.measuring_work()
        seconds = len(MEASURES) * len(TARGETS) * (0.01 + 2e-6 * self.nets**2)
        return Work(max(learned.bytes, measured.bytes), learned.seconds + measured.seconds + seconds)


PANEL = Panel(
    __name__,
    "League",
    settings=LeagueSettings,
    tables=(LEAGUE, INFORMATION),
    order=3,
    primary=True,
    answers=("league", "information"),
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
        "draws": 1,
    },
)
