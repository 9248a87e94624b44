"""Sentences under the figures of the panel `rescaling`."""

import numpy as np

from explorer.figures.numbers import up
from explorer.figures.sentence import Sentence
from explorer.figures.tables import where
from explorer.frames import Columns
from explorer.labs.prunability.rescaling import RescalingSettings
from explorer.labs.prunability.told import counted, of_data, of_tolerance, percent


def at(table: Columns, c: float) -> Columns:
    """The rows of all networks at the factor that is nearest to one."""
    table = where(table, table["c"] > 0)
    if not len(table["c"]):
        return table
    gap = np.abs(np.log(table["c"] / c))
    return where(table, gap == gap.min())


def of_prunability(table: Columns, settings: RescalingSettings) -> Sentence | None:
    """P of network 0 at the chosen factor, beside P of the network as it was trained."""
    here, plain = at(table, settings.scale), at(table, 1.0)
    if not len(here["c"]) or not np.isfinite([here["prunability"][0], plain["prunability"][0]]).all():
        return None
    c, moved, before = float(here["c"][0]), float(here["prunability"][0]), float(plain["prunability"][0])
    if len(np.unique(table["c"])) < 2 or c == plain["c"][0]:
        lead = f"As it was trained, the network has P = {before:.2f}."
    elif moved == before:
        lead = f"Scaled by c = {c:.3g} the network has P = {moved:.2f}, as before."
    else:
        lead = f"The same function, written with c = {c:.3g}, has P = {moved:.2f} in place of {before:.2f}."
    each = [where(table, table["net"] == net)["prunability"] for net in np.unique(table["net"])]
    spans = "; ".join(
        f"{np.nanmin(values):.2f} to {np.nanmax(values):.2f}" for values in each if np.isfinite(values).any()
    )
    layerwise = here["prunability_layerwise"]
    same = (
        "stays"
        if np.array_equal(layerwise, plain["prunability_layerwise"])
        else "moves by rounding at a step of the grid"
    )
    details = (
        f"Layers {settings.pair}: weights and biases of the first times c, weights of the second over c. Over all "
        f"factors P goes from {spans} (network by network; at most, on a grid of 55 shares). Green: as many weights of "
        f"each layer by itself, whose P {same}. P: the smallest share whose training loss is at most "
        f"{of_tolerance(settings)}. "
    )
    return Sentence(lead, details + of_data(settings))


def of_loss(table: Columns, settings: RescalingSettings) -> Sentence | None:
    """How little the function changes."""
    plain = at(table, 1.0)
    if not len(table["c"]) or not np.isfinite(table["loss"]).all() or not np.isfinite(table["change"]).all():
        return None
    base = dict(zip(plain["net"].tolist(), plain["loss"].tolist(), strict=True))
    if not base.keys() >= set(table["net"].tolist()):
        return None
    change = max(abs(loss - base[net]) for net, loss in zip(table["net"].tolist(), table["loss"].tolist(), strict=True))
    lead = f"Over all factors the training loss changes by {up(change, 2)} at most: max(0, ct) = c max(0, t)."
    if change > 1e-5:
        lead = f"Over all factors the training loss changes by up to {up(change, 2)}: more than rounding should."
    details = f"No logit changes by more than {up(float(table['change'].max()), 2)}, which is rounding in float32."
    return Sentence(lead, f"{details} {counted(len(plain['net']), 'network')}.")


def of_layers(table: Columns, settings: RescalingSettings) -> Sentence | None:
    """Which layer loses more at P."""
    here = at(table, settings.scale)
    if not len(here["c"]) or not np.isfinite([here["grown"][0], here["shrunk"][0]]).all():
        return None
    grown, shrunk = percent(float(here["grown"][0])), percent(float(here["shrunk"][0]))
    c = float(here["c"][0])
    lead = f"At c = {c:.3g} the layer times c keeps {grown} of its weights, the layer over c {shrunk}."
    return Sentence(
        lead, "Of network 0 at its P. The smallest of all layers go first, and those are of the smaller layer."
    )
