"""Settings: one table from which sliders, URL, command line, notebook arguments and cache keys are made.

A lab subclasses `Settings` (a `param.Parameterized`: no GUI in it) and gives each field a `label` (symbol and word),
`doc`, hard `bounds` (refused beyond) and `softbounds` (the slider's range). `check` comes before param, which by itself
takes True for an integer, takes inf, and stops at the first error.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, Self
from urllib.parse import parse_qsl, urlencode

import param

from explorer.fields import Names, quote, read, suggest, write

FIELD = re.compile(r"[\w-]{1,40}|--[a-z-]{1,40}", re.ASCII)  # what may stand in a message as it is
MOST_FIELDS = 100  # of an address; a lab has some thirty


@dataclass(frozen=True)
class Problem:
    """One field that cannot be taken as given; `instead` is what a page uses in its place."""

    field: str
    value: object
    allowed: str
    instead: object = None

    def __str__(self) -> str:
        name = self.field if FIELD.fullmatch(self.field) else quote(self.field, 40)
        return f"{name} = {quote(self.value)}: {self.allowed}"


def query_fields(query: str) -> dict[str, str]:
    """The fields of an address's query, at most MOST_FIELDS; of a field that comes twice the last."""
    pairs = query.lstrip("?").split("&", MOST_FIELDS)[:MOST_FIELDS]
    return dict(parse_qsl("&".join(pairs), keep_blank_values=True))


class SettingsError(ValueError):
    """Settings that were refused; `problems` holds all of them."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


@dataclass(frozen=True)
class Work:
    """What a job is expected to need: memory in bytes, and seconds on one core."""

    bytes: float
    seconds: float


@dataclass(frozen=True)
class Group:
    """Controls that stand together on the page; a folded group shows its values in its heading."""

    title: str
    fields: tuple[str, ...]
    folded: bool = False


@cache  # asked thousands of times while a size is sought that can be afforded
def _fields(kind: type[param.Parameterized]) -> tuple[str, ...]:
    declared = (
        name  # kind.param would put a field that is declared anew before the others of its class
        for each in kind.__mro__
        for name, field in vars(each).items()
        if isinstance(field, param.Parameter) and name != "name"
    )
    return tuple(dict.fromkeys(declared))


class Settings(param.Parameterized):
    """Base of every lab's settings. Instances are frozen; compare and hash by value."""

    #: Fields that change what is measured of a trained network, but not the training.
    measures: ClassVar[frozenset[str]] = frozenset()
    #: Fields that change only what is looked at: in the URL, never in a key.
    views: ClassVar[frozenset[str]] = frozenset({"theme", "projector", "story", "quiz", "hide", "lock"})

    #: The field that takes a file of the user's own, where a lab has one, and the endings of names that it reads.
    upload: ClassVar[str] = ""
    accepts: ClassVar[tuple[str, ...]] = ()
    #: What fields start from where that differs from their own defaults.
    starts: ClassVar[Mapping[str, Any]] = {}
    #: How the page arranges the controls; a field in no group has no control.
    groups: ClassVar[tuple[Group, ...]] = ()

    theme = param.Selector(default="auto", objects=["auto", "light", "dark"], label="theme", doc="Colours of the page.")
    projector = param.Selector(default="off", objects=["off", "on"], label="projector", doc="Large type for a class.")
    story = param.Selector(default="on", objects=["on", "off"], label="story", doc="The text beside the figures.")
    quiz = param.Selector(default="off", objects=["off", "on"], label="quiz", doc="Ask before a step is shown.")
    hide = Names(label="hidden controls", doc="Controls that a teacher's link removes from the page.")
    lock = Names(label="locked controls", doc="Controls that a teacher's link freezes.")

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for field in vars(cls).values():  # cls.param does not hold them yet
            if isinstance(field, param.Parameter):
                field.constant = True

    @classmethod
    def fields(cls) -> tuple[str, ...]:
        """Names of all fields in the order in which they are declared, a lab's own before those of its bases."""
        return _fields(cls)  # type: ignore[arg-type]  # mypy takes the hash of settings for that of their class

    @classmethod
    def declared(cls, name: str, raw: Mapping[str, Any]) -> param.Parameter:
        """The field by which a value of `raw` is read."""
        return cls.param[name]

    def of_panel(self) -> "Settings":
        """The fields that the panel looked at has, and no others."""
        return self

    def values(self) -> dict[str, Any]:
        """Every field but those of the view."""
        return {name: getattr(self, name) for name in self.fields() if name not in self.views}

    def same_run(self, other: "Settings") -> bool:
        """Whether these ask for the run that the others ask for, however it is looked at."""
        return self.values() == other.values()

    def training(self) -> dict[str, Any]:
        """The fields that decide the trained networks, as the others stand."""
        return {name: value for name, value in self._effective().items() if name not in self.measures}

    def measuring(self) -> dict[str, Any]:
        """The fields that decide what is measured of them, as the others stand."""
        return {name: value for name, value in self._effective().items() if name in self.measures}

    @classmethod
    def implied(cls, given: Mapping[str, Any]) -> dict[str, Any]:
        """What fields start from; it may depend on other fields, such as no label noise for real data."""
        return dict(cls.starts)

    @classmethod
    def take_in(cls, raw: Mapping[str, Any]) -> dict[str, Any]:
        """`raw` with the user's own files read and replaced by what they are known by.

        For the command line and Python only; a URL never names a file. Raises SettingsError.
        """
        return dict(raw)

    def files(self) -> tuple[Path, ...]:
        """Files of the user's own that these settings name: they are kept while a page looks at such a run."""
        return ()

    def explicit(self) -> dict[str, Any]:
        """The fields that differ from their defaults: the least that gives these settings back."""
        implied = self.implied(self._all())
        return {n: v for n, v in self._all().items() if v != implied.get(n, self.param[n].default)}

    def changed(self, **updates: Any) -> Self:
        """A copy with some fields replaced; what was left to its default stays so. Raises SettingsError.

        A view that does not fit the others any more goes along without a word, unless it is one of those replaced.
        """
        settings, problems = self.check(self.explicit() | updates)
        if problems := [each for each in problems if each.field in updates or each.field not in self.views]:
            raise SettingsError(problems)
        return settings

    def viewed_as(self, other: Self) -> Self:
        """These settings with the view of `other`, where it fits them."""
        return self.check(self._all() | {name: getattr(other, name) for name in self.views})[0]

    def conflicts(self) -> list[Problem]:
        """Problems between fields, each with the value to use `instead`.

        A view field that nobody set is moved to that value without a word.
        """
        return []

    def allowed(self, name: str) -> tuple[int, ...]:
        """The values a field's slider may stop at, where other fields decide; empty where they do not."""
        return ()

    def worded(self, name: str) -> Mapping[int, str]:
        """What to call those values of `allowed` that do not speak for themselves."""
        return {}

    def relevant(self, name: str) -> bool:
        """Whether a field has any effect as the others stand; the page hides it where it has none.

        Where it has none it is no part of a key either: a run of other values is the same run.
        """
        return True

    def remarks(self) -> list[str]:
        """What a person should know of files of his own that these settings use, a sentence each."""
        return []

    def preview(self) -> Self:
        """A smaller job, shown while a slider is dragged; the same settings where there is none."""
        return self

    def work(self) -> Work:
        """The memory and time that a run of these settings is expected to need."""
        return Work(0.0, 0.0)

    @classmethod
    def make(cls, **raw: Any) -> Self:
        """Checked settings. Raises SettingsError with every problem at once."""
        settings, problems = cls.check(raw)
        if problems:
            raise SettingsError(problems)
        return settings

    @classmethod
    def given(cls, **raw: Any) -> Self:
        """Checked settings, some of which may name files of the user's own, as in Python and on the command line.

        Raises SettingsError with every problem at once, those of the files first.
        """
        try:
            taken = cls.take_in(raw)
        except SettingsError as error:
            unread = {problem.field for problem in error.problems}
            _, others = cls.check({name: value for name, value in raw.items() if name not in unread})
            raise SettingsError([*error.problems, *others]) from None
        return cls.make(**taken)

    @classmethod
    def check(cls, raw: Mapping[str, Any]) -> tuple[Self, list[Problem]]:
        """Read `raw` (text or Python values) field by field.

        Returns the settings, in which a bad field has its default (or the nearest value that fits the other
        fields), and all problems at once, each naming field, value and what is allowed.
        """
        good: dict[str, Any] = {}
        problems: list[Problem] = []
        for name, value in raw.items():
            if name not in cls.fields():
                near = suggest(name, cls.fields())
                problems.append(Problem(name, value, f"no such setting{near or '; known: ' + ', '.join(cls.fields())}"))
                continue
            try:
                good[name] = read(cls.declared(name, raw), value, names=cls.fields())
            except ValueError as error:
                problems.append(Problem(name, value, str(error)))
        settings = cls(**cls.implied(good) | good)
        # what a bad field has instead: its default, or what the good ones imply
        problems = [
            replace(each, instead=getattr(settings, each.field)) if each.field in cls.fields() else each
            for each in problems
        ]
        # each round mends a field for good; more rounds than fields would mean a cycle
        for _ in range(len(cls.fields())):
            found = settings.conflicts()
            if not found:
                break
            problems += [problem for problem in found if problem.field in good or problem.field not in cls.views]
            settings = cls(**settings._all() | {problem.field: problem.instead for problem in found})
        return settings, problems

    @classmethod
    def from_query(cls, query: str) -> tuple[Self, list[Problem]]:
        """Settings from a URL's query: a good field is kept, a bad one falls back and is reported."""
        return cls.check(query_fields(query))

    def to_query(self) -> str:
        """The shortest query that gives these settings back: only what differs from the defaults."""
        return urlencode({name: write(value) for name, value in self.explicit().items()}, safe=",")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self._all() == other._all()

    def __hash__(self) -> int:
        return hash((type(self), tuple(self._all().items())))

    def _effective(self) -> dict[str, Any]:
        return {name: value for name, value in self.values().items() if self.relevant(name)}

    def _all(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.fields()}
