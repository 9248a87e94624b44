"""The networks that runs of several panels have tried, side by side. No torch."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Self

import numpy as np

from explorer.frames import Columns
from explorer.labs.claims import Runs
from explorer.theory.monomials import neurons

RELU, LINEAR = "ReLU", "t"
LIPSCHITZ = RELU, LINEAR  # t^p with p > 1 is not


@dataclass(frozen=True)
class Networks:
    """Networks, trained or constructed: a row each, the last axis of every array.

    `lower` is the largest gradient known to be there in the ball, NaN where the network does not fit; `upper` is
    certified, NaN where nothing is. Both may have an axis of simulated trials before that of the networks.
    """

    activation: np.ndarray
    seed: np.ndarray
    n: np.ndarray
    d: np.ndarray
    k: np.ndarray
    lower: np.ndarray
    upper: np.ndarray

    @classmethod
    def trained(cls, runs: Runs) -> Self:
        """The trained networks: ReLU, with biases or without."""
        rows = stacked(runs, "trained", ("seed", "n", "d", "k", "lower", "upper", "fits"))
        fits, sizes = rows["fits"].astype(bool), (rows[name] for name in ("seed", "n", "d", "k"))
        bounds = (np.where(fits, rows[name], math.nan) for name in ("lower", "upper"))
        return cls(np.full(rows["n"].shape, RELU), *sizes, *bounds)

    @classmethod
    def constructed(cls, runs: Runs) -> Self:
        """The constructions for ReLU whose gradient was searched; they fit if they miss no point."""
        rows = stacked(runs, "constructions", ("n", "d", "k", "lip_ball", "misfit"))
        searched = np.isfinite(rows["lip_ball"]).any(tuple(range(rows["lip_ball"].ndim - 1)))
        n, d, k, lip, misfit = (values[..., searched] for values in rows.values())
        lower = np.where(misfit == 0, lip, math.nan)
        return cls(np.full(n.shape, RELU), np.zeros(n.shape), n, d, k, lower, np.full(lower.shape, math.nan))

    @classmethod
    def forms(cls, runs: Runs) -> Self:
        """The forms of degree p as networks of t^p: Lip = p |T|, exact for p <= 2, else what a search found."""
        p, seed, n, d, norm = stacked(runs, "tensor", ("p", "seed", "n", "d", "op_norm")).values()
        k = np.array([neurons(*sizes) for sizes in zip(*(x.astype(int).tolist() for x in (d, p, n)), strict=True)])
        name = np.array([LINEAR if degree == 1 else f"t^{degree:.0f}" for degree in p.tolist()], dtype=np.str_)
        return cls(name, seed, n, d, k.astype(float), p * norm, np.where(p <= 2, p * norm, math.nan))

    @property
    def fitting(self) -> int:
        """How many fit."""
        return int(np.isfinite(self.lower).sum())

    @property
    def found(self) -> np.ndarray:
        """`lower` over sqrt(n/k)."""
        return self.lower / np.sqrt(self.n / self.k)

    @property
    def certified(self) -> np.ndarray:
        """`upper` over sqrt(n/k)."""
        return self.upper / np.sqrt(self.n / self.k)

    def __add__(self, other: "Networks") -> "Networks":
        pairs = ((getattr(self, field.name), getattr(other, field.name)) for field in fields(self))
        return Networks(*map(_joined, pairs))

    def at(self, chosen: np.ndarray | list[int]) -> "Networks":
        """The rows that a mask, or their numbers, choose."""
        return Networks(*(getattr(self, field.name)[..., chosen] for field in fields(self)))

    def narrowest(self, passes: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """For every pair (n, d): n, d, and the smallest width that passes, its geometric mean over the seeds.

        NaN where none passes.
        """
        order = np.lexsort((self.seed, self.d, self.n))
        n, d, seed = (values[order] for values in (self.n, self.d, self.seed))
        if not len(order):
            return n, d, n
        pair = np.flatnonzero(np.concatenate([[True], (np.diff(n) != 0) | (np.diff(d) != 0)]))
        group = np.union1d(pair, 1 + np.flatnonzero(np.diff(seed)))
        least = np.log(np.minimum.reduceat(np.where(passes, self.k, math.inf)[..., order], group, axis=-1))
        known = np.isfinite(least)
        first = np.searchsorted(group, pair)
        total, count = (
            np.add.reduceat(part, first, axis=-1) for part in (np.where(known, least, 0.0), known.astype(int))
        )
        return n[pair], d[pair], np.where(count > 0, np.exp(total / np.maximum(count, 1)), math.nan)


def stacked(runs: Runs, table: str, columns: tuple[str, ...]) -> Columns:
    """Columns of the runs' tables of one name, one below the other; empty where no run has such a table."""
    found = [tables[table] for tables in runs.values() if table in tables]
    return {name: _joined([rows[name] for rows in found]) if found else np.zeros(0) for name in columns}


def _joined(parts: Sequence[np.ndarray]) -> np.ndarray:
    """The parts one after the other along the last axis; before it, those without trials are repeated for each."""
    trials = np.broadcast_shapes(*(part.shape[:-1] for part in parts))
    return np.concatenate([np.broadcast_to(part, (*trials, part.shape[-1])) for part in parts], axis=-1)


def rows_of(table: Columns, *names: str) -> Iterator[tuple]:
    """The rows of some columns, as Python values."""
    return zip(*(table[name].tolist() for name in names), strict=True)
