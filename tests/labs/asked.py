"""What the answers to a lesson's questions are tried on: tables of each answer, and runs as chance would give them."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from explorer.frames import Tables

Draw = Callable[[np.random.Generator], Tables]


class Asked(NamedTuple):
    """Tables on which each answer comes out, and some that do not tell; of each side of each condition there is one."""

    answers: Mapping[str, tuple[Tables, ...]]
    open: tuple[Tables, ...]


class Chance(NamedTuple):
    """Runs drawn at random.

    Args:
        model: how the numbers came about, in words. draw: a run.
        effects: answers that state an effect that is not there: at most 5 % of runs may get one of them.
        right: the answer that at least 80 % of runs must get, if there is one.
    """

    model: str
    draw: Draw
    effects: tuple[str, ...] = ()
    right: str = ""


def dealt(tables: Tables, name: str, columns: tuple[str, ...], rng: np.random.Generator) -> Tables:
    """The same tables, these columns of one of them dealt out anew to its rows, together."""
    table = tables[name]
    order = rng.permutation(len(table[columns[0]]))
    return tables | {name: table | {column: table[column][order] for column in columns}}
