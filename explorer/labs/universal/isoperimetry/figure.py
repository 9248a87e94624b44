"""Figures of the isoperimetry panel: tails beside their bound, and the values of f in more and more dimensions."""

import numpy as np

from explorer.figures.figure import Axis, Figure
from explorer.figures.layout import Slot
from explorer.figures.look import Look
from explorer.figures.marks import Band, Dots, Line, Lines, Pin
from explorer.figures.palette import spaced
from explorer.figures.sentence import Sentence
from explorer.figures.tables import where
from explorer.figures.texts import Label, Labels
from explorer.frames import Columns, Tables
from explorer.labs.universal.isoperimetry import HISTOGRAM, ISOPERIMETRY, MOMENTS, IsoperimetrySettings
from explorer.measure.tails import above
from explorer.theory.isoperimetry import ISOPERIMETRIC, scaled

SLOTS = (
    Slot("isoperimetry", "Tails and their bound", "P(|f − Ef| ≥ t)", pending="Drawn with the first draws."),
    Slot("isoperimetry-values", "The values of f", "density under N(0, I/d)", pending="Drawn with the first draws."),
)
SHADES = {"gaussian": 0.15, "sphere": 0.5, "cube": 0.85}
CONTROLS = {"clusters": "two clusters", "heavy": "heavy tails"}
TIP = [
    ("distribution, d", "@dist, @d{%d}"),
    ("t", "@t{%.3g}"),
    ("share of draws", "@tail{%.3g}"),
    ("bound ≤", "@bound{%.3g}"),
]
ONE_OUT = 0.61  # a normal density one standard deviation out, over its peak
LEAST = 1e-7  # the bound is drawn down to it


def draw(tables: Tables, look: Look) -> tuple[Figure, ...]:
    """Tails at the chosen d, and values in all dimensions."""
    return _tails(tables, look.settings), _values(tables, look.settings)


def at(table: Columns, dist: str, d: int) -> Columns:
    """The rows of one distribution in one dimension."""
    return where(table, (table["dist"] == dist) & (table["d"] == d))


def there(tables: Tables) -> Columns:
    """The rows whose tail and bound are known."""
    table = ISOPERIMETRY.among(tables)
    return where(table, np.isfinite(table["tail"]) & np.isfinite(scaled(table["bound"])))


def _tails(tables: Tables, settings: IsoperimetrySettings) -> Figure:
    table = there(tables)
    shown = {name: at(table, name, settings.d) for name in (*ISOPERIMETRIC, *CONTROLS)}
    shown = {name: where(rows, (rows["tail"] > 0) & (rows["low"] > 0)) for name, rows in shown.items()}
    own = {name: shown[name] for name in ISOPERIMETRIC}
    other = next((rows for name, rows in shown.items() if name in CONTROLS and len(rows["t"])), shown["clusters"])
    x = {name: scaled(rows["bound"]) for name, rows in own.items()}
    here = where(table, table["d"] == settings.d)
    bound = np.unique(here["bound"])[::-1]
    bound = bound[bound >= LEAST]
    wide = scaled(bound)
    every = {name: np.concatenate([rows[name] for rows in [*own.values(), other]]) for name in other}
    places = {
        "gaussian": ("left", 5, 0),
        "sphere": ("left", 5, -14),
        "cube": ("right", 0, -14),
    }  # off each other's lines
    names = [
        Label(x[name], own[name]["tail"], name, above=high, align=align, dx=dx, shade=SHADES[name])
        for name, (align, dx, high) in places.items()
    ]
    names += [
        Label(scaled(other["bound"]), other["tail"], CONTROLS[_control(other)], "minus", 10, dx=-4),
        Label(wide[: len(wide) * 3 // 5], bound, "≤ bound, 2 exp(−x²/2)", "certified", 12, align="left"),
    ]
    marks = [
        *(Band(f"{name}-band", x[name], own[name]["low"], own[name]["high"], "law") for name in ISOPERIMETRIC),
        Band("control-band", scaled(other["bound"]), other["low"], other["high"], "minus"),
        Line("bound", wide, bound, "certified", width=2.4),
        Lines(
            "tails",
            [x[name] for name in ISOPERIMETRIC],
            [own[name]["tail"] for name in ISOPERIMETRIC],
            shade=np.array([SHADES[name] for name in ISOPERIMETRIC]),
            width=2,
        ),
        Line("control", scaled(other["bound"]), other["tail"], "minus", width=2),
        Pin("pin", x["gaussian"], own["gaussian"]["tail"]),
        Dots("dots", scaled(every["bound"]), every["tail"], size=3, tip=TIP, hover=every),
        Labels("text", names),
    ]
    return Figure("isoperimetry", marks, Axis("x = t √(d/c)"), Axis(log=True))


def _control(rows: Columns) -> str:
    return str(rows["dist"][0]) if len(rows["dist"]) else "clusters"


def _values(tables: Tables, settings: IsoperimetrySettings) -> Figure:
    table = HISTOGRAM.among(tables)
    table = where(table, np.isfinite(table["t"]) & np.isfinite(table["density"]))
    ds = np.unique(table["d"][table["dist"] == "gaussian"]).tolist()
    shade = spaced(len(ds))
    curves = [at(table, "gaussian", d) for d in ds]
    chosen = at(table, "gaussian", settings.d)
    other = where(table, np.isin(table["dist"], list(CONTROLS)) & (table["d"] == settings.d))
    limit = _limit(chosen, float(moment(tables, "gaussian", settings.d)["var"]))
    names = [
        _beside(curve, f"d = {d}", None if d == settings.d else s)
        for curve, d, s in zip(curves, ds, shade.tolist(), strict=True)
    ]
    peak = int(other["density"].argmax()) if len(other["t"]) else 0
    names.append(Label(other["t"][: peak + 1], other["density"], CONTROLS[_control(other)], "minus", 8, align="left"))
    marks = [
        Lines("dimensions", [c["t"] for c in curves], [c["density"] for c in curves], shade=shade, width=1.5),
        Line("control", other["t"], other["density"], "minus", width=1.8),
        Line("chosen", chosen["t"], chosen["density"], width=5, alpha=0.3),
        Line("limit", chosen["t"], limit, "ink", dash="dashed", width=1.8),  # seen on the chosen one
        Pin("pin", chosen["t"], chosen["density"]),
        Labels("text", names),
    ]
    return Figure(
        "isoperimetry-values", marks, Axis("f − Ef; dashed: a normal law of this variance"), Axis(ends=(0, None))
    )


def _beside(curve: Columns, text: str, shade: float | None) -> Label:
    """A name on the right of a curve, one standard deviation out: there none of the narrower or wider is higher."""
    falls = (curve["t"] > 0) & (curve["density"] >= ONE_OUT * curve["density"].max(initial=0.0))
    upto = int(np.flatnonzero(falls)[-1]) + 1 if falls.any() else 0
    return Label(curve["t"][:upto], curve["density"], text, above=3, align="left", dx=6, shade=shade)


def _limit(chosen: Columns, var: float) -> np.ndarray:
    """The normal density of this variance where the chosen histogram has its bins."""
    if not var > 0:
        return np.full(len(chosen["t"]), np.nan)
    return np.exp(-np.square(chosen["t"]) / (2 * var)) / np.sqrt(2 * np.pi * var)


def moment(tables: Tables, dist: str, d: int) -> dict[str, float]:
    """Variance of f with its interval, and the number of draws; NaN where it is unknown."""
    rows = at(MOMENTS.among(tables), dist, d)
    return {name: float(rows[name][0]) if len(rows["d"]) else np.nan for name in ("var", "low", "high", "draws")}


def deviations(tables: Tables, dist: str) -> tuple[np.ndarray, np.ndarray]:
    """Dimensions and standard deviations of f under one distribution, where they are above 0."""
    table = MOMENTS.among(tables)
    rows = where(table, (table["dist"] == dist) & (table["var"] > 0))
    order = np.argsort(rows["d"])
    return rows["d"][order], np.sqrt(rows["var"][order])


def passed(table: Columns) -> np.ndarray:
    """Which of the tails are above their bounds, all taken together."""
    return above(table["tail"], table["draws"], table["bound"])


def sentences(tables: Tables, look: Look) -> dict[str, Sentence]:
    """Whether a tail passes its bound, and how the values of f draw together as d grows."""
    out, table = {}, there(tables)
    if len(table["t"]):
        out["isoperimetry"] = _judged(table)
    ds, sd = deviations(tables, "gaussian")
    if len(ds):
        out["isoperimetry-values"] = _narrow(ds, sd, moment(tables, "gaussian", look.settings.d), look.settings.d)
    return out


def _judged(table: Columns) -> Sentence:
    high, told = passed(table), int((table["bound"] < 1).sum())
    rule = (
        f"{told} tails whose bound is below 1, in {len(np.unique(table['d']))} dimensions; exact binomial tests, all "
        f"together at 5 % (Bonferroni). Bands: 95 % intervals (Clopper-Pearson), each for itself."
    )
    if not high.any():
        return Sentence(f"None of the {told} tails can be told to pass its bound.", rule)
    first = int(np.flatnonzero(high)[0])
    passing = [str(dist) for dist in dict.fromkeys(table["dist"][high].tolist())]
    lead = (
        f"{int(high.sum())} of {told} tails pass their bound, such as {table['tail'][first]:.2g} against "
        f"{table['bound'][first]:.2g} at d = {table['d'][first]}."
    )
    which = ", ".join(CONTROLS.get(dist, dist) for dist in passing)
    meant = sum(dist in CONTROLS for dist in passing)
    why = "as c = 1 would have it" if meant == len(passing) else "which cannot be: please report it"
    if 0 < meant < len(passing):
        why = "as c = 1 would have it, and some of them never are: please report it"
    return Sentence(lead, f"{which}: not isoperimetric {why}. {rule}")


def _narrow(ds: np.ndarray, sd: np.ndarray, chosen: dict[str, float], d: int) -> Sentence:
    if len(ds) > 1:
        lead = f"From d = {ds[0]} to {ds[-1]} the standard deviation of f goes from {sd[0]:.2g} to {sd[-1]:.2g}."
    else:
        lead = f"At d = {ds[0]} the standard deviation of f is {sd[0]:.2g}."
    if not np.isfinite(chosen["high"]):
        return Sentence(lead)
    ends = ", ".join(f"{d * chosen[name]:.3g}" for name in ("low", "high"))
    return Sentence(
        lead,
        f"d Var f = {d * chosen['var']:.3g} at d = {d} (95 % interval [{ends}], {int(chosen['draws']):,} draws); the "
        f"bound allows c = 1.",
    )
