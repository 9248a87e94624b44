"""What is said of averaged gradients at unseen images, and of the walks behind them."""

import math

import numpy as np

from explorer.figures.sentence import Sentence
from explorer.figures.tables import where
from explorer.frames import Columns
from explorer.labs.bayes.gradient import SELECTED, TWICE
from explorer.labs.bayes.told import counted, mixing
from explorer.labs.bayes.vanishing import VanishingSettings
from explorer.labs.bayes.vanishing.gallery import shown
from explorer.labs.bayes.vanishing.numbers import Curve, at, curve, finished, means, of, over_data, over_width


def of_norms(table: Columns, about: str) -> Sentence | None:
    """The mean and the median with the fewest samples and with the most."""
    every = of(table)
    mean = means(every, "n_samples")
    if not mean.known:
        return None
    details = (
        "Over unseen images, of the largest component of the averaged gradient of the cross-entropy. Bands: 95 % over "
        f"images. {_agreed(every)}{_typical(every)}{_others(table)}Right: all components at all images; the inner band "
        f"holds 90 % of them.{about}"
    )
    first, last = int(mean.x[0]), int(mean.x[-1])
    before, after = (
        at(every, "median_norm", n) for n in (first, last)
    )  # 0 where most gradients are: no curve has that
    if not np.isfinite([before, after]).all():
        return None
    if first == last:
        lead = f"At n = {last} the averaged gradient is {mean.value[-1]:.2g} in the mean, "
        return Sentence(f"{lead}{after:.2g} at the median image.", details)
    lead = (
        f"From {first} to {last} samples the averaged gradient goes from {mean.value[0]:.2g} to "
        f"{mean.value[-1]:.2g} in the mean, {before:.2g} to {after:.2g} at the median."
    )
    return Sentence(lead, details)


def of_pictures(table: Columns, rows: Columns, done: Columns, rank: int, about: str) -> Sentence | None:
    """At how many images the norm never rises, and how the two that are shown go."""
    if not len(table["rank"]):
        return None
    details = (
        "The image, then the gradient of the cross-entropy, averaged over more and more samples; under each: how many, "
        "and the largest component. Rose is below 0, teal above, the colours of a row share one scale. Selected are "
        "images whose norm is at no stage above the one before, as in code that was published with such pictures; "
        f"of these and of all, the first in the order of the test set are shown.{about}"
    )
    known = where(done, np.isfinite(done["falling"]) & (np.arange(len(done["falling"])) == 0))
    if not len(known["falling"]):
        return Sentence("Gradients of the loss at unseen images, averaged over what samples there are.", details)
    share = float(known["falling"][0])
    if known["samples"][0] == 1:
        return Sentence("Gradients of one sample at unseen images: with one there is no average to compare.", details)
    details = _shares(known, rows) + details
    if not len(shown(table, SELECTED, rank)["rank"]):
        return Sentence(
            "At no unseen image does the average shrink from look to look: the one shown was not chosen.", details
        )
    lead = (
        f"At {100 * share:.0f}% of unseen images the average never grows: above, one of these, below, one nobody chose."
    )
    return Sentence(lead, details)


def of_sizes(table: Columns, done: Columns, settings: VanishingSettings) -> Sentence | None:
    """From the narrowest to the widest, from the fewest images to the most."""
    ends = [
        (name, means(rows, x), curve(rows, x, "ratio_single"))
        for name, x, rows in (("width", "width", over_width(table)), ("images", "points", over_data(table)))
    ]
    there = [(name, mean, ratio) for name, mean, ratio in ends if len(mean.x) > 1]
    if not there:
        own = means(over_width(table), "width")
        if len(settings.posteriors) > 1 or not len(done["seed"]) or not own.known:
            return None
        lead = (
            f"One posterior only, whose average is {own.value[0]:.2g}: no other width or number of images is asked for."
        )
        return Sentence(lead, f"In the mean over unseen images{_walks(done)}")
    said = [
        f"{f'width {mean.x[0]} to {mean.x[-1]}' if name == 'width' else f'{mean.x[0]} to {mean.x[-1]} images'}"
        f"{'' if i else ' the average goes'} from {mean.value[0]:.2g} to {mean.value[-1]:.2g}"
        for i, (name, mean, _) in enumerate(there)
    ]
    count = int(table["n_samples"].max())
    lead = f"From {', from '.join(said)}."
    ratios = "; ".join(
        f"by {name}: " + ", ".join(f"{x} {value:.2f}" for x, value in zip(ratio.x, ratio.value, strict=True))
        for name, _, ratio in there
    )
    known = ", ".join(
        f"{name} {x}: {mean.value[i]:.2g} {_span(mean, i)}" for name, mean, _ in there for i, x in enumerate(mean.x)
    )
    details = (
        f"The mean norm of the average over {count} samples. Left: networks of other widths, n = {settings.n}; right: "
        f"of other numbers of images, k = {settings.k}. "
        f"Stems: 95 % over images. {known}. Over the mean norm of one sample, which is what averaging does "
        f"({ratios}); chance alone would leave {1 / math.sqrt(max(count, 1)):.2f}. The prior is the same for all "
        f"widths, not scaled by them.{_walks(done)}"
    )
    return Sentence(lead, details)


def of_what(done: Columns, settings: VanishingSettings) -> str:
    """Whose posterior the first two cards are of, and how its walk went."""
    said = (
        f" Data: {settings.source.said}, n = {settings.n}, k = {settings.k}, {settings.family}, prior scale "
        f"{settings.prior_scale:g}."
    )
    if not len(done["seed"]):
        return f"{said} The first walk is not done."
    own = where(done, (done["width"] == done["width"][0]) & (done["points"] == done["points"][0]))
    return f"{said} {_seeds(own)}, {own['tested'][0]} unseen images{_walks(own)}"


def _seeds(done: Columns) -> str:
    count = len(np.unique(done["seed"]))
    said = f"{count} seed{'s' if count > 1 else ''}, each {counted(int(done['samples'][0]), 'sample')}"
    return f"{said} of {done['chains'][0]} chain{'s' if done['chains'][0] > 1 else ''}"


def _walks(done: Columns) -> str:
    """Acceptance and R-hat of some walks."""
    said = ""
    if len(done["accept"]) and np.isfinite(done["accept"]).all():
        said = f", acceptance {done['accept'].mean():.2f}"
    return said + mixing(done["rhat"], several=True)


def _agreed(every: Columns) -> str:
    """What is left over one sample's, and how far two halves of the samples agree."""
    rows = finished(every)
    ratio, cosine = (rows[name][np.isfinite(rows[name])] for name in ("ratio_single", "split_cosine"))
    if not len(ratio):
        return ""
    count = int(rows["n_samples"][0])
    if count == 1:
        return "One sample is no average. "
    said = f"With {count} samples {ratio.mean():.2f} of the mean norm of one is left, chance alone "
    said += f"would leave {1 / math.sqrt(count):.2f}"
    return (
        f"{said}; the averages of either half have a mean cosine of {cosine.mean():.2f}. "
        if len(cosine)
        else f"{said}. "
    )


def _typical(every: Columns) -> str:
    alone = curve(finished(every), "n_samples", "median_single")
    if not alone.known:
        return ""
    return f"Over all samples and images the median of one sample's is {alone.value[-1]:.2g}. "


def _others(table: Columns) -> str:
    said = ""
    picked = means(of(table, SELECTED), "n_samples")
    if len(picked.x) > 1:
        said += f"Selected images (see the pictures): {picked.value[0]:.2g} to {picked.value[-1]:.2g}. "
    weak = curve(of(table, loss=TWICE), "n_samples", "mean_norm")
    if len(weak.x) > 1:
        said += f"With probabilities taken for logits: {weak.value[0]:.2g} to {weak.value[-1]:.2g}. "
    return said


def _shares(known: Columns, rows: Columns) -> str:
    rising, null = known["rising"][0], known["null"][0]
    said = ""
    if math.isfinite(rising):
        tested, falling = known["tested"][0], known["falling"][0]
        said += f"Of {tested} images the norm never rises at {100 * falling:.0f}%, never falls at {100 * rising:.0f}%. "
    if math.isfinite(null):
        said += f"Of single samples' gradients {100 * null:.1f}% are exactly 0. "
    picked, every = (means(of(rows, *which), "n_samples") for which in ((SELECTED,), ()))
    if len(picked.x) > 1 and len(every.x) > 1:
        said += (
            f"Mean norm from {picked.x[0]} to {picked.x[-1]} samples: {picked.value[0]:.2g} to {picked.value[-1]:.2g} "
            f"of the selected, {every.value[0]:.2g} to {every.value[-1]:.2g} of all. "
        )
    return said


def _span(of: Curve, i: int) -> str:
    low, high = of.ends(i)
    return f"[{low:.2g}, {high:.2g}]" if math.isfinite(low) and math.isfinite(high) else "(no interval)"
