"""What the tables say of perturbations from more and more images. No torch."""

import math
from dataclasses import dataclass

import numpy as np

from explorer.figures.tables import where
from explorer.frames import Columns
from explorer.measure.regression import UNKNOWN, Interval, mean

ASKED = 100  # images, from which a perturbation shall do nearly as much as from the most there are
ENOUGH = 0.8  # of that success
FEWEST = 3  # networks, of which an effect is said
GAP = "gap"  # success on its own images less that on unseen ones, a column of `with_gap`


@dataclass(frozen=True)
class Curve:
    """Over numbers of images: a mean over networks of the mean over targets, with Student's interval."""

    images: np.ndarray
    value: np.ndarray
    low: np.ndarray
    high: np.ndarray


def with_gap(table: Columns) -> Columns:
    """Target by target, so that one of which no own image counts does not count on unseen ones either."""
    return {**table, GAP: table["success_train"] - table["success_test"]}


def of_networks(table: Columns, images: int, column: str) -> dict[int, float]:
    """The mean over targets, of every network of which something is known."""
    rows, found = where(table, table["images"] == images), {}
    for seed in np.unique(rows["seed"]).tolist():
        values = rows[column][rows["seed"] == seed]
        if np.isfinite(values).any():
            found[seed] = float(np.nanmean(values))
    return found


def over_networks(table: Columns, images: int, column: str) -> tuple[float, Interval]:
    """The mean over networks, and Student's interval; that needs two of them."""
    values = np.array(list(of_networks(table, images, column).values()), np.float64)
    return mean(values) if len(values) else (math.nan, UNKNOWN)


def numbers_of(table: Columns, column: str = "success_test") -> list[int]:
    """The numbers of images, rising, of which something is known."""
    return [m for m in np.unique(table["images"]).tolist() if of_networks(table, m, column)]


def curve(table: Columns, column: str) -> Curve:
    """The mean at every number of images."""
    images = np.unique(table["images"])
    found = [over_networks(table, int(m), column) for m in images]
    value, low, high = (
        (np.array(part, np.float64) for part in zip(*((v, *ends) for v, ends in found), strict=True))
        if found
        else (np.zeros(0),) * 3
    )
    return Curve(images, value, low, high)


def ratio(table: Columns, images: int, most: int) -> tuple[float, Interval, int]:
    """Success on unseen images from some by that from most, network by network: mean, interval, number of networks.

    Nothing is known where a network has none from most.
    """
    some, all_of = (of_networks(table, m, "success_test") for m in (images, most))
    both = sorted(some.keys() & all_of.keys())
    if not both or any(all_of[seed] <= 0 for seed in both):
        return math.nan, UNKNOWN, 0
    return (*mean(np.array([some[seed] / all_of[seed] for seed in both])), len(both))


def change(table: Columns, first: int, last: int, column: str) -> tuple[float, Interval, int]:
    """What a column has gained from one number of images to another, network by network."""
    one, two = (of_networks(table, m, column) for m in (first, last))
    both = sorted(one.keys() & two.keys())
    if not both:
        return math.nan, UNKNOWN, 0
    return (*mean(np.array([two[seed] - one[seed] for seed in both])), len(both))


def picture(made: Columns, images: int, target: int) -> np.ndarray | None:
    """Pixels of v_t, the lowest row first; None where there are none."""
    own = where(made, (made["images"] == images) & (made["target"] == target))
    if not len(own["row"]):
        return None
    found = np.full((own["row"].max() + 1, own["column"].max() + 1), np.nan, np.float32)
    found[own["row"], own["column"]] = own["value"]
    return found[::-1]
