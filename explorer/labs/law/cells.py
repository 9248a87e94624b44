"""Cells over width k and number of points n, both logarithmic, and the numbers in them."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float, Int

from explorer.figures.marks import Rectangles, Tip
from explorer.figures.texts import Inside
from explorer.frames import Columns

Span = tuple[float, float]


def edges(places: Sequence[int]) -> Float[np.ndarray, " e"]:
    """Ends of the cells around rising positive places: geometric means of neighbours, the outer cells symmetric.

    One place gets a cell from 1/sqrt 2 to sqrt 2 times itself.
    """
    at = np.log(np.asarray(places, dtype=float))
    half = np.diff(at) / 2 if len(at) > 1 else np.full(1, np.log(2) / 2)
    return np.exp(np.concatenate([at[:1] - half[:1], at[:-1] + half[: len(at) - 1], at[-1:] + half[-1:]]))


def span(*values: Float[np.ndarray, " _"]) -> Span:
    """Least and largest known positive value, over which the colours are spread; (1, 1) where nothing is known."""
    known = np.concatenate([each[np.isfinite(each) & (each > 0)] for each in values] or [np.empty(0)])
    return (float(known.min()), float(known.max())) if len(known) else (1.0, 1.0)


def cells(
    table: Columns, *, ks: Sequence[int], ns: Sequence[int], over: Span | None = None, tip: Tip = ()
) -> Rectangles:
    """One cell for each row, its shade by log value; a value beyond `over` has that of the nearer end.

    Args:
        table: columns k, n and value, NaN where it is unknown, and those that the tip tells of.
        ks, ns: all rising places of the axes, filled or not yet, so that a cell stays where it is while others come.
        over: values at the ends of the scale; by default `span(value)`.
    """
    return Rectangles(
        "cells", *_sides(table["k"], ks), *_sides(table["n"], ns), shades(table["value"], over), tip=tip, hover=table
    )


def numbers(table: Columns, *, over: Span | None = None, unknown: str = "") -> Inside:
    """Each value in the middle of its cell; `unknown`, if anything, where there is none."""
    value = table["value"]
    at = np.isfinite(value) | bool(unknown)
    said = [short(v) if np.isfinite(v) else unknown for v in value[at].tolist()]
    return Inside("numbers", table["k"][at], table["n"][at], said, shades(value, over)[at])


def short(value: float) -> str:
    """A positive number in at most four signs: 0.35, 3.5, 35, 350, 3e+05."""
    if value >= 9999.5:
        return f"{value:.0e}".replace("e+0", "e")
    return f"{value:.0f}" if value >= 9.95 else f"{value:.1f}" if value >= 0.995 else f"{value:.2f}"


def shades(value: Float[np.ndarray, " m"], over: Span | None = None) -> Float[np.ndarray, " m"]:
    """Places of values on a logarithmic scale from 0 to 1, with these ends."""
    low, high = np.log(over or span(value))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.clip((np.log(value) - low) / max(high - low, 1e-9), 0, 1)


def _sides(at: Int[np.ndarray, " m"], places: Sequence[int]) -> tuple[Float[np.ndarray, " m"], Float[np.ndarray, " m"]]:
    ends, index = edges(places or [1]), np.searchsorted(places, at)
    return ends[index], ends[index + 1]
