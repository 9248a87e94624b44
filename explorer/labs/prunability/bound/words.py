"""Sentences under the figures of the panel `bound`."""

import math

import numpy as np

from explorer.figures.numbers import up
from explorer.figures.sentence import Sentence
from explorer.figures.tables import where
from explorer.frames import Columns
from explorer.labs.prunability.bound import BoundSettings
from explorer.labs.prunability.bound.numbers import best, chosen
from explorer.labs.prunability.told import counted, percent


def of_bound(table: Columns, settings: BoundSettings) -> Sentence | None:
    """The least bound of network 0 of the chosen width, and what it does on unseen images."""
    least = best(chosen(table, settings.width))
    if not len(least["n"]) or not np.isfinite([least["bound"][0], least["test_error"][0]]).all():
        return None
    bound, test = float(least["bound"][0]), float(least["test_error"][0])
    width, kept, of = (int(least[name][0]) for name in ("width", "kept", "weights"))
    if least["vacuous"][0]:
        lead = f"Of width {width} every bound is vacuous: the least is {up(bound)}, and no error is above 1."
    else:
        lead = (
            f"With {kept:,} of {of:,} weights the error is at most {up(bound)}; on unseen images it is {percent(test)}."
        )
    every = chosen(table, settings.width)
    says = int((~every["vacuous"]).sum())
    chance = f"{100 * (1 - settings.delta):g}%"
    details = (
        f"Network 0 of width {width}, from {int(least['n'][0])} images: {counted(says, 'bound')} of {len(every['n'])} "
        f"below 1. Training error plus √((bits ln 2 + ln 1/δ) / 2n), with {chance} of all draws of the images; ring: "
        f"the least, at {float(least['length'][0]):,.0f} bits: which weights are kept, {settings.bits} bits for each "
        f"and for every bias, 32 for each scale, and {math.log2(settings.ways):.1f} for the choice of share, bits and "
        "width. Both errors are those of the network that is rebuilt from its code."
    )
    return Sentence(lead, details)


def of_widths(table: Columns, settings: BoundSettings) -> Sentence | None:
    """Which width has the least bound, at the most images."""
    least = best(table)
    if not len(least["n"]) or not np.isfinite(least["bound"]).all():
        return None
    most = where(least, least["n"] == least["n"].max())
    at = int(most["bound"].argmin())
    bound, width, n = float(most["bound"][at]), int(most["width"][at]), int(most["n"][at])
    test = float(most["test_error"][at])
    verdict = "vacuous" if most["vacuous"][at] else f"far above the error, {percent(test)}"
    if not most["vacuous"][at] and bound < 2 * test:
        verdict = f"not far from the error, {percent(test)}"
    lead = f"From {n} images the least bound is {up(bound)}, of width {width}: {verdict}."
    by = []
    for count in np.unique(least["n"]).tolist():
        own = where(least, least["n"] == count)
        says = sorted({*own["width"][~own["vacuous"]].tolist()})
        by.append(f"n = {count}: {', '.join(map(str, says)) or 'none'}")
    details = f"Widths with a bound below 1, of some network: {'; '.join(by)}. Drawn: network 0 of each width."
    broken = int((table["test_error"] > table["bound"]).sum())
    said = "No test error is above its bound." if not broken else f"{counted(broken, 'test error')} above its bound."
    return Sentence(lead, f"{details} {said} Data: {settings.source.said}.")
