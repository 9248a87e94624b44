"""The labs: what each declares, and how they are found. Nothing here imports torch."""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module, resources
from importlib.util import find_spec
from inspect import signature
from pkgutil import iter_modules
from typing import Any, Self

import numpy as np

from explorer.fields import suggest
from explorer.frames import Cell, Frame, Kept, Tables
from explorer.labs.claims import Claim
from explorer.labs.union import LabSettings, union
from explorer.settings import Settings
from explorer.tables import Table

Stop = Callable[[], bool]


@dataclass(frozen=True)
class Paper:
    """A paper a lab is about, with the BibTeX entry that an export gives."""

    short: str
    title: str
    bibtex: str


@dataclass(frozen=True)
class Statement:
    """A sentence of a lesson that a run may refute: the name of its check, and a text for either outcome.

    Texts are templates (`str.format`) over what the check found (see `labs.captions`).
    """

    check: str
    holds: str
    fails: str


@dataclass(frozen=True)
class Try:
    """What to try next: a link from the preset to some other settings, and the question to ask of them."""

    link: str
    ask: str
    settings: Mapping[str, object]


@dataclass(frozen=True)
class Predict:
    """A question that is asked before the step's run is seen, and answered by the tables of that run alone.

    Args:
        ask: the question, a template over the settings.
        answers: two to four labels of buttons; just one of them is right, or the run does not tell.
        check: names what decides between them, in `OUTCOMES` of the panel's module `captions`.
        why: for each answer what came out where it is the right one, and why; a template over the settings and the
            numbers of the check.
    """

    ask: str
    answers: tuple[str, ...]
    check: str
    why: Mapping[str, str]


@dataclass(frozen=True)
class Preset:
    """Named settings with a caption that says what to see; the presets of a lab are a lesson in order.

    The caption is a template over the settings; what only a run can tell stands in `statements`. So is the claim, one
    plain sentence: what the step is about, not what came out. `figure` names the card that it is seen on. Title,
    caption and claim stand beside the question, so none of them gives its answer away.

    After an answer the step stands `beside` the preset of this name, run A: None for what was on the page, "" for none.
    """

    name: str
    title: str
    caption: str
    settings: Mapping[str, object]
    statements: tuple[Statement, ...] = ()
    tries: tuple[Try, ...] = ()
    figure: str = ""
    claim: str = ""
    predict: Predict | None = None
    beside: str | None = None

    @classmethod
    def of(cls, name: str, entry: Mapping[str, Any]) -> Self:
        """The preset of an entry of presets.toml."""
        lists = {"statements": Statement, "tries": Try}
        made: dict[str, object] = {
            key: tuple(kind(**each) for each in entry.get(key, ())) for key, kind in lists.items()
        }
        if asked := entry.get("predict"):
            made["predict"] = Predict(**{**asked, "answers": tuple(asked["answers"])})
        return cls(name, **{**entry, **made})


@dataclass(frozen=True)
class Pace:
    """How fast a run goes: how many of its `unit` are in the tables so far."""

    unit: str
    count: Callable[[Tables], int]


@dataclass(frozen=True, eq=False)  # there is one of each: a panel equals itself and can be a key
class Panel:
    """One question of a lab, whole in a package of its own; the lab finds it there.

    Beside the package's `__init__`, which loads neither torch nor HoloViews, lie `compute.py` (`stream`, and `inspect`
    where there is a closer look), `figure.py`, and perhaps `story.md` and `captions.py` (`CHECKS` of what presets say,
    `OUTCOMES` of what they ask).

    Args:
        package: `__name__` of its package. The slug, which names it in URLs, commands, files and tables, is the last
            part of that, with - for _.
        title: of its tab.
        settings: fields that it has controls for; all others have no effect, and no part in a key.
        tables: what every frame may fill.
        order: its place among the tabs.
        primary: whether the lab's overview shows its first card.
        answers: names of the tables that answer its question; all of them, where none is named.
        small: settings of a run that takes a moment, for tests of all panels.
        closer: the query of the closer look that settings ask for, such as at one network's plane.
        pace: what its runs are told to do so many of a second, if anything.
    """

    package: str
    title: str
    settings: type[Settings]
    tables: tuple[Table, ...]
    order: int
    primary: bool = False
    answers: tuple[str, ...] = ()
    small: Mapping[str, object] = field(default_factory=dict)
    closer: Callable[[Any], dict[str, int | float | str]] | None = None
    pace: Pace | None = None

    @property
    def slug(self) -> str:
        return self.package.rpartition(".")[2].replace("_", "-")

    @property
    def compute(self) -> str:
        """The module that computes its frames."""
        return f"{self.package}.compute"

    @property
    def figure(self) -> str:
        """The module that draws them."""
        return f"{self.package}.figure"

    @property
    def captions(self) -> str:
        """The module with the checks and outcomes of the presets that look at it, if there are any."""
        return f"{self.package}.captions"

    @cached_property
    def story(self) -> str:
        """Its text in Markdown; "" where it has none of its own."""
        path = resources.files(self.package).joinpath("story.md")
        return path.read_text("utf-8") if path.is_file() else ""


@dataclass(frozen=True, eq=False)
class Lab:
    """A lab's declaration; its panels are the subpackages of its package, each of which declares one as `PANEL`.

    Args:
        package: `__name__` of its package; the lab's name is the last part, with - for _.
        title: of the lab. question: what it asks. papers: what it is about. order: its place among the labs.
    """

    package: str
    title: str
    question: str
    papers: tuple[Paper, ...]
    order: int

    @property
    def name(self) -> str:
        return self.package.rpartition(".")[2].replace("_", "-")

    @cached_property
    def panels(self) -> tuple[Panel, ...]:
        """In the order of their tabs."""
        modules = iter_modules(import_module(self.package).__path__)
        found = [import_module(f"{self.package}.{module.name}").PANEL for module in modules if module.ispkg]
        return tuple(sorted(found, key=lambda panel: panel.order))

    @cached_property
    def settings(self) -> type[Settings]:
        """The settings of the only panel, or the union of those of all."""
        if len(self.panels) == 1:
            return self.panels[0].settings
        return union(self.title, {panel.slug: panel.settings for panel in self.panels})

    @cached_property
    def tables(self) -> Mapping[str, Table]:
        """Every table that a panel fills, by name."""
        return {table.name: table for panel in self.panels for table in panel.tables}

    @cached_property
    def presets(self) -> tuple[Preset, ...]:
        """The presets, in the order of the lesson; the first is the default."""
        parsed = tomllib.loads(resources.files(self.package).joinpath("presets.toml").read_text("utf-8"))
        return tuple(Preset.of(name, entry) for name, entry in parsed.items())

    def preset(self, name: str) -> Preset:
        """The preset called `name`. Raises UnknownName with a near one."""
        for preset in self.presets:
            if preset.name == name:
                return preset
        known = [preset.name for preset in self.presets]
        near = suggest(name, known)
        raise UnknownName(f"preset = {name!r}: no such preset of {self.name}{near}; known: {', '.join(known)}")

    def panel(self, settings: Settings) -> Panel:
        """The panel that the settings look at; its own settings look at it alone."""
        if isinstance(settings, LabSettings):
            return next(panel for panel in self.panels if panel.slug == settings.panel)
        return next(panel for panel in self.panels if panel.settings is type(settings))

    @cached_property
    def story(self) -> str:
        """The lab's text in Markdown."""
        return resources.files(self.package).joinpath("story.md").read_text("utf-8")

    @cached_property
    def claims(self) -> tuple[Claim, ...]:
        """What its paper claims: `CLAIMS` of its module `claims`; none where there is no such module."""
        name = f"{self.package}.claims"
        return import_module(name).CLAIMS if find_spec(name) else ()

    def stream(
        self, settings: Settings, device: object, stop: Stop, kept: Kept | None = None
    ) -> Iterator[Frame | Cell | None]:
        """The frames of a run (imports torch), whose tables keep to their schemas, and its cells as they are finished.

        Args:
            kept: what an earlier run of equal training left, its cells or as `FINISHED` its arrays: that is not
                computed again. Without it, or without a mapping to say that somebody keeps them, no cells come.

        Raises:
            ValueError: for a table that is not what its panel declares.
            Mismatch: for what is kept but belongs to another run.
        """
        panel = self.panel(settings)
        tables = {table.name: table for table in panel.tables}
        compute = import_module(panel.compute).stream
        again = {"kept": kept} if kept and "kept" in signature(compute).parameters else {}  # else it has no cells
        for found in compute(settings.of_panel(), device, stop, **again):
            if isinstance(found, Cell) and kept is None:
                continue
            for name, columns in found.tables.items() if isinstance(found, Frame) else ():
                if name not in tables:
                    raise ValueError(f"the panel {panel.slug} declares no table {name}")
                tables[name].check(columns)
            yield found

    def inspect(self, settings: Settings, arrays: Mapping[str, np.ndarray], **query: object) -> dict[str, np.ndarray]:
        """A closer look at one network of a run (imports torch), such as its plane slice."""
        return import_module(self.panel(settings).compute).inspect(settings.of_panel(), arrays, **query)


class UnknownName(ValueError):
    """No lab or preset of that name."""


def labs() -> tuple[Lab, ...]:
    """Every lab: each subpackage of `explorer.labs` declares one as `LAB`."""
    found = [import_module(f"{__name__}.{module.name}").LAB for module in iter_modules(__path__) if module.ispkg]
    return tuple(sorted(found, key=lambda lab: lab.order))


def find(name: str) -> Lab:
    """The lab called `name`. Raises UnknownName with a near one."""
    for lab in labs():
        if lab.name == name:
            return lab
    known = [lab.name for lab in labs()]
    raise UnknownName(f"lab = {name!r}: no such lab{suggest(name, known)}; known: {', '.join(known)}")
