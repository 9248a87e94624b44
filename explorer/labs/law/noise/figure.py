"""Figures of the noise panel: steepness against training error, with label noise and without, and where it ends."""

import math
from dataclasses import dataclass

import numpy as np

from explorer.figures.figure import POWERS, Axis, Figure
from explorer.figures.layout import Slot
from explorer.figures.look import Look
from explorer.figures.marks import Dots, Line, Lines, Pin
from explorer.figures.palette import spaced
from explorer.figures.sentence import Sentence
from explorer.figures.tables import where
from explorer.figures.texts import Label, Labels
from explorer.frames import Columns, Tables
from explorer.labs.law.noise import NOISE, NoiseSettings
from explorer.labs.law.numbers import interval, signed
from explorer.measure.regression import line, mean

SLOTS = (
    Slot("noise", "The price of the noise", "Lip of f on the ball, found (≥)"),
    Slot("noise-width", "When fitted", "Lip of f on the ball, found (≥)", pending="Drawn as soon as networks fit."),
)
NOWHERE = np.zeros(0), np.zeros(0)
LEVELS = 10 ** (-np.arange(73) / 12)  # errors from 1 to 1e-6 at which curves of several seeds are averaged
TIP = [("width k, seed", "@k{%d}, @seed{%d}"), ("label noise σ", "@sigma{%.2g}"), ("found ≥", "@lower{%.3g}")]


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


def draw(tables: Tables, look: Look) -> tuple[Figure, ...]:
    """The way of the networks, and its ends."""
    return _way(tables, look.settings), _ends(tables, look.settings)


def curves(tables: Tables, sigma: float) -> list[Curve]:
    """The ways of the networks trained at this label noise, by width and seed, where the error falls."""
    table, found = NOISE.among(tables), []
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


def _way(tables: Tables, settings: NoiseSettings) -> Figure:
    sigma, tolerance = settings.sigma, settings.tolerance
    noisy = _means(tables, sigma, tolerance)
    noiseless = _means(tables, 0.0, tolerance) if sigma > 0 else {}
    shade, ks = spaced(len(noisy)), list(noisy)
    heights = np.concatenate([y for _, y in [*noisy.values(), *noiseless.values()]] or [np.zeros(0)])
    level = np.array([heights.min(), heights.max()]) if len(heights) and sigma > 0 else np.zeros(0)
    at = np.full(len(level), sigma**2)
    lowest = min(noiseless.values(), key=lambda way: way[1][-1] if len(way[1]) else math.inf, default=NOWHERE)
    names = [
        Label(*noisy[ks[i]], f"k = {ks[i]}", above=-10, align="left", dx=4, shade=shade[i])
        for i in dict.fromkeys([0, len(ks) - 1][: len(ks)])
    ]
    names += [
        Label(lowest[0], lowest[1], "σ = 0", "law", -8, align="left"),
        Label(at, level, f"σ² = {sigma**2:.2g}", align="left", dx=5),
    ]
    marks = [
        Lines("noiseless", *_family(noiseless), "law", width=1),
        Line("level", at, level, dash="dashed", width=1.2),
        Lines("noisy", *_family(noisy), shade=shade, width=2),
        Pin("pin", *next(iter(noisy.values()), ())),
        Labels("text", names),
    ]
    return Figure("noise", marks, Axis("training error (MSE): training goes to the left", log=True), Axis(log=True))


def _family(ways: dict[int, tuple[np.ndarray, np.ndarray]]) -> tuple[list[np.ndarray], list[np.ndarray]]:
    return [x for x, _ in ways.values()], [y for _, y in ways.values()]


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


def _ends(tables: Tables, settings: NoiseSettings) -> Figure:
    sigma = settings.sigma
    noisy, noiseless = (fitted(tables, s, settings.tolerance) for s in (sigma, 0.0))
    if sigma == 0:
        noiseless = where(noiseless, slice(0))
    line, dashed = by_width(noisy), by_width(noiseless)
    marks = [
        Line("noiseless", *dashed, "found", dash="dashed", width=1.5),
        Line("noisy", *line, "found"),
        Dots("rings", noiseless["k"], noiseless["lower"], "found", size=6, hollow=True, tip=TIP, hover=noiseless),
        Dots("dots", noisy["k"], noisy["lower"], "found", tip=TIP, hover=noisy),
        Labels("text", [Label(*line, f"σ = {sigma:.2g}", "found", 10), Label(*dashed, "σ = 0", "found", 10)]),
    ]
    return Figure("noise-width", marks, Axis("width k", log=True, ticks=POWERS), Axis(log=True))


def sentences(tables: Tables, look: Look) -> dict[str, Sentence]:
    """How much steeper below the noise level, beside the same errors without noise; and how the ends depend on k."""
    if not len(NOISE.among(tables)["k"]):
        return {}
    out = {"noise": _price(tables, look)}
    if said := _slopes(tables, look):
        out["noise-width"] = said
    return out


def ratios(tables: Tables, sigma: float, level: float) -> dict[tuple[int, int], float]:
    """Steepness at a tenth of the error `level` over that at it, of each network (k, seed) that has been at both."""
    found = {(curve.k, curve.seed): curve.at(np.array([level, level / 10])) for curve in curves(tables, sigma)}
    return {net: float(below / at) for net, (at, below) in found.items() if np.isfinite(at) and np.isfinite(below)}


def _price(tables: Tables, look: Look) -> Sentence:
    sigma = look.settings.sigma
    if sigma == 0:
        return Sentence("There is no label noise: whatever steepness is needed is that of the smooth target.")
    found = np.array(list(ratios(tables, sigma, sigma**2).values()))
    if not len(found):
        return Sentence(f"No network has come down from σ² = {sigma**2:.2g} to a tenth of it so far.")
    middle, (low, high) = mean(found)
    within = f"95 % interval [{low:.2f}, {high:.2f}], " if math.isfinite(low) else ""
    details = f"A mean of what is found by search ({within}{len(found)} networks, least {found.min():.2f})."
    control = np.array(list(ratios(tables, 0.0, sigma**2).values()))
    if len(control):
        times = f"{mean(control)[0]:.2f} times"
        details += f" Without noise, between the same errors, {times}, while the target is learned."
    return Sentence(f"Fitting below the noise, to σ²/10, makes networks {middle:.2f} times as steep.", details)


def _slopes(tables: Tables, look: Look) -> Sentence | None:
    leads, details = [], []
    for sigma in dict.fromkeys((look.settings.sigma, 0.0)):
        k, heights = by_width(fitted(tables, sigma, look.settings.tolerance))
        found = line(np.log(k), np.log(heights))
        if not math.isfinite(found.slope_interval[0]):
            continue
        leads.append(f"{signed(found.slope)} at σ = {sigma:.2g}")
        details.append(
            f"σ = {sigma:.2g}: {heights[0]:.3g} at k = {k[0]}, {heights[-1]:.3g} at k = {k[-1]}, "
            f"slope {signed(found.slope)} {interval(found.slope_interval)} over {found.n} widths"
        )
    if not leads:
        return None
    lead = f"On log axes the steepness has slope {' and '.join(leads)} in k."
    return Sentence(lead, f"Geometric means of what is found by search, 95 % intervals. {'; '.join(details)}.")
