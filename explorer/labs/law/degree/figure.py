"""Panel `degree`: how steep a form of degree p is that fits, what k neurons force on it, and how many it takes."""

from collections.abc import Mapping

import numpy as np

from explorer.figures.figure import Axis, Figure
from explorer.figures.layout import Slot
from explorer.figures.look import Look
from explorer.figures.marks import Dots, Line, Lines, Pin
from explorer.figures.palette import spaced
from explorer.figures.texts import Label, Labels
from explorer.frames import Columns, Tables
from explorer.labs.law.degree import TENSOR, DegreeSettings
from explorer.labs.law.degree.forms import NOTHING, any_floor, fitted, floor_curve, ky_fan, means
from explorer.labs.law.degree.words import sentences
from explorer.labs.law.tables import FLOORS
from explorer.theory.monomials import enough_neurons, least_neurons, monomials, neurons

__all__ = ["SLOTS", "draw", "sentences"]

PENDING = "Drawn with the first form."
SLOTS = (
    Slot("degree", "Forms of degree p that fit", "‖T‖ / √(n / dᵖ⁻¹)", pending=PENDING),
    Slot("degree-floor", "What k neurons force", "‖T‖ = Lip / p on the ball", pending=PENDING),
    Slot("degree-neurons", "Neurons tᵖ it takes", "width k, with n/dᵖ as chosen", pending=PENDING),
)
FORM = [("n, d", "@n{%d}, @d{%d}"), ("‖T‖ over its scale", "@y{%.3g}"), ("least, largest", "@low{%.3g}, @high{%.3g}")]
FLOOR = [("neurons k", "@x{%d}"), ("‖T‖ ≥", "@y{%.3g}")]
FITTED = [("neurons k, seed", "@x{%d}, @seed{%d}"), ("‖T‖", "@y{%.3g}")]
Curves = Mapping[int, Columns]


def draw(tables: Tables, look: Look) -> tuple[Figure, ...]:
    """The forms, what they must be, and their neurons."""
    forms, floors, settings = TENSOR.among(tables), FLOORS.among(tables), look.settings
    curves = means(forms)
    return (
        _curves(curves, floor_curve(floors, settings), settings),
        _floors(*ky_fan(floors), *fitted(forms, settings), any_floor(floors, settings), settings),
        _neurons(list(curves), settings),
    )


def _curves(curves: Curves, floor: tuple[np.ndarray, np.ndarray], settings: DegreeSettings) -> Figure:
    chosen, drawn = curves.get(settings.d, NOTHING), list(curves.values())
    here, shade = chosen["n"] == settings.n, spaced(len(curves))
    law = np.geomspace(0.03, 0.95, 60) if settings.p == 1 and curves else np.zeros(0)
    heights = np.concatenate([floor[1], *(curve["y"] for curve in drawn)])
    ends = np.array([heights.min(), heights.max()]) if len(heights) else heights
    limit = np.full(len(ends), monomials(settings.d, settings.p) / settings.d**settings.p)
    hover = {name: np.concatenate([curve[name] for curve in drawn or [NOTHING]]) for name in NOTHING}
    names = _names(curves, dict(zip(curves, shade.tolist(), strict=True)), settings.d)
    names += [
        Label(law[:40], 1 / np.sqrt(1 - law[:40]), "1/√(1 − n/d)", "law", 16, dx=-5),
        Label(limit[:1], ends, f"n = {_limit(settings.p)}", "law", 4, dx=-5),
        Label(floor[0][:1], floor[1], "≥ floor, any k", "floor", 12, align="left"),
    ]
    marks = [
        Line("limit", limit, ends, "law", dash="dashed", width=1.2),
        Line("law", law, 1 / np.sqrt(1 - law), "law", dash="dashed", width=1.5),
        Line("floor", *floor, "floor", width=1.5),
        Lines("curves", [curve["x"] for curve in drawn], [curve["y"] for curve in drawn], shade=shade, width=1.8),
        Line("chosen", chosen["x"], chosen["y"], width=2.5),
        Pin("pin", chosen["x"], chosen["y"]),
        Dots("dots", hover["x"], hover["y"], size=4, tip=FORM, hover=hover),
        Dots("point", chosen["x"][here], chosen["y"][here], size=12, hollow=True),
        Labels("text", names),
    ]
    return Figure("degree", marks, Axis("n / dᵖ", log=True), Axis(log=True))


def _floors(
    k: np.ndarray, floor: np.ndarray, seed: np.ndarray, norm: np.ndarray, every: float, settings: DegreeSettings
) -> Figure:
    width, least = (count(settings.d, settings.p, settings.n) for count in (neurons, least_neurons))
    end = max(width, len(k))
    third = round(end**0.34)  # of the way to the end of a log axis
    shape = np.sqrt(settings.n * settings.d) / k if settings.p == 2 else np.full(len(k), np.nan)
    some = np.unique(np.geomspace(1, max(len(k), 1), 16).round().astype(np.int64)) - 1 if len(k) else k
    heights = np.concatenate([floor, norm])
    counted = len(k) > 0 and least > 1 and settings.n <= monomials(settings.d, settings.p)
    few = np.array([heights.min(), heights.max()]) if counted else np.zeros(0)
    bound = [1, end] if np.isfinite(every) else []
    late = least > end**0.5  # on a log axis
    align, dx, too_few = ("right", -4, "too few to fit") if late else ("left", 5, "← too few to fit")
    names = [
        Label(k[:1], [every] * (len(k) - 1), "≥ any form that fits", "floor", 8, align="left", dx=5),
        Label(k[:third], floor[:third], "≥ k neurons", "floor", -14 if len(k) > 1 else 12, dx=-4),
        Label([width], norm[:1], "fits" if settings.p <= 2 else "≥ fits", "found", 12, dx=-4),
        Label([least], few[-1:], too_few, "law", -4, align=align, dx=dx),
        Label(k[:1], shape[:1], "√(nd)/k", "law", -6, align="left", dx=30),
    ]
    marks = [
        Line("least", np.full(len(few), least), few, "law", dash="dotted", width=1.2),
        Line("shape", k, shape, "law", dash="dashed", width=1.5),
        Line("any", bound, [every] * len(bound), "floor", dash="dotted", width=1.8),
        Line("ky-fan", np.append(k, [end] * (len(k) > 0)), np.append(floor, floor[-1:]), "floor"),
        Pin("pin", k, floor),
        Dots("dots", k[some], floor[some], "floor", tip=FLOOR),
        Dots("fitted", np.full(len(norm), width), norm, "found", size=9, tip=FITTED, hover={"seed": seed}),
        Labels("text", names),
    ]
    return Figure("degree-floor", marks, Axis("neurons k", log=True), Axis(log=True))


def _neurons(there: list[int], settings: DegreeSettings) -> Figure:
    """Formulas at the chosen n/d^p; the dots stand at the dimensions that are measured."""
    p, share = settings.p, settings.n / settings.d**settings.p
    between = np.geomspace(there[0] / 1.5, there[-1] * 1.5, 40).round() if there else np.zeros(0)
    d = np.unique(np.append(between, there)).astype(np.int64)
    d = d[d >= 2]
    n = np.array([max(1, round(share * e**p)) for e in d.tolist()], np.int64)
    pairs = list(zip(d.tolist(), n.tolist(), strict=True))
    enough = np.array([enough_neurons(e, p) for e, _ in pairs])
    fits = np.array([m <= monomials(e, p) for e, m in pairs], bool)
    least = np.array([least_neurons(e, p, m) for e, m in pairs])
    found = np.array([neurons(e, p, m) for e, m in pairs])
    dots, point = fits & np.isin(d, there), fits & (d == settings.d)
    third, most = len(d) // 3, len(d) * 7 // 10
    fewer = "≥ fewer cannot fit" * (p > 1)
    names = [
        Label(d[:most], enough[:most], "≤ always enough", "certified", 10, dx=-4),
        Label(d[:third], n[:third], "n, as the sum stands", "loose", -8, align="left", dx=10),
        Label(d[fits][:third], least[fits][:third], fewer, "floor", -8, align="left", dx=10),
    ]
    marks = [
        Line("sum", d, n, "loose", dash="dotted", width=1.8),
        Line("enough", d, enough, "certified"),
        Line("least", d[fits], least[fits], "floor"),
        Dots("found", d[dots], found[dots], "found", size=6),
        Dots("point", d[point], found[point], size=12, hollow=True),
        Labels("text", names),
    ]
    return Figure("degree-neurons", marks, Axis("dimension d", log=True), Axis(log=True))


def _names(curves: Curves, shades: Mapping[int, float], chosen: int) -> list[Label]:
    """'d = ...' left of the end of each curve; below each other where curves end at about the same n / d^p."""
    out: list[Label] = []
    ends: list[tuple[float, float]] = []
    for d, curve in sorted(curves.items(), key=lambda item: -item[1]["y"][-1]):
        x, y = float(curve["x"][-1]), float(curve["y"][-1])
        near = [end for end in ends if max(x, end[0]) < 1.15 * min(x, end[0])]
        above = 9 if ends and not near else 0  # the first stands at the top of the figure
        ends.append((x, y))
        align, dx = ("right", -8) if len(curve["x"]) > 1 else ("left", 10)
        shade = None if d == chosen else shades[d]
        place = near[0] if near else (x, y)
        out.append(Label(*place, f"d = {d}", above=above - 13 * len(near), align=align, dx=dx, shade=shade))
    return out


def _limit(p: int) -> str:
    """C(d + p - 1, p), written out."""
    return {1: "d", 2: "d(d + 1)/2"}.get(p, f"C(d + {p - 1}, {p})")
