"""Sentences under the figures of the panel `flatness`."""

import math

import numpy as np

from explorer.figures.numbers import down
from explorer.figures.sentence import Sentence
from explorer.figures.tables import where
from explorer.frames import Columns
from explorer.labs.prunability.flatness import FAMILIES, NEAR, PROBES, RELU, SAID, TANH, WIDE, FlatnessSettings
from explorer.labs.prunability.told import counted, of_data


def nearest(table: Columns, family: str, column: str, value: float, net: int | None = 0) -> Columns:
    """The rows of network 0 of a kind, or of all, at the value nearest to one, on a logarithmic scale."""
    chosen = table["family"] == family
    rows = where(table, chosen if net is None else chosen & (table["net"] == net))
    if not len(rows[column]):
        return rows
    where_known = rows[column] > 0
    gap = np.abs(np.log(np.where(where_known, rows[column], value) / value)) + np.where(where_known, 0, np.inf)
    return where(rows, gap == gap.min())


def known(rows: Columns, *columns: str) -> bool:
    """Whether there is a first row, and it has these numbers."""
    return bool(len(rows["net"])) and bool(np.isfinite([rows[name][0] for name in columns]).all())


def of_noise(table: Columns, shape: Columns, settings: FlatnessSettings) -> Sentence | None:
    """How much the loss of network 0 rises, and what its Hessian says it would."""
    times, rises, sigma = [], [], math.nan
    for family in FAMILIES:
        here = nearest(table, family, "sigma", settings.sigma)
        if not known(here, "rise"):
            continue
        sigma, name = float(here["sigma"][0]), SAID[family]
        rises.append(f"{here['rise'][0]:.2g} ({name})")
        if known(here, "predicted") and here["predicted"][0] > 0:
            times.append(f"{here['rise'][0] / here['predicted'][0]:.2g} times ½σ² tr H with {name}")
    if not rises:
        return None
    lead = f"Noise of σ = {sigma:.2g} changes the training loss by {', '.join(times or rises)}."
    return Sentence(lead, f"By {', '.join(rises)}. {_borne(shape, settings)}")


def _first(table: Columns) -> str:
    return RELU if (table["family"] == RELU).any() else TANH


def _borne(shape: Columns, settings: FlatnessSettings) -> str:
    """Which noise is borne, and the numbers of the Hessian."""
    said = [f"Network 0 of each kind; mean over {counted(settings.draws, 'pair')} of opposite noises, biases stay."]
    for family in FAMILIES:
        own = where(shape, (shape["family"] == family) & (shape["net"] == 0))
        if not known(own, "trace", "along"):
            continue
        name = SAID[family]
        said.append(
            f"{name}: tr H = {own['trace'][0]:.3g} ± {own['trace_error'][0]:.1g} by {PROBES} random signs, "
            f"{own['along'][0]:.3g} by the draws of the noise."
        )
        if own["inside"][0] and known(own, "tolerated") and own["tolerated"][0] > 0:
            sigma, error = float(own["tolerated"][0]), float(own["tolerated_error"][0])
            share = f" ± {200 * error / sigma:.0f}%" if math.isfinite(error) else ""
            said.append(f"It bears σ = {sigma:.2g} for {settings.rise:g} more (ring): 1/σ² = {sigma**-2:.3g}{share}.")
        else:
            said.append(f"Which σ makes {settings.rise:g} more was not found in the range.")
    return " ".join([*said, of_data(settings)])


def of_slopes(table: Columns, shape: Columns, settings: FlatnessSettings) -> Sentence | None:
    """The slope of all networks of either kind at the chosen size, over that of the Hessian."""
    parts, several = [], 0
    for family in FAMILIES:
        here = nearest(table, family, "sigma", settings.sigma, net=None)
        trace = 2 * here["predicted"] / here["sigma"] ** 2
        ratio = (here["slope"] / np.where(trace > 0, trace, np.nan))[np.isfinite(here["slope"]) & (trace > 0)]
        if len(ratio):
            several = max(several, len(ratio))
            ends = (
                f"{ratio.min():.2g}"
                if f"{ratio.min():.2g}" == f"{ratio.max():.2g}"
                else (f"{ratio.min():.2g} to {ratio.max():.2g}")
            )
            parts.append(f"{ends} times tr H for {SAID[family]}")
    if not parts:
        return None
    sigma = float(nearest(table, _first(table), "sigma", settings.sigma)["sigma"][0])
    lead = f"Seen through noise of σ = {sigma:.2g}, the slope of the loss is {', '.join(parts)}."
    said = [
        "The slope is that of the mean rise by ½σ², kinks included; tr H is of the same draws, so that chance does not "
        "tell them apart.",
        "H is that of the place itself: it does not see that ReLU's slope jumps a little farther on. Training leaves "
        "points right beside such kinks, from which the loss rises to both sides.",
    ]
    own = where(shape, (shape["family"] == RELU) & (shape["net"] == 0))
    if known(own):
        said.append(
            f"Network 0: {counted(int(own['near'][0]), 'input')} of a neuron lie within {NEAR:g} of its kink; "
            f"{own['wide'][0] * NEAR / WIDE:.2g} would if those within {WIDE:g} were spread evenly."
        )
    said.append(f"Range over {counted(several, 'network')} of a kind.")
    return Sentence(lead, " ".join(said))


def of_ball(ball: Columns, shape: Columns, settings: FlatnessSettings) -> Sentence | None:
    """The worst rise found at the chosen radius, and that of noise as long."""
    here = nearest(ball, settings.family, "radius", settings.rho)
    if not known(here, "worst"):
        return None
    radius, worst = float(here["radius"][0]), float(here["worst"][0])
    lead = f"Some weights within {radius:.2g} raise the {SAID[settings.family]} network's loss by {down(worst)} or more"
    if known(here, "noise"):
        noise = f"{here['noise'][0]:.2g}"
        lead += f"; noise as long changes it by {noise}."
    else:
        lead += "."
    own = where(shape, (shape["family"] == settings.family) & (shape["net"] == 0))
    said = ["Found by ascent, so the worst place is at least as bad."]
    if known(own, "top", "residual"):
        said.append(
            f"Dashed: ½λr² with λ max ≥ {down(float(own['top'][0]))}, the largest eigenvalue of H (power iteration, "
            f"residual {own['residual'][0]:.1g})."
        )
    if len(own["net"]):
        said.append(f"Noise as long: σ = r / √{int(own['weights'][0]):,}, of that length in the root mean square.")
    return Sentence(lead, " ".join([*said, "Network 0; thin: the others."]))
