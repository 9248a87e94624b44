"""Cells over width k and number of points n, both logarithmic: columns for `parts.cells` and the numbers in them."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float, Int

from explorer.figures.palette import SCALES, blend, colour, contrast, rgb
from explorer.figures.texts import COLUMNS

Columns = dict[str, list]
Span = tuple[float, float]


def edges(places: Sequence[int]) -> Float[np.ndarray, " e"]:
    """Ends of the cells around rising positive places: geometric means of neighbours, the outer cells symmetric.

    One place gets a cell from 1/sqrt 2 to sqrt 2 times itself.
    """
    at = np.log(np.asarray(places, dtype=float))
    half = np.diff(at) / 2 if len(at) > 1 else np.full(1, np.log(2) / 2)
    return np.exp(np.concatenate([at[:1] - half[:1], at[:-1] + half[: len(at) - 1], at[-1:] + half[-1:]]))


def span(*values: Float[np.ndarray, " m"]) -> Span:
    """Least and largest known positive value, over which the colours are spread; (1, 1) where nothing is known."""
    known = np.concatenate([each[np.isfinite(each) & (each > 0)] for each in values] or [np.empty(0)])
    return (float(known.min()), float(known.max())) if len(known) else (1.0, 1.0)


def quads(
    k: Int[np.ndarray, " m"],
    n: Int[np.ndarray, " m"],
    value: Float[np.ndarray, " m"],
    theme: str,
    *,
    ks: Sequence[int],
    ns: Sequence[int],
    over: Span | None = None,
) -> Columns:
    """Columns left, right, bottom, top, color, and k, n, value for a tip: one cell for each row.

    Args:
        k, n, value: one row a cell; an unknown value has the faint colour of the grid.
        ks, ns: all rising places of the axes, filled or not yet, so that a cell stays where it is while others come.
        over: values at the ends of the colour scale, logarithmic; by default `span(value)`.
    """
    (left, right), (bottom, top) = _sides(k, ks), _sides(n, ns)
    sides = {"left": left, "right": right, "bottom": bottom, "top": top}
    rows = {"k": k, "n": n, "value": value}
    return {name: list(column) for name, column in (sides | rows).items()} | {"color": _hues(value, theme, over)}


def numbers(
    k: Int[np.ndarray, " m"],
    n: Int[np.ndarray, " m"],
    value: Float[np.ndarray, " m"],
    theme: str,
    *,
    over: Span | None = None,
) -> Columns:
    """Columns for `parts.labels`: each known value in the middle of its cell, in the colour that stands out there."""
    known = np.isfinite(value)
    inks = [_ink(hue) for hue, there in zip(_hues(value, theme, over), known, strict=True) if there]
    rows = [
        (float(x), float(y), short(v), ink, "center", 0.0, 0.0)
        for x, y, v, ink in zip(k[known], n[known], value[known], inks, strict=True)
    ]
    return {column: [row[i] for row in rows] for i, column in enumerate(COLUMNS)}


def short(value: float) -> str:
    """A positive number in at most four signs: 0.35, 3.5, 35, 350, 3e+05."""
    if value >= 9999.5:
        return f"{value:.0e}".replace("e+0", "e")
    return f"{value:.0f}" if value >= 9.95 else f"{value:.1f}" if value >= 0.995 else f"{value:.2f}"


def _sides(at: Int[np.ndarray, " m"], places: Sequence[int]) -> tuple[Float[np.ndarray, " m"], Float[np.ndarray, " m"]]:
    ends, index = edges(places), np.searchsorted(places, at)
    return ends[index], ends[index + 1]


def _hues(value: Float[np.ndarray, " m"], theme: str, over: Span | None) -> list[str]:
    """Colours by log value; a value beyond `over` has the colour of the nearer end."""
    low, high = np.log(over or span(value))
    scale, unknown = blend(SCALES["sequential"][theme]), colour("faint", theme)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.clip((np.log(value) - low) / max(high - low, 1e-9), 0, 1)
    return [unknown if np.isnan(s) else scale[round(s * (len(scale) - 1))] for s in share.tolist()]


def _ink(behind: str) -> str:
    """Black or white, whichever stands out more."""
    inks = colour("ink", "light"), colour("ink", "dark")
    return max(inks, key=lambda ink: contrast(rgb(ink), rgb(behind)))
