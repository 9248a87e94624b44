"""Settings of the law lab."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import param

from explorer.data import networks
from explorer.fields import Choice, Integers
from explorer.labs.affordable import too_much
from explorer.labs.law.panels import PANELS
from explorer.nets.families import families, lacking
from explorer.settings import Group, Problem, Settings, SettingsError, Work

SHAPE = ("n", "d", "data", "seed")
TRAINING = ("widths", "seeds", "trainer", "start", "batch_norm", "penalty", "strength", "init", "tolerance", "max_steps")
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
#: What a panel starts from where it differs from the fields' own defaults: sizes that show its effect within seconds.
START: Mapping[str, Mapping[str, Any]] = {
    "grouped": {"n": 2000, "d": 2000},
    "one-neuron": {"n": 1000, "d": 200},
    "heat-map": {"d": 20, "widths": (4, 8, 16, 32, 64, 128, 256, 512)},
    "degree": {"n": 250, "d": 50, "p": 2},
    "circle": {"n": 20},
    "noise": {"d": 20, "widths": (32, 64, 128, 256, 512)},
}


class LawSettings(Settings):
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
        Group("Trainer", ("trainer", "start", "batch_norm", "penalty", "strength")),
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
    ds = Integers((30, 50, 80), bounds=(2, 400), most=6, label="dimensions", doc="One curve each.")
    draws = param.Integer(10_000, bounds=(100, 200_000), label="draws", doc="Data sets on the circle.")
    seeds = param.Integer(2, bounds=(1, 32), softbounds=(1, 8), label="seeds", doc="seed, seed + 1, ...")
    seed = param.Integer(0, bounds=(0, 2**31 - 1), label="seed", doc="Fixes data, labels and weights.")
    tolerance = param.Number(
        1e-3,
        bounds=(0, 1),
        inclusive_bounds=(False, True),
        softbounds=(1e-6, 0.1),
        label="fit tolerance",
        doc="Mean squared error at which a network counts as fitting, and stops.",
    )
    max_steps = param.Integer(
        3000, bounds=(1, 100_000), softbounds=(100, 10_000), label="most steps", doc="Training stops here in any case."
    )
    init = param.Number(
        1.0,
        bounds=(0, 10),
        inclusive_bounds=(False, True),
        softbounds=(0.05, 4),
        label="initial scale",
        doc="Size of the random weights before training.",
    )

    @classmethod
    def implied(cls, given: Mapping[str, Any]) -> dict[str, Any]:
        """Each panel starts from sizes that show its effect."""
        return dict(START.get(given.get("panel", "overview"), {}))

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
        if networks.NAME.fullmatch(self.network):
            try:
                networks.load(self.network, networks.folder())
            except (ValueError, OSError) as error:
                found.append(Problem("network", self.network, str(error), "trained"))
        return found or too_much(self, "n", "widths")

    def matters(self, name: str) -> bool:
        """A panel has the controls that change it."""
        return name in self.views - {"layer"} or name == "panel" or name in USED[self.panel]

    def preview(self) -> Self:
        """What a slider shows while it is dragged: one seed, every other width, and no more than 300 steps."""
        few = {"seeds": 1, "max_steps": min(self.max_steps, 300), "widths": self.widths[::2]}
        return self.changed(**{name: value for name, value in few.items() if self.matters(name)})

    def work(self) -> Work:
        """Memory and seconds; the constants were measured on one core and err on the large side."""
        return Work(0.0, 0.0)
