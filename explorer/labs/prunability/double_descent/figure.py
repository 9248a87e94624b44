"""Figures of the panel `double-descent`: losses, prunability and flatness, and share against count, over width."""

import numpy as np

from explorer.figures.figure import POWERS, Axis, Figure
from explorer.figures.layout import Slot
from explorer.figures.look import Look
from explorer.figures.marks import Band, Dots, Line, Mark, Pin
from explorer.figures.sentence import Sentence
from explorer.figures.tables import where
from explorer.figures.texts import Label, Labels
from explorer.frames import Columns, Tables
from explorer.labs.prunability.double_descent import DOUBLE_DESCENT
from explorer.labs.prunability.double_descent.numbers import BAND, Grid, grid, interpolation, levels
from explorer.labs.prunability.double_descent.words import of_count, of_losses, of_prunability

SLOTS = (
    Slot(
        "double-descent",
        "Double descent",
        "cross-entropy (left) and share of wrong answers (right) over width",
        ("double-descent", "errors"),
        pending="Drawn with the first networks.",
        wide=True,
    ),
    Slot(
        "prunability",
        "What networks need",
        "share of weights (left) and 1/σ² (right)",
        ("prunability", "flatness"),
        pending="Drawn with the first networks that are trained.",
        wide=True,
    ),
    Slot(
        "share-and-count",
        "Share and count",
        "P and its number of weights, in multiples of those at the dotted line",
        pending="Drawn with the first networks that are trained.",
    ),
)
TIP = [
    ("width, seed, label noise", "@width{%d}, @seed{%d}, @noise{%.2g}"),
    ("test loss, error", "@test_loss{%.3g}, @test_error{%.3f}"),
    ("training loss, error", "@train_loss{%.3g}, @train_error{%.3f}"),
    ("steps", "@steps{%d}"),
]
NEEDS = [
    ("width, seed, label noise", "@width{%d}, @seed{%d}, @noise{%.2g}"),
    ("P, P at random", "@prunability_magnitude{%.2f}, @prunability_random{%.3f}"),
    ("weights kept at P, of", "@count{%.0f}, @weights{%d}"),
    ("1/σ²", "@flatness{%.3g}"),
    ("test loss", "@test_loss{%.3g}"),
]
WIDTHS = Axis("width", log=True, ticks=POWERS)
SHARES = (0, 0.2, 0.4, 0.6, 0.8, 1)


def draw(tables: Tables, look: Look) -> tuple[Figure, ...]:
    """Means over seeds with their intervals; the chosen level of noise in colour, none beside it in grey."""
    table = DOUBLE_DESCENT.among(tables)
    noise = levels(table)[:1]
    main = where(table, table["noise"] == noise[0]) if noise else table
    beside = where(table, table["noise"] != noise[0]) if noise else table
    at = interpolation(main, noise[0]) if noise else None
    return (
        _losses(main, beside, at),
        _errors(main, beside, at),
        _needs(main, beside, at),
        _flatness(main, beside, at),
        _multiples(main, at),
    )


def _grid(table: Columns, column: str) -> Grid:
    noise = levels(table)
    return grid(table, noise[0], column) if noise else Grid(np.zeros(0, np.int64), np.zeros((0, 0)))


def _upright(at: int | None, ends: tuple[float, float]) -> list[Mark]:
    """A line at the width from which on networks interpolate."""
    x = [at, at] if at else []
    return [Line("fits", x, list(ends) if at else [], "law", dash="dotted", width=1)]


def _band(name: str, values: Grid, role: str, least: float = 0.0, most: float = np.inf) -> Band:
    low, high = values.ends
    known = np.isfinite(low) & (np.isfinite(values.values).sum(1) >= BAND)
    return Band(name, values.widths[known], low[known].clip(least, most), high[known].clip(least, most), role)


def _span(*grids: Grid) -> tuple[float, float]:
    """From the least to the largest mean."""
    known = np.concatenate([values.mean for values in grids] or [np.zeros(0)])
    known = known[np.isfinite(known) & (known > 0)]
    return (float(known.min()), float(known.max())) if len(known) else (0.1, 1.0)


def _losses(main: Columns, beside: Columns, at: int | None) -> Figure:
    test, train, control = _grid(main, "test_loss"), _grid(main, "train_loss"), _grid(beside, "test_loss")
    _, high = _span(test, train, control)
    texts = [
        Label(test.widths, test.mean, "test", "found", 10),
        Label(train.widths, train.mean, "training", "ink", 10),
        Label(control.widths, control.mean, "no noise", "law", 10),
        *([Label(at, 1.12 * high, "fits", "law", -4, align="left", dx=4)] if at else []),
    ]
    marks: list[Mark] = [
        *_upright(at, (0.0, 1.12 * high)),
        _band("band", test, "found"),
        Line("control", control.widths, control.mean, "law", dash="dashed", width=1.5),
        Line("train", train.widths, train.mean, "ink", width=1.6),
        Line("test", test.widths, test.mean, "found", width=2.5),
        Pin("pin", test.widths, test.mean),
        Dots("dots", main["width"], main["test_loss"], "found", size=4, hollow=True, tip=TIP, hover=main),
        Dots("means", test.widths, test.mean, "found", size=5),
        Labels("text", texts),
    ]
    return Figure("double-descent", marks, WIDTHS, Axis("cross-entropy", ends=(0, None)))


def _errors(main: Columns, beside: Columns, at: int | None) -> Figure:
    test, train, control = _grid(main, "test_error"), _grid(main, "train_error"), _grid(beside, "test_error")
    _, high = _span(test, train, control)
    texts = [
        Label(test.widths, test.mean, "test", "found", 10),
        Label(train.widths, train.mean, "training", "ink", 10),
        Label(control.widths, control.mean, "no noise", "law", 10),
    ]
    marks: list[Mark] = [
        *_upright(at, (0.0, high)),
        _band("band", test, "found", 0, 1),
        Line("control", control.widths, control.mean, "law", dash="dashed", width=1.5),
        Line("train", train.widths, train.mean, "ink", width=1.6),
        Line("test", test.widths, test.mean, "found", width=2.5),
        Pin("pin", test.widths, test.mean),
        Labels("text", texts),
    ]
    return Figure("errors", marks, WIDTHS, Axis("share wrong", ends=(0, None)))


def _needs(main: Columns, beside: Columns, at: int | None) -> Figure:
    P, random = _grid(main, "prunability_magnitude"), _grid(main, "prunability_random")
    control = _grid(beside, "prunability_magnitude")
    there = where(main, np.isfinite(main["prunability_magnitude"]))
    texts = [
        Label(P.widths, P.mean, "P", "found", 14),
        Label(random.widths, random.mean, "P at random", "ink", -16),
        Label(control.widths, control.mean, "no noise", "law", -16),
    ]
    marks: list[Mark] = [
        *_upright(at, (0.0, 1.0)),
        _band("band", P, "found", 0, 1),
        _band("random-band", random, "law", 0, 1),
        Line("control", control.widths, control.mean, "law", dash="dashed", width=1.5),
        Line("random", random.widths, random.mean, "ink", width=1.6),
        Line("P", P.widths, P.mean, "found", width=2.5),
        Pin("pin", P.widths, P.mean),
        Dots(
            "dots", there["width"], there["prunability_magnitude"], "found", size=4, hollow=True, tip=NEEDS, hover=there
        ),
        Labels("text", texts),
    ]
    return Figure("prunability", marks, WIDTHS, Axis("share needed", ticks=SHARES, ends=(0, 1.08)))


def _flatness(main: Columns, beside: Columns, at: int | None) -> Figure:
    sharp, control = _grid(main, "flatness"), _grid(beside, "flatness")
    there = where(main, np.isfinite(main["flatness"]))
    low, high = _span(sharp, control)
    texts = [Label(control.widths, control.mean, "no noise", "law", -16)]
    marks: list[Mark] = [
        *_upright(at if len(there["width"]) else None, (low, high)),
        _band("band", sharp, "found", low / 3),
        Line("control", control.widths, control.mean, "law", dash="dashed", width=1.5),
        Line("sharp", sharp.widths, sharp.mean, "found", width=2.5),
        Pin("pin", sharp.widths, sharp.mean),
        Dots("dots", there["width"], there["flatness"], "found", size=4, hollow=True, tip=NEEDS, hover=there),
        Labels("text", texts),
    ]
    return Figure("flatness", marks, WIDTHS, Axis("1/σ²", log=True))


def _multiples(main: Columns, at: int | None) -> Figure:
    """Both as multiples of what they are at the width where networks begin to interpolate, or at the narrowest."""
    P, count = _grid(main, "prunability_magnitude"), _grid(main, "count")
    base = int(np.searchsorted(P.widths, at)) if at else 0
    share, number = (_over(values, base) for values in (P, count))
    weights = _over(_grid(main, "weights"), base)
    low, high = _span(share, number)
    texts = [
        Label(share.widths, share.mean, "share P", "found", 10),
        Label(number.widths, number.mean, "count", "certified", -16),
    ]
    marks: list[Mark] = [
        *_upright(at if np.isfinite(share.mean).any() else None, (low, high)),
        Line("weights", weights.widths, weights.mean, "law", dash="dotted", width=1.2),
        Line("share", share.widths, share.mean, "found", width=2.5),
        Line("count", number.widths, number.mean, "certified", width=2.5),
        Pin("pin", share.widths, share.mean),
        Pin("pin-count", number.widths, number.mean),
        Dots("shares", share.widths, share.mean, "found", size=6),
        Dots("counts", number.widths, number.mean, "certified", size=6),
        Labels("text", texts),
    ]
    return Figure("share-and-count", marks, WIDTHS, Axis("times", log=True))


def _over(values: Grid, base: int) -> Grid:
    """The mean as a multiple of what it is at one width; unknown where that is."""
    middle = values.mean
    if base >= len(middle) or not middle[base] > 0:
        return Grid(values.widths, np.full((len(values.widths), 1), np.nan))
    return Grid(values.widths, (middle / middle[base])[:, None])


def sentences(tables: Tables, look: Look) -> dict[str, Sentence]:
    """What the losses do, what goes with them, and what grows."""
    table = DOUBLE_DESCENT.among(tables)
    said = {
        "double-descent": of_losses(table, look.settings),
        "prunability": of_prunability(table, look.settings),
        "share-and-count": of_count(table, look.settings),
    }
    return {name: sentence for name, sentence in said.items() if sentence}
