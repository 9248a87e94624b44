"""Settings: one table from which sliders, URL, command line, notebook arguments and cache keys are made.

A lab subclasses `Settings` (a `param.Parameterized`: no GUI in it) and gives each field a `label` (symbol and word),
`doc`, hard `bounds` (refused beyond) and `softbounds` (the slider's range). `check` comes before param, which by itself
takes True for an integer, takes inf, and stops at the first error.
"""

import difflib
import numbers
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self
from urllib.parse import parse_qsl, urlencode

import param


@dataclass(frozen=True)
class Problem:
    """One field that cannot be taken as given; `instead` is what a page uses in its place."""

    field: str
    value: object
    allowed: str
    instead: object = None

    def __str__(self) -> str:
        shown = repr(self.value)
        return f"{self.field} = {shown if len(shown) <= 80 else shown[:77] + '...'}: {self.allowed}"


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


class Integers(param.Parameter):
    """A tuple of rising integers, each within `bounds`, at most `most` of them."""

    __slots__ = ["bounds", "fewest", "most"]

    def __init__(self, default: tuple[int, ...] = (), *, bounds: tuple[int, int], fewest=1, most=64, **kwargs) -> None:
        self.bounds, self.most, self.fewest = bounds, most, fewest
        super().__init__(default, **kwargs)


class Names(param.Parameter):
    """A tuple of words, each one of `objects`; written with commas."""

    __slots__ = ["objects"]

    def __init__(self, default: tuple[str, ...] = (), *, objects: tuple[str, ...] = (), **kwargs) -> None:
        self.objects = objects
        super().__init__(default, **kwargs)


class Choice(param.Parameter):
    """A word: one of `options()` as they stand when it is read, or one that matches the pattern `also`."""

    __slots__ = ["also", "options"]

    def __init__(self, default: str, *, options: Callable[[], Iterable[str]], also: str = "", **kwargs) -> None:
        self.options, self.also = options, also
        super().__init__(default, **kwargs)


class Settings(param.Parameterized):
    """Base of every lab's settings. Instances are frozen; compare and hash by value."""

    #: Fields that change what is measured of a trained network, but not the training.
    measures: ClassVar[frozenset[str]] = frozenset()
    #: Fields that change only what is looked at: in the URL, never in a key.
    views: ClassVar[frozenset[str]] = frozenset({"theme", "projector", "story", "hide", "lock"})

    #: File name endings of points of one's own that `take_in` reads, where a lab does.
    accepts: ClassVar[tuple[str, ...]] = ()
    #: How the page arranges the controls; a field in no group has no control.
    groups: ClassVar[tuple[Group, ...]] = ()

    theme = param.Selector(default="auto", objects=["auto", "light", "dark"], label="theme", doc="Colours of the page.")
    projector = param.Selector(default="off", objects=["off", "on"], label="projector", doc="Large type for a class.")
    story = param.Selector(default="on", objects=["on", "off"], label="story", doc="The text beside the figures.")
    hide = Names(label="hidden controls", doc="Controls that a teacher's link removes from the page.")
    lock = Names(label="locked controls", doc="Controls that a teacher's link freezes.")

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for field in vars(cls).values():  # cls.param does not hold them yet
            if isinstance(field, param.Parameter):
                field.constant = True

    @classmethod
    def fields(cls) -> tuple[str, ...]:
        """Names of all fields in the order in which they are declared, a lab's own first."""
        own = [name for name in cls.param if name != "name"]
        return tuple(sorted(own, key=lambda name: (name in Settings.views, cls.param[name].precedence or 0)))

    def values(self) -> dict[str, Any]:
        """Every field but those of the view: what a result depends on."""
        return {name: getattr(self, name) for name in self.fields() if name not in self.views}

    def training(self) -> dict[str, Any]:
        """The fields that decide the trained networks."""
        return {name: value for name, value in self.values().items() if name not in self.measures}

    def measuring(self) -> dict[str, Any]:
        """The fields that decide what is measured of them."""
        return {name: value for name, value in self.values().items() if name in self.measures}

    @classmethod
    def implied(cls, given: Mapping[str, Any]) -> dict[str, Any]:
        """Defaults that depend on other fields, such as no label noise for real data."""
        return {}

    @classmethod
    def take_in(cls, raw: Mapping[str, Any]) -> dict[str, Any]:
        """`raw` with the user's own files read and replaced by what they are known by.

        For the command line and Python only; a URL never names a file. Raises SettingsError.
        """
        return dict(raw)

    def deliberate(self) -> dict[str, Any]:
        """The fields that differ from their defaults: the least that gives these settings back."""
        implied = self.implied(self._all())
        return {n: v for n, v in self._all().items() if v != implied.get(n, self.param[n].default)}

    def changed(self, **updates: Any) -> Self:
        """A copy with some fields replaced; what was left to its default stays so. Raises SettingsError."""
        return self.make(**self.deliberate() | updates)

    def viewed_as(self, other: Self) -> Self:
        """These settings with the view of `other`, where it fits them."""
        return self.check(self._all() | {name: getattr(other, name) for name in self.views})[0]

    def conflicts(self) -> list[Problem]:
        """Problems between fields, each with the value to use `instead`.

        A view field that nobody set is moved to that value without a word.
        """
        return []

    def stops(self, name: str) -> tuple[int, ...]:
        """The values a field's slider may stop at, where other fields decide; empty where they do not."""
        return ()

    def matters(self, name: str) -> bool:
        """Whether a field has any effect as the others stand; the page hides it where it has none."""
        return True

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
                good[name] = read(cls.param[name], value)
            except ValueError as error:
                problems.append(Problem(name, value, str(error), cls.param[name].default))
        settings = cls(**cls.implied(good) | good)
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
        return cls.check(dict(parse_qsl(query.lstrip("?"), keep_blank_values=True)))

    def to_query(self) -> str:
        """The shortest query that gives these settings back: only what differs from the defaults."""
        return urlencode({name: write(value) for name, value in self.deliberate().items()}, safe=",")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self._all() == other._all()

    def __hash__(self) -> int:
        return hash((type(self), tuple(self._all().items())))

    def _all(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.fields()}


def suggest(word: object, known: Iterable[str]) -> str:
    """'; did you mean X?' for a near word, else nothing."""
    near = difflib.get_close_matches(str(word), list(known), n=1, cutoff=0.5)
    return f"; did you mean {near[0]}?" if near else ""


def write(value: Any) -> str:
    """A value as it stands in a URL or after --set."""
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    return repr(value) if isinstance(value, float) else str(value)


def read(field: param.Parameter, value: Any) -> Any:
    """`value`, as text or as Python, as the field wants it. Raises ValueError saying what is allowed."""
    if isinstance(field, Integers):
        return _integers(field, value)
    if isinstance(field, Names):
        return _names(field, value)
    if isinstance(field, Choice | param.Selector):
        options = list(field.options() if isinstance(field, Choice) else field.objects)
        pattern = field.also if isinstance(field, Choice) else ""
        if not isinstance(value, str) or not (value in options or (pattern and re.fullmatch(pattern, value))):
            raise ValueError(f"use one of {', '.join(options)}{suggest(value, options)}")
        return value
    if isinstance(field, param.Number):  # an Integer is one too
        return _number(field, value)
    if not isinstance(value, str):
        raise ValueError("use text")
    return value


def _number(field: param.Number, value: Any) -> int | float:
    whole = isinstance(field, param.Integer)
    allowed = f"use {'a whole number' if whole else 'a number'}{_range(field)}"
    if isinstance(value, bool) or not isinstance(value, str | numbers.Real):
        raise ValueError(allowed)
    try:
        number = int(value) if whole and isinstance(value, str | numbers.Integral) else float(value)
    except (ValueError, OverflowError):  # no number, or one beyond every float
        raise ValueError(allowed) from None
    low, high = field.bounds
    inside = low <= number <= high and (number > low or field.inclusive_bounds[0])  # NaN is nowhere
    if not inside or (whole and number != int(number)):
        raise ValueError(allowed)
    return int(number) if whole else float(number)


def _range(field: param.Number) -> str:
    low, high = field.bounds
    return f" from {low} to {high}" if field.inclusive_bounds[0] else f" above {low}, at most {high}"


def _integers(field: Integers, value: Any) -> tuple[int, ...]:
    low, high = field.bounds
    allowed = f"use {field.fewest} to {field.most} rising whole numbers from {low} to {high}, with commas between"
    try:
        if isinstance(value, str):
            items = [int(part) for part in value.split(",") if part.strip() or field.fewest]
        else:
            items = list(value)
    except (TypeError, ValueError):
        raise ValueError(allowed) from None
    whole = all(isinstance(item, numbers.Integral) and not isinstance(item, bool) for item in items)
    if not whole or not field.fewest <= len(items) <= field.most:
        raise ValueError(allowed)
    numbers_ = [int(item) for item in items]
    if any(not low <= item <= high for item in numbers_):
        raise ValueError(f"{allowed}; {next(i for i in numbers_ if not low <= i <= high)} is beyond")
    if numbers_ != sorted(set(numbers_)):
        tidy = ",".join(map(str, sorted(set(numbers_))))
        raise ValueError(f"{allowed}; did you mean {tidy}?")
    return tuple(numbers_)


def _names(field: Names, value: Any) -> tuple[str, ...]:
    words = [value] if isinstance(value, str) else value
    if not isinstance(words, Iterable) or not all(isinstance(word, str) for word in words):
        raise ValueError("use names with commas between")
    words = tuple(word for word in map(str.strip, ",".join(words).split(",")) if word)
    for word in words:
        if field.objects and word not in field.objects:
            raise ValueError(f"{word} is not one of {', '.join(field.objects)}{suggest(word, field.objects)}")
    return words
