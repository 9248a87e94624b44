"""What is said of the exact case: of its arrows, of both parts of the average, and of the walk behind them."""

import math

import numpy as np

from explorer.figures.numbers import interval, signed
from explorer.figures.sentence import Sentence
from explorer.figures.tables import where
from explorer.frames import Columns
from explorer.labs.bayes.exact import ExactSettings
from explorer.labs.bayes.exact.floor import UPRIGHT, shown
from explorer.labs.bayes.gradient import NORMAL, TANGENTIAL, means, slope
from explorer.labs.bayes.told import mixing

ROOT = -0.5  # slope of 1/√n


def of_arrows(table: Columns, done: Columns, most: int, about: str) -> Sentence | None:
    """How much of one sample's arrows is left of the average."""
    one, _, average = shown(table, most)
    if not len(one["point"]):
        return None
    details = (
        f"{len(one['point'])} unseen points at which MAP's loss is steepest, no two near each other. The floor is the "
        f"plane of the moons; upright, and drawn {UPRIGHT} times as large, is the first of the coordinates that are 0 "
        "in all data. Grey: the gradient of one sample's loss, and, paler, that of its mirror: the same weights, those "
        "of all such coordinates flipped. The prior gives both equal odds, and no data tell them apart. Purple: the "
        f"average, with its shadow on the floor. {_mirrored(done)}{about}"
    )
    count = int(average["n_samples"].max(initial=0))
    rest = _size(average, "off") / _size(one, "off")
    kept = _size(average, "along_x", "along_y") / _size(one, "along_x", "along_y")
    if count < 2 or not (math.isfinite(rest) and math.isfinite(kept)):
        lead = (
            "One sample's gradient leaves the plane of the data; its mirror's, just as likely, leaves it the other way."
        )
        return Sentence(lead, details)
    lead = (
        f"Averaged over {count} samples, arrows are {_times(rest)} times as high as one sample's, and "
        f"{_times(kept)} times as long on the floor."
    )
    return Sentence(lead, details)


def of_parts(table: Columns, done: Columns, about: str) -> Sentence | None:
    """Both parts with the fewest samples and with the most, and their slopes."""
    (n, normal), (m, tangential) = means(table, NORMAL), means(table, TANGENTIAL)
    both = sorted({*n.tolist()} & {*m.tolist()})  # a part that is 0 after so many samples is not there
    if not both:
        return None
    at_n, at_m = (np.isin(counts, both) for counts in (n, m))
    n, normal, tangential = n[at_n], normal[at_n], tangential[at_m]
    details = (
        "Mean over unseen points of the largest coordinate of the averaged gradient: of those that are 0 in all data, "
        f"and of the other two. {_slopes(table)}{_z(done)}{about}"
    )
    if n[0] == n[-1]:
        lead = f"At n = {n[-1]} the averaged gradient is {normal[-1]:.2g} off the data, {tangential[-1]:.2g} along it."
        return Sentence(lead, details)
    lead = (
        f"From {n[0]} to {n[-1]} samples the gradient goes from {normal[0]:.2g} to {normal[-1]:.2g} off the data, from "
        f"{tangential[0]:.2g} to {tangential[-1]:.2g} along it."
    )
    return Sentence(lead, details)


def of_what(done: Columns, settings: ExactSettings) -> str:
    """Whose posterior it is, and how its walk went: what stands at the end of all details."""
    said = (
        f"Two moons in {settings.d} dimensions, n = {settings.n}, noise {settings.noise:g}; k = {settings.k}, "
        f"{settings.family}, prior scale {settings.prior_scale:g}."
    )
    count = len(done["seed"])
    if not count:
        return f"{said} The first walk is not done."
    said += f" {count} {'seed' if count == 1 else 'seeds'}, each {done['samples'][0]} samples"
    said += f" of {done['chains'][0]} chain{'s' if done['chains'][0] > 1 else ''}"
    if np.isfinite(done["accept"]).all():
        said += f", acceptance {done['accept'].mean():.2f}"
    if np.isfinite(done["accuracy"]).all():
        said += f", {100 * done['accuracy'].mean():.1f} % of unseen points right"
    return said + mixing(done["rhat"])


def _size(rows: Columns, *columns: str) -> float:
    """The mean length of some coordinates; NaN where it is not positive."""
    size = float(np.sqrt(sum(rows[column] ** 2 for column in columns)).mean()) if len(rows["point"]) else math.nan
    return size if size > 0 else math.nan


def _times(value: float) -> str:
    if value >= 0.095:
        return f"{value:.2f}"
    return f"{value:.1g}" if value >= 1e-3 else "less than 0.001"


def _mirrored(done: Columns) -> str:
    """How well mirrors do on the data, of all samples."""
    output, gap = done["mirror_output"], done["mirror_gradient"]
    if not len(output) or not np.isfinite([*output, *gap]).all():
        return ""
    return (
        f"Of all samples and unseen points: logits of mirrors differ by at most {output.max():.2g}, and normal "
        f"gradients add up to at most {gap.max():.2g}. "
    )


def _slopes(table: Columns) -> str:
    off, along, exact = (slope(table, *which) for which in ((NORMAL,), (TANGENTIAL,), (NORMAL, "predicted")))
    if not math.isfinite(off.mean) or not math.isfinite(along.mean):
        return ""
    seeds = f"{len(off.each)} seed{'s' if len(off.each) > 1 else ''}"
    said = (
        f"Log-log slopes, mean of {seeds}: {signed(off.mean)} {interval(off.interval)} off the data, "
        f"{signed(along.mean)} {interval(along.interval)} along it (95 %, Student's t). Dashed: 1/√n. "
    )
    if len(off.each) > 1:
        said += "Lines: means over seeds; bands: 95 % of their geometric mean, which is a little lower. "
    if math.isfinite(exact.mean):
        said += (
            "Dotted: what is to be expected, exactly, from the samples' other weights and the prior of those that the "
            f"data do not see, slope {signed(exact.mean)}"
        )
        slower = exact.mean > ROOT + 0.02
        said += ": a few samples have most of the gradient, which slows it down. " if slower else ". "
    return said


def _z(done: Columns) -> str:
    known = where(done, np.isfinite(done["z"]) & np.isfinite(done["beyond"]))
    if not len(known["z"]):
        return ""
    return (
        f"In units of that, coordinates of the final average are {known['z'].mean():.2f} from 0 in the mean (0.80 if "
        f"samples are independent), and {100 * known['beyond'].mean():.1f} % of them beyond 3. "
    )
