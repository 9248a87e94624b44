"""The table of averaged gradients, and what it says over seeds; for panels, figures and captions. No torch."""

from dataclasses import dataclass

import numpy as np

from explorer.figures.tables import where
from explorer.frames import Columns
from explorer.measure.regression import Interval, line, mean
from explorer.tables import Count, Table, Text, Value

GRADIENT = Table(
    "gradient",
    n_samples=Count(),
    direction=Text(),
    width=Count(),
    seed=Count(),
    mean_norm=Value("mean |E∇L|∞"),
    median_norm=Value("median |E∇L|∞"),
    ratio_single=Value("over one sample's"),
    split_cosine=Value("cosine of halves"),
    predicted=Value("mean |E∇L|∞, exact"),
    points=Count("n"),
    images=Text(),
    loss=Text(),
    tested=Count(),
    low=Value("mean |E∇L|∞"),
    high=Value("mean |E∇L|∞"),
    median_low=Value("median |E∇L|∞"),
    median_high=Value("median |E∇L|∞"),
    median_single=Value("median |∇L|∞"),
)
#: Directions: coordinates that are 0 in all data, the others; all of them.
NORMAL, TANGENTIAL, WHOLE = "normal", "tangential", "all"
#: Of which unseen points the means are: all, or those at which the norm falls from stage to stage.
EVERY, SELECTED = "all", "selected"
#: Losses: cross-entropy, and that of probabilities which are taken for logits.
ONCE, TWICE = "cross-entropy", "softmax twice"


def counts(samples: int) -> tuple[int, ...]:
    """1, 2, 5, 10, ... up to `samples`, and `samples` itself."""
    grid = {digit * 10**power for power in range(len(str(samples))) for digit in (1, 2, 5)}
    return tuple(sorted({each for each in grid if each < samples} | {samples}))


@dataclass(frozen=True)
class Slope:
    """The slope of log(mean norm) against log(number of samples): of each seed, their mean and its 95 % interval."""

    each: np.ndarray
    mean: float
    interval: Interval


def of(table: Columns, direction: str) -> Columns:
    """The rows of one direction whose norm a logarithmic axis can show."""
    known = np.isfinite(table["mean_norm"]) & (table["mean_norm"] > 0)
    return where(table, known & (table["direction"] == direction))


def slope(table: Columns, direction: str, column: str = "mean_norm") -> Slope:
    """Of all seeds that got as far as the furthest, and have two numbers of samples or more."""
    rows = of(table, direction)
    last = rows["n_samples"].max(initial=0)
    each = []
    for seed in np.unique(rows["seed"]).tolist():
        own = where(rows, rows["seed"] == seed)
        if own["n_samples"].max() == last and (own[column] > 0).all():
            each.append(line(np.log(own["n_samples"]), np.log(own[column])).slope)
    found = np.array([value for value in each if np.isfinite(value)])
    return Slope(found, *mean(found))


def means(table: Columns, direction: str, column: str = "mean_norm") -> tuple[np.ndarray, np.ndarray]:
    """Numbers of samples, and the mean of a column over the seeds that have got there."""
    rows = of(table, direction)
    n = np.unique(rows["n_samples"])
    return n, np.array([rows[column][rows["n_samples"] == each].mean() for each in n.tolist()])
