"""Figures of the panel `curve`: the loss while weights go, the network as a picture, and what goes with the weights."""

import math

import numpy as np

from explorer.figures.figure import Axis, Figure
from explorer.figures.layout import Slot
from explorer.figures.look import Look
from explorer.figures.marks import Band, Dots, Line, Lines, Mark, Pin
from explorer.figures.sentence import Sentence
from explorer.figures.tables import where
from explorer.figures.texts import Label, Labels
from explorer.frames import Columns, Tables
from explorer.labs.prunability.curve import CURVE, FRACTION, GLOBAL, LAYERWISE, NOISE, RANDOM, WEIGHTS
from explorer.labs.prunability.curve.numbers import Way, untrained, way
from explorer.labs.prunability.curve.picture import draw_histogram, draw_weights
from explorer.labs.prunability.curve.words import of_curve, of_energy, of_sizes, of_weights

SLOTS = (
    Slot(
        "curve",
        "The loss while weights go",
        "cross-entropy against the share kept",
        pending="Drawn with the first networks.",
    ),
    Slot(
        "weights",
        "A network without its smallest weights",
        "rose below 0, teal above; blank: gone",
        pending="Drawn with the first networks.",
    ),
    Slot(
        "energy",
        "What goes with the weights",
        "share of |w|²",
        pending="Drawn with the first networks.",
    ),
    Slot(
        "histogram",
        "Sizes of the weights",
        "by layer; pale: gone",
        pending="Drawn with the first networks.",
    ),
)
TIP = [
    ("network, way", "@net{%d}, @scope"),
    ("kept", "@kept{%.3f}, @weights{%d} weights"),
    ("training loss, error", "@loss{%.4g}, @error{%.3f}"),
    ("test loss, error", "@test_loss{%.4g}, @test_error{%.3f}"),
]
SHARES = (0, 0.2, 0.4, 0.6, 0.8, 1)
LEAST = 1e-4  # losses below this are drawn there


def draw(tables: Tables, look: Look) -> tuple[Figure, ...]:
    """Curves of network 0 before those of the others, its picture, energy and histogram."""
    table, found, weights = CURVE.among(tables), FRACTION.among(tables), WEIGHTS.among(tables)
    settings = look.settings
    return (
        _curves(table, found, settings.kept),
        draw_weights(weights, settings.kept, settings.scope),
        _energies(table, settings.kept),
        draw_histogram(weights, settings.kept, settings.scope),
    )


def _curves(table: Columns, found: Columns, kept: float) -> Figure:
    whole, layers, random, noise = (way(table, 0, scope) for scope in (GLOBAL, LAYERWISE, RANDOM, NOISE))
    others = [way(table, net, GLOBAL) for net in np.unique(table["net"]).tolist() if net]
    first = where(found, (found["net"] == 0) & (found["scope"] == GLOBAL))
    allowed = np.repeat(first["allowed"], 2)
    ends = np.array([0.0, 1.0])[: len(allowed)]
    P, height = (first[name][:0] if untrained(found) else first[name] for name in ("fraction", "allowed"))
    dots = where(table, (table["net"] == 0) & (table["scope"] == GLOBAL))
    drawn = _shown(np.concatenate([whole.loss, random.high, noise.high]))
    upright = [kept, kept] if len(drawn) else []
    texts = [
        Label(ends[:1], allowed[:1], "allowed", "floor", 5, align="left", dx=4),
        Label(P, height, f"P = {P[0]:.2f}" if len(P) and math.isfinite(P[0]) else "", "ink", 12, align="left", dx=6),
        Label(*_somewhere(random, 0.72), "random", "law", 10),
        Label(*_somewhere(noise, 0.62), "noise", "law", -16),
        Label(*_somewhere(whole, 0.12), "smallest first", "ink", 12, align="left", dx=6),
        Label(whole.kept, _shown(whole.test_loss), "test", "found", 8),
    ]
    marks: list[Mark] = [
        Line("kept", upright, [drawn.min(), drawn.max()] if upright else [], "law", dash="dashed", width=1),
        Band("random-band", random.kept, _shown(random.low), _shown(random.high), "law"),
        Line("allowed", ends, allowed, "floor", dash="dashed", width=1.6),
        Lines("others", [each.kept for each in others], [_shown(each.loss) for each in others], "law", width=0.8),
        Line("noise", noise.kept, _shown(noise.loss), "law", dash="dotted", width=1.6),
        Line("random", random.kept, _shown(random.loss), "law", width=1.8),
        Line("layerwise", layers.kept, _shown(layers.loss), "ink", dash="dotted", width=1.3),
        Line("test", whole.kept, _shown(whole.test_loss), "found", dash="dashed", width=1.5),
        Line("loss", whole.kept, _shown(whole.loss), "ink", width=2.5),
        Pin("pin", whole.kept, _shown(whole.loss)),
        Dots("dots", dots["kept"], _shown(dots["loss"]), "ink", size=3, tip=TIP, hover=dots),
        Dots("P", P, height, "floor", size=11, hollow=True),
        Labels("text", texts),
    ]
    y = Axis("training loss", log=True)
    return Figure("curve", marks, Axis("share of weights kept", ticks=SHARES, ends=(0, 1)), y, pick={"dots": "kept"})


def _somewhere(curve: Way, kept: float) -> tuple[np.ndarray, np.ndarray]:
    """One point of a curve, near a share; none of an empty one."""
    if not len(curve.kept):
        return curve.kept, curve.loss
    at = slice(curve.at(kept), curve.at(kept) + 1)
    return curve.kept[at], _shown(curve.loss[at])


def _shown(losses: np.ndarray) -> np.ndarray:
    """What a logarithmic axis can show."""
    return np.maximum(losses, LEAST)


def _energies(table: Columns, kept: float) -> Figure:
    whole, layers, random = (way(table, 0, scope) for scope in (GLOBAL, LAYERWISE, RANDOM))
    upright = [kept, kept] if len(whole.kept) else []
    texts = [
        Label(*_energy(random, 0.5), "random", "law", 10, align="left", dx=6),
        Label(*_energy(whole, 0.3), "smallest first", "ink", -16, align="right"),
    ]
    marks: list[Mark] = [
        Line("kept", upright, [0.0, 1.0] if upright else [], "law", dash="dashed", width=1),
        Line("straight", random.kept, 1 - random.kept, "law", dash="dotted", width=1.2),
        Line("random", random.kept, random.energy, "law", width=1.8),
        Line("layerwise", layers.kept, layers.energy, "ink", dash="dotted", width=1.3),
        Line("global", whole.kept, whole.energy, "ink", width=2.5),
        Pin("pin", whole.kept, whole.energy),
        Labels("text", texts),
    ]
    y = Axis("share of |w|² gone", ticks=SHARES, ends=(0, 1))
    return Figure("energy", marks, Axis("share of weights kept", ticks=SHARES, ends=(0, 1)), y)


def _energy(curve: Way, kept: float) -> tuple[np.ndarray, np.ndarray]:
    if not len(curve.kept):
        return curve.kept, curve.energy
    at = slice(curve.at(kept), curve.at(kept) + 1)
    return curve.kept[at], curve.energy[at]


def sentences(tables: Tables, look: Look) -> dict[str, Sentence]:
    """What may go, and what goes with it."""
    table, found = CURVE.among(tables), FRACTION.among(tables)
    said = {
        "curve": of_curve(table, found, look.settings),
        "weights": of_weights(WEIGHTS.among(tables), look.settings),
        "energy": of_energy(table, look.settings),
        "histogram": of_sizes(WEIGHTS.among(tables), look.settings),
    }
    return {name: sentence for name, sentence in said.items() if sentence}
