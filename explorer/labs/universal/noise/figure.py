"""Figures of the noise panel: a curve for each share of noise, and how steeply each rises below its own level."""

import math

import numpy as np

from explorer.figures.figure import Axis, Figure
from explorer.figures.layout import Slot
from explorer.figures.look import Look
from explorer.figures.marks import Dots, Line, Lines, Pin, Stems
from explorer.figures.numbers import interval
from explorer.figures.palette import spaced
from explorer.figures.sentence import Sentence
from explorer.figures.texts import Label, Labels
from explorer.frames import Columns, Tables
from explorer.labs.noise_curves import NOISE, means, ratios
from explorer.labs.universal.noise import NoiseSettings
from explorer.labs.universal.noise.partings import PART, middle, partings, power
from explorer.measure.regression import mean

SLOTS = (
    Slot("noise", "A curve for each noise", "Lip of f on the ball, found (≥); upright: σ²"),
    Slot(
        "noise-price",
        "From σ² to σ²/10",
        "times as steep, of what is found",
        pending="Drawn as soon as a network comes down from σ² to a tenth of it.",
    ),
)
TIP = [("label noise σ", "@sigma{%.2g}"), ("width k, seed", "@k{%d}, @seed{%d}"), ("times as steep", "@times{%.2f}")]


def draw(tables: Tables, look: Look) -> tuple[Figure, ...]:
    """The curves, and the rise of each."""
    return _curves(tables, look.settings), _prices(tables, look.settings)


def _curves(tables: Tables, settings: NoiseSettings) -> Figure:
    clean = means(tables, 0.0, settings.tolerance)
    noisy = {sigma: means(tables, sigma, settings.tolerance) for sigma in settings.levels[1:]}
    shades = dict(zip(noisy, spaced(len(noisy)), strict=True))
    family = [(sigma, x, y) for sigma, ways in noisy.items() for x, y in ways.values()]
    heights = np.concatenate([y for _, y in clean.values()] + [y for _, _, y in family] + [np.zeros(0)])
    ends = [heights.min(), heights.max()] if len(heights) else []
    levels = [sigma for sigma, ways in noisy.items() if ways and ends]
    names = [
        Label(sigma**2, ends[1], f"σ = {sigma:.2g}", align="left", dx=2, above=8, shade=shades[sigma])
        for sigma in levels
    ]
    names += [Label(x[-1:], y[-1:], "σ = 0", "law", -16, align="left") for x, y in list(clean.values())[:1]]
    marks = [
        Lines(
            "levels", [[s**2] * 2 for s in levels], [ends for _ in levels], shade=[shades[s] for s in levels], width=1
        ),
        Lines("clean", [x for x, _ in clean.values()], [y for _, y in clean.values()], "law", width=1.5),
        Lines(
            "noisy", [x for _, x, _ in family], [y for *_, y in family], shade=[shades[s] for s, *_ in family], width=2
        ),
        Pin("pin", *(family[-1][1:] if family else ())),
        Labels("text", names),
    ]
    return Figure("noise", marks, Axis("training error (MSE): training goes to the left", log=True), Axis(log=True))


def rises(tables: Tables, settings: NoiseSettings, *, clean: bool) -> Columns:
    """How many times as steep each network gets from sigma^2 to a tenth of it, with this noise or without."""
    rows = [
        (sigma, k, seed, times)
        for sigma in settings.levels[1:]
        for (k, seed), times in ratios(tables, 0.0 if clean else sigma, sigma**2).items()
    ]
    columns = np.array(rows, np.float64).reshape(-1, 4).T
    return {
        "sigma": columns[0],
        "k": columns[1].astype(np.int64),
        "seed": columns[2].astype(np.int64),
        "times": columns[3],
    }


def _means(rise: Columns) -> tuple[np.ndarray, ...]:
    """Each noise, the geometric mean over its networks, and the ends of its interval; NaN for too few."""
    sigmas = np.unique(rise["sigma"])
    told = [mean(np.log(rise["times"][rise["sigma"] == sigma])) for sigma in sigmas]
    return sigmas, *(np.exp([[at, *ends] for at, ends in told]).reshape(-1, 3).T)


def _prices(tables: Tables, settings: NoiseSettings) -> Figure:
    noisy, clean = (rises(tables, settings, clean=each) for each in (False, True))
    x, y, low, high = _means(noisy)
    x_clean, y_clean, low_clean, high_clean = _means(clean)
    told, told_clean = np.isfinite(low), np.isfinite(low_clean)
    marks = [
        Line("clean", x_clean, y_clean, "law", dash="dashed", width=1.5),
        Stems("clean-interval", x_clean[told_clean], low_clean[told_clean], high_clean[told_clean], "law", width=4),
        Line("noisy", x, y, "found"),
        Stems("interval", x[told], low[told], high[told], "found", width=4, alpha=0.4),
        Pin("pin", x, y),
        Dots("rings", clean["sigma"], clean["times"], "law", size=6, hollow=True, tip=TIP, hover=clean),
        Dots("dots", noisy["sigma"], noisy["times"], "found", tip=TIP, hover=noisy),
        Labels(
            "text",
            [Label(x, y, "with noise", "found", 6, dx=-12), Label(x_clean, y_clean, "without", "law", -24, dx=-8)],
        ),
    ]
    return Figure("noise-price", marks, Axis("label noise σ"), Axis(log=True))


def sentences(tables: Tables, look: Look) -> dict[str, Sentence]:
    """At which errors the curves of noise leave that of none; and how they rise beside it."""
    if not len(NOISE.among(tables)["k"]):
        return {}
    out = {"noise": _parted(tables, look.settings)}
    if said := _priced(tables, look.settings):
        out["noise-price"] = said
    return out


def _parted(tables: Tables, settings: NoiseSettings) -> Sentence:
    found = {sigma: partings(tables, sigma) for sigma in settings.levels[1:]}
    errors = {sigma: middle(nets) for sigma, nets in found.items() if math.isfinite(middle(nets))}
    if not errors:
        return Sentence("So far no noise has made all its networks half as steep again as the same ones without noise.")
    sigmas = list(errors)
    lead = f"Networks with σ² = {sigmas[0] ** 2:.2g} leave those without noise at an error of {errors[sigmas[0]]:.2g}"
    if len(sigmas) > 1:
        lead += f", those with {sigmas[-1] ** 2:.2g} at {errors[sigmas[-1]]:.2g}"
    listed = "; ".join(f"σ² = {s**2:.2g}: {errors[s]:.2g}, {len(found[s])} networks" for s in sigmas)
    details = (
        f"From there on each network is {PART} times as steep, as found by search, as the same network on clean labels "
        f"at the same error; geometric means over networks. {listed}."
    )
    if told := power(tables, sigmas):
        exponent = f"{told.exponent:.2f} {interval(told.interval)}"
        details += f" As a power of σ²: {exponent} (95 % interval, {told.networks} networks, which share points)."
    return Sentence(f"{lead}.", details)


def _priced(tables: Tables, settings: NoiseSettings) -> Sentence | None:
    noisy, clean = (_means(rises(tables, settings, clean=each)) for each in (False, True))
    if not len(noisy[0]):
        return None
    lead = f"From σ² to σ²/10 networks get {_span(noisy[1])} times as steep with noise"
    if len(clean[0]):
        lead += f", {_span(clean[1])} times without it"
    beside = {sigma: (y, (low, high)) for sigma, y, low, high in zip(*clean, strict=True)}
    listed = []
    for sigma, y, low, high in zip(*noisy, strict=True):
        text = f"σ = {sigma:.2g}: {y:.2f} {interval((low, high))}"
        if sigma in beside:
            text += f", without {beside[sigma][0]:.2f} {interval(beside[sigma][1])}"
        listed.append(text)
    details = (
        "Geometric means over networks of what is found by search, 95 % intervals; networks of a seed share points."
    )
    return Sentence(f"{lead}.", f"{details} {'; '.join(listed)}.")


def _span(values: np.ndarray) -> str:
    """The least and the largest."""
    least, most = (f"{value:.2g}" for value in (values.min(), values.max()))
    return least if least == most else f"{least} to {most}"
