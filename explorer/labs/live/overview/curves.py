"""The curve figures of the live lab, each of which can be drawn without the others."""

from collections.abc import Callable, Mapping

import numpy as np

from explorer.data.synthetic import DISTRIBUTIONS
from explorer.figures.figure import DECADES, POWERS, Axis, Figure
from explorer.figures.layout import Key
from explorer.figures.look import Look
from explorer.figures.marks import Dots, Line, Lines, Pin, PinDots, PinStems, Tip
from explorer.figures.networks import stems
from explorer.figures.palette import spaced
from explorer.figures.tables import Means, curves, dodged, spread, where
from explorer.figures.texts import Label, Labels, Margin, PinMargin
from explorer.frames import Tables
from explorer.labs.live.overview import ATTACK, LIPSCHITZ, PRUNABILITY, PRUNING, TRAINING
from explorer.labs.live.overview.settings import LiveSettings

#: What hovering a dot tells of its network.
TIP = [
    ("width k, seed", "@k{%d}, @seed{%d}"),
    ("found ≥", "@lower{%.3g}"),
    ("certified ≤", "@upper{%.3g}"),
    ("product |a|·‖W‖ ≤", "@product{%.3g}"),
    ("at the data", "@at_data{%.3g}"),
    ("MSE", "@mse{%.2g}"),
]


WIDTH = ("width k", "@k{%d}")
ATTACKED = [WIDTH, ("ε", "$x{0.000}"), ("share flipped", "$y{0.00}")]
PRUNED = [WIDTH, ("weights kept", "$x{0.00}"), ("MSE", "$y{0.0000}")]
TRAINED = [WIDTH, ("step", "$x{0,0}"), ("MSE", "$y{0.0000}")]


def key(tables: Tables) -> Key | None:
    """A line a width, from dark to light."""
    k = LIPSCHITZ.among(tables)["k"]
    return Key(f"k = {k.min()}", str(k.max()), "chosen k") if len(k) else None


def _lipschitz(tables: Tables, look: Look) -> tuple[Figure, ...]:
    table, chosen = LIPSCHITZ.among(tables), look.settings.k_shown
    (k, lower), (_, upper) = spread(table, "lower"), spread(table, "upper")
    law = np.sqrt(look.settings.n / k)
    heights = np.concatenate([lower.low, upper.high, law])  # law is never unknown
    ends = np.array([np.nanmin(heights), np.nanmax(heights)]) if len(heights) else heights
    top = ends[-1:] * (ends[-1:] / ends[:1]) ** 0.07  # the handle stands clear of the stems
    x = dodged(table["k"], table["seed"])
    generic = look.settings.data in DISTRIBUTIONS
    names = [
        Label(k, upper.mean, "≤ certified", "certified"),
        Label(k, lower.mean, "≥ found", "found"),
        Label(k, law, "√(n/k)" if generic else "shape √(n/k)", "law"),
    ]
    marks = [
        Line("law", k, law, "law", dash="dashed", width=1.5),
        PinStems("pin-stems", x, table["lower"], table["upper"]),
        PinDots("pin", x, table["lower"], size=4),
        Line("k", np.full(2 * len(top), chosen), np.append(ends[:1], top), width=1.5),
        Line("upper", k, upper.mean, "certified", width=1, alpha=0.5),
        Line("lower", k, lower.mean, "found", width=1, alpha=0.5),
        *stems(table, x, TIP),
        Dots("handle", np.full(len(top), chosen), top, size=9),
        Margin("text", names),
        PinMargin("pin-text", [Label(k, lower.mean, "A, pinned", "pinned")]),
        Labels("handle-text", [_handle(k, chosen, top)]),
    ]
    axis, ready = Axis("width k", log=True, ticks=POWERS), len(k) > 0
    return (Figure("lipschitz", marks, axis, Axis(log=True, ticks=DECADES), ready=ready, pick={"lower": "k_shown"}),)


def _handle(k: np.ndarray, chosen: int, top: np.ndarray) -> Label:
    """The chosen width beside the handle of its line, on the roomier side."""
    late = len(k) > 0 and chosen > np.sqrt(float(k[0]) * float(k[-1]))
    align, dx, text = ("right", -9, f"↔ k = {chosen}") if late else ("left", 9, f"k = {chosen} ↔")
    return Label(np.full(len(top), chosen), top, text, align=align, dx=dx)


def _attack(tables: Tables, look: Look) -> tuple[Figure, ...]:
    shown, chosen = curves(ATTACK.among(tables), "eps", "success"), look.settings.k_shown
    named = dict.fromkeys([*shown.k[:1].tolist(), chosen])  # the narrowest may be the chosen one
    marks = [*_family(shown, chosen, ATTACKED), Labels("text", [_half_label(shown, k) for k in named])]
    return (Figure("attack", marks, Axis("ε"), Axis(ends=(0, 1.04)), ready=len(shown.k) > 0),)


def _pruning(tables: Tables, look: Look) -> tuple[Figure, ...]:
    shown, chosen = curves(PRUNING.among(tables), "kept", "loss"), look.settings.k_shown
    k, fraction = spread(PRUNABILITY.among(tables), "fraction")
    limit = threshold(look.settings, next(iter(shown.of(chosen)[::-1].tolist()), np.nan))
    at = fraction.mean[(k == chosen) & np.isfinite(fraction.mean) & np.isfinite(limit)]
    floor, kept = shown.y[np.isfinite(shown.y)], look.settings.kept
    # from below, where there is room for its handle, up to the chosen curve
    ends = np.array([floor.min(), np.interp(kept, shown.x, shown.of(chosen))]) if len(floor) else floor
    left = np.full(len(ends), kept)
    names = [Label(0, limit, "tolerance", "certified", 8, align="left", dx=4)]
    # the curves fall, so the upper right corner is free
    names += [Label(1, np.nanmax(shown.y), f"prunability {share:.2f}", "certified", dx=-9) for share in at.tolist()]
    marks = [
        Line("tolerance", [0.0, 1.0], [limit, limit], "certified", dash="dashed", width=1.2),
        *_family(shown, chosen, PRUNED),
        Line("kept", left, ends, width=1.2),
        Dots("handle", left[:1], ends[:1], size=8),
        Dots("prunability", at, np.full(len(at), limit), "certified", size=9),
        Labels("text", names),
    ]
    axes, pick = (Axis("fraction of weights kept"), Axis(log=True)), {"chosen": "kept"}
    return (Figure("pruning", marks, *axes, ready=len(shown.k) > 0, pick=pick),)


def threshold(settings: LiveSettings, dense: float) -> float:
    """The largest loss that pruning may leave, given the dense network's loss."""
    if settings.prune_rule == "relative":
        return dense * (1 + settings.prune_tolerance)
    return dense + settings.prune_tolerance


def _training(tables: Tables, look: Look) -> tuple[Figure, ...]:
    whole, limit = TRAINING.among(tables), look.settings.tolerance
    table = where(whole, whole["seed"] == whole["seed"].min(initial=2**31))
    ks = np.unique(table["k"])
    ways = [where(table, table["k"] == k) for k in ks]
    chosen = where(table, table["k"] == look.settings.k_shown)
    end = float(whole["step"].max(initial=0))
    marks = [
        Line("tolerance", [0.0, end], [limit, limit], "certified", dash="dashed", width=1.2),
        Lines(
            "all",
            [way["step"] for way in ways],
            [way["mse"] for way in ways],
            shade=spaced(len(ways)),
            tip=TRAINED,
            hover={"k": ks},
        ),
        Line("chosen", chosen["step"], chosen["mse"], width=3),
        Labels("text", [Label(end, limit, "fits", "certified", 8)]),
    ]
    return (Figure("training", marks, Axis("step"), Axis(log=True), ready=len(ways) > 0),)


def _family(shown: Means, chosen: int, tip: Tip) -> tuple[Lines, Line, Pin]:
    return (
        Lines(
            "all", [shown.x] * len(shown.k), list(shown.y), shade=spaced(len(shown.k)), tip=tip, hover={"k": shown.k}
        ),
        Line("chosen", shown.x, shown.of(chosen), width=3),
        Pin("pin", shown.x, shown.of(chosen)),
    )


def _half_label(shown: Means, k: int) -> Label:
    """'k = ...' where that width's curve passes one half, if it does; on the roomier side."""
    at = np.flatnonzero(shown.of(k) >= 0.5)[:1]
    roomy = ((len(shown.x) / 2 <= at) & (at < 0.8 * len(shown.x))).any()
    align, dx = ("left", 8) if roomy else ("right", -8)
    return Label(shown.x[at], shown.of(k)[at], f"k = {k}", align=align, dx=dx)


DRAW: Mapping[str, Callable[[Tables, Look], tuple[Figure, ...]]] = {
    "lipschitz": _lipschitz,
    "attack": _attack,
    "pruning": _pruning,
    "training": _training,
}
