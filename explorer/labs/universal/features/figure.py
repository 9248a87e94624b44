"""Figures of the features panel: the peak at params = n, and the steepness of both kinds beyond it."""

import numpy as np

from explorer.figures.figure import DECADES, Axis, Figure
from explorer.figures.layout import Slot
from explorer.figures.look import Look
from explorer.figures.marks import Dots, Line, Pin
from explorer.figures.numbers import interval, signed
from explorer.figures.sentence import Sentence
from explorer.figures.texts import Label, Margin
from explorer.frames import Columns, Tables
from explorer.labs.universal.features import BEYOND, NTK, RANDOM, FeaturesSettings
from explorer.labs.universal.features.readings import Slope, means, peak, rows, slope

SLOTS = (
    Slot("features", "A peak at params = n", "random features, against params / n"),
    Slot(
        "features-lip",
        "Beyond n: do more parameters help?",
        "Lip of f found (≥), against params",
        pending="Drawn with the first model of more parameters than points.",
    ),
)
TIP = [
    ("params, seed", "@params{%d}, @seed{%d}"),
    ("Lip ≥", "@lip{%.3g}"),
    ("norm", "@norm{%.3g}"),
    ("test error", "@test_mse{%.3g}"),
]
NAMES = {RANDOM: "random features", NTK: "the NTK"}


def draw(tables: Tables, look: Look) -> tuple[Figure, ...]:
    """Both figures."""
    return _peak(tables), _beyond(tables, look.settings)


def _ends(*values: np.ndarray) -> np.ndarray:
    """The smallest and the largest known number, if any."""
    every = np.concatenate(values) if values else np.zeros(0)
    every = every[np.isfinite(every) & (every > 0)]
    return np.array([every.min(), every.max()]) if len(every) else every


def _peak(tables: Tables) -> Figure:
    table = rows(tables, RANDOM)
    n = float(table["n"][0]) if len(table["n"]) else 1.0
    norm, lip, error = (
        (params / n, values) for params, values in (means(table, name) for name in ("norm", "lip", "test_mse"))
    )
    heights = _ends(table["norm"], table["lip"], table["test_mse"])
    x = table["params"] / n
    marks = [
        Line("at-n", np.ones(len(heights)), heights, "law", dash="dashed", width=1.2),
        Line("norm", *norm, "ink"),
        Line("error", *error, "ink", dash="dotted"),
        Line("lip", *lip, "found"),
        Pin("pin", *lip),
        Dots("norms", x, table["norm"], "ink", size=4, tip=TIP, hover=table),
        Dots("errors", x, table["test_mse"], "ink", size=4, hollow=True, tip=TIP, hover=table),
        Dots("dots", x, table["lip"], "found", size=4, tip=TIP, hover=table),
        Margin(
            "names",
            [Label(*norm, "norm", "ink"), Label(*lip, "≥ Lip", "found"), Label(*error, "test error", "ink")],
        ),
    ]
    return Figure("features", marks, Axis("params / n", log=True, ticks=DECADES), Axis(log=True, ticks=DECADES))


def _fitted(table: Columns, found: Slope | None) -> tuple[np.ndarray, np.ndarray]:
    """The line of this slope through the middle of the points that it is of."""
    if found is None:
        return np.zeros(0), np.zeros(0)
    there = (table["params"] >= found.first) & (table["params"] <= found.last) & (table["lip"] > 0)
    x, y = np.log(table["params"][there]), np.log(table["lip"][there])
    ends = np.array([x.min(), x.max()])
    return np.exp(ends), np.exp(y.mean() + found.value * (ends - x.mean()))


def _beyond(tables: Tables, settings: FeaturesSettings) -> Figure:
    random, ntk = (rows(tables, kind, np.nextafter(1, 2)) for kind in (RANDOM, NTK))
    heights = _ends(random["lip"], ntk["lip"])
    found = {RANDOM: means(random, "lip"), NTK: means(ntk, "lip")}
    n_d = float(settings.n * settings.d)
    fits = {kind: _fitted(table, slope(tables, kind)) for kind, table in ((RANDOM, random), (NTK, ntk))}
    marks = [
        Line("at-nd", np.full(len(heights), n_d), heights, "law", dash="dashed", width=1.2),
        Line("ntk", *found[NTK], "ink"),
        Line("random", *found[RANDOM], "found"),
        Line("ntk-fit", *fits[NTK], "ink", dash="dotted", width=1.6),
        Line("random-fit", *fits[RANDOM], "found", dash="dotted", width=1.6),
        Pin("pin-ntk", *found[NTK]),
        Pin("pin-random", *found[RANDOM]),
        Dots("ntk-dots", ntk["params"], ntk["lip"], "ink", size=4, tip=TIP, hover=ntk),
        Dots("random-dots", random["params"], random["lip"], "found", size=4, tip=TIP, hover=random),
        Margin(
            "names",
            [
                Label(*found[RANDOM], "random", "found"),
                Label(*found[NTK], "NTK", "ink"),
                Label(np.full(len(heights), n_d), heights, "n d", "law"),
            ],
        ),
    ]
    return Figure("features-lip", marks, Axis("params", log=True, ticks=DECADES), Axis(log=True))


def sentences(tables: Tables, look: Look) -> dict[str, Sentence]:
    """Where the peak is and how high; and what more parameters do beyond it."""
    out = {}
    if said := _peaked(tables):
        out["features"] = said
    told = {kind: found for kind in (RANDOM, NTK) if (found := slope(tables, kind))}
    if told:
        out["features-lip"] = _slopes(told)
    return out


def _peaked(tables: Tables) -> Sentence | None:
    norm, lip = (peak(tables, RANDOM, column) for column in ("norm", "lip"))
    if norm is None:
        return None
    most = round(norm.at * norm.n)
    if not np.isfinite(norm.times):
        return Sentence(f"So far the norm of random features is largest with {most} parameters, for {norm.n} points.")
    beside = f"{norm.times:.2g} times what it is with {BEYOND * norm.n}."
    if not (norm.told or norm.elsewhere):
        lead = f"With {norm.n} parameters, one a point, the norm is {beside}"
    elif most == norm.n:
        lead = f"The norm is largest with {most} parameters, one a point: {beside}"
    else:
        lead = f"The norm is largest with {most} parameters; with {norm.n}, one a point, it is {beside}"
    details = f"Random features, geometric means over seeds ({norm.seeds}), 95 % interval {interval(norm.interval)}."
    if lip is not None and np.isfinite(lip.times):
        details += (
            f" The steepest gradient found is largest at {lip.at:.3g} n, and at n it is {lip.times:.2g} times"
            f" {interval(lip.interval)} what it is at {BEYOND} n; steeper places may exist."
        )
    return Sentence(lead, details)


def _slopes(told: dict[str, Slope]) -> Sentence:
    said = ", ".join(f"{signed(found.value)} for {NAMES[kind]}" for kind, found in told.items())
    first = min(found.first for found in told.values())
    last = max(found.last for found in told.values())
    lead = f"From {first} to {last} parameters the steepness found goes like params to the power {said}."
    listed = "; ".join(
        f"{NAMES[kind]} {interval(found.interval)}, {found.seeds} seeds, {found.first} to {found.last} parameters:"
        f" {found.word or 'not told from flat'}"
        for kind, found in told.items()
    )
    details = (
        f"From {BEYOND} parameters a point to the most of both kinds, 95 % intervals of mean slopes over seeds:"
        f" {listed}. Of what is found by search; the curves are no straight lines, so a slope is that of its range."
    )
    return Sentence(lead, details)
