"""Settings of the law lab."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import param

from explorer.data import networks, npz
from explorer.fields import Choice, Integers
from explorer.labs.affordable import too_much
from explorer.labs.law import costs
from explorer.labs.law.panels import PANELS
from explorer.labs.law.starts import BY_DEGREE, LARGEST_D, MOST_POINTS, START, TRAINER, UNUSED_ON_LADDER, USED
from explorer.labs.training import TrainingSettings
from explorer.nets.families import families, lacking
from explorer.settings import Group, Problem, Settings, SettingsError, Work


class LawSettings(TrainingSettings):
    """One panel of the lab, and n points, d dimensions, widths k and activation degree p in it."""

    views = Settings.views | {"layer"}
    accepts = (".npz",)
    upload = "network"

    groups = (
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

    panel = param.Selector(default="overview", objects=["overview", *PANELS], label="panel", doc="What is looked at.")
    n = param.Integer(200, bounds=(2, 5000), softbounds=(20, 2000), label="n points", doc="How many points are fitted.")
    d = param.Integer(30, bounds=(2, 2048), softbounds=(2, 2000), label="d dimension", doc="Dimension of the inputs.")
    k = param.Integer(
        256, bounds=(1, 2048), softbounds=(4, 1024), label="k width", doc="Width of the network on the ladder."
    )
    p = param.Integer(1, bounds=(1, 6), softbounds=(1, 3), label="p activation degree", doc="Degree of the activation.")
    network = Choice(
        "trained",
        options=lambda: ("trained", "grouped", "random"),
        also=networks.NAME.pattern,
        label="network",
        doc="trained as in the live lab, the grouped construction, random, or the name an own network got when read.",
    )
    family = Choice("rectified", options=families, label="activation", doc="rectified: max(0, t)^p; polynomial: t^p.")
    layer = param.Selector(
        default="trained",
        objects=["constructions", "trained", "floors"],
        label="layer",
        doc="What can be built, what training finds, or what must hold.",
    )
    data = param.Selector(
        default="sphere", objects=["sphere", "gaussian"], label="data", doc="Points; labels are random signs."
    )
    sizes = Integers(
        (1, 2, 4, 8, 16), bounds=(1, 64), most=8, label="points a neuron", doc="Group sizes m; the width is n / m."
    )
    sigma = param.Number(0.5, bounds=(0, 1), softbounds=(0, 1), label="sigma label noise", doc="Its share of y.")
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
    widths = Integers(
        (16, 32, 64, 128, 256, 512, 1024), bounds=(1, 4096), most=24, label="widths", doc="Widths trained side by side."
    )
    ns = Integers(
        (20, 30, 45, 65, 95, 140, 200, 300), bounds=(2, 2000), most=16, label="numbers of points", doc="Rows of cells."
    )
    ds = Integers((50, 100, 150), bounds=(2, 2000), most=6, label="dimensions", doc="One curve each.")
    draws = param.Integer(10_000, bounds=(100, 50_000), label="draws", doc="Data sets on the circle.")

    @classmethod
    def implied(cls, given: Mapping[str, Any]) -> dict[str, Any]:
        """Each panel starts from sizes that show its effect."""
        panel = given.get("panel", "overview")
        start = dict(START.get(panel, {}))
        return start | BY_DEGREE[given.get("p", start["p"])] if panel == "degree" else start

    @classmethod
    def take_in(cls, raw: Mapping[str, Any]) -> dict[str, Any]:
        """`network` may be an .npz file or its bytes: it is kept under a name of its content."""
        source = raw.get("network")
        if not npz.is_file(source):
            return dict(raw)
        try:
            name = networks.ingest(source, networks.folder())
        except (ValueError, OSError) as error:
            shown = str(source) if isinstance(source, str | os.PathLike) else f"<{type(source).__name__}>"
            raise SettingsError([Problem("network", shown, str(error))]) from None
        return {"panel": "ladder", **raw, "network": name}

    def files(self) -> tuple[Path, ...]:
        return (networks.folder() / f"{self.network}.npz",) if networks.NAME.fullmatch(self.network) else ()

    def remarks(self) -> list[str]:
        """How own networks were read."""
        if not networks.NAME.fullmatch(self.network):
            return []
        try:
            return list(networks.load(self.network, networks.folder()).said)
        except (ValueError, OSError):  # they were there when these settings were checked
            return []

    def conflicts(self) -> list[Problem]:
        found = []
        if module := lacking(self.family):
            found.append(
                Problem("family", self.family, f"its module {module} cannot be found", self.param.family.default)
            )
        if self.panel == "grouped" and min(self.sizes) > self.d:
            found.append(Problem("sizes", self.sizes, f"a group has at most d = {self.d} points", (self.d,)))
        if self.panel == "ladder" and self.network == "grouped" and -(-self.n // self.k) > self.d:
            least = -(-self.n // self.d)
            found.append(Problem("k", self.k, f"use k >= {least}: a group is of at most d = {self.d} points", least))
        if self.panel == "degree":
            found += self._degree_conflicts()
        if networks.NAME.fullmatch(self.network):
            found += self._own_conflicts()
        if self.matters("trainer"):
            found += self._trainer_conflicts()
        return found or too_much(self, ("n", "max_steps", "d", "draws"), "widths")

    def _own_conflicts(self) -> list[Problem]:
        try:
            biased = networks.load(self.network, networks.folder()).biased
        except (ValueError, OSError) as error:
            return [Problem("network", self.network, str(error), "trained")]
        if self.family == "polynomial" and biased:
            return [Problem("family", self.family, f"{self.network} has biases, which t^p does not take", "rectified")]
        return []

    def _degree_conflicts(self) -> list[Problem]:
        most, found = LARGEST_D[self.p], []
        small = f"at p = {self.p} use d <= {most}: a tensor has d^p entries"
        if self.d > most:
            found.append(Problem("d", self.d, small, most))
        if max(self.ds) > most:
            found.append(Problem("ds", self.ds, small, BY_DEGREE[self.p]["ds"]))
        if self.n > MOST_POINTS:
            found.append(Problem("n", self.n, f"use n <= {MOST_POINTS}: an n x n kernel is solved", MOST_POINTS))
        return found

    def _trainer_conflicts(self) -> list[Problem]:
        """Gauss-Newton knows the error alone; whoever starts from the construction has a penalty of its own."""
        if self.trainer == "gauss-newton":
            return self._only("trainer = gauss-newton", start="random", batch_norm="off", penalty="none")
        if self.start == "grouped":
            return self._only("start = grouped", batch_norm="off", penalty="none") or self._too_narrow_to_group()
        return []

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

    def matters(self, name: str) -> bool:
        """A panel has the controls that change it; on the ladder these depend on the network. tanh has no degree."""
        used = name in self.views or name == "panel" or name in USED[self.panel]
        if name == "strength":
            return used and (self.penalty != "none" or self.start == "grouped")
        if self.panel != "ladder":
            return used
        if name == "p" and self.family == "tanh":
            return False
        kind = "own" if networks.NAME.fullmatch(self.network) else self.network
        return used and name not in UNUSED_ON_LADDER[kind]

    def preview(self) -> Self:
        """What a slider shows while it is dragged: one seed, every other width, and no more than 300 steps."""
        few = {"seeds": 1, "max_steps": min(self.max_steps, 300), "widths": self.widths[::2]}
        return self.changed(**{name: value for name, value in few.items() if self.matters(name)})

    def work(self) -> Work:
        """The memory and time that the panel is expected to need."""
        return costs.work(self)
