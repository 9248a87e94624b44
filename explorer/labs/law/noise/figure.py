"""Figures of the noise panel: steepness against training error, with label noise and without, and where it ends."""

import math

import numpy as np

from explorer.figures.figure import POWERS, Axis, Figure
from explorer.figures.layout import Slot
from explorer.figures.look import Look
from explorer.figures.marks import Dots, Line, Lines, Pin
from explorer.figures.numbers import interval, signed
from explorer.figures.palette import spaced
from explorer.figures.sentence import Sentence
from explorer.figures.tables import where
from explorer.figures.texts import Label, Labels
from explorer.frames import Tables
from explorer.labs.law.noise import NoiseSettings
from explorer.labs.noise_curves import NOISE, by_width, fitted, means, ratios
from explorer.measure.regression import line, mean

SLOTS = (
    Slot("noise", "The price of the noise", "Lip of f on the ball, found (≥)"),
    Slot("noise-width", "When fitted", "Lip of f on the ball, found (≥)", pending="Drawn as soon as networks fit."),
)
NOWHERE = np.zeros(0), np.zeros(0)
TIP = [("width k, seed", "@k{%d}, @seed{%d}"), ("label noise σ", "@sigma{%.2g}"), ("found ≥", "@lower{%.3g}")]


def draw(tables: Tables, look: Look) -> tuple[Figure, ...]:
    """The way of the networks, and its ends."""
    return _way(tables, look.settings), _ends(tables, look.settings)


def _way(tables: Tables, settings: NoiseSettings) -> Figure:
    sigma, tolerance = settings.sigma, settings.tolerance
    noisy = means(tables, sigma, tolerance)
    noiseless = means(tables, 0.0, tolerance) if sigma > 0 else {}
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
