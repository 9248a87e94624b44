"""Figures of the generalisation panel: agreement with random signs against n, and against d."""

import math

import numpy as np

from explorer.figures.figure import DECADES, Axis, Figure
from explorer.figures.layout import Slot
from explorer.figures.look import Look
from explorer.figures.marks import Dots, Line, Pin, Stems
from explorer.figures.numbers import interval, signed
from explorer.figures.sentence import Sentence
from explorer.figures.tables import where
from explorer.figures.texts import Label, Margin
from explorer.frames import Tables
from explorer.labs.universal.generalisation import GENERALISATION, LINEAR, NETWORKS, SMOOTH, GeneralisationSettings
from explorer.labs.universal.generalisation.rates import Draws, draws
from explorer.measure.regression import mean

SLOTS = (
    Slot("generalisation", "More points", "R, agreement with random signs"),
    Slot(
        "generalisation-dimension",
        "More dimensions, more parameters",
        "R, agreement with random signs",
        pending="Drawn as soon as there are networks in another dimension.",
    ),
)
TIP = [("n, d", "@n{%d}, @d{%d}"), ("seed", "@seed{%d}"), ("found ≥", "@estimate{%.3g}"), ("proved ≤", "@bound{%.3g}")]


def draw(tables: Tables, look: Look) -> tuple[Figure, ...]:
    """Both figures have the same marks."""
    settings = look.settings
    return (
        _figure("generalisation", tables, "n", settings.d, "points n"),
        _figure("generalisation-dimension", tables, "d", settings.n, "dimension d: params = k (d + 2)"),
    )


def _figure(name: str, tables: Tables, along: str, fixed: int, label: str) -> Figure:
    smooth, linear, nets = (draws(tables, each, along, fixed) for each in (SMOOTH, LINEAR, NETWORKS))
    (all_of_it, _, _), (straight, _, _), (found, low, high) = (middles(each) for each in (smooth, linear, nets))
    told = np.isfinite(low)
    table = GENERALISATION.among(tables)
    dots = where(table, (table["name"] == NETWORKS) & (table["d" if along == "n" else "n"] == fixed))
    marks = [
        Line("massart", nets.size, nets.massart, "loose", dash="dotted"),
        Line("bound", nets.size, nets.bound, "certified", dash="dashed"),
        Line("smooth", smooth.size, all_of_it, "ink"),
        Line("linear", linear.size, straight, "law", width=1.3),
        Line("found", nets.size, found, "found"),
        Stems("interval", nets.size[told], low[told], high[told], "found", width=4, alpha=0.4),
        Pin("pin", nets.size, found),
        Dots("dots", dots[along], dots["estimate"], "found", size=4, tip=TIP, hover=dots),
        Margin(
            "text",
            [
                Label(nets.size, nets.massart, "|f| ≤ 1 alone", "loose"),
                Label(nets.size, nets.bound, "networks ≤", "certified"),
                Label(smooth.size, all_of_it, "all smooth", "ink"),
                Label(nets.size, found, "networks ≥", "found"),
                Label(linear.size, straight, "linear", "law"),
            ],
        ),
    ]
    return Figure(name, marks, Axis(label, log=True, ticks=DECADES), Axis(log=True))


def middles(of: Draws) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """At each size the mean over draws and the ends of its interval; NaN where there is too little."""
    columns = of.estimate.T
    told = [mean(column[np.isfinite(column)]) for column in columns]
    rows = np.array([[middle, *ends] for middle, ends in told], np.float64).reshape(-1, 3)
    return rows[:, 0], rows[:, 1], rows[:, 2]


def sentences(tables: Tables, look: Look) -> dict[str, Sentence]:
    """What random signs leave to networks beside all smooth functions; and what dimension changes."""
    out = {"generalisation": _points(tables, look.settings), "generalisation-dimension": _dims(tables, look.settings)}
    return {slot: said for slot, said in out.items() if said}


def _points(tables: Tables, settings: GeneralisationSettings) -> Sentence | None:
    smooth, nets = (draws(tables, name, "n", settings.d) for name in (SMOOTH, NETWORKS))
    all_of_it, low_all, high_all = middles(smooth)
    known = np.flatnonzero(np.isfinite(all_of_it))
    if not len(known):
        return None
    at = int(known[-1])
    n = smooth.size[at]
    found, low, high = middles(nets)
    here = np.flatnonzero((nets.size == n) & np.isfinite(found))
    details = f"All smooth functions: exact for {len(smooth.seeds)} draws, {interval((low_all[at], high_all[at]))}."
    if not len(here):
        return Sentence(
            f"At n = {n} smooth functions agree with random signs by {all_of_it[at]:.2g}, the best of all of them.",
            details,
        )
    i = int(here[0])
    lead = f"At n = {n} smooth networks agree with random signs by {found[i]:.2g} or more, all smooth functions"
    details = (
        f"Networks of {settings.k} neurons, found by ascent and certified to be smooth: {interval((low[i], high[i]))}; "
        f"proved: {nets.bound[i]:.2g} at most, and without smoothness {nets.massart[i]:.2g}. {details} 95 % intervals "
        "over draws."
    )
    return Sentence(f"{lead} by {all_of_it[at]:.2g}.", details)


def _dims(tables: Tables, settings: GeneralisationSettings) -> Sentence | None:
    nets = draws(tables, NETWORKS, "d", settings.n)
    found, *_ = middles(nets)
    if len(nets.size) < 2 or not np.isfinite(found[[0, -1]]).all() or not found[0] > 0:
        return None
    first, last = nets.size[0], nets.size[-1]
    params = [settings.k * (d + 2) for d in (first, last)]
    lead = f"From {params[0]} to {params[1]} parameters the agreement becomes {found[-1] / found[0]:.2g} times as large"
    powers = nets.exponents()
    exponent, ends = mean(powers[np.isfinite(powers)])
    details = f"Dimension {first} to {last}, {len(nets.seeds)} draws of {settings.n} points."
    if math.isfinite(exponent):
        details += f" As a power of d: {signed(exponent)} {interval(ends)} (mean over draws, 95 % interval)."
    details += (
        f" The bound becomes {nets.bound[-1] / nets.bound[0]:.2g} times as large. That smoothness gains a factor "
        f"L/√(d − 1) in its term of the parameters, {settings.lip / math.sqrt(last - 1):.2g} at d = {last}, is proved."
    )
    return Sentence(f"{lead}, the bound without smoothness {nets.massart[-1] / nets.massart[0]:.2g} times.", details)
