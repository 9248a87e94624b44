"""Panel `degree`: how steep a form of degree p is that fits, what k neurons force on it, and how many it takes."""

from collections.abc import Mapping

import holoviews as hv
import numpy as np

from explorer.figures import parts
from explorer.figures.layout import Slot
from explorer.figures.look import Look, Patch
from explorer.figures.palette import colour, ramp
from explorer.figures.texts import COLUMNS, Label, joined, texts
from explorer.frames import Tables
from explorer.labs.law.degree.forms import NOTHING, any_floor, fitted, floor_curve, ky_fan, means
from explorer.labs.law.degree.words import sentences
from explorer.theory.monomials import enough_neurons, least_neurons, monomials, neurons

__all__ = ["PENDING", "ROLES", "SLOTS", "declare", "patch", "sentences"]

SLOTS = (
    Slot("degree", "Forms of degree p that fit", "‖T‖ / √(n / dᵖ⁻¹)", ("degree",)),
    Slot("degree-floor", "What k neurons force", "‖T‖ = Lip / p on the ball", ("degree-floor",)),
    Slot("degree-neurons", "Neurons tᵖ it takes", "width k, with n/dᵖ as chosen", ("degree-neurons",)),
)
PENDING = {slot.name: "Drawn with the first form." for slot in SLOTS}
ROLES = {
    "degree:limit": "law",
    "degree:law": "law",
    "degree:floor": "floor",
    "degree:chosen": "ink",
    "degree:pin": "pinned",
    "degree:dots": "ink",
    "degree:point": "ink",
    "degree-floor:least": "law",
    "degree-floor:shape": "law",
    "degree-floor:any": "floor",
    "degree-floor:ky-fan": "floor",
    "degree-floor:pin": "pinned",
    "degree-floor:dots": "floor",
    "degree-floor:fitted": "found",
    "degree-neurons:sum": "loose",
    "degree-neurons:enough": "certified",
    "degree-neurons:least": "floor",
    "degree-neurons:found": "found",
    "degree-neurons:point": "ink",
}
FORM = [("n, d", "@n{%d}, @d{%d}"), ("‖T‖ over its scale", "@y{%.3g}"), ("least, largest", "@low{%.3g}, @high{%.3g}")]
FLOOR = [("neurons k", "@x{%d}"), ("‖T‖ ≥", "@y{%.3g}")]
FITTED = [("neurons k, seed", "@x{%d}, @seed{%d}"), ("‖T‖", "@y{%.3g}")]
EMPTY: dict[str, list | np.ndarray] = {"x": [], "y": []}


def declare() -> dict[str, hv.Overlay]:
    """The three figures, all sources empty."""
    p = parts
    return {
        "degree": p.figure(
            [
                p.line("degree:limit", "law", dash="dashed", width=1.2),
                p.line("degree:law", "law", dash="dashed", width=1.5),
                p.line("degree:floor", "floor", width=1.5),
                p.lines("degree:curves", width=1.8),
                p.line("degree:chosen", "ink", width=2.5),
                p.line("degree:pin", "pinned", dash="dashed", width=1.8),
                p.dots("degree:dots", "ink", size=4, hover=FORM),
                p.dots("degree:point", "ink", size=12, hollow=True),
                p.labels("degree:text"),
            ],
            name="degree",
            x="n / dᵖ",
            log_x=True,
            log_y=True,
        ),
        "degree-floor": p.figure(
            [
                p.line("degree-floor:least", "law", dash="dotted", width=1.2),
                p.line("degree-floor:shape", "law", dash="dashed", width=1.5),
                p.line("degree-floor:any", "floor", dash="dotted", width=1.8),
                p.line("degree-floor:ky-fan", "floor"),
                p.line("degree-floor:pin", "pinned", dash="dashed", width=1.8),
                p.dots("degree-floor:dots", "floor", size=5, hover=FLOOR),
                p.dots("degree-floor:fitted", "found", size=9, hover=FITTED),
                p.labels("degree-floor:text"),
            ],
            name="degree-floor",
            x="neurons k",
            log_x=True,
            log_y=True,
        ),
        "degree-neurons": p.figure(
            [
                p.line("degree-neurons:sum", "loose", dash="dotted", width=1.8),
                p.line("degree-neurons:enough", "certified"),
                p.line("degree-neurons:least", "floor"),
                p.dots("degree-neurons:found", "found", size=6),
                p.dots("degree-neurons:point", "ink", size=12, hollow=True),
                p.labels("degree-neurons:text"),
            ],
            name="degree-neurons",
            x="dimension d",
            log_x=True,
            log_y=True,
        ),
    }


def patch(tables: Tables, look: Look) -> Patch:
    """New columns for every source; empty ones where there is no table yet."""
    return _curves(tables, look) | _floors(tables, look) | _neurons(tables, look)


def _curves(tables: Tables, look: Look) -> Patch:
    settings, theme = look.settings, look.theme
    curves = means(tables.get("tensor"))
    hues = dict(zip(curves, ramp(len(curves), theme), strict=True))
    chosen = curves.get(settings.d, NOTHING)
    here = chosen["n"] == settings.n
    floor = floor_curve(tables.get("floors"), settings)
    law = np.geomspace(0.03, 0.95, 60) if settings.p == 1 and curves else np.zeros(0)
    heights = np.concatenate([floor["y"], *(curve["y"] for curve in curves.values())])
    low, high = (heights.min(), heights.max()) if len(heights) else (np.nan, np.nan)
    limit = np.full(2, monomials(settings.d, settings.p) / settings.d**settings.p)
    drawn = list(curves.values())
    labels: list[Label] = [
        (law[:40], 1 / np.sqrt(1 - law[:40]), "1/√(1 − n/d)", "law", 16),
        (limit[:1], np.array([low]), f"n = {_limit(settings.p)}", "law", 4),
    ]
    return {
        "degree:limit": {"x": limit, "y": np.array([low, high])} if len(heights) else EMPTY,
        "degree:law": {"x": law, "y": 1 / np.sqrt(1 - law)},
        "degree:floor": floor,
        "degree:curves": {
            "xs": [curve["x"] for curve in drawn],
            "ys": [curve["y"] for curve in drawn],
            "color": list(hues.values()),
        },
        "degree:chosen": {"x": chosen["x"], "y": chosen["y"]},
        "degree:pin": _pinned_curve(look),
        "degree:dots": {name: np.concatenate([curve[name] for curve in drawn or [NOTHING]]) for name in NOTHING},
        "degree:point": {"x": chosen["x"][here], "y": chosen["y"][here]},
        "degree:text": joined(
            _names(curves, hues | {settings.d: colour("ink", theme)}),
            texts(labels, theme, "right", -5),
            texts([(floor["x"][:1], floor["y"][:1], "≥ floor, any k", "floor", 12)], theme, "left"),
        ),
    }


def _floors(tables: Tables, look: Look) -> Patch:
    settings, theme = look.settings, look.theme
    k, floor = ky_fan(tables.get("floors"))
    seed, norm = fitted(tables.get("tensor"), settings)
    every = any_floor(tables.get("floors"), settings)
    width, least = (count(settings.d, settings.p, settings.n) for count in (neurons, least_neurons))
    end = max(width, len(k))
    third = round(end**0.34)  # of the way to the end of a log axis
    shape = np.sqrt(settings.n * settings.d) / k if settings.p == 2 else np.full(len(k), np.nan)
    marks = np.unique(np.geomspace(1, max(len(k), 1), 16).round().astype(np.int64)) - 1 if len(k) else k
    heights = np.concatenate([floor, norm])
    counted = len(k) > 0 and least > 1 and settings.n <= monomials(settings.d, settings.p)
    too_few = np.array([least]), heights.max(keepdims=True, initial=0)[: int(counted)]
    late = least > end**0.5  # on a log axis
    beside: list[Label] = [
        (k[:1], np.full(1, every)[: len(k) - 1], "≥ any form that fits", "floor", 8),
        (*too_few, "" if late else "← too few to fit", "law", -4),
    ]
    inside: list[Label] = [
        (k[:third], floor[:third], "≥ k neurons", "floor", -14 if len(k) > 1 else 12),
        (np.full(1, width), norm[:1], "fits" if settings.p <= 2 else "≥ fits", "found", 12),
        (*too_few, "too few to fit" if late else "", "law", -4),
    ]
    return {
        "degree-floor:least": {"x": np.full(2, least), "y": [heights.min(), heights.max()]} if counted else EMPTY,
        "degree-floor:shape": {"x": k, "y": shape},
        "degree-floor:any": {"x": [1, end], "y": np.full(2, every)} if np.isfinite(every) else EMPTY,
        "degree-floor:ky-fan": {"x": np.append(k, [end] * (len(k) > 0)), "y": np.append(floor, floor[-1:])},
        "degree-floor:pin": _pinned_floor(look),
        "degree-floor:dots": {"x": k[marks], "y": floor[marks]},
        "degree-floor:fitted": {"x": np.full(len(norm), width), "y": norm, "seed": seed},
        "degree-floor:text": joined(
            texts(beside, theme, "left", 5),
            texts(inside, theme, "right", -4),
            texts([(k[:1], shape[:1], "√(nd)/k", "law", -6)], theme, "left", 30),
        ),
    }


def _neurons(tables: Tables, look: Look) -> Patch:
    """Formulas at the chosen n/d^p; the dots stand at the dimensions that are measured."""
    p, share = look.settings.p, look.settings.n / look.settings.d**look.settings.p
    there = list(means(tables.get("tensor")))
    between = np.geomspace(there[0] / 1.5, there[-1] * 1.5, 40).round() if there else np.zeros(0)
    d = np.unique(np.append(between, there)).astype(np.int64)
    d = d[d >= 2]
    n = np.array([max(1, round(share * e**p)) for e in d.tolist()], np.int64)
    pairs = list(zip(d.tolist(), n.tolist(), strict=True))
    enough = np.array([enough_neurons(e, p) for e, _ in pairs])
    fits = np.array([m <= monomials(e, p) for e, m in pairs], bool)
    least = np.array([least_neurons(e, p, m) for e, m in pairs])
    found = np.array([neurons(e, p, m) for e, m in pairs])
    dots, point = fits & np.isin(d, there), fits & (d == look.settings.d)
    third, most = len(d) // 3, len(d) * 7 // 10
    above: list[Label] = [(d[:most], enough[:most], "≤ always enough", "certified", 10)]
    below: list[Label] = [
        (d[:third], n[:third], "n, as the sum stands", "loose", -8),
        (d[fits][:third], least[fits][:third], "≥ fewer cannot fit" * (p > 1), "floor", -8),
    ]
    return {
        "degree-neurons:sum": {"x": d, "y": n},
        "degree-neurons:enough": {"x": d, "y": enough},
        "degree-neurons:least": {"x": d[fits], "y": least[fits]},
        "degree-neurons:found": {"x": d[dots], "y": found[dots]},
        "degree-neurons:point": {"x": d[point], "y": found[point]},
        "degree-neurons:text": joined(texts(above, look.theme, "right", -4), texts(below, look.theme, "left", 10)),
    }


def _pinned_curve(look: Look) -> dict[str, list | np.ndarray]:
    if look.pinned is None:
        return EMPTY
    curve = means(look.pinned.get("tensor")).get(look.pinned_settings.d, NOTHING)
    return {"x": curve["x"], "y": curve["y"]}


def _pinned_floor(look: Look) -> dict[str, list | np.ndarray]:
    k, floor = ky_fan(look.pinned.get("floors") if look.pinned is not None else None)
    return {"x": k, "y": floor}


def _names(curves: Mapping[int, Mapping[str, np.ndarray]], hues: Mapping[int, str]) -> dict[str, list]:
    """'d = ...' left of the end of each curve; below each other where curves end at about the same n / d^p."""
    out: dict[str, list] = {column: [] for column in COLUMNS}
    ends: list[tuple[float, float]] = []
    for d, curve in sorted(curves.items(), key=lambda item: -item[1]["y"][-1]):
        x, y = float(curve["x"][-1]), float(curve["y"][-1])
        near = [end for end in ends if max(x, end[0]) < 1.15 * min(x, end[0])]
        above = 9 if ends and not near else 0  # the first stands at the top of the figure
        ends.append((x, y))
        side = ("right", -8) if len(curve["x"]) > 1 else ("left", 10)
        row = (*(near[0] if near else (x, y)), f"d = {d}", hues[d], *side, 13 * len(near) - above)
        for name, value in zip(out, row, strict=True):
            out[name].append(value)
    return out


def _limit(p: int) -> str:
    """C(d + p - 1, p), written out."""
    return {1: "d", 2: "d(d + 1)/2"}.get(p, f"C(d + {p - 1}, {p})")
