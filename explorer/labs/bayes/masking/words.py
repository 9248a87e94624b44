"""What is said of the panel `masking`: of losses, of gradients that are 0, of step lengths, and of the walks behind."""

import math

import numpy as np

from explorer.figures.sentence import Sentence
from explorer.figures.tables import where
from explorer.frames import Columns
from explorer.labs.bayes.attack_numbers import points, span
from explorer.labs.bayes.masking import BEST, DTYPES, LAST, UNIFORM, MaskingSettings
from explorer.labs.bayes.masking.numbers import (
    BY_LOSS,
    BY_MARGIN,
    GAP,
    LOST,
    ZERO,
    at_eps,
    best_length,
    largest,
    lengths,
    shares,
    whole,
)
from explorer.labs.bayes.told import NO_RHAT, percent
from explorer.measure.convergence import RHAT_MOST

SINGLE, DOUBLE = DTYPES


def of_losses(table: Columns, eps: float, settings: MaskingSettings, about: str) -> Sentence | None:
    """What either loss leaves right at the widest prior."""
    single, double = (at_eps(whole(table), dtype, eps) for dtype in DTYPES)
    scale = largest(single)
    found = [shares(single, "prior_scale", names).at(scale)[0] for names in (BY_LOSS, BY_MARGIN)]
    if not np.isfinite(found).all():
        return None
    lead = (
        f"With a prior scale of {scale:g} PGD at ε = {eps:g} leaves one sample {percent(found[0])} right by "
        f"cross-entropy, {percent(found[1])} by the margin."
    )
    details = _over_scales(single)
    precise = shares(double, "prior_scale", BY_LOSS).at(scale)[0]
    if math.isfinite(precise):
        details += f"In float64 the same networks keep {percent(precise)} right by cross-entropy. "
    details += (
        f"Each sample is attacked and defended by itself, {settings.attack_steps} steps, the best point kept, the mean "
        "of all. Bands: 95 % over test images, or over seeds where that is wider. Either attack may leave less than is "
        "shown if it is made stronger; what the margin fools and cross-entropy leaves was masked."
    )
    return Sentence(lead, details + about)


def _over_scales(single: Columns) -> str:
    """Differences of both losses, prior by prior."""
    gap = shares(single, "prior_scale", GAP)
    each = [
        f"s = {scale:g} {points(value)} {span((low, high)).removeprefix('95% interval ')}"
        for scale, value, low, high in zip(gap.x, gap.value, gap.low, gap.high, strict=True)
    ]
    return f"Cross-entropy leaves more than the margin by, image by image (95 %): {'; '.join(each)}. " if each else ""


def of_zeros(table: Columns, eps: float, about: str) -> Sentence | None:
    """How many gradients are exactly 0 at the widest prior, in either precision."""
    done = whole(table)
    single, double = (at_eps(done if len(done["eps"]) else table, dtype, eps) for dtype in DTYPES)
    scale = largest(where(double, np.isfinite(double["zero_share"])))
    zero, precise = (shares(part, "prior_scale", ZERO).at(scale) for part in (single, double))
    if not (math.isfinite(zero[0]) and math.isfinite(precise[0])):
        return None
    lead = (
        f"With a prior scale of {scale:g} a gradient is exactly 0 in {_share(zero[0])} of cases in float32, in "
        f"{_share(precise[0])} in float64."
    )
    lost = [shares(part, "prior_scale", LOST).at(scale)[0] for part in (single, double)]
    details = (
        "Of the cross-entropy, by the pixels, of every sample at every image. In float32 a probability below 1e-45 is "
        "0, and one above 1 - 3e-8 is 1: then nothing is left to follow, however the network would answer a changed "
        "image. float64 ends at 5e-324; the weights are the same. (Where no unit is active it is 0 in either.) "
    )
    if math.isfinite(zero[1][0]):
        details += f"95 % interval of the share over images or seeds: {_share(zero[1][0])} to {_share(zero[1][1])}. "
    if np.isfinite(lost).all():
        details += (
            f"Dashed: the part through the label's own logit is 0, {_share(lost[0])} (float64: {_share(lost[1])}); "
            "what is left raises other logits and does not know of the label's. "
        )
    return Sentence(lead, details.strip() + about)


def of_lengths(table: Columns, about: str) -> Sentence | None:
    """The best length of a step at the widest prior, beside steps that lead from corner to corner."""
    scale = largest(table)
    best, last = (lengths(table, scale, kept) for kept in (BEST, LAST))
    at, least = best_length(best)
    far = float(best.x[-1]) if len(best.x) else math.nan
    left, kept = last.at(far)[0], best.at(far)[0]
    if not np.isfinite([at, least, left, kept]).all():
        return None
    lead = f"With s = {scale:g} steps of {at:g} ε leave the average {percent(least)} right; "
    lead += f"steps of {far:g} ε, the last point kept, {percent(left)}." if at < far else "no shorter ones leave less."
    here = where(table, table["prior_scale"] == scale)
    steps, eps, tested = (here[name].max() for name in ("steps", "eps", "tested"))
    random = best_length(lengths(table, scale, BEST, UNIFORM))[1]
    details = (
        f"PGD on the average of {int(here['samples'].max())} samples at ε = {eps:g}, {int(steps)} steps of one length, "
        f"{int(tested)} images. Thick: the best point counts; thin: the last one. From 2 ε on every step ends in a "
        "corner, whatever its length; the public code of the paper takes steps of about 2, with pixels in [0, 1], and "
        f"keeps the last point. With {far:g} ε the best point leaves {percent(kept)}. "
    )
    if math.isfinite(random):
        details += f"From a random start the best length leaves {percent(random)}. "
    return Sentence(lead, details.strip() + about)


def of_what(table: Columns, settings: MaskingSettings) -> str:
    """Whose posteriors they are, and how their walks went: what stands at the end of every sentence's details."""
    seeds = len(np.unique(table["seed"]))
    said = f" Data: {settings.source.said}, n = {settings.n}, k = {settings.k}, {settings.family}; "
    said += f"{seeds} seed{'s' if seeds > 1 else ''}, {int(table['tested'].max())} unseen images."
    done = whole(table)
    if not len(done["eps"]):
        return f"{said} The first walk is not done."
    chains = int(done["chains"].max())
    said += f" {int(done['samples'].max())} samples of {chains} chain{'s' if chains > 1 else ''} for each prior"
    if np.isfinite(done["accept"]).all():
        said += f", acceptance {done['accept'].min():.2f} or more"
    known = where(done, np.isfinite(done["rhat"]))
    if len(known["rhat"]) < len(done["rhat"]):
        return f"{said}; {NO_RHAT}."
    apart = known["rhat"] > RHAT_MOST
    if not apart.any():
        return f"{said}, R-hat {known['rhat'].max():.2f} at most."
    scales = ", ".join(f"{scale:g}" for scale in np.unique(known["prior_scale"][apart]))
    return (
        f"{said}. R-hat is {known['rhat'].max():.2f} at worst, above {RHAT_MOST} at s = {scales}: chains do not agree "
        "there, and what is said of zeros is said of walks as long as these."
    )


def _share(value: float) -> str:
    """A percentage; none is 0%, and few are not said to be none."""
    if 0 < value < 0.0005:
        return "less than 0.1%"
    return f"{100 * value:.1f}%" if 0 < value < 0.0995 else percent(value)
