"""Marks that are texts: in cells, and beside lines instead of a legend."""

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass

import numpy as np

from explorer.figures.marks import NONE, Column, Mark, Values, as_column
from explorer.figures.palette import colour, ink_on, on_scale

COLUMNS = ("x", "y", "text", "color", "align", "dx", "dy")


@dataclass(frozen=True)
class Inside(Mark):
    """Texts in the middle of cells with these shades, black or white; muted where the shade is unknown."""

    data = ("x", "y", "text", "shade")
    x: Values = NONE
    y: Values = NONE
    text: Sequence[str] = ()
    shade: Values = NONE
    _: KW_ONLY
    scale: str = "sequential"

    def columns(self, theme: str) -> dict[str, Column]:
        cells = zip(np.isfinite(self.shade), on_scale(self.shade, self.scale, theme), strict=True)
        hues = [ink_on(hue) if known else colour("law", theme) for known, hue in cells]
        still = np.zeros(len(self.text))
        values = (self.x, self.y, self.text, hues, ["center"] * len(still), still, still)
        return {name: as_column(each) for name, each in zip(COLUMNS, values, strict=True)}


@dataclass(frozen=True)
class Label:
    """A text beside a line.

    Args:
        x, y: the line; the text, if any, stands at its last known point. Two numbers are one point.
        above: how many pixels over it. align: "right" ends there, "left" begins there. dx: pixels to the right.
        shade: a place on the scale of widths, for the role's colour.
    """

    x: Values | float
    y: Values | float
    text: str
    role: str = "ink"
    above: float = 0
    _: KW_ONLY
    align: str = "right"
    dx: float = 0
    shade: float | None = None


@dataclass(frozen=True)
class Labels(Mark):
    """Texts beside lines instead of a legend; the browser keeps them within the figure and off each other."""

    data = ("labels",)
    labels: Sequence[Label] = ()

    def columns(self, theme: str) -> dict[str, Column]:
        rows = []
        for label in self.labels:
            x, y = np.atleast_1d(label.x), np.atleast_1d(label.y)
            both = min(len(x), len(y))
            there = np.flatnonzero(np.isfinite(x[:both]) & np.isfinite(y[:both]))
            if len(there) and label.text:
                at = there[-1]
                hue = colour(label.role, theme) if label.shade is None else on_scale([label.shade], "widths", theme)[0]
                rows.append((float(x[at]), float(y[at]), label.text, hue, label.align, label.dx, -label.above))
        return {column: [row[i] for row in rows] for i, column in enumerate(COLUMNS)}


@dataclass(frozen=True)
class Margin(Labels):
    """Texts in a margin right of the axes, each at the height of its point or near by, with a thin line to it."""


@dataclass(frozen=True)
class PinMargin(Margin):
    """Texts of run A in the margin, below or above those of the run itself."""

    pinned = True
