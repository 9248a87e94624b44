"""Kinds of fields that settings have beside param's own, and how a field reads what a person wrote.

Reading comes before param, which by itself takes True for an integer and takes inf.
"""

import csv
import difflib
import io
import numbers
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import param

SHORT = 24  # characters of a value that fit in a line
LONGEST = 40  # characters of a word that is compared with names: comparing takes the square of them


class Integers(param.Parameter):
    """A tuple of rising integers, each within `bounds`, at most `most` of them."""

    __slots__ = ["bounds", "fewest", "most"]

    def __init__(self, default: tuple[int, ...] = (), *, bounds: tuple[int, int], fewest=1, most=64, **kwargs) -> None:
        self.bounds, self.most, self.fewest = bounds, most, fewest
        super().__init__(default, **kwargs)


class Names(param.Parameter):
    """A tuple of names of fields; written with commas."""

    def __init__(self, default: tuple[str, ...] = (), **kwargs) -> None:
        super().__init__(default, **kwargs)


class Pair(param.Parameter):
    """Two words, whatever they are, or none; written with commas, and quoted as in CSV where one holds a comma."""

    def __init__(self, default: tuple[str, ...] = (), **kwargs) -> None:
        super().__init__(default, **kwargs)


class Place(param.Parameter):
    """A place of a plane: two numbers from -`reach` to `reach`, or none; written with a comma."""

    __slots__ = ["reach"]

    def __init__(self, default: tuple[float, ...] = (), *, reach: float, **kwargs) -> None:
        self.reach = reach
        super().__init__(default, **kwargs)


class Choice(param.Parameter):
    """A word: one of `options()` as they stand when it is read, or one that matches the pattern `also`."""

    __slots__ = ["also", "options"]

    def __init__(self, default: str, *, options: Callable[[], Iterable[str]], also: str = "", **kwargs) -> None:
        self.options, self.also = options, also
        super().__init__(default, **kwargs)


def suggest(word: object, known: Iterable[str]) -> str:
    """'; did you mean X?' for a near word, else nothing."""
    near = difflib.get_close_matches(str(word)[:LONGEST], list(known), n=1, cutoff=0.5)
    return f"; did you mean {near[0]}?" if near else ""


def short(value: object) -> str:
    """A value as a person writes it, cut where it is too long for a line; "none" for an empty one."""
    text = write(value) or "none"
    return text if len(text) <= SHORT else f"{text[: SHORT - 3]}..."


def quote(value: object, most: int = 80) -> str:
    """A value that came from outside, in one line of at most that many characters."""
    shown = repr(value)
    return shown if len(shown) <= most else shown[: most - 3] + "..."


def write(value: Any) -> str:
    """A value as it stands in a URL or after --set."""
    if isinstance(value, tuple):
        return _row(map(str, value))
    return repr(value) if isinstance(value, float) else str(value)


def read(field: param.Parameter, value: Any, names: Sequence[str] = ()) -> Any:
    """`value`, as text or as Python, as the field wants it; `names` are those of all fields.

    Raises ValueError saying what is allowed.
    """
    if isinstance(field, Integers):
        return _integers(field, value)
    if isinstance(field, Names):
        return _names(value, names)
    if isinstance(field, Pair):
        return _pair(value)
    if isinstance(field, Place):
        return _place(field, value)
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


def _row(words: Iterable[str]) -> str:
    """One line of CSV."""
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(words)
    return line.getvalue()


def _pair(value: Any) -> tuple[str, ...]:
    allowed = "use two different words with a comma between, or none"
    try:
        parts = next(csv.reader([value], skipinitialspace=True), []) if isinstance(value, str) else list(value)
    except (csv.Error, TypeError):
        raise ValueError(allowed) from None
    words = tuple(" ".join(str(part).split()) for part in parts)
    if len(words) not in (0, 2) or len(set(words)) != len(words) or not all(words):
        raise ValueError(allowed)
    return words


def _place(field: Place, value: Any) -> tuple[float, ...]:
    allowed = f"use two numbers from {-field.reach:g} to {field.reach:g} with a comma between, or none"
    try:
        parts = [part for part in value.split(",") if value.strip()] if isinstance(value, str) else list(value)
        numbers_ = tuple(float(part) for part in parts if not isinstance(part, bool))
    except (TypeError, ValueError, OverflowError):
        raise ValueError(allowed) from None
    if len(parts) not in (0, 2) or len(numbers_) != len(parts):
        raise ValueError(allowed)
    if not all(abs(number) <= field.reach for number in numbers_):  # NaN is nowhere
        raise ValueError(allowed)
    return numbers_


def _names(value: Any, names: Sequence[str]) -> tuple[str, ...]:
    words = [value] if isinstance(value, str) else value
    if not isinstance(words, Iterable) or not all(isinstance(word, str) for word in words):
        raise ValueError("use names with commas between")
    words = tuple(word for word in map(str.strip, ",".join(words).split(",")) if word)
    for word in words:
        if word not in names:
            raise ValueError(f"{quote(word)} is not one of {', '.join(names)}{suggest(word, names)}")
    return words
