"""A network as a picture of its weights, of which the smallest are gone; and how many of either layer those are."""

import math

import numpy as np

from explorer.figures.figure import Axis, Figure
from explorer.figures.marks import Image, Line, Rectangles
from explorer.figures.tables import where
from explorer.figures.texts import Label, Labels
from explorer.frames import Columns
from explorer.labs.prunability.curve import GLOBAL

GAP = 1  # pixels between the pictures of two neurons
BINS = 24  # of a histogram
TEXT = 3.0  # height of a line of words, in pixels of the picture


def keeps(table: Columns, kept: float, scope: str) -> np.ndarray:
    """Which weights are left at a share: as many as `round` says, of all or of each layer."""
    pools = np.full(len(table["rank"]), len(table["rank"]))
    if scope != GLOBAL:
        sizes = dict(zip(*np.unique(table["layer"], return_counts=True), strict=True))
        pools = np.array([sizes[layer] for layer in table["layer"]], np.int64)
    return table["rank" if scope == GLOBAL else "layer_rank"] < np.round(kept * pools)


def draw_weights(table: Columns, kept: float, scope: str, last: str = "layer 2") -> Figure:
    """Every neuron of the hidden layer: what it looks at, and below a strip of what it says to the ten classes.

    Of deeper networks the first layer, and the last one as layer 2 of the table, called `last`; none between.
    """
    left = where(table, keeps(table, kept, scope))
    first, second = (where(table, table["layer"] == layer) for layer in (1, 2))
    width = int(first["out"].max(initial=-1)) + 1
    side = math.isqrt(int(first["ins"].max(initial=-1)) + 1)
    classes = int(second["out"].max(initial=-1)) + 1
    across = max(1, math.ceil(math.sqrt(width * 1.6)))
    down = math.ceil(width / across) if width else 0
    step = side + GAP
    sheet, most = None, 1.0
    if width:
        sheet = np.full((down * step - GAP, across * step - GAP), np.nan, np.float32)
        gone = np.full((width, side * side), np.nan, np.float32)
        own = where(left, left["layer"] == 1)
        gone[own["out"], own["ins"]] = own["value"]
        for j in range(width):
            row, column = divmod(j, across)
            top = (down - 1 - row) * step
            sheet[top : top + side, column * step : column * step + side] = gone[j].reshape(side, side)[::-1]
        most = float(np.abs(first["value"]).max()) or 1.0
    strip, largest = None, 1.0
    if classes:
        strip = np.full((classes, width), np.nan, np.float32)
        own = where(left, left["layer"] == 2)
        strip[classes - 1 - own["out"], own["ins"]] = own["value"]
        largest = float(np.abs(second["value"]).max()) or 1.0
    tall = classes * TEXT / 5
    wide = float(across * step - GAP) if width else 0.0
    base = tall + TEXT
    words = [
        Label(
            0.0,
            base + down * step - GAP,
            f"layer 1: {width} neurons, {side} × {side} pixels each",
            "ink",
            6,
            align="left",
        ),
        Label(0.0, tall, f"{last}: {classes} classes × {width} neurons", "ink", 4, align="left"),
    ]
    marks = [
        Image("first", sheet, 0, base, wide, float(down * step - GAP) if width else 0.0, limits=(-most, most)),
        Image("second", strip, 0, 0, wide, tall if classes else 0.0, limits=(-largest, largest)),
        Labels("text", words if width else []),
    ]
    return Figure("weights", marks, square=True)


def draw_histogram(table: Columns, kept: float, scope: str) -> Figure:
    """Sizes of the weights, layer by layer, what is gone in a paler shade; the cut is one line or one a layer."""
    sizes, left = np.abs(table["value"]), keeps(table, kept, scope)
    edges = np.linspace(0, float(sizes.max(initial=0)) or 1.0, BINS + 1)
    parts: dict[str, list[float]] = {name: [] for name in ("left", "right", "bottom", "top", "shade")}
    cuts = list[list[float]]()
    for layer in (1, 2):
        own = table["layer"] == layer
        if not own.any():
            continue
        top = np.zeros(BINS)
        for which, shade in ((own & ~left, 0.15), (own & left, 0.9)):
            count = np.histogram(sizes[which], edges)[0] / own.sum()
            base = (2 - layer) * 1.1 * _tallest(sizes, table["layer"], edges)
            parts["left"] += edges[:-1].tolist()
            parts["right"] += edges[1:].tolist()
            parts["bottom"] += (base + top).tolist()
            parts["top"] += (base + top + count).tolist()
            parts["shade"] += [shade] * BINS
            top = top + count
        gone = sizes[own & ~left]
        at = float(gone.max()) if len(gone) else 0.0
        base = (2 - layer) * 1.1 * _tallest(sizes, table["layer"], edges)
        cuts.append([at, base, base + _tallest(sizes, table["layer"], edges)])
    xs = [x for at, _, _ in cuts for x in (at, at, math.nan)]
    ys = [y for _, low, high in cuts for y in (low, high, math.nan)]
    labels = [
        Label(edges[-1], base + 0.8 * (high - base), _told(table, left, layer), "ink", align="right")
        for layer, (_, base, high) in zip((1, 2), cuts, strict=False)
    ]
    marks = [
        Rectangles("bars", *(np.array(parts[name]) for name in ("left", "right", "bottom", "top", "shade"))),
        Line("cut", xs, ys, "ink", dash="dashed", width=1.3),
        Labels("text", labels),
    ]
    y = Axis("share of the layer's weights", ticks=(0,), ends=(0, None))
    return Figure("histogram", marks, Axis("size |w|"), y)


def _tallest(sizes: np.ndarray, layers: np.ndarray, edges: np.ndarray) -> float:
    shares = [
        np.histogram(sizes[layers == layer], edges)[0].max() / max((layers == layer).sum(), 1) for layer in (1, 2)
    ]
    return float(max(shares)) or 1.0


def _told(table: Columns, left: np.ndarray, layer: int) -> str:
    own = table["layer"] == layer
    return f"layer {layer}: {int((own & left).sum()):,} of {int(own.sum()):,}"
