"""Panel: a crowd of networks of different hyper-parameters, a measure of each against what it does on unseen images."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import param

from explorer.labs import Panel
from explorer.labs.affordable import over_budget
from explorer.labs.image_sets import DIGITS
from explorer.labs.prunability.grid import HYPERS, MOST, MeasuredGrid
from explorer.labs.prunability.measures import MEASURES, POPULATION, TARGETS, Target
from explorer.settings import Problem, Settings, Work
from explorer.tables import Count, Table, Value

#: The training loss of every network without its smallest weights, and in the mean over random masks.
PRUNED = Table("pruned", net=Count(), kept=Value(), smallest=Value("training loss"), random=Value("training loss"))
#: What a measure may be drawn against; one that only follows the final training loss tells of how far training went.
AGAINST: Mapping[str, Target] = {**TARGETS, "train_loss": Target("final training loss", "training loss")}
ALL = -1  # no value of a hyper-parameter is looked at alone
#: From a value as a list of settings has it to that of a table.
UNITS: Mapping[str, float] = dict.fromkeys(HYPERS, 1.0) | {"lr": 1e-3, "dropout": 1e-2, "weight_decay": 1e-4}
#: What convnets start from: on two cores some minutes, in which most reach the training loss.
SMALL_CONVNETS: Mapping[str, object] = {
    "nets": 16,
    "n": 300,
    "widths": (16, 32),
    "depths": (2, 3),
    "rates": (200, 400),
    "batches": (20,),
    "dropouts": (0, 10),
    "decays": (0, 5),
    "cross_entropy": 0.3,
    "max_epochs": 120,
    "masks": 2,
    "draws": 3,
}


class PopulationSettings(MeasuredGrid):
    """A grid of networks, and what is drawn of it."""

    views: ClassVar = Settings.views | {"measure", "target", "coloured", "only", "net"}
    starts: ClassVar = {"masks": 3, "cross_entropy": 0.05}

    measure = param.Selector(
        default="prunability_magnitude",
        objects=list(MEASURES),
        label="measure",
        doc="What is drawn to the right: large means complex.",
    )
    target = param.Selector(
        default="test_loss", objects=list(AGAINST), label="against", doc="What is drawn upwards: large is bad."
    )
    coloured = param.Selector(
        default="width", objects=list(HYPERS), label="coloured by", doc="The hyper-parameter that colours tell of."
    )
    only = param.Integer(
        ALL,
        bounds=(ALL, 4096),
        softbounds=(ALL, 64),
        label="only",
        doc="Networks with this value of that hyper-parameter, as its list has it; -1: all. Others are pale.",
    )
    net = param.Integer(
        0,
        bounds=(0, MOST - 1),
        softbounds=(0, 63),
        label="network",
        doc="Whose pruning curve and weights are shown: tap its dot.",
    )

    @classmethod
    def implied(cls, given: Mapping[str, Any]) -> dict[str, Any]:
        """Real images are learned by convnets, fewer and smaller ones."""
        return {**cls.starts, **({} if given.get("data", DIGITS) == DIGITS else SMALL_CONVNETS)}

    def listed(self) -> Sequence[int]:
        """The values of the coloured hyper-parameter as its list has them."""
        lists = (self.widths, self.depths, self.rates, self.batches, self.dropouts, self.decays)
        return dict(zip(HYPERS, lists, strict=True))[self.coloured]

    def allowed(self, name: str) -> tuple[int, ...]:
        if name == "only":
            return (ALL, *self.listed())
        return tuple(range(self.nets)) if name == "net" else ()

    def worded(self, name: str) -> Mapping[int, str]:
        """-1 is all; others as the colours' legend has them."""
        said = {value: f"{value * UNITS[self.coloured]:g}" for value in self.listed()}
        return {ALL: "all"} | said if name == "only" else {}

    def conflicts(self) -> list[Problem]:
        found = self.too_many() or over_budget(self, ("nets", "n", "max_epochs", "masks", "draws"), "widths")
        for name, instead in (("only", ALL), ("net", 0)):
            value, allowed = getattr(self, name), self.allowed(name)
            if value not in allowed:
                said = f"use one of {', '.join(map(str, allowed))}" if name == "only" else f"use 0 to {allowed[-1]}"
                found.append(Problem(name, value, said, instead))
        return found

    def work(self) -> Work:
        """They train, then everything is measured."""
        learned, measured = self.learning(), self.measuring_work()
        return Work(max(learned.bytes, measured.bytes), learned.seconds + measured.seconds)


PANEL = Panel(
    __name__,
    "Population",
    settings=PopulationSettings,
    tables=(POPULATION, PRUNED),
    order=2,
    primary=True,
    answers=("population",),
    small={
        "n": 40,
        "nets": 3,
        "widths": (4, 6),
        "depths": (1,),
        "batches": (16,),
        "max_epochs": 3,
        "masks": 1,
        "draws": 1,
    },
    closer=lambda chosen: {"net": chosen.net},
)
