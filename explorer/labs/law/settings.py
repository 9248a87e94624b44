"""Settings of the law lab."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import param

from explorer.data import networks
from explorer.fields import Choice, Integers
from explorer.labs.affordable import too_much
from explorer.labs.law.panels import PANELS
from explorer.labs.training import TrainingSettings
from explorer.nets.families import families, lacking
from explorer.settings import Group, Problem, Settings, SettingsError, Work

SHAPE = ("n", "d", "data", "seed")
TRAINER = ("trainer", "start", "batch_norm", "penalty", "strength")
TRAINING = ("widths", "seeds", *TRAINER, "init", "tolerance", "max_steps")
#: Which settings have an effect in which panel; the page shows these controls and no others.
USED: Mapping[str, tuple[str, ...]] = {
    "overview": (*SHAPE, "k", "widths", "seeds", "layer"),
    "grouped": (*SHAPE, "sizes", "layer"),
    "ladder": (*SHAPE, "k", "network", "family", "p", "init", "tolerance", "max_steps"),
    "trained": (*SHAPE, *TRAINING, "layer"),
    "one-neuron": (*SHAPE, "layer"),
    "heat-map": ("d", "ns", "widths", "seeds", "seed", "data", "init", "tolerance", "max_steps", "layer"),
    "degree": (*SHAPE, "p", "ds", "seeds"),
    "proxy": (*SHAPE, "widths", "seeds", "init", "tolerance", "max_steps"),
    "circle": ("n", "draws", "seed"),
    "noise": ("n", "d", "seed", "sigma", "widths", "seeds", "init", "max_steps"),
}
#: Which of its settings the ladder leaves alone, by network: an own one comes with its data and its weights.
UNUSED_ON_LADDER: Mapping[str, frozenset[str]] = {
    "trained": frozenset(),
    "grouped": frozenset({"family", "p", "init", "tolerance", "max_steps"}),
    "random": frozenset({"tolerance", "max_steps"}),
    "own": frozenset({"n", "d", "data", "k", "init", "tolerance", "max_steps"}),
}
#: What a panel starts from where it differs from the fields' own defaults: sizes that show its effect within seconds.
START: Mapping[str, Mapping[str, Any]] = {
    "overview": {"widths": (16, 32, 64, 128, 256, 512)},
    "grouped": {"n": 2000, "d": 2000},
    "one-neuron": {"n": 1000, "d": 200},
    "trained": {"n": 400, "widths": (32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024), "seeds": 4},
    "heat-map": {"d": 20, "widths": (2, 4, 8, 16, 32, 64, 128, 256)},
    "degree": {"p": 2},
    "circle": {"n": 20},
    "noise": {"n": 500, "d": 10, "widths": (64, 128, 256, 512, 1024)},
}
#: What the panel degree starts from at each p, and the largest d that it takes: its tensors have d^p entries.
BY_DEGREE: Mapping[int, Mapping[str, Any]] = {
    1: {"n": 100, "d": 200, "ds": (100, 200, 400)},
    2: {"n": 250, "d": 50, "ds": (50, 100, 150)},
    3: {"n": 400, "d": 20, "ds": (14, 20, 28)},
    4: {"n": 250, "d": 10, "ds": (8, 10, 12)},
    5: {"n": 150, "d": 6, "ds": (5, 6, 8)},
    6: {"n": 100, "d": 5, "ds": (4, 5, 6)},
}
LARGEST_D: Mapping[int, int] = {1: 2000, 2: 400, 3: 40, 4: 14, 5: 8, 6: 6}
MOST_POINTS = 3000  # of the n x n kernels that it solves


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
        if not isinstance(source, bytes | str | Path) or (isinstance(source, str) and not source.endswith(cls.accepts)):
            return dict(raw)
        try:
            name = networks.ingest(source, networks.folder())
        except (ValueError, OSError) as error:
            shown = "the file" if isinstance(source, bytes) else str(source)
            raise SettingsError([Problem("network", shown, str(error))]) from None
        return {"panel": "ladder", **raw, "network": name}

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
        return found or too_much(self, "n", "widths")

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
        """A panel has the controls that change it; on the ladder these depend on the network."""
        used = name in self.views - {"layer"} or name == "panel" or name in USED[self.panel]
        if name == "strength":
            return used and (self.penalty != "none" or self.start == "grouped")
        if self.panel != "ladder":
            return used
        kind = "own" if networks.NAME.fullmatch(self.network) else self.network
        return used and name not in UNUSED_ON_LADDER[kind]

    def preview(self) -> Self:
        """What a slider shows while it is dragged: one seed, every other width, and no more than 300 steps."""
        few = {"seeds": 1, "max_steps": min(self.max_steps, 300), "widths": self.widths[::2]}
        return self.changed(**{name: value for name, value in few.items() if self.matters(name)})

    def work(self) -> Work:
        """Memory and seconds; the constants were measured on one core and err on the large side."""
        return Work(0.0, 0.0)
