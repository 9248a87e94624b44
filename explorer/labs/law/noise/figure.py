"""Figures of the noise panel: steepness against training error, with label noise and without, and where it ends."""

import math
from dataclasses import dataclass

import holoviews as hv
import numpy as np

from explorer.figures import parts
from explorer.figures.layout import Slot
from explorer.figures.look import Look, Patch
from explorer.figures.palette import colour, ramp
from explorer.figures.texts import joined, texts
from explorer.frames import Columns, Tables
from explorer.labs.law.numbers import interval, signed
from explorer.measure.regression import Line, line, mean

SLOTS = (
    Slot("noise", "The price of the noise", "Lip of f on the ball, found (≥)", ("noise",)),
    Slot("noise-width", "When fitted", "Lip of f on the ball, found (≥)", ("noise-width",)),
)
PENDING = {"noise-width": "Drawn as soon as networks fit."}
ROLES = {
    "noise:level": "ink",
    "noise:pin": "pinned",
    "noise-width:noisy": "found",
    "noise-width:noiseless": "found",
    "noise-width:dots": "found",
    "noise-width:rings": "found",
}
LEVELS = 10 ** (-np.arange(73) / 12)  # errors from 1 to 1e-6 at which curves of several seeds are averaged
NUMBERS = [("width k, seed", "@k{%d}, @seed{%d}"), ("label noise σ", "@sigma{%.2g}"), ("found ≥", "@lower{%.3g}")]
TIP = ("k", "seed", "sigma", "lower")


@dataclass(frozen=True)
class Curve:
    """One network's way: errors falling, and the steepness at each."""

    k: int
    seed: int
    mse: np.ndarray
    lower: np.ndarray

    def at(self, mse: np.ndarray) -> np.ndarray:
        """The steepness at these errors, straight between measurements on logarithmic axes; NaN beyond them."""
        x, y = -np.log(self.mse), np.log(self.lower)
        return np.exp(np.interp(-np.log(mse), x, y, left=np.nan, right=np.nan))


def declare() -> dict[str, hv.Overlay]:
    """Both figures, empty."""
    p = parts
    return {
        "noise": p.figure(
            [
                p.lines("noise:noiseless", width=1),
                p.line("noise:level", "ink", dash="dashed", width=1.2),
                p.lines("noise:noisy", width=2),
                p.line("noise:pin", "pinned", dash="dashed", width=1.8),
                p.labels("noise:text"),
            ],
            name="noise",
            x="training error (MSE): training goes to the left",
            log_x=True,
            log_y=True,
        ),
        "noise-width": p.figure(
            [
                p.line("noise-width:noiseless", "found", dash="dashed", width=1.5),
                p.line("noise-width:noisy", "found"),
                p.dots("noise-width:rings", "found", size=6, hollow=True, hover=NUMBERS),
                p.dots("noise-width:dots", "found", hover=NUMBERS),
                p.labels("noise-width:text"),
            ],
            name="noise-width",
            x="width k",
            log_x=True,
            log_y=True,
            x_ticks=[2**i for i in range(13)],
        ),
    }


def patch(tables: Tables, look: Look) -> Patch:
    """New columns for every source."""
    return _way(tables, look) | _ends(tables, look)


def curves(tables: Tables, sigma: float) -> list[Curve]:
    """The ways of the networks trained at this label noise, by width and seed, where the error falls."""
    table = tables.get("noise", {})
    if not len(table.get("k", ())):
        return []
    found = []
    here = (table["sigma"] == sigma) & np.isfinite(table["lower"]) & (table["lower"] > 0) & (table["mse"] > 0)
    for k, seed in sorted(set(zip(table["k"][here].tolist(), table["seed"][here].tolist(), strict=True))):
        rows = np.flatnonzero(here & (table["k"] == k) & (table["seed"] == seed))
        rows = rows[np.argsort(table["step"][rows], kind="stable")]
        mse = table["mse"][rows]
        falls = mse < np.concatenate([[np.inf], np.minimum.accumulate(mse)[:-1]])
        found.append(Curve(k, seed, mse[falls], table["lower"][rows][falls]))
    return found


def _means(tables: Tables, sigma: float, tolerance: float) -> dict[int, tuple[np.ndarray, np.ndarray]]:
    """For each width, errors down to the tolerance and the geometric mean over the networks that have come that far."""
    found, out = curves(tables, sigma), {}
    levels = LEVELS[tolerance * (1 - 1e-9) <= LEVELS]
    for k in sorted({curve.k for curve in found}):
        heights = np.log(np.stack([curve.at(levels) for curve in found if curve.k == k]))
        there = np.isfinite(heights)
        reached = there.any(0)
        total = np.where(there, heights, 0).sum(0)[reached]
        out[k] = levels[reached], np.exp(total / there.sum(0)[reached])
    return out


def _way(tables: Tables, look: Look) -> Patch:
    sigma, theme = look.settings.sigma, look.theme
    tolerance = look.settings.tolerance
    noisy = _means(tables, sigma, tolerance)
    noiseless = _means(tables, 0.0, tolerance) if sigma > 0 else {}
    hues = ramp(len(noisy), theme)
    ends = list(noisy)
    named = [ends[i] for i in dict.fromkeys((0, len(ends) - 1))] if ends else []
    names = texts([(*noisy[k], f"k = {k}", "ink", -10) for k in named], theme, "left", 4)
    names["color"] = [hues[ends.index(k)] for k, (_, y) in noisy.items() if k in named and len(y)]
    heights = np.concatenate([y for _, y in [*noisy.values(), *noiseless.values()]] or [np.zeros(0)])
    level = np.array([heights.min(), heights.max()]) if len(heights) and sigma > 0 else np.zeros(0)
    lowest = min(noiseless.values(), key=lambda way: way[1][-1] if len(way[1]) else math.inf, default=None)
    control = [(*lowest, "σ = 0", "law", -8)] if lowest else []
    kept = look.pinned_settings
    pinned = _means(look.pinned, kept.sigma, kept.tolerance) if look.pinned is not None else {}
    pin = next(iter(pinned.values()), (np.zeros(0), np.zeros(0)))
    return {
        "noise:noisy": {"xs": [x for x, _ in noisy.values()], "ys": [y for _, y in noisy.values()], "color": hues},
        "noise:noiseless": {
            "xs": [x for x, _ in noiseless.values()],
            "ys": [y for _, y in noiseless.values()],
            "color": [colour("law", theme)] * len(noiseless),
        },
        "noise:level": {"x": np.full(len(level), sigma**2), "y": level},
        "noise:pin": {"x": pin[0], "y": pin[1]},
        "noise:text": joined(
            names,
            texts(control, theme, "left"),
            texts([(np.full(len(level), sigma**2), level, f"σ² = {sigma**2:.2g}", "ink", 0)], theme, "left", 5),
        ),
    }


def at_level(tables: Tables, sigma: float, mse: float) -> np.ndarray:
    """The steepness of each width at this error, a geometric mean over its networks; only widths that came to it."""
    found = curves(tables, sigma)
    heights = {k: np.concatenate([c.at(np.array([mse])) for c in found if c.k == k]) for k in {c.k for c in found}}
    return np.array([np.exp(np.log(heights[k]).mean()) for k in sorted(heights) if np.isfinite(heights[k]).all()])


def fitted(tables: Tables, sigma: float, tolerance: float) -> dict[str, np.ndarray]:
    """The last measurement of each network that fits."""
    last = [c for c in curves(tables, sigma) if len(c.mse) and c.mse[-1] <= tolerance]
    return {
        "k": np.array([c.k for c in last], np.int64),
        "seed": np.array([c.seed for c in last], np.int64),
        "sigma": np.full(len(last), sigma),
        "lower": np.array([c.lower[-1] for c in last], np.float64),
    }


def by_width(ends: Columns) -> tuple[np.ndarray, np.ndarray]:
    """Widths and geometric means over their networks."""
    widths = np.unique(ends["k"])
    return widths, np.array([np.exp(np.log(ends["lower"][ends["k"] == k]).mean()) for k in widths])


def _ends(tables: Tables, look: Look) -> Patch:
    sigma = look.settings.sigma
    noisy, noiseless = (fitted(tables, s, look.settings.tolerance) for s in (sigma, 0.0))
    if sigma == 0:
        noiseless = {name: values[:0] for name, values in noiseless.items()}
    lines = {"noisy": by_width(noisy), "noiseless": by_width(noiseless)}
    words = [(*lines["noisy"], f"σ = {sigma:.2g}", "found", 10), (*lines["noiseless"], "σ = 0", "found", 10)]
    dots = {"dots": noisy, "rings": noiseless}
    return (
        {f"noise-width:{name}": {"x": x, "y": y} for name, (x, y) in lines.items()}
        | {f"noise-width:{name}": {"x": e["k"], "y": e["lower"], **{c: e[c] for c in TIP}} for name, e in dots.items()}
        | {"noise-width:text": texts(words, look.theme)}
    )


def sentences(tables: Tables, look: Look) -> dict[str, str]:
    """How much steeper below the noise level, beside the same errors without noise; and how the ends depend on k."""
    if not len(tables.get("noise", {}).get("k", ())):
        return {}
    out = {"noise": _price(tables, look)}
    if said := _slopes(tables, look):
        out["noise-width"] = said
    return out


def ratios(tables: Tables, sigma: float, level: float) -> dict[tuple[int, int], float]:
    """Steepness at a tenth of the error `level` over that at it, of each network (k, seed) that has been at both."""
    found = {(curve.k, curve.seed): curve.at(np.array([level, level / 10])) for curve in curves(tables, sigma)}
    return {net: float(below / at) for net, (at, below) in found.items() if np.isfinite(at) and np.isfinite(below)}


def _price(tables: Tables, look: Look) -> str:
    sigma = look.settings.sigma
    if sigma == 0:
        return "There is no label noise: whatever steepness is needed is that of the smooth target."
    found = np.array(list(ratios(tables, sigma, sigma**2).values()))
    if not len(found):
        return f"No network has come down from σ² = {sigma**2:.2g} to a tenth of it so far."
    middle, (low, high) = mean(found)
    within = f"95 % interval [{low:.2f}, {high:.2f}], " if math.isfinite(low) else ""
    said = (
        f"From an error of σ² to σ²/10 what is found of networks becomes <b>{middle:.2f} times</b> as steep "
        f"({within}{len(found)} networks, least {found.min():.2f})"
    )
    control = np.array(list(ratios(tables, 0.0, sigma**2).values()))
    if not len(control):
        return f"{said}."
    return f"{said}; without noise, between the same errors, {mean(control)[0]:.2f} times, while the target is learned."


def _slopes(tables: Tables, look: Look) -> str:
    said = []
    for sigma in dict.fromkeys((look.settings.sigma, 0.0)):
        k, heights = by_width(fitted(tables, sigma, look.settings.tolerance))
        found: Line = line(np.log(k), np.log(heights))
        if not math.isfinite(found.slope_interval[0]):
            continue
        said.append(
            f"σ = {sigma:.2g}: {heights[0]:.3g} at k = {k[0]}, {heights[-1]:.3g} at k = {k[-1]}, "
            f"slope <b>{signed(found.slope)}</b> {interval(found.slope_interval)} on log axes over {found.n} widths"
        )
    return "; ".join(said) + "." if said else ""
