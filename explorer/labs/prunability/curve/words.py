"""Sentences under the figures of the panel `curve`."""

import math

import numpy as np

from explorer.figures.sentence import Sentence
from explorer.frames import Columns
from explorer.labs.prunability.curve import GLOBAL, LAYERWISE, NOISE, RANDOM, CurveSettings
from explorer.labs.prunability.curve.numbers import counted as weights_at
from explorer.labs.prunability.curve.numbers import fractions, over_networks, untrained, way
from explorer.labs.prunability.curve.picture import keeps
from explorer.labs.prunability.told import counted, ends, of_data, of_tolerance, percent

SAID = {
    GLOBAL: "smallest of all layers",
    LAYERWISE: "smallest of each layer",
    RANDOM: "at random",
    NOISE: "noise as long",
}


def of_curve(table: Columns, found: Columns, settings: CurveSettings) -> Sentence | None:
    """What network 0 has lost at the share kept, and its prunability."""
    curve = way(table, 0, GLOBAL)
    if not len(curve.kept):
        return None
    at = curve.at(settings.kept)
    now, dense, unseen = float(curve.loss[at]), float(curve.loss[-1]), float(curve.test_loss[at])
    share = fractions(found, GLOBAL)
    P = float(share[0]) if len(share) else math.nan
    left, of = weights_at(table, settings.kept)
    if math.isnan(now) or math.isnan(dense):
        return None
    share_kept = f"With {percent(float(curve.kept[at]))} of its weights"
    if untrained(found):
        gone = percent(1 - float(curve.kept[at]))
        lead = f"Before it learns the network has a loss of {dense:.3g}, without {gone} of its weights {now:.3g}."
    elif math.isnan(P):
        lead = f"{share_kept} the network has a training loss of {now:.3g}, with all {dense:.3g}."
    elif now <= float(fractions(found, GLOBAL, "allowed")[0]):
        lead = (
            f"{share_kept} the network still has a training loss of {now:.3g}, with all {dense:.3g}: its "
            f"prunability is P = {P:.2f}."
        )
    else:
        lead = f"{share_kept} the training loss is {now:.3g}, more than is allowed: P = {P:.2f}, the least that passes."
    return Sentence(lead, _details(table, found, settings, left, of, unseen))


def _details(table: Columns, found: Columns, settings: CurveSettings, left: int, of: int, unseen: float) -> str:
    parts = [
        f"Network 0 keeps {left:,} of {of:,} weights; biases stay. Test loss {unseen:.3g}.",
        f"P: the smallest share on a grid of 55 whose training loss is at most {of_tolerance(settings)}, without "
        "training again (Kuhn et al. 2021).",
    ]
    for scope, said in () if untrained(found) else SAID.items():
        values = fractions(found, scope)
        middle, interval = over_networks(values)
        if math.isfinite(middle):
            parts.append(
                f"{said}: P = {middle:.2f} ({counted(int(np.isfinite(values).sum()), 'network')}, {ends(interval)});"
            )
    coming, share = fractions(found, GLOBAL, "cliff"), fractions(found, GLOBAL)
    apart = int((coming > share).sum())
    parts[-1] = parts[-1].rstrip(";") + "."
    if apart:
        parts.append(f"In {counted(apart, 'network')} the curve is not monotone: coming down it fails earlier.")
    whole = way(table, 0, RANDOM)
    if whole.masks > 1:
        parts.append(f"Band: range over {whole.masks} random masks.")
    missed = int((~found["fits"][found["scope"] == GLOBAL]).sum())
    if missed:
        parts.append(f"{counted(missed, 'network')} did not reach the training loss of {settings.cross_entropy:g}.")
    return " ".join([*parts, of_data(settings)])


def of_weights(weights: Columns, settings: CurveSettings) -> Sentence | None:
    """How many weights are left."""
    left = keeps(weights, settings.kept, settings.scope)
    if not len(left):
        return None
    how = "the largest of each layer" if settings.scope == LAYERWISE else "the largest of both layers together"
    lead = f"{int(left.sum()):,} of {len(left):,} weights are left: {how}."
    details = "Each picture is what one hidden neuron looks at, pixel by pixel; below, what each class hears of it."
    return Sentence(lead, f"{details} Network 0; biases are not shown, and stay.")


def of_sizes(weights: Columns, settings: CurveSettings) -> Sentence | None:
    """How unequally the layers lose."""
    left = keeps(weights, settings.kept, settings.scope)
    layers = [(int(left[own].sum()), int(own.sum())) for layer in (1, 2) if (own := weights["layer"] == layer).any()]
    if len(layers) < 2:
        return None
    shares = [percent(kept / of) for kept, of in layers]
    lead = f"Layer 1 keeps {shares[0]} of its weights, layer 2 {shares[1]}."
    counts = "; ".join(f"layer {i}: {kept:,} of {of:,}" for i, (kept, of) in enumerate(layers, 1))
    return Sentence(lead, f"Dashed: the largest that is gone. Kept of {counts}. Network 0.")


def of_energy(table: Columns, settings: CurveSettings) -> Sentence | None:
    """How much of |w|^2 is gone at the share kept."""
    curve, random = way(table, 0, GLOBAL), way(table, 0, RANDOM)
    if not len(curve.kept) or not np.isfinite(curve.energy).all():
        return None
    at = curve.at(settings.kept)
    gone = 1 - float(curve.kept[at])
    lead = f"The smallest {percent(gone)} of the weights carry {percent(float(curve.energy[at]))} of |w|²"
    if len(random.kept) and math.isfinite(random.energy[at]):
        lead += f"; as many at random {percent(float(random.energy[at]))}"
    details = (
        "No choice of as many weights carries less; random ones carry their share in the mean (dotted grey). Dotted "
        "black: the smallest of each layer. Network 0."
    )
    return Sentence(f"{lead}.", details)
