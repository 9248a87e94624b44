"""Sentences under the figures of the panel `population`."""

import math

import numpy as np

from explorer.figures.numbers import interval, signed
from explorer.figures.sentence import Sentence
from explorer.frames import Columns
from explorer.labs.image_sets import DIGITS
from explorer.labs.prunability.levels import LEVELS
from explorer.labs.prunability.measures import AT_LEAST, AT_MOST, ESTIMATE, MEASURES, missed
from explorer.labs.prunability.population import AGAINST, ALL, UNITS, PopulationSettings
from explorer.labs.prunability.population.numbers import NAMES, Ranks, looked_at, ranked, said
from explorer.labs.prunability.told import counted, of_data, of_tolerance, percent
from explorer.measure.regression import side

ERRS = {
    AT_MOST: "Its true value is at most what is shown: it is looked for on a grid.",
    AT_LEAST: "Its true value is at least what is shown: it is searched for.",
    ESTIMATE: "It is an average over random draws, which errs either way.",
}


def of_population(table: Columns, settings: PopulationSettings) -> Sentence | None:
    """tau, always beside tau within one width."""
    if not len(table["net"]):
        return None
    found = ranked(table, settings.measure, settings.target, looked_at(table, settings))
    return Sentence(_lead(found, table, settings), _details(found, table, settings))


def _lead(found: Ranks, table: Columns, settings: PopulationSettings) -> str:
    measure, target, tau = MEASURES[settings.measure].said, AGAINST[settings.target].said, found.all
    if not math.isfinite(tau.tau):
        done = int(table["fits"].sum())
        return f"{counted(done, 'network')} of {settings.nets} so far: a rank correlation needs more."
    beside = f"; within one width {signed(found.width.tau)}" if math.isfinite(found.width.tau) else ""
    over = f"τ = {signed(tau.tau)} over {counted(tau.n, 'network')}{beside}"
    sign = side(tau.interval, 0) if all(map(math.isfinite, tau.interval)) else 0
    if not sign:
        return f"No clear order of {measure} and {target}: {over}."
    return f"Larger {measure} goes with {'larger' if sign > 0 else 'smaller'} {target}: {over}."


def _details(found: Ranks, table: Columns, settings: PopulationSettings) -> str:
    measure, tau, fixed = MEASURES[settings.measure], found.all, found.width
    parts = [
        "Kendall's τ-b, 1 for the same order and −1 for the opposite one, 95 % by bootstrap over networks, not over"
        " pairs."
    ]
    if math.isfinite(tau.tau):
        parts.append(
            f"All: {signed(tau.tau)} {interval(tau.interval)}, {percent(tau.ties)} of the pairs tie. Within one width,"
            f" mean of {counted(found.widths, 'width')}: {signed(fixed.tau) if found.widths else 'none'} "
            f"{interval(fixed.interval)}: what is left of an order that width alone does not make."
        )
    if settings.only != ALL:
        value = settings.only * UNITS[settings.coloured]
        parts.append(f"Only networks with {NAMES[settings.coloured]} {value:g}; the others are pale.")
    gone = missed(table)
    if gone:
        parts.append(
            f"{counted(gone, 'network')} of {len(table['net'])} missed the training loss of {settings.cross_entropy:g}"
            " and {} left out of every measure alike (grey rings; at the edge where they are farther off).".format(
                "is" if gone == 1 else "are"
            )
        )
    if waiting := int((~table["whole"] & table["fits"]).sum()):
        parts.append(f"{counted(waiting, 'network')} so far without what takes longer to measure.")
    parts.append(ERRS.get(measure.errs, ""))
    parts.append(of_data(settings) + f" Unseen images: {int(table['tested'].max()):,}.")
    return " ".join(filter(None, parts))


def of_network(row: Columns, settings: PopulationSettings) -> Sentence | None:
    """The chosen network, its prunability and its hyper-parameters."""
    if not len(row["net"]):
        return None
    net, P, random = int(row["net"][0]), float(row["prunability_magnitude"][0]), float(row["prunability_random"][0])
    loss, unseen = float(row["train_loss"][0]), float(row["test_loss"][0])
    if math.isfinite(P):
        lead = f"Network {net} (width {row['width'][0]}, depth {row['depth'][0]}) needs {percent(P)} of its weights"
        lead += f"; its test loss is {unseen:.3g}." if math.isfinite(unseen) else "."
    else:
        lead = f"Network {net} (width {row['width'][0]}, depth {row['depth'][0]}) has no prunability: its loss is lost."
    parts = [f"{said(row).capitalize()}, seed {row['seed'][0]}."]
    if math.isfinite(loss):
        parts.append(f"Training loss {loss:.3g}, {counted(int(row['steps'][0]), 'step')}.")
    if not row["fits"][0]:
        parts.append(f"It missed the training loss of {settings.cross_entropy:g} and is left out.")
    parts.append(
        f"P: the smallest share of {len(LEVELS)} whose training loss is at most {of_tolerance(settings)}"
        + (
            f"; of random weights {random:.2f} (mean of {counted(settings.masks, 'mask')})."
            if math.isfinite(random)
            else "."
        )
    )
    return Sentence(lead, " ".join(parts))


def of_weights(found: Columns) -> Sentence:
    """How many weights are left at its prunability."""
    if not len(found["value"]):
        return Sentence(f"Weights are drawn for the 8x8 digits ({DIGITS}) only: convolutions are no pictures.")
    share, of = float(found["kept"][0]), len(found["value"])
    if not math.isfinite(share):
        return Sentence(f"All {of:,} weights: no share of them keeps the loss.")
    left = int((found["rank"] < np.round(share * of)).sum())
    between = int((found["layer"] == 3).sum())
    more = f" {between:,} weights between are not drawn." if between else ""
    return Sentence(
        f"{left:,} of {of:,} weights are left at P = {share:.2f}, the largest of all layers together.",
        f"Network {int(found['net'][0])}; above, what each neuron of the first layer looks at; below, what the classes"
        f" hear of the last one.{more} Biases stay.",
    )
