"""What is said under the figures of the panel `images`."""

import math

import numpy as np

from explorer.figures.sentence import Sentence
from explorer.figures.tables import where
from explorer.frames import Columns
from explorer.labs.region.gallery.words import how_sought
from explorer.labs.region.images import ImagesSettings
from explorer.labs.region.images.numbers import (
    ASKED,
    ENOUGH,
    FEWEST,
    GAP,
    change,
    numbers_of,
    of_networks,
    over_networks,
    ratio,
    with_gap,
)
from explorer.labs.region.told import counted, percent, span
from explorer.measure.regression import side


def some(images: int) -> str:
    """One image, 1,000 images."""
    return f"{images:,} image{'' if images == 1 else 's'}"


def points(share: float) -> str:
    """A difference of shares, with its sign; 0 has none."""
    value = round(100 * share)
    return f"{value:+d}".replace("-", "−") if value else "0"


def of_success(table: Columns, settings: ImagesSettings) -> Sentence | None:
    """How much fewer images do, and whether a hundred do nearly as much as most."""
    numbers = numbers_of(table)
    if not numbers:
        return None
    first, most = numbers[0], numbers[-1]
    shares = {m: over_networks(table, m, "success_test")[0] for m in numbers}
    signs, _ = over_networks(table, most, "random_success")
    networks = len(of_networks(table, most, "success_test"))
    details = [f"Random signs as long: {percent(signs)}.", how_sought(settings.method, settings.norm)]
    if first == most:
        lead = f"A vector from {some(most)} turns {percent(shares[most])} of unseen images into its class."
    elif ASKED not in numbers or most <= ASKED:
        lead = f"A vector from {some(first)} turns {percent(shares[first])} of unseen images, one from {most:,} "
        lead += f"{percent(shares[most])}."
    else:
        share, ends, both = ratio(table, ASKED, most)
        way = side(ends, ENOUGH) if both >= FEWEST else 0
        tail = {1: ": clearly above four fifths of that", -1: ": clearly below four fifths of that"}.get(way, "")
        lead = f"A vector from {ASKED} images turns {percent(shares[ASKED])} of unseen images, one from {most:,} "
        lead += f"{percent(shares[most])}{tail}."
        if math.isfinite(share):
            kept = f"Network by network the first is {share:.2f} of the second"
            interval = f", 95 % [{ends[0]:.2f}, {ends[1]:.2f}]" if math.isfinite(ends[0]) else ""
            doubt = "" if way else "; whether that is four fifths or more is not clear"
            details.insert(0, f"{kept}{interval} over {counted(both, 'network')}{doubt}.")
    details.append(f"Means over ten classes and {counted(networks, 'network')}; bands: 95 % over networks.")
    return Sentence(lead, " ".join(details))


def of_gap(table: Columns, settings: ImagesSettings) -> Sentence | None:
    """Whether a vector does better on the images it was made from, and whether more images close that gap."""
    table = with_gap(table)
    numbers = numbers_of(table, GAP)
    if not numbers:
        return None
    first, most = numbers[0], numbers[-1]
    gaps = {m: over_networks(table, m, GAP) for m in numbers}
    if first == most:
        lead = f"From {some(most)} the gap between its own and unseen images is {points(gaps[most][0])} points."
        return Sentence(lead, "A search keeps the best of many vectors on its own images: there it is flattered.")
    _, ends, both = change(table, first, most, GAP)
    way = side(ends, 0) if both >= FEWEST else 0
    tail = {1: ": clearly larger", -1: ": clearly smaller"}.get(way, ": not clearly smaller")
    lead = (
        f"From {some(first)} the gap is {points(gaps[first][0])} points, from {most:,} {points(gaps[most][0])}{tail}."
    )
    details = []
    for m in (first, most):
        if span(gaps[m][1]):
            low, high = gaps[m][1]
            details.append(f"From {some(m)}: 95 % [{points(low)}, {points(high)}].")
    details.append(
        "The gap: success on the images it was made from less success on unseen ones, target by target; the search "
        f"keeps the best of many vectors on its own images. Grey: the single networks ({counted(both, 'network')})."
    )
    return Sentence(lead, " ".join(details))


def of_made(table: Columns, settings: ImagesSettings) -> Sentence | None:
    """What more images make of one class's vector: of numbers, no effect is said."""
    own = where(table, table["target"] == settings.target)
    numbers = numbers_of(own)
    if not numbers:
        return None
    first, most = numbers[0], numbers[-1]
    begin = f"Made from {some(first)}, the vector towards {settings.target} turns"
    share = percent(over_networks(own, first, "success_test")[0])
    cosines = [over_networks(own, m, "cosine")[0] for m in (first, most)]
    details = "Pictures: the first network, from more and more images. Shares: mean over networks."
    if np.isfinite(cosines).all():
        last = f", from {some(most)} {cosines[1]:.2f}" if most > first else ""
        details += f" Cosine with the mean image of the class less that of all: {cosines[0]:.2f}{last}."
    if first == most:
        return Sentence(f"{begin} {share} of unseen images.", details)
    end = percent(over_networks(own, most, "success_test")[0])
    return Sentence(f"{begin} {share} of unseen images, made from {most:,} {end}.", details)
