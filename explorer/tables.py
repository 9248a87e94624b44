"""Schemas of tables: what each column holds, in which direction it errs, and in which words.

    FLOORS = Table("floors", name=Text(), n=Count(), d=Count(), k=Count(), value=Bound(">=", "Lip"))

A table is a mapping from column names to arrays of one length (`frames.Columns`); unknown numbers are NaN.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from explorer.frames import Columns, Mismatch, Tables, taken


@dataclass(frozen=True)
class Column:
    """One column.

    Args:
        symbol: what it is called in writing, such as "Lip"; its name where none is given.
    """

    symbol: str = ""

    dtype: ClassVar[type] = np.float64
    direction: ClassVar[str] = ""


@dataclass(frozen=True)
class Count(Column):
    """A whole number: a size, a seed, a step."""

    dtype = np.int64


@dataclass(frozen=True)
class Value(Column):
    """A number as it was measured or set; NaN is unknown."""


@dataclass(frozen=True)
class Flag(Column):
    """True or false."""

    dtype = np.bool_


@dataclass(frozen=True)
class Text(Column):
    """A word."""

    dtype = np.str_


@dataclass(frozen=True, init=False)
class Bound(Column):
    """A number of which the true value is known to lie on one side.

    Args:
        direction: ">=": the true value is at least this; "<=": at most; "~": an estimate that errs either way.
    """

    direction: str = "~"  # type: ignore[misc]  # each has its own

    def __init__(self, direction: str, symbol: str = "") -> None:
        if direction not in (">=", "<=", "~"):
            raise ValueError(f"direction {direction!r}: use >=, <= or ~")
        object.__setattr__(self, "direction", direction)
        object.__setattr__(self, "symbol", symbol)


class Table:
    """A named table: its columns in order. Two tables are equal when their names and columns are."""

    def __init__(self, name: str, /, **columns: Column) -> None:
        self.name = name
        self.columns = {
            column: kind if kind.symbol else replace(kind, symbol=column) for column, kind in columns.items()
        }

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Table) and (self.name, self.columns) == (other.name, other.columns)

    def __hash__(self) -> int:
        return hash(self.name)

    def __repr__(self) -> str:
        return f"Table({self.name!r}, {', '.join(self.columns)})"

    def __iter__(self) -> Iterator[str]:
        return iter(self.columns)

    def empty(self) -> Columns:
        """No rows."""
        return self.of(())

    def among(self, tables: Tables) -> Columns:
        """This one of some tables; no rows where it is not there."""
        return tables.get(self.name) or self.empty()

    def of(self, rows: Iterable[Sequence[Any] | Mapping[str, Any]]) -> Columns:
        """The table with these rows: sequences in the order of the columns, or mappings by name.

        Raises ValueError for a row of another length.
        """
        listed = [[row[column] for column in self] if isinstance(row, Mapping) else list(row) for row in rows]
        if any(len(row) != len(self.columns) for row in listed):
            raise ValueError(f"table {self.name}: a row has a value for each of {', '.join(self.columns)}")
        return {
            column: np.array([row[i] for row in listed], dtype=kind.dtype)
            for i, (column, kind) in enumerate(self.columns.items())
        }

    def filled(self, **columns: Any) -> Columns:
        """The table with these columns; one value stands for all rows. Columns not named are NaN, where they can be.

        Raises:
            ValueError: for a column that is missing and cannot be unknown, or is not in the schema, or lengths that
                differ.
        """
        given = {column: np.asarray(values) for column, values in columns.items()}
        if strange := given.keys() - self.columns.keys():
            raise ValueError(f"table {self.name}: no column {', '.join(sorted(strange))}")
        length = max((len(values) for values in given.values() if values.ndim), default=1)
        out: dict[str, np.ndarray] = {}
        for column, kind in self.columns.items():
            if column not in given and kind.dtype is not np.float64:
                raise ValueError(f"table {self.name}: {column} is missing")
            values = given.get(column, np.asarray(np.nan))
            out[column] = np.array(np.broadcast_to(values, (length,)), dtype=kind.dtype)
        return out

    def joined(self, parts: Iterable[Columns]) -> Columns:
        """The rows of all the parts, one below the other."""
        found = [self.empty(), *parts]
        return {column: np.concatenate([part[column] for part in found]) for column in self.columns}

    def taken(self, cell: Columns) -> Columns:
        """The columns of this table out of a cell that holds them among others. Raises Mismatch when it does not."""
        columns = taken(cell, *self)
        lengths = {values.shape for values in columns.values()}
        if len(lengths) > 1 or any(len(shape) != 1 for shape in lengths):
            raise Mismatch(f"table {self.name}: what is kept has columns of other shapes")
        try:
            self.check(columns)
        except ValueError as error:
            raise Mismatch(str(error)) from error
        return columns

    def check(self, columns: Columns) -> None:
        """Raise ValueError unless these are the schema's columns, in its order and of its kinds."""
        if list(columns) != list(self.columns):
            raise ValueError(f"table {self.name}: columns {', '.join(columns)} are not {', '.join(self.columns)}")
        for column, kind in self.columns.items():
            if columns[column].dtype.kind != np.dtype(kind.dtype).kind:
                raise ValueError(
                    f"table {self.name}: {column} holds {columns[column].dtype}, not {kind.dtype.__name__}"
                )
