"""What sentences on posteriors end with: of what data and networks they are, and how the walks went."""

import numpy as np

from explorer.figures.posteriors import rhat_text
from explorer.labs.bayes.images import ImagePosterior
from explorer.measure.convergence import RHAT_MOST

#: Where an R-hat is NaN: of one chain it is, however long that has walked.
NO_RHAT = "no R-hat, which takes two chains and four draws of each"


def percent(share: float) -> str:
    """A share: 65%."""
    return f"{100 * share:.0f}%"


def counted(number: int, what: str) -> str:
    """1 seed, 2 seeds."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def of_data(settings: ImagePosterior, seeds: int, tested: int) -> str:
    """What was learned, and what is asked."""
    said = f"Data: {settings.source.said}, n = {settings.n}, {settings.family};"
    return f"{said} {counted(seeds, 'seed')}, {tested} unseen images."


def mixing(rhat: np.ndarray, *, several: bool = False) -> str:
    """How well chains agree: the end of a sentence on walks that are done; `several`: of more than one posterior."""
    if not len(rhat) or not np.isfinite(rhat).all():
        return f"; {NO_RHAT}."
    worst = rhat_text(float(rhat.max()))
    if rhat.max() <= RHAT_MOST:
        return f", R-hat {worst}{' at most' if several else ''}."
    which = "a" if several else "the"
    return f". R-hat is {worst}, above {RHAT_MOST}: chains do not agree, {which} posterior may be another."


def of_walks(accept: np.ndarray, rhat: np.ndarray) -> str:
    """How walks went, the worst of them as to R-hat; of walks that are done."""
    known, rhat = accept[np.isfinite(accept)], rhat[np.isfinite(rhat)]
    if not len(known):
        return "No walk is done."
    said = f"Acceptance {known.mean():.2f}"
    if not len(rhat):
        return f"{said}; {NO_RHAT}."
    worst = rhat_text(float(rhat.max()))
    if rhat.max() <= RHAT_MOST:
        return f"{said}, R-hat {worst} at most."
    poor = int((rhat > RHAT_MOST).sum())
    of = f"{poor} of {counted(len(rhat), 'walk')}"
    return (
        f"{said}. R-hat is {worst} at worst, and above {RHAT_MOST} in {of}: there chains do not agree, the"
        " posterior may be another."
    )
