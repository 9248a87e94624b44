"""What the table `defence` says of rivals: curves over radii of one attack and access. No torch."""

import numpy as np

from explorer.figures.tables import where
from explorer.frames import Columns
from explorer.labs.region.defence.numbers import over_networks
from explorer.labs.region.kinds import FIRST
from explorer.labs.region.rivals import BASE, KINDS, RivalsSettings
from explorer.labs.region.tables import nearest

MODELS = (*KINDS[::-1], BASE)


def of(table: Columns, model: str, attack: str, access: str) -> Columns:
    """The rows of one model; the base network is the one that still learns where there is no other."""
    names = [model, FIRST] if model == BASE and BASE not in table["model"] else [model]
    rows = np.isin(table["model"], names) & (table["attack"] == attack) & (table["access"] == access)
    return where(table, rows)


def radius(rows: Columns, settings: RivalsSettings) -> float:
    """That of the attack which is nearest to the one that is spoken of; NaN where there is none."""
    return nearest(rows["eps"], settings.eps_shown * settings.length(settings.attack))


def at(rows: Columns, eps: float) -> Columns:
    """The rows of one radius."""
    return where(rows, rows["eps"] == eps)


def curve(rows: Columns) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Radii, and the mean accuracy over networks with its interval."""
    radii = np.unique(rows["eps"])
    found = [over_networks(at(rows, eps), "accuracy") for eps in radii]
    value, low, high = (
        np.array([pick(v, ends) for v, ends in found], np.float64)
        for pick in (lambda v, _: v, lambda _, ends: ends[0], lambda _, ends: ends[1])
    )
    return radii, value, low, high
