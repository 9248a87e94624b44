"""Figures of the finite class panel: the best correlation against the number of functions, and against their slope."""

import numpy as np

from explorer.figures.figure import Axis, Figure
from explorer.figures.layout import Slot
from explorer.figures.look import Look
from explorer.figures.marks import Band, Dots, Line, Lines, Pin, Stems
from explorer.figures.palette import spaced
from explorer.figures.sentence import Sentence
from explorer.figures.tables import where
from explorer.figures.texts import Label, Labels, Margin
from explorer.frames import Columns, Tables
from explorer.labs.universal.finite_class import FINITE_CLASS, FiniteClassSettings
from explorer.measure.regression import Interval, line, mean

PENDING = "Drawn with the first functions."
SLOTS = (
    Slot("finite-class", "The best of N functions", "largest correlation with noise", pending=PENDING),
    Slot("finite-class-steep", "Smooth, or only bounded", "largest correlation with noise", pending=PENDING),
)
SIZES = ("n", "d", "N", "L")
TIP = [
    ("n, d, N", "@n{%d}, @d{%d}, @N{%d}"),
    ("L", "@L{%.3g}"),
    ("mean of seeds", "@value{%.3g}"),
    ("smooth, in the mean ≤", "@theory{%.3g}"),
    ("Massart, in the mean ≤", "@massart{%.3g}"),
]


def draw(tables: Tables, look: Look) -> tuple[Figure, ...]:
    """Against the number of functions, one line a dimension; against their Lipschitz constant."""
    return _many(tables, look.settings), _steep(tables, look.settings)


def rows(tables: Tables, **fixed: float) -> Columns:
    """What is known of these sizes: rows with a correlation and both bounds."""
    table = FINITE_CLASS.among(tables)
    known = (table["theory"] > 0) & (table["massart"] > 0) & np.isfinite(table["value"]) & (table["L"] > 0)
    for name, value in fixed.items():
        known &= table[name] == value
    return where(table, known)


def means(table: Columns, along: str) -> Columns:
    """For each value of one column the mean over seeds, with the ends of its interval (NaN where one seed is there)."""
    values = np.unique(table[along])
    each = [where(table, table[along] == value) for value in values]
    found = [mean(part["value"]) for part in each]
    same = {name: np.array([part[name][0] for part in each]) for name in (*SIZES, "theory", "massart")}
    return {
        **{name: same[name] if len(each) else table[name] for name in same},
        "value": np.array([middle for middle, _ in found], np.float64),
        "low": np.array([low for _, (low, _) in found], np.float64),
        "high": np.array([high for _, (_, high) in found], np.float64),
    }


def chosen(tables: Tables, settings: FiniteClassSettings) -> Columns:
    """The means at the sizes that are set, for every number of functions."""
    return means(rows(tables, n=settings.n, d=settings.d, L=settings.lip), "N")


def steepness(tables: Tables, settings: FiniteClassSettings) -> Columns:
    """The means at the sizes that are set, for every Lipschitz constant."""
    return means(rows(tables, n=settings.n, d=settings.d, N=settings.N), "L")


def slope(tables: Tables, settings: FiniteClassSettings, along: str) -> tuple[float, Interval, int]:
    """The power of d, or of n, that the best correlation follows: mean over seeds of a line each, interval, seeds."""
    at = {"n": settings.n, "d": settings.d, "N": settings.N, "L": settings.lip}
    table = rows(tables, **{name: value for name, value in at.items() if name != along})
    table = where(table, table["value"] > 0)
    each = [
        line(np.log(table[along][here]), np.log(table["value"][here])).slope
        for here in (table["seed"] == seed for seed in np.unique(table["seed"]))
        if len(np.unique(table[along][here])) > 2
    ]
    return *mean(np.array(each)), len(each)


def _positive(table: Columns) -> Columns:
    """Means that a logarithmic axis can show; ends of an interval below it are cut off at half of the mean."""
    table = where(table, table["value"] > 0)
    low = np.where(table["low"] > 0, table["low"], table["value"] / 2)
    return {**table, "low": np.where(np.isfinite(table["high"]), low, np.nan)}


def _many(tables: Tables, settings: FiniteClassSettings) -> Figure:
    own = rows(tables, n=settings.n, L=settings.lip)
    ds = np.unique(own["d"]).tolist()
    curves = [_positive(means(where(own, own["d"] == d), "N")) for d in ds]
    here = _positive(chosen(tables, settings))
    shade = spaced(len(ds))
    banded = where(here, np.isfinite(here["high"]))
    names = [
        Label(curve["N"], curve["value"], f"d = {d}", shade=s)
        for curve, d, s in zip(curves, ds, shade.tolist(), strict=True)
        if d != settings.d
    ]
    names += [
        Label(here["N"], here["value"], f"d = {settings.d}"),
        Label(here["N"], here["theory"], "≤ smooth", "certified"),
        Label(here["N"], here["massart"], "≤ Massart", "loose"),
    ]
    marks = [
        Line("massart", here["N"], here["massart"], "loose", dash="dotted", width=1.8),
        Band("band", banded["N"], banded["low"], banded["high"], "law"),
        Line("theory", here["N"], here["theory"], "certified", dash="dashed"),
        Lines("curves", [c["N"] for c in curves], [c["value"] for c in curves], shade=shade, width=1.5),
        Line("chosen", here["N"], here["value"], width=2.5),
        Pin("pin", here["N"], here["value"]),
        Dots("dots", here["N"], here["value"], size=5, tip=TIP, hover=here),
        Margin("text", names),
    ]
    return Figure("finite-class", marks, Axis("number of functions N", log=True), Axis(log=True))


def _steep(tables: Tables, settings: FiniteClassSettings) -> Figure:
    here = _positive(steepness(tables, settings))
    point = here["L"] == settings.lip
    heights = np.concatenate([here["value"], here["massart"], here["theory"]])
    ends = np.array([heights.min(), heights.max()] if len(heights) else [])
    root = np.full(len(ends), np.sqrt(settings.d))
    upper = len(here["L"]) * 3 // 4
    names = [
        Label(here["L"], here["value"], "found", "ink", -12),
        Label(here["L"][:upper], here["theory"], "≤ smooth", "certified", 8, dx=-6),
        Label(here["L"][:1], here["massart"], "≤ Massart", "loose", 10, align="left"),
        Label(root[:1], ends[:1], "L = √d", "law", 4, align="left", dx=5),
    ]
    marks = [
        Line("root", root, ends, "law", dash="dashed", width=1.2),
        Line("massart", here["L"], here["massart"], "loose", dash="dotted", width=1.8),
        Line("theory", here["L"], here["theory"], "certified", dash="dashed"),
        Stems("stems", here["L"], here["low"], here["high"], "ink"),
        Line("line", here["L"], here["value"]),
        Pin("pin", here["L"], here["value"]),
        Dots("dots", here["L"], here["value"], size=6, tip=TIP, hover=here),
        Dots("point", here["L"][point], here["value"][point], size=12, hollow=True),
        Labels("text", names),
    ]
    return Figure("finite-class-steep", marks, Axis("Lipschitz constant L of each", log=True), Axis(log=True))


def sentences(tables: Tables, look: Look) -> dict[str, Sentence]:
    """How near the best comes to what smoothness allows, and from where on that is no use."""
    out, settings = {}, look.settings
    here = chosen(tables, settings)
    if len(here["N"]):
        out["finite-class"] = _best(here, tables, settings)
    steep = steepness(tables, settings)
    if len(steep["L"]):
        out["finite-class-steep"] = _smaller(steep, settings)
    return out


def _best(here: Columns, tables: Tables, settings: FiniteClassSettings) -> Sentence:
    N, value, theory = int(here["N"][-1]), here["value"][-1], here["theory"][-1]
    lead = (
        f"The best of {N:,} functions correlates {value:.3g} with noise, {value / theory:.2f} times the smooth bound."
    )
    seeds = len(np.unique(rows(tables, n=settings.n, d=settings.d, L=settings.lip)["seed"]))
    of = f"at n = {settings.n}, d = {settings.d}, L = {settings.lip:g}"
    if seeds > 1:
        details = f"Mean of {seeds} seeds {of}, 95 % interval [{here['low'][-1]:.3g}, {here['high'][-1]:.3g}]."
    else:
        details = f"One seed {of}."
    told = [_power(tables, settings, along) for along in ("d", "n")]
    powers = "".join(filter(None, told))
    return Sentence(lead, f"{details}{powers} Bounds hold for the mean over all draws; one seed may pass them.")


def _power(tables: Tables, settings: FiniteClassSettings, along: str) -> str:
    middle, (low, high), _ = slope(tables, settings, along)
    if not np.isfinite(middle):
        return ""
    within = f" [{low:.2f}, {high:.2f}]" if np.isfinite(low) else ""
    return f" It goes like {along} to the power {middle:.2f}{within}.".replace("-", "−")


def _smaller(steep: Columns, settings: FiniteClassSettings) -> Sentence:
    """Which of the bounds is the smaller is a matter of L and d alone."""
    root, L = np.sqrt(settings.d), steep["L"][-1]
    details = (
        "Values are clipped to [−1, 1]: once most are, a function is no smoother than a sign, and only its size bounds "
        "it. Stems: 95 % intervals over seeds."
    )
    if not root < L:
        return Sentence(f"Up to L = √d = {root:.3g} the smooth bound is the smaller.", details)
    massart, smooth, found = (f"{steep[name][-1]:.2g}" for name in ("massart", "theory", "value"))
    return Sentence(
        f"From L = √d = {root:.3g} on Massart's bound is the smaller: at L = {L:.3g} it is {massart}, the smooth one "
        f"{smooth}, and {found} is found.",
        details,
    )
