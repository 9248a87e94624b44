"""What the captions of the panel `gallery` say of a run, checked on its tables, and what its question asks."""

from collections.abc import Mapping

import numpy as np

from explorer.figures.tables import where
from explorer.frames import Columns, Tables
from explorer.labs.captions import Check, Decide, Finding, Outcome
from explorer.labs.region.gallery import GallerySettings
from explorer.labs.region.gallery.numbers import by_seed
from explorer.labs.region.tables import UNIVERSAL
from explorer.labs.region.told import counted, percent, span
from explorer.measure.regression import mean, side

FEW, MANY = 0.1, 0.3  # shares of unseen images between the answers
RARE, OFTEN, BETWEEN = "less than a tenth", "a third or more", "something between"


def known(settings: GallerySettings) -> Mapping[str, object]:
    """What the settings alone make true."""
    return {**settings.values(), "said": settings.source.said}


def _at(tables: Tables, settings: GallerySettings) -> Columns | None:
    """The rows of the radius that was asked for, of all networks; None before they are there."""
    table = UNIVERSAL.among(tables)
    here = where(table, table["delta"] == settings.delta)
    return here if len(np.unique(here["seed"])) == settings.seeds else None


def beats_signs(tables: Tables, settings: GallerySettings) -> Finding | None:
    """Network by network: more unseen images follow v than follow random signs of its length."""
    here = _at(tables, settings)
    if here is None:
        return None
    own, signs = by_seed(here, "success_test"), by_seed(here, "random_success")
    if len(own) < 3 or len(own) != len(signs):
        return None
    _, ends = mean(own - signs)
    numbers = {"own": percent(float(own.mean())), "signs": percent(float(signs.mean())), "interval": span(ends)}
    way = side(ends, 0)
    return Finding(True, numbers) if way > 0 else Finding(False, numbers) if way < 0 else None


def looks_like(tables: Tables, settings: GallerySettings) -> Finding | None:
    """Network by network: v points towards its own class more than towards the others."""
    here = _at(tables, settings)
    if here is None:
        return None
    own, others = by_seed(here, "cosine"), by_seed(here, "cosine_other")
    if len(own) < 3 or len(own) != len(others):
        return None
    _, ends = mean(own - others)
    numbers = {
        "own": f"{own.mean():.2f}".replace("-", "−"),
        "others": f"{others.mean():.2f}".replace("-", "−"),
        "interval": f"95 % [{ends[0]:.2f}, {ends[1]:.2f}]",
    }
    way = side(ends, 0)
    return Finding(True, numbers) if way > 0 else Finding(False, numbers) if way < 0 else None


def how_many(tables: Tables, settings: GallerySettings) -> Outcome | None:
    """Which share of unseen images one vector turns, in the mean over classes, over networks."""
    here = _at(tables, settings)
    if here is None:
        return None
    shares = by_seed(here, "success_test")
    signs = by_seed(here, "random_success")
    if len(shares) < 3 or not len(signs):
        return None
    middle, ends = mean(shares)
    numbers = {
        "share": percent(middle),
        "interval": span(ends),
        "signs": percent(float(signs.mean())),
        "networks": counted(len(shares), "network"),
    }
    if side(ends, MANY) > 0:
        return Outcome(OFTEN, numbers)
    if side(ends, FEW) < 0:
        return Outcome(RARE, numbers)
    if side(ends, FEW) > 0 and side(ends, MANY) < 0:
        return Outcome(BETWEEN, numbers)
    return None


CHECKS: Mapping[str, Check] = {"beats-signs": beats_signs, "looks-like-its-class": looks_like}
OUTCOMES: Mapping[str, Decide] = {"how-many-follow": how_many}
