"""The networks that runs of several panels have tried, side by side. No torch."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Self

import numpy as np

from explorer.frames import Columns, Tables

Runs = Mapping[str, Tables]


@dataclass(frozen=True)
class Networks:
    """Networks that fit, trained or constructed: a row each.

    `lower` is the largest gradient found in the ball, `upper` its certificate, which is NaN for constructions.
    """

    seed: np.ndarray
    n: np.ndarray
    d: np.ndarray
    k: np.ndarray
    lower: np.ndarray
    upper: np.ndarray

    @classmethod
    def trained(cls, runs: Runs) -> Self:
        """The trained networks that fit."""
        columns = ("seed", "n", "d", "k", "lower", "upper")
        rows = stacked(runs, "trained", (*columns, "fits"))
        return cls(*(rows[name][rows["fits"].astype(bool)] for name in columns))

    @classmethod
    def constructed(cls, runs: Runs) -> Self:
        """The constructions that fit every point and whose gradient was searched."""
        rows = stacked(runs, "constructions", ("n", "d", "k", "lip_ball", "misfit"))
        there = (rows["misfit"] == 0) & np.isfinite(rows["lip_ball"])
        n, d, k, lower = (rows[name][there] for name in ("n", "d", "k", "lip_ball"))
        return cls(np.zeros(len(n)), n, d, k, lower, np.full(len(n), math.nan))

    @property
    def shape(self) -> np.ndarray:
        """sqrt(n/k)."""
        return np.sqrt(self.n / self.k)

    def __add__(self, other: "Networks") -> "Networks":
        pairs = ((getattr(self, field.name), getattr(other, field.name)) for field in fields(self))
        return Networks(*map(np.concatenate, pairs))

    def at(self, chosen: np.ndarray) -> "Networks":
        """The rows that a mask chooses."""
        return Networks(*(getattr(self, field.name)[chosen] for field in fields(self)))

    def families(self) -> Iterator[tuple[int, int, "Networks"]]:
        """(n, d, the networks for them), in rising order."""
        for n, d in sorted({*zip(self.n.tolist(), self.d.tolist(), strict=True)}):
            yield n, d, self.at((self.n == n) & (self.d == d))


def stacked(runs: Runs, table: str, columns: tuple[str, ...]) -> Columns:
    """Columns of the runs' tables of one name, one below the other; empty where no run has such a table."""
    found = [tables[table] for tables in runs.values() if table in tables]
    return {name: np.concatenate([rows[name] for rows in found]) if found else np.zeros(0) for name in columns}


def rows_of(table: Columns, *names: str) -> Iterator[tuple]:
    """The rows of some columns, as Python values."""
    return zip(*(table[name].tolist() for name in names), strict=True)
