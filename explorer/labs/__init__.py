"""The labs: what each declares, and how they are found. Nothing here imports torch."""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module, resources
from importlib.util import find_spec
from pkgutil import iter_modules
from typing import Any, Self

import numpy as np

from explorer.fields import suggest
from explorer.frames import Frame
from explorer.labs.claims import Claim
from explorer.settings import Settings

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

    Texts are templates (`str.format`) over what the check found (see `figures.captions`).
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
class Preset:
    """Named settings with a caption that says what to see; the presets of a lab are a lesson in order.

    The caption is a template over the settings; what only a run can tell stands in `statements`.
    """

    name: str
    title: str
    caption: str
    settings: Mapping[str, object]
    statements: tuple[Statement, ...] = ()
    tries: tuple[Try, ...] = ()

    @classmethod
    def of(cls, name: str, entry: Mapping[str, Any]) -> Self:
        """The preset of an entry of presets.toml."""
        lists = {"statements": Statement, "tries": Try}
        made = {key: tuple(kind(**each) for each in entry.get(key, ())) for key, kind in lists.items()}
        return cls(name, **{**entry, **made})


@dataclass(frozen=True)
class Panel:
    """One question of a lab, with a tab of its own: the slug that names it everywhere, the tab, the tables it fills.

    The overview of a lab shows its `primary` panels.
    """

    slug: str
    title: str
    tables: tuple[str, ...]
    primary: bool = False


@dataclass(frozen=True, eq=False)  # there is one of each: a lab equals itself and can be a key
class Lab:
    """A lab's declaration.

    `compute` names the module with `stream` and `inspect`; `closer` gives the query of the closer look that settings
    ask for, such as the network whose plane slice the page shows. A lab with `panels` has a setting `panel`, which is
    the slug of one of them, or "overview".
    """

    name: str
    title: str
    question: str
    papers: tuple[Paper, ...]
    settings: type[Settings]
    compute: str
    tables: Mapping[str, tuple[str, ...]]
    closer: Callable[[Any], dict[str, int | float | str]] | None = None
    panels: tuple[Panel, ...] = ()

    @property
    def package(self) -> str:
        return self.compute.rpartition(".")[0]

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

    def panel(self, settings: Settings) -> str:
        """The slug of the panel that the settings look at; "" in a lab without panels."""
        return settings.values()["panel"] if self.panels else ""

    def modules(self, settings: Settings) -> tuple[str, ...]:
        """The modules that compute what the settings ask for; a panel has one beside `compute`, of its own name."""
        panel = self.panel(settings)
        return self.compute, *([f"{self.package}.{panel.replace('-', '_')}"] if panel else [])

    @cached_property
    def story(self) -> str:
        """The lab's text in Markdown."""
        return resources.files(self.package).joinpath("story.md").read_text("utf-8")

    def paragraph(self, panel: str) -> str:
        """A panel's own part of the story, in Markdown; the overview has none."""
        path = resources.files(self.package).joinpath("story", f"{panel}.md")
        return path.read_text("utf-8") if path.is_file() else ""

    @cached_property
    def claims(self) -> tuple[Claim, ...]:
        """What its paper claims: `CLAIMS` of its module `claims`; none where there is no such module."""
        name = f"{self.package}.claims"
        return import_module(name).CLAIMS if find_spec(name) else ()

    def stream(
        self, settings: Settings, device: object, stop: Stop, trained: Mapping[str, np.ndarray] | None = None
    ) -> Iterator[Frame]:
        """The frames of a run (imports torch). `trained`: arrays of a finished run of equal training settings."""
        return import_module(self.compute).stream(settings, device, stop, trained)

    def inspect(self, settings: Settings, arrays: Mapping[str, np.ndarray], **query: object) -> dict[str, np.ndarray]:
        """A closer look at one network of a run (imports torch), such as its plane slice."""
        return import_module(self.compute).inspect(settings, arrays, **query)


class UnknownName(ValueError):
    """No lab or preset of that name."""


def labs() -> tuple[Lab, ...]:
    """Every lab: each subpackage of `explorer.labs` declares one as `LAB`."""
    found = [import_module(f"{__name__}.{module.name}").LAB for module in iter_modules(__path__) if module.ispkg]
    order = ["live", "law", "universal", "bayes", "prunability", "region", "two-stage"]
    return tuple(sorted(found, key=lambda lab: order.index(lab.name) if lab.name in order else len(order)))


def find(name: str) -> Lab:
    """The lab called `name`. Raises UnknownName with a near one."""
    for lab in labs():
        if lab.name == name:
            return lab
    known = [lab.name for lab in labs()]
    raise UnknownName(f"lab = {name!r}: no such lab{suggest(name, known)}; known: {', '.join(known)}")
