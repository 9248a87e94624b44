"""What tables `attack` say: curves over the radius, differences of models, and how far they are known. No torch."""

from dataclasses import dataclass

import numpy as np

from explorer.figures.tables import where
from explorer.frames import Columns
from explorer.labs.bayes.images import ImagePosterior
from explorer.labs.bayes.told import counted, mixing
from explorer.measure.regression import Interval, mean


@dataclass(frozen=True)
class Curve:
    """A column over the radius, mean over the seeds that are there, with a 95 % interval.

    Attributes:
        low, high: with one seed the interval over test images. With more the mean of those, or the interval over seeds
            (Student's t) where it reaches further.
        clean: the accuracy without an attack. seeds: how many.
    """

    eps: np.ndarray
    value: np.ndarray
    low: np.ndarray
    high: np.ndarray
    clean: float
    seeds: int

    def at(self, eps: float) -> tuple[float, Interval]:
        """The value at a radius of the table; NaN where there is none."""
        found = np.flatnonzero(self.eps == eps)
        if not len(found):
            return float("nan"), (float("nan"), float("nan"))
        i = found[0]
        return float(self.value[i]), (float(self.low[i]), float(self.high[i]))


def whole(table: Columns) -> Columns:
    """The rows of fits that are done, attacked on all images."""
    return where(table, table["whole"] & np.isfinite(table["accuracy"]))


def best(table: Columns) -> Columns:
    """The rows that are done; those of a first look as long as there are none."""
    done = whole(table)
    return done if len(done["eps"]) else where(table, np.isfinite(table["accuracy"]))


def of(table: Columns, model: str, attack: str, loss: str = "") -> Columns:
    """The rows of one model under one attack, with one loss where it is named."""
    here = (table["model"] == model) & (table["attack"] == attack)
    return where(table, here & (table["loss"] == loss) if loss else here)


def accuracy(table: Columns) -> Curve:
    """Of the rows of one case."""
    return curve(table, "accuracy", "low", "high")


def difference(table: Columns) -> Curve:
    """The accuracy less that of the model it is compared with, paired; of the rows of one case."""
    return curve(table, "more", "more_low", "more_high")


def success(table: Columns, eps: float) -> float:
    """1 - accuracy / clean at a radius, mean over seeds; NaN where it is unknown."""
    here = where(table, table["eps"] == eps)
    if not len(here["eps"]) or not (here["clean"] > 0).all():
        return float("nan")
    return float(np.mean(1 - here["accuracy"] / here["clean"]))


def curve(table: Columns, column: str, low: str, high: str) -> Curve:
    """Of a column and its ends, over the radius; of the rows of one case."""
    known = where(table, np.isfinite(table[column]))
    radii, found = np.unique(known["eps"]), []
    for eps in radii:
        here = where(known, known["eps"] == eps)
        middle, (least, most) = mean(here[column])
        ends = float(here[low].mean()), float(here[high].mean())
        found.append((middle, *(ends if np.isnan(least) else (min(ends[0], least), max(ends[1], most)))))
    columns = np.array(found, np.float64).reshape(-1, 3).T
    clean = float(known["clean"].mean()) if len(radii) else float("nan")
    return Curve(radii, columns[0], columns[1], columns[2], clean, len(np.unique(known["seed"])))


def points(value: float) -> str:
    """A difference of shares: +44 points; one decimal below ten."""
    shown = f"{100 * value:+.1f}" if abs(value) < 0.0995 else f"{100 * value:+.0f}"
    return f"{shown} points".replace("-", "−")


def span(ends: Interval) -> str:
    """An interval of a difference, or that there is none."""
    if not np.isfinite(ends).all():
        return "no interval"
    low, high = (f"{100 * end:+.1f}".replace("-", "−") for end in ends)
    return f"95% interval [{low}, {high}]"


def of_what(table: Columns, settings: ImagePosterior) -> str:
    """Whose posterior it is, and how its walk went: what stands at the end of every sentence's details."""
    said = f" Data: {settings.source.said}, n = {settings.n}, k = {settings.k}, {settings.family};"
    said += f" {counted(len(np.unique(table['seed'])), 'seed')}, {int(table['tested'].max())} unseen images."
    done = whole(table)
    if not len(done["eps"]):
        return f"{said} A first look at part of the images; the walk is not done."
    said += f" {counted(settings.samples, 'sample')} of {counted(int(done['chains'].max()), 'chain')}"
    if np.isfinite(done["accept"]).all():
        said += f", acceptance {done['accept'].mean():.2f}"
    return said + mixing(done["rhat"])


def over(curve: Curve, tested: int) -> str:
    """What the intervals are over."""
    if curve.seeds == 1:
        return f"over {tested} test images"
    return f"over test images and {curve.seeds} seeds, whichever is wider"
