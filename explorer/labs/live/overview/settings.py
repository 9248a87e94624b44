"""Settings of the live lab."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import param

from explorer.data import npz, own
from explorer.data.registry import DATA_SETS
from explorer.fields import Choice, Integers, Pair, Place, read, write
from explorer.labs.affordable import over_budget
from explorer.labs.costs import FLOPS, adam, gauss_newton
from explorer.labs.mixins import Seeds, Training
from explorer.nets.families import families, lacking
from explorer.settings import Group, Problem, Settings, SettingsError, Work


class LiveSettings(Seeds, Training):
    """n points, d dimensions, widths k, activation degree p, and how the networks are trained and measured."""

    measures = frozenset({"norm", "eps_max", "attack_steps", "scope", "prune_tolerance", "prune_rule"})
    views = Settings.views | {"k_shown", "kept", "at"}
    upload = "data"
    accepts = (".csv", ".tsv", ".txt", ".npz")

    groups = (
        Group("The four sliders", ("n", "d", "k_shown", "p")),
        Group("Activation", ("family",)),
        Group("Data", ("data", "classes", "labels", "noise")),
        Group("Training", ("trainer",)),
        Group("Attack", ("norm", "attack_steps", "eps_max", "at"), folded=True),
        Group("Pruning", ("scope", "prune_rule", "prune_tolerance", "kept"), folded=True),
        Group("Widths, seeds, limits", ("widths", "seeds", "seed", "tolerance", "max_steps", "init"), folded=True),
    )

    n = param.Integer(200, bounds=(2, 5000), softbounds=(20, 1000), label="n points", doc="How many points are fitted.")
    d = param.Integer(20, bounds=(2, 512), softbounds=(2, 128), label="d dimension", doc="Dimension of the inputs.")
    k_shown = param.Integer(
        64, bounds=(1, 4096), label="k width looked at", doc="One of the trained widths; moving it never retrains."
    )
    p = param.Integer(1, bounds=(1, 6), softbounds=(1, 4), label="p activation degree", doc="Degree of the activation.")
    family = Choice(
        "rectified",
        options=families,
        label="activation",
        doc="rectified: max(0, t)^p; polynomial: t^p without biases; tanh.",
    )
    data = Choice(
        "sphere",
        options=lambda: DATA_SETS,
        also=own.NAME.pattern,
        label="data",
        doc=f"{', '.join(each.said for each in DATA_SETS.values())}, or the name that own points got when read.",
    )
    classes = Integers(
        (3, 8), bounds=(0, 9), fewest=2, most=2, label="digit classes", doc="The two digits, as -1 and +1."
    )
    labels = Pair(
        label="labels", doc="Of own points with more labels than two: which are -1 and +1; the most frequent if none."
    )
    noise = param.Number(
        1.0, bounds=(0, 1), softbounds=(0, 1), label="label noise", doc="Share of points with a random label."
    )
    trainer = param.Selector(
        default="adam", objects=["adam", "gauss-newton"], label="trainer", doc="adam: the movie; gauss-newton: at once."
    )
    widths = Integers(
        (8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 512),
        bounds=(1, 4096),
        most=24,
        label="widths trained",
        doc="Every width is trained at once; k picks one.",
    )
    norm = param.Selector(
        default="l2", objects=["l2", "linf"], label="attack norm", doc="Norm in which eps is measured."
    )
    eps_max = param.Number(
        0.25,
        bounds=(0, 10),
        inclusive_bounds=(False, True),
        softbounds=(0.02, 1),
        label="largest eps",
        doc="The attack curve runs from 0 to here.",
    )
    attack_steps = param.Integer(
        20,
        bounds=(1, 200),
        softbounds=(1, 50),
        label="PGD steps",
        doc="Steps of projected gradient descent; 1 is FGSM.",
    )
    scope = param.Selector(
        default="global", objects=["global", "layerwise", "random"], label="pruning", doc="Which weights go first."
    )
    prune_tolerance = param.Number(
        0.1,
        bounds=(0, 10),
        inclusive_bounds=(False, True),
        softbounds=(0.001, 1),
        label="pruning tolerance",
        doc="Loss that pruning may add (absolute), or its factor over the dense loss minus one (relative).",
    )
    prune_rule = param.Selector(
        default="absolute", objects=["absolute", "relative"], label="tolerance is", doc="How the tolerance is meant."
    )

    at = Place(
        reach=10,
        label="attack starts at",
        doc="Where in the plane the drawn attack starts: tap there. The first of the ringed points if nowhere.",
    )
    kept = param.Number(
        1.0,
        bounds=(0, 1),
        softbounds=(0, 1),
        label="weights kept",
        doc="The share that is left of the neurons drawn as lines, and of which the error is told.",
    )

    @classmethod
    def implied(cls, given: Mapping[str, Any]) -> dict[str, Any]:
        """Real points keep their labels unless somebody asks for noise; n and d of own points are theirs."""
        data = str(given.get("data"))
        if not own.NAME.fullmatch(data):
            return {"noise": 0.0} if data in DATA_SETS and not DATA_SETS[data].generic else {}
        try:
            n, d = own.look(data, own.folder()).nearest_shape(given.get("labels", ()))
        except (ValueError, OSError):  # which `conflicts` will tell
            return {"noise": 0.0}
        return {"noise": 0.0, "n": n, "d": d}

    @classmethod
    def take_in(cls, raw: Mapping[str, Any]) -> dict[str, Any]:
        """`data` may be what `own.ingest` takes: a file or its bytes, a data frame, a pair (X, y). It is kept under a
        name of its content; n and d become its own."""
        source = raw.get("data")
        if not npz.is_file(source):
            return dict(raw)
        try:
            name = own.ingest(source, own.folder())
        except (ValueError, OSError) as error:
            raise SettingsError([Problem("data", _shown(source), str(error))]) from None
        try:
            labels = read(cls.param["labels"], raw.get("labels", ()))
        except ValueError:  # which `check` will tell
            labels = ()
        size = cls.implied({"data": name, "labels": labels})
        return {key: size[key] for key in ("n", "d") if key in size} | dict(raw) | {"data": name}

    def files(self) -> tuple[Path, ...]:
        return (own.folder() / f"{self.data}.npz",) if own.NAME.fullmatch(self.data) else ()

    def conflicts(self) -> list[Problem]:
        found = []
        if module := lacking(self.family):
            found.append(
                Problem("family", self.family, f"its module {module} cannot be found", self.param.family.default)
            )
        if chosen := DATA_SETS.get(self.data):
            for size, most in (("n", chosen.most_n), ("d", chosen.most_d)):
                if most is not None and (value := getattr(self, size)) > most:
                    found.append(Problem(size, value, f"use 2 to {most} for data = {chosen.name}", most))
        if own.NAME.fullmatch(self.data):
            found += self._own_conflicts()
        if self.k_shown not in self.widths:
            nearest = min(self.widths, key=lambda k: abs(k - self.k_shown))
            found.append(Problem("k_shown", self.k_shown, f"use one of {', '.join(map(str, self.widths))}", nearest))
        return found or over_budget(self, ("n",), "widths")

    def _own_conflicts(self) -> list[Problem]:
        try:
            found = own.look(self.data, own.folder())
            own.load(self.data, own.folder())  # whole, and as it was when it came
        except (ValueError, OSError) as error:
            return [Problem("data", self.data, str(error), "sphere")]
        try:
            n, d = found.shape(self.labels)
        except ValueError as error:
            return [Problem("labels", write(self.labels), str(error), ())]
        wrong = [Problem("n", self.n, f"use 2 to {n}, the points of {self.data}", n)] if self.n > n else []
        return wrong + ([Problem("d", self.d, f"use {d}, the columns of {self.data}", d)] if self.d != d else [])

    def allowed(self, name: str) -> tuple[int, ...]:
        """k moves over the trained widths."""
        return self.widths if name == "k_shown" else ()

    def relevant(self, name: str) -> bool:
        """Digit classes belong to the digits, labels to own points that have classes; tanh has no degree."""
        if name == "labels":
            return own.has_classes(self.data, own.folder())
        chosen = DATA_SETS.get(self.data)
        classes = chosen is not None and "classes" in chosen.options
        return {"classes": classes, "p": self.family != "tanh"}.get(name, True)

    def remarks(self) -> list[str]:
        """How own points were read, which labels are -1 and +1, and what keeps a function from fitting them."""
        if not own.NAME.fullmatch(self.data):
            return []
        try:
            return own.look(self.data, own.folder()).remarks(self.labels)
        except (ValueError, OSError):  # they were there when these settings were checked
            return []

    def preview(self) -> Self:
        """What a slider shows while it is dragged: four of the widths, one seed, and no more than 300 steps."""
        count = len(self.widths)
        few = tuple(sorted({self.widths[round(i * (count - 1) / 3)] for i in range(4)} | {self.k_shown}))
        return self.changed(widths=few, seeds=1, max_steps=min(self.max_steps, 300))

    def work(self) -> Work:
        """Training, then the attack, whose widest tile holds the activations that training does."""
        neurons, nets = sum(self.widths) * self.seeds, len(self.widths) * self.seeds
        if self.trainer == "adam":
            training = adam(self.n, self.d, neurons, nets, self.max_steps)
        else:
            training = gauss_newton(self.n, self.d, self.widths, self.seeds, self.max_steps)
        attack = self.attack_steps * 20 * 6 * self.n * self.d * neurons / FLOPS
        return Work(training.bytes, training.seconds + attack)


def _shown(source: object) -> str:
    return str(source) if isinstance(source, str | os.PathLike) else f"<{type(source).__name__}>"
