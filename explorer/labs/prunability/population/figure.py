"""Figures of the panel `population`: a dot a network; the curve and the weights of the one that is chosen."""

import math

import numpy as np

from explorer.figures.figure import Axis, Figure
from explorer.figures.layout import Closer, Part, Sheet, Slot
from explorer.figures.look import Look
from explorer.figures.marks import Dots, Line, Mark, PinDots, ShadedDots
from explorer.figures.sentence import Sentence
from explorer.figures.tables import where
from explorer.figures.texts import Label, Labels, Margin
from explorer.frames import Columns, Tables
from explorer.labs.prunability.curve.picture import draw_weights
from explorer.labs.prunability.measures import MEASURES, POPULATION
from explorer.labs.prunability.population import AGAINST, PRUNED, PopulationSettings
from explorer.labs.prunability.population.numbers import NAMES, chosen, curve, looked_at, shades, shown, values
from explorer.labs.prunability.population.words import of_network, of_population, of_weights

SLOTS = (
    Slot(
        "population",
        "A measure, and unseen images",
        "a dot a network; ring: the chosen one; grey rings: left out",
        pending="Drawn with the first networks.",
    ),
    Slot(
        "network",
        "The chosen network loses weights",
        "training loss against the share kept",
        pending="Drawn with the first networks.",
    ),
    Slot(
        "weights",
        "Its weights at its prunability",
        "rose below 0, teal above; blank: gone",
        pending="Drawn as soon as all networks are trained.",
    ),
)
TIP = [
    ("network", "@net{%d}, seed @seed{%d}"),
    ("width, depth, batch", "@width{%d}, @depth{%d}, @batch{%d}"),
    ("rate, dropout, decay", "@lr{%.3g}, @dropout{%.2g}, @weight_decay{%.2g}"),
    ("training, test loss", "@train_loss{%.3g}, @test_loss{%.3g}"),
    ("test error", "@test_error{%.3f}"),
    ("prunability", "@prunability_magnitude{%.3f}, at random @prunability_random{%.3f}"),
]
SHARES = (0, 0.2, 0.4, 0.6, 0.8, 1)
#: Of the closer look, see `compute.inspect`.
WEIGHTS = {"layer": int, "out": int, "ins": int, "value": float, "rank": int, "layer_rank": int}
MARGIN = 0.1  # of their range, how far beyond the networks that count those that do not may stand
ROOM = 0.2  # of the height of the dots, above and below them, where no dot stands: for the names of the axes
LEAST = 1e-4  # losses below this are drawn there


def draw(tables: Tables, look: Look) -> tuple[Figure, ...]:
    """The crowd, and the pruning curve of one of it."""
    table, settings = POPULATION.among(tables), look.settings
    row = chosen(table, settings.net)
    return _crowd(table, row, settings), _network(curve(PRUNED.among(tables), row), row, settings)


def _crowd(table: Columns, row: Columns, settings: PopulationSettings) -> Figure:
    x, y = shown(table, settings.measure), table[settings.target]
    there = np.isfinite(x) & np.isfinite(y)
    at, height = (held(values, values[there & table["fits"]]) for values in (x, y))
    ringed = table["net"] == row["net"] if len(row["net"]) else there
    seen = there & table["fits"] & looked_at(table, settings)
    pale, missed = there & table["fits"] & ~seen, there & ~table["fits"]
    dots = where(table, seen)
    room = _room(height[there])
    texts, named = _texts(at[there], room, settings), _named(x[seen], y[seen], dots, settings)
    marks: list[Mark] = [
        Line("room", np.where(np.isfinite(room), at[there].max(initial=-np.inf), np.nan), room, "law"),
        PinDots("pin", x[seen], y[seen], hollow=True, size=11),
        Dots("missed", at[missed], height[missed], "law", size=6, hollow=True, tip=TIP, hover=where(table, missed)),
        Dots("pale", x[pale], y[pale], "faint", size=6, tip=TIP, hover=where(table, pale)),
        ShadedDots("dots", x[seen], y[seen], shades(dots, settings), size=8, tip=TIP, hover=dots),
        Dots("chosen", at[ringed], height[ringed], "ink", size=16, hollow=True),
        Labels("text", texts),
        Margin("values", named),
    ]
    return Figure("population", marks, Axis(), Axis(), choose={"dots": "net"})


def held(values: np.ndarray, among: np.ndarray) -> np.ndarray:
    """Values of networks that are left out are drawn at the edge at farthest: they do not press the others together."""
    if len(among) < 2 or not np.ptp(among):
        return values
    beyond = MARGIN * np.ptp(among)
    return np.clip(values, among.min() - beyond, among.max() + beyond)


def _room(y: np.ndarray) -> np.ndarray:
    """How far the axis reaches below and above the dots, so that names of axes stand beside them, not on them.

    A gap between both ends: as a line nothing of it is drawn.
    """
    if not len(y):
        return y
    more = ROOM * (np.ptp(y) or abs(float(y[0])) or 1.0)
    return np.array([y.min() - more, np.nan, y.max() + more])


def _texts(x: np.ndarray, y: np.ndarray, settings: PopulationSettings) -> list[Label]:
    """What either axis is, in the room below and above the dots."""
    if not len(x):
        return []
    measure = MEASURES[settings.measure]
    across = f"log₁₀ {measure.short} →" if measure.log else f"{measure.short} →"
    return [
        Label(float(x.max()), float(np.nanmin(y)), across, "law", 2),
        Label(float(x.max()), float(np.nanmax(y)), f"{AGAINST[settings.target].short} ↑", "law", -2),
    ]


def _named(x: np.ndarray, y: np.ndarray, dots: Columns, settings: PopulationSettings) -> list[Label]:
    """The values that colours stand for, each beside its dot furthest to the right."""
    known, found = values(settings), []
    own = np.abs(dots[settings.coloured][:, None] - known).argmin(1)
    for i, value in enumerate(known.tolist()):
        here = np.flatnonzero(own == i)
        if len(here):
            at = here[x[here].argmax()]
            name, shade = f"{NAMES[settings.coloured]} {value:g}", i / max(len(known) - 1, 1)
            found.append(Label(float(x[at]), float(y[at]), name, align="left", shade=shade))
    return found


def _network(rows: Columns, row: Columns, settings: PopulationSettings) -> Figure:
    kept, loss, random = rows["kept"], _drawn(rows["smallest"]), _drawn(rows["random"])
    allowed = np.repeat(_drawn(settings.allowed_loss(row["train_loss"])), 2)
    ends = np.array([0.0, 1.0])[: len(allowed)]
    P = row["prunability_magnitude"]
    named = f"P = {P[0]:.2f}" if len(P) and math.isfinite(P[0]) else ""
    some = slice(len(kept) // 8, len(kept) // 8 + 1)
    texts = [
        Label(ends[:1], allowed[:1], "allowed", "floor", 5, align="left", dx=4),
        Label(P, allowed[:1], named, "ink", 12, align="left", dx=6),
        Label(kept[some], loss[some], "smallest first", "ink", 12, align="left", dx=6),
        Label(kept[: len(kept) * 3 // 4], random[: len(kept) * 3 // 4], "random", "law", 10),
    ]
    marks: list[Mark] = [
        Line("allowed", ends, allowed, "floor", dash="dashed", width=1.6),
        Line("random", kept, random, "law", width=1.8),
        Line("loss", kept, loss, "ink", width=2.5),
        Dots("P", P, allowed[:1], "floor", size=11, hollow=True),
        Labels("text", texts),
    ]
    return Figure("network", marks, Axis("share of weights kept", ticks=SHARES, ends=(0, 1)), Axis(log=True))


def _drawn(losses: np.ndarray) -> np.ndarray:
    """What a logarithmic axis can show."""
    return np.maximum(losses, LEAST)


def sentences(tables: Tables, look: Look) -> dict[str, Sentence]:
    """Whether the measure ranks networks, and what the chosen one is."""
    table, settings = POPULATION.among(tables), look.settings
    found = {
        "population": of_population(table, settings),
        "network": of_network(chosen(table, settings.net), settings),
    }
    return {name: sentence for name, sentence in found.items() if sentence}


def draw_closer(found: Columns) -> tuple[Figure, ...]:
    """The weights of the chosen network, what its prunability lets go blank."""
    share = float(found["kept"][0]) if found and math.isfinite(found["kept"][0]) else 1.0
    weights = {name: found[name] if found else np.zeros(0, kind) for name, kind in WEIGHTS.items()}
    return (draw_weights(weights, share, "global", "last layer"),)


CLOSER = Closer(("weights",), draw_closer, lambda found: {"weights": of_weights(found)})
SHEET = Sheet(
    SLOTS,
    (Part(("population", "network"), draw, sentences),),
    [*draw({}, Look(PopulationSettings.make())), *draw_closer({})],
    closer=CLOSER,
)
