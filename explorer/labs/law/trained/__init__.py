"""Panel: the bracket of trained networks against sqrt(n/k)."""

from typing import ClassVar

import param

from explorer.labs import Panel
from explorer.labs.affordable import over_budget
from explorer.labs.costs import adam, gauss_newton
from explorer.labs.law.settings import Points, Widths
from explorer.labs.law.tables import TRAINED
from explorer.labs.mixins import Training
from explorer.settings import Problem, Work


class TrainedSettings(Points, Widths, Training):
    """n points of R^d, widths, and how networks are trained on them."""

    starts: ClassVar = {"n": 400, "widths": (32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024), "seeds": 4}
    trainer = param.Selector(
        default="adam", objects=["adam", "gauss-newton"], label="trainer", doc="How the networks are trained."
    )
    start = param.Selector(
        default="random",
        objects=["random", "grouped"],
        label="start",
        doc="grouped: from the construction, lowering the largest gradient an adversary finds.",
    )
    batch_norm = param.Selector(
        default="off", objects=["off", "on"], label="batch norm", doc="Between the linear layer and the activation."
    )
    penalty = param.Selector(
        default="none", objects=["none", "path-norm", "weight-decay"], label="penalty", doc="Added to the loss."
    )
    strength = param.Number(
        1e-3, bounds=(0, 1), softbounds=(1e-5, 0.1), label="penalty strength", doc="Factor of what is added."
    )

    def relevant(self, name: str) -> bool:
        """A strength is of something."""
        return name != "strength" or self.penalty != "none" or self.start == "grouped"

    def conflicts(self) -> list[Problem]:
        """Gauss-Newton knows the error alone; whoever starts from the construction has a penalty of its own."""
        found = []
        if self.trainer == "gauss-newton":
            found = self._only("trainer = gauss-newton", start="random", batch_norm="off", penalty="none")
        elif self.start == "grouped":
            found = self._only("start = grouped", batch_norm="off", penalty="none") or self._too_narrow_to_group()
        return found or over_budget(self, ("n", "max_steps", "d"), "widths")

    def _only(self, choice: str, **allowed: str) -> list[Problem]:
        """A problem for each of these fields that has another value than the one allowed with `choice`."""
        return [
            Problem(name, getattr(self, name), f"use {value} with {choice}", value)
            for name, value in allowed.items()
            if getattr(self, name) != value
        ]

    def _too_narrow_to_group(self) -> list[Problem]:
        least = (self.n - 2) // self.d + 2  # groups of at most d points of one of two labels
        if min(self.widths) >= least:
            return []
        wide = tuple(k for k in self.widths if k >= least) or (least,)
        allowed = f"use k >= {least} with start = grouped: a group is of at most d = {self.d} points"
        return [Problem("widths", self.widths, allowed, wide)]

    def work(self) -> Work:
        if self.trainer == "gauss-newton":
            return gauss_newton(self.n, self.d, self.widths, self.seeds, self.max_steps)
        neurons, nets = sum(self.widths) * self.seeds, len(self.widths) * self.seeds
        by_adam = adam(self.n, self.d, neurons, nets, self.max_steps)
        searching = 3e-4 * self.max_steps * nets if self.start == "grouped" else 0.0
        return Work(by_adam.bytes, by_adam.seconds + searching)


PANEL = Panel(
    __name__,
    "Trained",
    settings=TrainedSettings,
    tables=(TRAINED,),
    order=3,
    primary=True,
    small={"tolerance": 0.1, "max_steps": 12, "seeds": 1, "n": 10, "d": 4, "widths": (2, 5)},
)
