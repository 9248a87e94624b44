"""Marks of trained networks: what was found of each, and what is certified."""

import numpy as np

from explorer.figures.marks import Dots, Stems, Tip
from explorer.figures.tables import where
from explorer.frames import Columns


def stems(table: Columns, x: np.ndarray, tip: Tip) -> tuple[Stems, Dots, Dots, Dots]:
    """A stem a network, from a dot (found) to a bar (certified); the dot is hollow where the network does not fit.

    Args:
        table: a row a network, with columns lower, upper and fits, and those that the tip tells of.
        x: (rows,), where each stands.
    """
    fit, unfit = (where({**table, "x": x}, rows) for rows in (table["fits"], ~table["fits"]))
    return (
        Stems("stems", x, table["lower"], table["upper"]),
        Dots("above", x, table["upper"], "certified", size=7, marker="dash"),
        Dots("dots", fit["x"], fit["lower"], "found", tip=tip, hover=fit),
        Dots("unfit", unfit["x"], unfit["lower"], "found", size=6, fill="paper", tip=tip, hover=unfit),
    )
