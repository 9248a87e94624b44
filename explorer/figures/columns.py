"""From cards to the columns of their Bokeh sources: colours of the theme, run A beside run B, names in the margin.

A source is called "FIGURE:MARK", that of run A "FIGURE:MARK-kept".
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from explorer.figures.look import Patch
from explorer.figures.margin import spread
from explorer.figures.marks import Axis, Card, Cells, Ends, Figure, Image, Labels, Mark, Word
from explorer.figures.palette import colour, on_scale, standing_out

LEAST_HEIGHT = 190.0  # px between the axes of the smallest card: names that keep apart there do so in a larger one
LINE = 13.0  # px, of a name's type
PADDING = 0.06  # of the vertical range, above and below what is drawn

Column = Any


def patch(cards: Iterable[Card], theme: str, kept: Iterable[Card] = ()) -> Patch:
    """New columns for every source of these cards; of run A, `kept`, those of the marks that are compared."""
    before = {figure.name: figure for card in kept for figure in card.figures}
    out: Patch = {}
    for figure in (figure for card in cards for figure in card.figures):
        old = {mark.name: mark for mark in before[figure.name].marks} if figure.name in before else {}
        for mark in figure.marks:
            out |= {f"{figure.name}:{part}": columns for part, columns in _columns(mark, figure, theme).items()}
            if mark.compared:
                found: Mapping[str, Any] = old.get(mark.name, type(mark)(name=mark.name)).columns
                out[f"{figure.name}:{mark.name}-kept"] = found
    return out


def limits(cards: Iterable[Card]) -> dict[str, tuple[float, float]]:
    """The ends of the colour scale of every picture, by source."""
    figures = (figure for card in cards for figure in card.figures)
    return {f"{f.name}:{mark.name}": mark.limits for f in figures for mark in f.marks if isinstance(mark, Image)}


def _columns(mark: Mark, figure: Figure, theme: str) -> dict[str, dict[str, Column]]:
    """By source: a mark has one, or one more for the words that go with it."""
    if isinstance(mark, Labels):
        return {mark.name: _words(mark.words, mark.scale, theme)}
    if isinstance(mark, Ends):
        return _margin(mark, figure, theme)
    columns = mark.columns
    if mark.shade is not None:
        columns["color"] = on_scale(mark.shade, mark.scale, theme)
    if isinstance(mark, Cells):
        return {mark.name: columns, f"{mark.name}-text": _inside(mark, figure, columns.get("color"), theme)}
    return {mark.name: columns}


def _words(words: Sequence[Word], scale: str, theme: str) -> dict[str, Column]:
    return {
        "x": [word.x for word in words],
        "y": [word.y for word in words],
        "text": [word.text for word in words],
        "color": [_hue(word, scale, theme) for word in words],
        "align": [word.align for word in words],
        "dx": [{"left": word.dx, "right": -word.dx}.get(word.align, 0.0) for word in words],
        "dy": [-word.dy for word in words],
    }


def _hue(word: Word, scale: str, theme: str) -> str:
    return colour(word.role, theme) if word.shade is None else on_scale([word.shade], scale, theme)[0]


def _inside(mark: Cells, figure: Figure, hues: Column | None, theme: str) -> dict[str, Column]:
    """The words of cells, in black or white, whichever can be read on the cell."""
    hues = [colour(mark.role, theme)] * len(mark.text) if hues is None else hues
    left, right, bottom, top = (
        np.asarray(each, np.float64)[: len(mark.text)] for each in (mark.left, mark.right, mark.bottom, mark.top)
    )
    x = np.sqrt(left * right) if figure.x.log else (left + right) / 2
    y = np.sqrt(bottom * top) if figure.y.log else (bottom + top) / 2
    words = [Word(a, b, text, align="center") for a, b, text in zip(x.tolist(), y.tolist(), mark.text, strict=True)]
    return _words(words, mark.scale, theme) | {"color": [standing_out(hue) for hue in hues[: len(words)]]}


def _margin(mark: Ends, figure: Figure, theme: str) -> dict[str, dict[str, Column]]:
    """Names right of everything drawn, apart from each other, and a thin line from each to the line that it names."""
    words = mark.words
    right = _range(figure, "x", [word.x for word in words])[1]
    low, high = _range(figure, "y", [word.y for word in words])
    scale = _Scale(figure.y, low, high)
    at = scale.pixels(np.array([word.y for word in words], np.float64))
    heights = scale.values(spread(at, LINE, LINE / 2, LEAST_HEIGHT - LINE / 2))
    placed = [
        Word(right, y, word.text, word.role, dx=8, shade=word.shade) for word, y in zip(words, heights, strict=True)
    ]
    leaders = {
        "xs": [[word.x, right] for word in words],
        "ys": [[word.y, y] for word, y in zip(words, heights.tolist(), strict=True)],
        "color": [_hue(word, mark.scale, theme) for word in words],
    }
    return {mark.name: _words(placed, mark.scale, theme), f"{mark.name}-leaders": leaders}


class _Scale:
    """From data to pixels of the smallest card, and back."""

    def __init__(self, axis: Axis, low: float, high: float) -> None:
        self._log = axis.log
        ends = np.log([low, high]) if axis.log else np.array([low, high])
        room = PADDING * (ends[1] - ends[0]) or 1.0
        self._low = ends[0] - room * (axis.ends[0] is None)
        self._high = ends[1] + room * (axis.ends[1] is None)

    def pixels(self, values: np.ndarray) -> np.ndarray:
        values = np.log(values) if self._log else values
        return (values - self._low) / (self._high - self._low) * LEAST_HEIGHT

    def values(self, pixels: np.ndarray) -> np.ndarray:
        values = self._low + pixels / LEAST_HEIGHT * (self._high - self._low)
        return np.exp(values) if self._log else values


def _range(figure: Figure, axis: str, more: Sequence[float]) -> tuple[float, float]:
    """The least and the largest of what is drawn on an axis; fixed ends stand for themselves."""
    found = figure.x if axis == "x" else figure.y
    drawn = [np.asarray(more, np.float64)]
    for mark in figure.marks:
        if not isinstance(mark, Labels | Ends):
            drawn += [
                np.ravel(np.concatenate([np.ravel(v) for v in values]) if name.endswith("s") else values).astype(
                    np.float64
                )
                for name, values in mark.columns.items()
                if name in _ON[axis] and len(values)
            ]
    values = np.concatenate(drawn)
    known = values[np.isfinite(values) & ((values > 0) | (not found.log))]
    low, high = (known.min(), known.max()) if len(known) else (1.0, 1.0)
    ends = found.ends
    return float(low if ends[0] is None else ends[0]), float(high if ends[1] is None else ends[1])


_ON = {"x": ("x", "xs", "left", "right"), "y": ("y", "ys", "bottom", "top")}
