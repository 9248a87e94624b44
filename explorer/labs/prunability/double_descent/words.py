"""What is said under the figures of the panel `double-descent`: true of every table that can come."""

import math

import numpy as np

from explorer.figures.sentence import Sentence
from explorer.frames import Columns
from explorer.labs.image_sets import CLASSES
from explorer.labs.prunability.double_descent import RATE, DescentSettings
from explorer.labs.prunability.double_descent.numbers import (
    BAND,
    Grid,
    Peak,
    finished,
    grid,
    interpolation,
    levels,
    of_tau,
    peak,
    taus,
)
from explorer.labs.prunability.told import counted, ends, of_data, of_tolerance, percent
from explorer.measure.regression import mean, side


def of_losses(table: Columns, settings: DescentSettings) -> Sentence | None:
    """A peak where it stands out from chance, else the ends."""
    if not len(table["width"]):
        return None
    done = finished(table)
    if not len(done["width"]):
        return Sentence("The first networks are being trained.", _about(table, settings))
    noise = levels(done)[0]
    loss = grid(done, noise, "test_loss")
    found, at = peak(loss), interpolation(done, noise)
    if found and stands_out(found):
        lead = (
            f"Test loss falls, rises to {found.at_top:.2f} at width {found.top}, "
            f"{found.ratio:.2f} times that at width {found.dip}, and falls again to {found.at_last:.2f}."
            if falls_first(found)
            else f"Test loss rises to {found.at_top:.2f} at width {found.top}, {found.ratio:.2f} times that at width "
            f"{found.dip}, and falls to {found.at_last:.2f}."
        )
    else:
        lead = _ends(loss)
    details = " ".join(
        filter(None, (_peak(found), _fits(table, at, settings), _without(done), _about(table, settings)))
    )
    return Sentence(lead, details)


def stands_out(found: Peak) -> bool:
    """Whether the peak is higher than the dip before and than the end, by more than chance among seeds."""
    return found.ratio > 1 and side(mean(found.rise)[1], 0) > 0 and side(mean(found.fall)[1], 0) > 0


def falls_first(found: Peak) -> bool:
    """Whether the narrowest is higher than the dip, by more than chance among seeds."""
    return side(mean(found.before)[1], 0) > 0


def _ends(loss: Grid) -> str:
    """Of a curve without a peak that is told from chance."""
    middle = loss.mean
    known = np.flatnonzero(np.isfinite(middle))
    if not len(known):
        return "No test loss is a number."
    first, last = known[0], known[-1]
    if first == last:
        return f"At width {loss.widths[first]} the test loss is {middle[first]:.2f}."
    seeds = int(np.isfinite(loss.values).all(0).sum())
    said = "With one seed a peak is not told from chance" if seeds == 1 else "No peak stands out from chance"
    return (
        f"{said}: test loss is {middle[first]:.2f} at width {loss.widths[first]} and {middle[last]:.2f} at width "
        f"{loss.widths[last]}."
    )


def _peak(found: Peak | None) -> str:
    if found is None or not math.isfinite(found.interval[0]):
        return ""
    return (
        f"Peak over dip: {found.typical:.2f}, {ends(found.interval)} over {counted(len(found.rise), 'seed')} "
        "(Student's t of logarithms; for each seed the others choose the two widths)."
    )


def _fits(table: Columns, at: int | None, settings: DescentSettings) -> str:
    """Where networks begin to interpolate, and whether one of the two counts of parameters has to do with it."""
    if at is None:
        return "No width has 99% of its training images right from there on."
    params, n = settings.params(at), settings.n
    said = f"From width {at} on (dotted) 99% of the training images are right or more: {params:,} parameters"
    return f"{said}, where n is {n:,} and n times {CLASSES} classes {n * CLASSES:,}."


def _without(table: Columns) -> str:
    """Of the networks that learn the right labels."""
    clean = [level for level in levels(table)[1:] if level == 0]
    found = peak(grid(table, 0.0, "test_loss")) if clean else None
    if found is None:
        return ""
    if not math.isfinite(found.interval[0]):
        return f"Without label noise it is {found.ratio:.2f}."
    return f"Without label noise it is {found.typical:.2f}, {ends(found.interval)}."


def _about(table: Columns, settings: DescentSettings) -> str:
    """How networks learned."""
    number = len(np.unique(table["seed"]))
    shown = "Mean and 95% of the mean" if number >= BAND else "Mean"
    return (
        f"{shown} over {counted(number, 'seed')}, each with its own images. Adam on all images, rate {RATE:g}, until "
        f"the training loss is {settings.cross_entropy:g} or for {settings.max_steps:,} steps. {of_data(settings)}"
    )


def of_prunability(table: Columns, settings: DescentSettings) -> Sentence | None:
    """Where networks need most of their weights, and where the test loss is highest."""
    done = finished(table)
    if not len(done["width"]):
        return None
    noise = levels(done)[0]
    P, loss = (grid(done, noise, name) for name in ("prunability_magnitude", "test_loss"))
    middle = P.mean
    known = np.flatnonzero(np.isfinite(middle))
    if not len(known):
        return Sentence("No prunability is a number here.", _how(settings))
    first, last = known[0], known[-1]
    if first == last:
        lead = f"At width {P.widths[first]} networks need {percent(middle[first])} of their weights, the largest ones."
    else:
        top = known[np.argmax(middle[known])]
        lead = (
            f"Networks need the largest share of their weights at width {P.widths[top]}, {percent(middle[top])}, and "
            f"{percent(middle[last])} at width {P.widths[last]}."
        )
    said = [_sharpest(done, noise)]
    inner = peak(loss)
    if inner is not None and stands_out(inner):
        said.append(_together(P.since(inner.dip), loss.since(inner.dip), inner.dip))
    return Sentence(lead, " ".join(filter(None, [*said, _how(settings)])))


def _together(P: Grid, loss: Grid, dip: int) -> str:
    """Rank correlations with the test loss from the dip on: of prunability, and of the width alone."""
    own, width = taus(P, loss), taus(loss)
    if not len(own) or not len(width):
        return ""
    middle, interval = of_tau(own)
    return (
        f"From width {dip} on Kendall's tau of P with the test loss is {_signed(middle)}, {ends(interval)}; that of "
        f"the width alone {_signed(float(width.mean()))} (means over seeds)."
    )


def _sharpest(table: Columns, noise: float) -> str:
    sharp = grid(table, noise, "flatness")
    known = np.flatnonzero(np.isfinite(sharp.mean))
    if len(known) < 2:
        return ""
    top = known[np.argmax(sharp.mean[known])]
    return f"1/σ² is largest at width {sharp.widths[top]}: {sharp.mean[top]:.3g}."


def _how(settings: DescentSettings) -> str:
    return (
        f"Share needed: the smallest that keeps the training loss within {of_tolerance(settings)}; at random over "
        f"{counted(settings.masks, 'mask')}. σ: the Gaussian noise on all weights that costs as much."
    )


def of_count(table: Columns, settings: DescentSettings) -> Sentence | None:
    """The share and the number of weights, from the width on at which networks interpolate."""
    done = finished(table)
    if not len(done["width"]):
        return None
    noise = levels(done)[0]
    at = interpolation(done, noise)
    P, count = (grid(done, noise, name) for name in ("prunability_magnitude", "count"))
    past = P.since(at) if at else P
    number = count.since(at) if at else count
    known = np.flatnonzero(np.isfinite(past.mean) & np.isfinite(number.mean))
    if not len(known):
        return None
    first, last = known[0], known[-1]
    if first == last:
        lead = (
            f"At width {past.widths[first]} the share needed is {percent(past.mean[first])}: "
            f"{number.mean[first]:,.0f} weights."
        )
        return Sentence(lead, _how(settings))
    share = _way(past.values[first], past.values[last])
    grown = _way(number.values[first], number.values[last])
    joint = "while" if share != grown else "and"
    lead = (
        f"From width {past.widths[first]} to {past.widths[last]} the share needed {share} from "
        f"{percent(past.mean[first])} to {percent(past.mean[last])}, {joint} the weights kept {_many(grown)} from "
        f"{number.mean[first]:,.0f} to {number.mean[last]:,.0f}."
    )
    since = "" if at else "No width interpolates from there on, so all are compared. "
    return Sentence(lead, since + _rank(past, count) + _how(settings))


def _rank(past: Grid, count: Grid) -> str:
    share, number = taus(past), taus(count)
    if not len(share) or not len(number):
        return ""
    return (
        f"Kendall's tau with the width: of the share {_signed(float(share.mean()))}, {ends(of_tau(share)[1])}, over "
        f"these widths; of the count {_signed(float(number.mean()))}, {ends(of_tau(number)[1])}, over all. "
        "Dotted: all weights. "
    )


def _way(before: np.ndarray, after: np.ndarray) -> str:
    """In which direction it goes, paired by seed: said where chance does not explain it.

    Shares lie on a grid, and two seeds that move by the same step, of chance, scatter by nothing: so of three or more.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        change = np.log(after) - np.log(before)
    change = change[np.isfinite(change)]
    beside = side(mean(change)[1], 0) if len(change) > 2 else 0
    return {1: "grows", -1: "falls", 0: "goes"}[beside]


def _many(verb: str) -> str:
    return {"grows": "grow", "falls": "fall", "goes": "go"}[verb]


def _signed(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")
