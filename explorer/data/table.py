"""A table of somebody's own, from a file or a data frame: which column is the label, which an index, which numbers."""

import math
import numbers
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np

from explorer.data.numerals import decimal_comma, missing, number

LABELS = ("label", "labels", "target", "targets", "class", "classes", "y")  # the first that a table has
INDICES = ("index", "id", "row", "nr", "no")  # left out if it counts the rows
PLAIN, PLAIN_COMMA = re.compile(r"[0-9eE.+\n-]*"), re.compile(r"[0-9eE,+\n-]*")
NAMELESS = re.compile(r"unnamed: \d+(\.\d+)*")  # as pandas calls a column without a name
FEWEST_COUNTED = 10  # rows from which on a nameless column that counts them is no accident


@dataclass(frozen=True)
class Table:
    """Columns of text, numbers, truth values or None, before anything is made of them.

    `names` are "" where a column has none; `rows` say where each row stands, in `source`; `comma`: numbers written as
    text have a decimal comma; `classes` names the labels 0, 1, ... where the file does; `said`: what a person should
    know of how it was read.
    """

    names: tuple[str, ...]
    columns: tuple[Sequence[Any], ...]
    rows: Sequence[str]
    source: str
    headed: bool = True
    comma: bool = False
    classes: tuple[str, ...] = ()
    said: tuple[str, ...] = ()


@dataclass(frozen=True)
class Found:
    """X (n, d), the labels as they stand (text, or numbers, whole ones exact) and what is to be said of it.

    `taken`: which part of the source the labels are, for who is told that something is wrong with them or with X.
    """

    X: np.ndarray
    labels: Sequence[Any]
    said: Sequence[str] = ()
    taken: str = ""


def from_frame(frame: Any) -> Table:
    """The table that a pandas data frame holds. Its index is left alone.

    Raises:
        ValueError: if numbers in it that are text can be read in two ways.
    """
    values = [frame.iloc[:, j] for j in range(frame.shape[1])]
    columns = [[None if gone else v for v, gone in zip(c.tolist(), c.isna().tolist(), strict=True)] for c in values]
    comma, said = decimal_comma(cell for column in columns for cell in column if isinstance(cell, str))
    return Table(
        tuple(str(name).strip() for name in frame.columns),
        tuple(columns),
        tuple(f"row {i}" for i in range(len(frame))),
        "the data frame",
        comma=comma,
        said=said,
    )


def split(table: Table) -> Found:
    """The points and labels of a table.

    The labels are the column named label, target, class or y, else the last one; y is a coordinate where it stands
    beside another of these, or beside x and not last. A first column without a name, or one that only counts the rows,
    is an index and left out.

    Raises:
        ValueError: if a value is missing or no finite number; the message names the first, and the labels' column.
    """
    said = list(table.said)
    at, others = _label(table)
    name, last = table.names[at], at == len(table.names) - 1
    shown = f"{name[:20]!r}" if table.headed and name else ""
    if name.lower() in LABELS:
        taken = f"the labels are the column {shown}" + ("" if last else ", not the last")
    else:
        taken = "the labels are the last column" + (f", {shown}" if shown else "")
    if others:
        said.append(f"{taken}; {' and '.join(others)} {'is one' if len(others) == 1 else 'are'} of X")
    elif shown and (not last or name.lower() not in LABELS):
        said.append(taken)
    skipped = 0
    while _is_index(table, skipped, at):  # a table that was written and read again and again has several
        name = f" {table.names[skipped][:20]!r}" if table.names[skipped] else ""
        said.append(f"the {'next' if skipped else 'first'} column{name} is an index and left out")
        skipped += 1
    kept = [j for j in range(skipped, len(table.names)) if j != at]
    X = np.empty((len(table.rows), len(kept)))
    for column, j in enumerate(kept):
        try:
            X[:, column] = _numbers(table, j)
        except ValueError as error:
            raise ValueError(f"{error} ({taken})") from None
    return Found(X, _labels(table, at), said, taken)


def _label(table: Table) -> tuple[int, list[str]]:
    """Which column holds the labels, and the names of others that might."""
    lower = [name.lower() for name in table.names]
    found = [lower.index(word) for word in LABELS if word in lower]
    last = len(lower) - 1
    if not found:
        return last, []
    if lower.count(lower[found[0]]) > 1:
        raise ValueError(f"{table.source} has more than one column named {table.names[found[0]]}")
    if lower[found[0]] == "y" and "x" in lower and found[0] != last:  # as the axes of a plane are called
        return last, [repr(table.names[found[0]])]
    others = [j for j in found[1:] if lower[j] != "y"]  # beside another, y is a coordinate
    return found[0], [repr(table.names[j]) for j in others]


def _is_index(table: Table, j: int, label: int) -> bool:
    """Whether column j is one, if those before it are."""
    name = table.names[j].lower()
    if label == j or len(table.names) - j < 3:
        return False
    if table.headed and (not name or NAMELESS.fullmatch(name)):
        return True
    if j or (table.headed and name not in INDICES):
        return False
    n = len(table.rows)
    counts = [_value(table, j, i) for i in range(n)]
    counting = counts in (list(range(n)), list(range(1, n + 1)))
    return counting and (table.headed or n >= FEWEST_COUNTED)


def _value(table: Table, j: int, row: int) -> Any:
    """A value as a number, or as the text it is; None where it is missing."""
    value = table.columns[j][row]
    if isinstance(value, str):
        found = number(value, comma=table.comma)
        return value if found is None and not missing(value) else found
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, Decimal):
        value = float(value)
    return None if isinstance(value, float) and math.isnan(value) else value


def _numbers(table: Table, j: int) -> Sequence[float]:
    if (plain := _plain(table.columns[j], table.comma)) is not None:
        return plain
    values = [_value(table, j, row) for row in range(len(table.rows))]
    words = {value.lower() for value in values if isinstance(value, str)}
    if words and words <= {"true", "false"}:
        values = [value.lower() == "true" if isinstance(value, str) else value for value in values]
    name = f"column {table.names[j][:20]!r}" if table.names[j] else f"column {j + 1}"
    found = []
    for row, value in enumerate(values):
        where = f"{table.rows[row]}, {name} of {table.source}"
        if value is None:
            raw = table.columns[j][row]
            shown = f"is {raw[:20]!r}" if isinstance(raw, str) and raw else "has no value"
            raise ValueError(f"{where} {shown}; expected finite numbers")
        if not isinstance(value, numbers.Real):
            raise ValueError(f"{where} is {_short(value)}; expected a number")
        try:
            found.append(float(value))
        except OverflowError:
            found.append(math.inf)
        if not math.isfinite(found[-1]):
            raise ValueError(f"{where} is {_short(value)}; expected finite numbers")
    return found


def _plain(column: Sequence[Any], comma: bool) -> list[float] | None:
    """A column of text without groups or gaps, ten times as fast; None if it is another, or not finite."""
    if not all(isinstance(cell, str) for cell in column):
        return None
    text = "\n".join(column)
    if not (PLAIN_COMMA if comma else PLAIN).fullmatch(text):
        return None
    try:
        found = [float(cell) for cell in text.replace(",", ".").split("\n")]
    except ValueError:
        return None
    # a cell may hold a line break
    return found if len(found) == len(column) and all(map(math.isfinite, found)) else None


def _labels(table: Table, j: int) -> list[Any]:
    values = [_value(table, j, row) for row in range(len(table.rows))]
    name = f"column {table.names[j][:20]!r}" if table.names[j] else f"column {j + 1}"
    for row, value in enumerate(values):
        if value is None:
            raise ValueError(f"{table.rows[row]} of {table.source} has no label ({name}); expected one for every point")
        if not isinstance(value, str) and not (isinstance(value, int | float) and abs(value) < math.inf):
            raise ValueError(f"{table.rows[row]}, {name} of {table.source} is {_short(value)}; expected a finite label")
    if any(isinstance(value, str) for value in values):  # 1, 2 and unknown are three names
        return [raw.strip() if isinstance(raw, str) else str(raw) for raw in table.columns[j]]
    if table.classes and set(values) <= set(range(len(table.classes))):
        return [table.classes[int(value)] for value in values]
    return values


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 24 else f"{text[:20]}..."
