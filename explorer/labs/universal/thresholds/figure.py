"""Figures of the thresholds: two frontiers over the plane of n d and parameters, and the factor between them."""

import math

import numpy as np

from explorer.figures.figure import DECADES, Axis, Figure
from explorer.figures.layout import Slot
from explorer.figures.look import Look
from explorer.figures.marks import Dots, Line, Pin
from explorer.figures.numbers import interval, signed
from explorer.figures.sentence import Sentence
from explorer.figures.texts import Label, Margin
from explorer.frames import Columns, Tables
from explorer.labs.universal.thresholds import ABOVE_PLATEAU, BUILT, TRAINED
from explorer.labs.universal.thresholds.factors import at_absolute, factor, means, rows

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
FACTOR_TIP = [("d", "@x{%d}"), ("factor", "@y{%.3g}")]


def draw(tables: Tables, look: Look) -> tuple[Figure, ...]:
    """Both figures."""
    return _plane(tables), _factor(tables)


def _plane(tables: Tables) -> Figure:
    trained, built, absolute = rows(tables, TRAINED), rows(tables, BUILT), at_absolute(tables)
    every = np.concatenate([_nd(trained), _nd(built)])
    ends = np.array([every.min(), every.max()]) if len(every) else np.zeros(0)
    n = np.concatenate([trained["n"], built["n"]])[:1]
    level = np.full(len(ends), float(n[0])) if len(n) else ends
    fit, smooth = means(_nd(trained), trained["params_fit"]), means(_nd(trained), trained["params_smooth"])
    built_fit, built_smooth = means(_nd(built), built["params_fit"]), means(_nd(built), built["params_smooth"])
    missed = _unreached(trained)
    marks = [
        Line("n", ends, level, "law", dash="dashed", width=1.2),
        Line("nd", ends, ends, "law", dash="dashed", width=1.2),
        Line("built-fit", *built_fit, "found", dash="dotted", width=1.6),
        Line("built-smooth", *built_smooth, "certified", dash="dotted", width=1.6),
        Line("fit", *fit, "found"),
        Line("smooth", *smooth, "certified"),
        Pin("pin-fit", *fit),
        Pin("pin-smooth", *smooth),
        Dots(
            "built-fits",
            _nd(built),
            built["params_fit"],
            "found",
            marker="square",
            hollow=True,
            tip=FIT_TIP,
            hover=built,
        ),
        Dots(
            "built-smooths",
            _nd(built),
            built["params_smooth"],
            "certified",
            marker="square",
            hollow=True,
            tip=SMOOTH_TIP,
            hover=built,
        ),
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
        Dots("unreached", *missed, "certified", marker="triangle", hollow=True, size=8),
        Margin(
            "names",
            [
                Label(*fit, "fits", "found"),
                Label(*smooth, "smooth", "certified"),
                Label(*built_fit, "built", "found"),
                Label(*built_smooth, "built", "certified"),
                Label(ends, level, "n", "law"),
                Label(ends, ends, "n d", "law"),
                Label(*missed, "more than", "certified"),
            ],
        ),
    ]
    return Figure("thresholds", marks, Axis("n d", log=True, ticks=DECADES), Axis(log=True, ticks=DECADES))


def _nd(table: Columns) -> np.ndarray:
    return (table["n"] * table["d"]).astype(float)


def _unreached(trained: Columns) -> tuple[np.ndarray, np.ndarray]:
    """Where no network was smooth enough: the parameters of the widest one that was tried."""
    missed = np.isfinite(trained["params_fit"]) & ~np.isfinite(trained["params_smooth"])
    return _nd(trained)[missed], (trained["k_max"] * (trained["d"] + 2.0))[missed]


def _factor(tables: Tables) -> Figure:
    trained, built = factor(tables, TRAINED), factor(tables, BUILT)
    found = means(trained.d, trained.value)
    made = means(built.d, built.value)
    known = np.isfinite(trained.fit.slope)
    over = np.unique(trained.d) if known else np.zeros(0)
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
    if not len(rows(tables, BUILT)["d"]):
        return {}
    out = {"thresholds": _most(tables)}
    slope, ends = trained.fit.slope, trained.fit.slope_interval
    if math.isfinite(slope) and all(map(math.isfinite, ends)):
        lead = f"Of trained networks the factor goes like d to the power {signed(slope)}; with n d it would be 1."
        details = f"95 % interval {interval(ends)} over {trained.fit.n} networks. {_left_out(trained.unreached)}"
        out["factor"] = Sentence(lead, f"{details} {_built(built.fit.slope)}".strip())
    elif len(built.d):
        most, at = built.value.max(), built.d.max()
        lead = (
            f"What is built needs up to {most:.3g} times as many parameters to be smooth, in up to {at:.0f} dimensions."
        )
        out["factor"] = Sentence(lead, _built(built.fit.slope))
    return out


def _most(tables: Tables) -> Sentence:
    trained = factor(tables, TRAINED)
    if not len(trained.d):
        return Sentence("No trained network was found so far that fits smoothly.", _left_out(trained.unreached))
    d = trained.d.max()
    value = np.exp(np.log(trained.value[trained.d == d]).mean())
    details = (
        "Fits: the smallest width on the grid whose network fits. Smoothly: the smallest whose certified constant is at"
        f" most {ABOVE_PLATEAU:g} times that of the widest that fits (dots), or at most L0 (rings). Squares are built:"
        " slabs, and one neuron a point where its exact constant is at most L0. Narrower networks that nobody found"
        f" may exist. {_left_out(trained.unreached)}"
    ).strip()
    return Sentence(
        f"In {d:.0f} dimensions fitting smoothly takes {value:.2g} times the parameters of fitting.", details
    )


def _left_out(unreached: int) -> str:
    if not unreached:
        return ""
    return f"{unreached} more fit{'s' * (unreached == 1)}, but not smoothly at any width that was tried: left out."


def _built(slope: float) -> str:
    return f"Constructions: the power {signed(slope)}." if math.isfinite(slope) else ""
