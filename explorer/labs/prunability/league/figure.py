"""Figures of the panel `league`: tau of every measure, its worst environment, and what measures share."""

import numpy as np

from explorer.figures.figure import Axis, Figure
from explorer.figures.layout import Slot
from explorer.figures.look import Look
from explorer.figures.marks import Dots, Line, Mark, PinDots, Rectangles, Segments
from explorer.figures.sentence import Sentence
from explorer.figures.texts import Label, Labels, Margin
from explorer.frames import Columns, Tables
from explorer.labs.prunability.league import INFORMATION, LEAGUE, PRUNABILITY
from explorer.labs.prunability.league.numbers import ROWS, SHORT, beyond, matrix, ordered
from explorer.labs.prunability.league.words import of_beyond, of_league, of_shared, of_worst
from explorer.labs.prunability.measures import TARGETS

SLOTS = (
    Slot(
        "league",
        "Which measure orders the networks",
        "dot: τ, ring: τ within one width, 95 %",
        pending="Drawn with the first networks.",
    ),
    Slot(
        "worst",
        "Where it is wrong most",
        "ring: mean, bar: 90th percentile, dot: worst environment",
        pending="Drawn when all networks are measured.",
    ),
    Slot(
        "shared",
        "What measures tell of each other",
        "from none (pale) to all of the order (purple)",
        pending="Drawn when all networks are measured.",
    ),
    Slot(
        "beyond",
        "What each tells beyond the other",
        "dot: P beyond the measure; ring: it beyond P",
        pending="Drawn when all networks are measured.",
    ),
)
M = len(ROWS)
APART = 0.17  # how far the marks of a row stand from its middle
PLACES = np.arange(M)[::-1]  # heights of `ROWS`, the first one on top
NAMES = tuple(SHORT[name] for name in ROWS[::-1])
#: No row has a name on its axis: they stand in the margin, sorted.
SORTED = Axis(names=("",), ends=(-0.8, M - 0.2))
TIP = [
    ("measure", "@measure{%s}"),
    ("τ", "@tau{%.3f} [@low{%.3f}, @high{%.3f}]"),
    ("within one width", "@tau_fixed_width{%.3f} [@fixed_low{%.3f}, @fixed_high{%.3f}]"),
    ("Ψ, K", "@psi{%.3f}, @cmi{%.3f}"),
    ("adjusted R², with P", "@r2{%.3f}, @r2_with{%.3f}"),
    ("ties", "@ties{%.3f}"),
    ("P is ahead by", "@less{%.3f} [@less_low{%.3f}, @less_high{%.3f}]"),
]
WRONG = [
    ("measure", "@measure{%s}"),
    ("mean, 90th percentile, worst", "@average{%.3f}, @percentile{%.3f}, @worst{%.3f}"),
    ("worst environment", "@hardest{%s}"),
]
CELL = [("of the order by", "@b{%s}"), ("it tells", "@value{%.3f}"), ("the order by", "@a{%s}")]


def draw(tables: Tables, look: Look) -> tuple[Figure, ...]:
    """Sorted by tau in the first two; family by family in the others."""
    rows = ordered(LEAGUE.among(tables), look.settings.target)
    told = INFORMATION.among(tables)
    return _league(rows, look.settings.target), _worst(rows), _shared(told), _beyond(told, look.settings.target)


def heights(rows: Columns) -> np.ndarray:
    """The first row on top."""
    return M - 1.0 - np.arange(len(rows["tau"]))


def _named(rows: Columns, x: np.ndarray, y: np.ndarray) -> list[Label]:
    """Names in the margin; that of P in green."""
    names = rows["measure"].tolist()
    return [
        Label(float(at), float(height), SHORT.get(name, name), "floor" if name == PRUNABILITY else "law", align="left")
        for at, height, name in zip(x, y, names, strict=True)
        if np.isfinite(at)
    ]


def _league(rows: Columns, target: str) -> Figure:
    y = heights(rows)
    own = rows["measure"] == PRUNABILITY
    ends = np.fmax(rows["tau"], rows["high"])
    stems = np.concatenate([y + APART, y - APART])
    low, high = (np.concatenate([rows[a], rows[b]]) for a, b in (("low", "fixed_low"), ("high", "fixed_high")))
    role = ["floor" if one else "ink" for one in own] + ["law"] * len(y)
    texts = [Label(-1.0, M - 1.0, f"τ with {TARGETS[target].said}", "law", 0, align="left")] if len(y) else []
    marks: list[Mark] = [
        Line("none", [0.0, 0.0] if len(y) else [], [-0.6, M - 0.4] if len(y) else [], "law", dash="dashed", width=1),
        Segments("stems", low, stems, high, stems, role, np.full(len(stems), 1.6), np.full(len(stems), 0.75)),
        Dots("fixed", rows["tau_fixed_width"], y - APART, "law", size=6, hollow=True, tip=TIP, hover=rows),
        Dots("dots", rows["tau"], y + APART, "ink", size=7, tip=TIP, hover=rows),
        Dots("own", rows["tau"][own], (y + APART)[own], "floor", size=9),
        Labels("text", texts),
        Margin("names", _named(rows, ends, y)),
    ]
    return Figure("league", marks, Axis(ends=(-1, 1), ticks=(-1, -0.5, 0, 0.5, 1)), SORTED)


def _worst(rows: Columns) -> Figure:
    there = np.isfinite(rows["worst"])
    rows = {name: values[there] for name, values in rows.items()}
    y = heights(rows)
    own = rows["measure"] == PRUNABILITY
    role = ["floor" if one else "ink" for one in own]
    marks: list[Mark] = [
        Line("coin", [0.5, 0.5] if len(y) else [], [-0.6, M - 0.4] if len(y) else [], "law", dash="dashed", width=1),
        Segments("stems", rows["average"], y, rows["worst"], y, role, np.full(len(y), 1.6), np.full(len(y), 0.75)),
        Dots("average", rows["average"], y, "law", size=7, hollow=True, tip=WRONG, hover=rows),
        Dots("percentile", rows["percentile"], y, "ink", size=7, marker="square", hollow=True),
        Dots("worst", rows["worst"], y, "ink", size=7, tip=WRONG, hover=rows),
        Dots("own", rows["worst"][own], y[own], "floor", size=9),
        Margin("names", _named(rows, rows["worst"], y)),
    ]
    return Figure("worst", marks, Axis("share of pairs wrong", ends=(0, 1), ticks=(0, 0.25, 0.5, 0.75, 1)), SORTED)


def _shared(table: Columns) -> Figure:
    rows = matrix(table)
    a, b = (np.array([ROWS.index(name) for name in rows[column].tolist()], float) for column in ("a", "b"))
    top = M - a
    shades = np.clip(rows["value"], 0, 1)
    marks = [
        Rectangles("cells", b, b + 1, top - 1.5, top - 0.5, shades, tip=CELL, hover=rows),
    ]
    across = Axis("columns as rows", ticks=(-1,), ends=(0, M))
    return Figure("shared", marks, across, Axis(names=NAMES, ends=(-0.5, M - 0.5)))


def _beyond(table: Columns, target: str) -> Figure:
    ours, theirs = beyond(table, target)
    there = np.isfinite(ours) & np.isfinite(theirs)
    y, ours, theirs = PLACES[there].astype(float), ours[there], theirs[there]
    role = ["ink"] * len(y)
    marks: list[Mark] = [
        Segments("stems", ours, y, theirs, y, ["law"] * len(role), np.full(len(y), 1.2), np.full(len(y), 0.6)),
        PinDots("pin", ours, y, size=10, hollow=True),
        Dots("theirs", theirs, y, "ink", size=7, hollow=True),
        Dots("ours", ours, y, "floor", size=7),
    ]
    across = Axis("share told of the order", ends=(0, None))
    return Figure("beyond", marks, across, Axis(names=NAMES, ends=(-0.8, M - 0.5)))


def sentences(tables: Tables, look: Look) -> dict[str, Sentence]:
    """What the league says, where its first is wrong, and what is shared."""
    table, told = LEAGUE.among(tables), INFORMATION.among(tables)
    found = {
        "league": of_league(table, look.settings),
        "worst": of_worst(table, look.settings),
        "shared": of_shared(told),
        "beyond": of_beyond(told, look.settings),
    }
    return {name: sentence for name, sentence in found.items() if sentence}
