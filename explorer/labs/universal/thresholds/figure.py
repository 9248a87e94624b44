"""Figures of the thresholds: two frontiers over the plane of n d and parameters, and the factor between them."""

import math

import numpy as np

from explorer.figures.figure import DECADES, Axis, Figure
from explorer.figures.layout import Slot
from explorer.figures.look import Look
from explorer.figures.marks import Dots, Line, Pin, Tip
from explorer.figures.numbers import interval, signed
from explorer.figures.sentence import Sentence
from explorer.figures.tables import where
from explorer.figures.texts import Label, Labels, Margin
from explorer.frames import Columns, Tables
from explorer.labs.universal.thresholds import ABOVE_PLATEAU, BUILT, THRESHOLDS, TRAINED
from explorer.labs.universal.thresholds.factors import Factor, at_levels, factor, levels, rows
from explorer.measure.regression import geometric_means

SLOTS = (
    Slot(
        "thresholds",
        "Two thresholds",
        "parameters, against n d",
        pending="Drawn dimension by dimension.",
    ),
    Slot("factor", "The factor between them", "parameters to fit smoothly over parameters to fit"),
)
FIT_TIP = [("d, seed", "@d{%d}, @seed{%d}"), ("parameters to fit", "@params_fit{%d}")]
SMOOTH_TIP = [
    ("d, seed", "@d{%d}, @seed{%d}"),
    ("parameters", "@params_smooth{%d}"),
    ("certified Lip ≤", "@lip_target{%.3g}"),
]
UNFIT_TIP = [("d, seed", "@d{%d}, @seed{%d}"), ("fits at no width up to", "@k_max{%d}")]
UNREACHED_TIP = [
    ("d, seed", "@d{%d}, @seed{%d}"),
    ("at no width up to", "@k_max{%d}"),
    ("certified Lip ≤", "@lip_target{%.3g}"),
]
FACTOR_TIP = [("d", "@x{%d}"), ("factor", "@y{%.3g}")]


def draw(tables: Tables, look: Look) -> tuple[Figure, ...]:
    """Both figures."""
    return _plane(tables), _factor(tables)


def _plane(tables: Tables) -> Figure:
    trained, built, absolute = rows(tables, TRAINED), rows(tables, BUILT), at_levels(tables)
    every = np.concatenate([_nd(trained), _nd(built)])
    ends = np.array([every.min(), every.max()]) if len(every) else np.zeros(0)
    n = np.concatenate([trained["n"], built["n"]])[:1]
    level = np.full(len(ends), float(n[0])) if len(n) else ends
    (fit, smooth), (built_fit, built_smooth) = (
        [geometric_means(_nd(table), table[name]) for name in ("params_fit", "params_smooth")]
        for table in (trained, built)
    )
    unfit, rough = (
        _unreached(trained, "params_fit"),
        _unreached(THRESHOLDS.joined([trained, absolute]), "params_smooth"),
    )
    marks = [
        Line("n", ends, level, "law", dash="dashed", width=1.2),
        Line("nd", ends, ends, "law", dash="dashed", width=1.2),
        Line("built-fit", *built_fit, "found", dash="dotted", width=1.6),
        Line("built-smooth", *built_smooth, "certified", dash="dotted", width=1.6),
        Line("fit", *fit, "found"),
        Line("smooth", *smooth, "certified"),
        Pin("pin-fit", *fit),
        Pin("pin-smooth", *smooth),
        _squares("built-fits", built, "params_fit", "found", FIT_TIP),
        _squares("built-smooths", built, "params_smooth", "certified", SMOOTH_TIP),
        Dots(
            "absolute",
            _nd(absolute),
            absolute["params_smooth"],
            "certified",
            hollow=True,
            tip=SMOOTH_TIP,
            hover=absolute,
        ),
        Dots("fits", _nd(trained), trained["params_fit"], "found", tip=FIT_TIP, hover=trained),
        Dots("smooths", _nd(trained), trained["params_smooth"], "certified", tip=SMOOTH_TIP, hover=trained),
        _triangles("unfit", unfit, "found", UNFIT_TIP),
        _triangles("unreached", rough, "certified", UNREACHED_TIP),
        Labels("beyond", [Label(x, y, ">", "certified", above=8, align="center") for x, y in _places(rough)]),
        Margin(
            "names",
            [
                Label(*fit, "fits", "found"),
                Label(*smooth, "smooth", "certified"),
                Label(*built_fit, "built", "found"),
                Label(*built_smooth, "built", "certified"),
                Label(ends, level, "n", "law"),
                Label(ends, ends, "n d", "law"),
            ],
        ),
    ]
    return Figure("thresholds", marks, Axis("n d", log=True, ticks=DECADES), Axis(log=True, ticks=DECADES))


def _squares(name: str, built: Columns, column: str, role: str, tip: Tip) -> Dots:
    """Parameters of what is built."""
    return Dots(name, _nd(built), built[column], role, marker="square", hollow=True, tip=tip, hover=built)


def _triangles(name: str, missed: Columns, role: str, tip: Tip) -> Dots:
    """The most parameters that were tried, where that was not enough."""
    return Dots(name, _nd(missed), _tried(missed), role, marker="triangle", hollow=True, size=8, tip=tip, hover=missed)


def _nd(table: Columns) -> np.ndarray:
    return (table["n"] * table["d"]).astype(float)


def _unreached(table: Columns, column: str) -> Columns:
    """The rows in which a threshold was not reached; what does not even fit is not drawn as rough, too."""
    known = np.isfinite(table["params_fit"]) | (column == "params_fit")
    return where(table, known & ~np.isfinite(table[column]))


def _places(table: Columns) -> list[tuple[float, float]]:
    """Where triangles stand, each once, however many starts share it."""
    return sorted({*zip(_nd(table).tolist(), _tried(table).tolist(), strict=True)})


def _tried(table: Columns) -> np.ndarray:
    """The parameters of the widest network that was tried."""
    return table["k_max"] * (table["d"] + 2.0)


def _factor(tables: Tables) -> Figure:
    trained, built = factor(tables, TRAINED), factor(tables, BUILT)
    found = geometric_means(trained.d, trained.value)
    made = geometric_means(built.d, built.value)
    over = np.array(trained.whole, float) if np.isfinite(trained.fit.slope) else np.zeros(0)
    fitted = np.exp(trained.fit.at(np.log(over))) if len(over) else over
    like_d = found[0] / found[0][0] * found[1][0] if len(found[0]) else np.zeros(0)
    marks = [
        Line("like-d", found[0], like_d, "law", dash="dashed", width=1.2),
        Line("built", *made, "ink", dash="dotted", width=1.6),
        Line("line", over, fitted, "certified"),
        Pin("pin", *found),
        Dots("built-dots", built.d, built.value, "ink", marker="square", hollow=True, tip=FACTOR_TIP),
        Dots("dots", trained.d, trained.value, "certified", tip=FACTOR_TIP),
        Margin(
            "names",
            [
                Label(over, fitted, "trained", "certified"),
                Label(*made, "built", "ink"),
                Label(found[0], like_d, "like d", "law"),
            ],
        ),
    ]
    return Figure("factor", marks, Axis("dimension d", log=True, ticks=DECADES), Axis(log=True, ticks=DECADES))


def sentences(tables: Tables, look: Look) -> dict[str, Sentence]:
    """How many times the parameters, and how that grows with d."""
    trained, built = factor(tables, TRAINED), factor(tables, BUILT)
    if not levels(tables):
        return {}
    out = {"thresholds": _most(tables, trained)}
    slope, ends = trained.fit.slope, trained.fit.slope_interval
    if math.isfinite(slope) and all(map(math.isfinite, ends)):
        lead = f"Among trained networks the factor goes like d to the power {signed(slope)}; n d would be the power 1."
        details = f"95 % interval {interval(ends)} over {trained.fit.n} trainings. {_left_out(trained)}"
        out["factor"] = Sentence(lead, f"{details} {_built(built)}".strip())
    elif len(built.d):
        most, at = built.value.max(), built.d.max()
        lead = (
            f"What is built needs up to {most:.3g} times as many parameters to be smooth, in up to {at:.0f} dimensions."
        )
        out["factor"] = Sentence(lead, f"{_built(built)} {_left_out(trained)}".strip())
    return out


def _most(tables: Tables, trained: Factor) -> Sentence:
    if not len(rows(tables, TRAINED)["d"]):
        return Sentence("Squares are networks that can be written down; so far none is trained.")
    if not len(trained.d):
        return Sentence(
            "No trained network was found so far that is about as smooth as a wider one.", _left_out(trained)
        )
    # where some did not reach both, those that did are the cheap ones
    d = max(trained.whole, default=trained.d.max())
    value = np.exp(np.log(trained.value[trained.d == d]).mean())
    most, asked = levels(tables)[-1], " or ".join(f"{level:g}" for level in levels(tables))
    details = (
        "Fits: the smallest width on the grid whose network fits. Smoothly: the smallest whose certified constant is at"
        f" most {ABOVE_PLATEAU:g} times that of the widest that fits (dots), or at most {asked} (rings). Squares are"
        f" built, for {most:g}: slabs fit; one neuron for one point or a few is smooth. Triangles: at no width that was"
        f" tried. Narrower networks that nobody found may exist. {_left_out(trained)}"
    ).strip()
    lead = (
        f"In {d:.0f} dimensions it takes {value:.2g} times the parameters of fitting to be about as smooth as the"
        f" widest network{'' if trained.whole else ', where training comes to it'}."
    )
    return Sentence(lead, details)


def _left_out(found: Factor) -> str:
    """How many did not reach both, and that the line does without their dimensions."""
    if not found.unreached:
        return ""
    many = found.unreached > 1
    return (
        f"{found.unreached} training{'s' * many} more did not reach both thresholds at any width that was tried:"
        " no line goes through their dimensions."
    )


def _built(found: Factor) -> str:
    slope = found.fit.slope
    left = f", {found.unreached} data sets not reached" if found.unreached else ""
    return f"Constructions: the power {signed(slope)}{left}." if math.isfinite(slope) else ""
