"""What is said of attacks off the data and in all directions, and of what those off it depend on."""

import math
from dataclasses import dataclass

import numpy as np

from explorer.figures.sentence import Sentence
from explorer.figures.tables import where
from explorer.frames import Columns
from explorer.labs.bayes.attack_numbers import accuracy, difference, of, points, span, whole
from explorer.labs.bayes.attack_table import AVERAGE, ENSEMBLE, FREE, MAP, ONE, nearest
from explorer.labs.bayes.directions import FULL, OFF, OTHER_HALF, RANDOM_OFF, DirectionsSettings
from explorer.labs.bayes.told import counted, mixing, percent

NAMES = {
    ONE: "one sample",
    AVERAGE: "the average",
    OTHER_HALF: "one half, along gradients of the other",
    MAP: "MAP with the same prior",
    FREE: "a network without a prior",
    ENSEMBLE: "an ensemble of those",
}


def of_attacks(table: Columns, settings: DirectionsSettings, about: str) -> Sentence | None:
    """One sample, the average and MAP off the data, and the average in all directions."""
    eps = nearest(table, settings.eps)
    off = {model: accuracy(of(table, model, OFF)).at(eps)[0] for model in (ONE, AVERAGE, MAP)}
    full = accuracy(of(table, AVERAGE, FULL)).at(eps)[0]
    if not math.isfinite(off[MAP]):
        return None
    details = (
        f"PGD on the cross-entropy of the prediction, {settings.attack_steps} steps, at most ε in each coordinate: on "
        "the left of those that are 0 in all data, on the right of all. One sample: each of some is attacked alone. "
        "The average predicts the mean of the samples' probabilities. Dotted blue: half of the samples, attacked along "
        "gradients of the other half. Dashed: a network without a prior, dotted: an ensemble of those. "
        f"{_each(table, eps)}{_beside(table, eps)}A stronger attack may leave less.{about}"
    )
    if not np.isfinite([*off.values(), full]).all():
        return Sentence(f"Off the data, at ε = {eps:g}, MAP stays {percent(off[MAP])} right.", details)
    lead = (
        f"At ε = {eps:g} off the data one sample keeps {percent(off[ONE])} right, the average "
        f"{percent(off[AVERAGE])}, MAP {percent(off[MAP])}; in all directions the average {percent(full)}."
    )
    return Sentence(lead, details)


def of_collapse(table: Columns, settings: DirectionsSettings) -> Sentence | None:
    """How far posteriors lie apart at one s eps sqrt(dims)."""
    found = apart(table)
    if found is None:
        return None
    details = (
        "Unseen points, every padded coordinate moved by ε with a random sign, the average of all samples. A line a "
        "posterior, with another prior of the weights that no data see (s) or other numbers of padded coordinates. "
        "Left against ε, right against s ε √dims: the exact posterior depends on nothing else, as those weights "
        "keep their prior. Dashed: what is to be expected from the other weights of the first posterior alone. "
        f"{_expected(table)}{_posteriors(table, settings)}"
    )
    if found.count < 2:
        lead = f"Moved by s ε √dims = {found.reach:.2g} off the data, the average gives the label {found.last:.2f}."
        return Sentence(lead, details)
    lead = (
        f"Where s ε √dims is the same, {found.count} posteriors give the label the same probability, to within "
        f"{found.confidence:.3f}."
    )
    return Sentence(lead, f"Shares that are right lie {found.accuracy:.3f} apart at most. {details}")


@dataclass(frozen=True)
class Apart:
    """The most by which posteriors of one seed differ at one reach, and how many there are.

    Attributes:
        reach, last: the furthest, and the mean confidence of the first posterior there.
    """

    accuracy: float
    confidence: float
    count: int
    reach: float
    last: float


def apart(table: Columns) -> Apart | None:
    """None of no rows."""
    known = where(table, np.isfinite(table["accuracy"]) & np.isfinite(table["confidence"]))
    if not len(known["reach"]):
        return None
    spread = {"accuracy": 0.0, "confidence": 0.0}
    for seed in np.unique(known["seed"]).tolist():
        own = where(known, known["seed"] == seed)
        for reach in np.unique(own["reach"]).tolist():
            here = own["reach"] == reach
            for column in spread:
                spread[column] = max(spread[column], float(np.ptp(own[column][here])))
    first = where(known, (known["scale"] == known["scale"][0]) & (known["dims"] == known["dims"][0]))
    reach = float(first["reach"].max())
    last = float(first["confidence"][first["reach"] == reach].mean())
    count = len({*zip(known["scale"].tolist(), known["dims"].tolist(), strict=True)})
    return Apart(**spread, count=count, reach=reach, last=last)


def of_what(table: Columns, settings: DirectionsSettings) -> str:
    """Whose posterior it is, and how its walk went."""
    said = (
        f" Two moons in {settings.d} dimensions, n = {settings.n}, noise {settings.noise:g}, k = {settings.k}, "
        f"{settings.family}, prior scale {settings.prior_scale:g}."
    )
    done = whole(table)
    if not len(done["eps"]):
        return f"{said} A first look at part of the points; the walk is not done."
    seeds = len(np.unique(done["seed"]))
    said += f" {seeds} seed{'s' if seeds > 1 else ''}, {int(done['tested'].max())} unseen points, "
    said += f"{counted(settings.samples, 'sample')} of {counted(int(done['chains'].max()), 'chain')}"
    return said + _walks(done)


def _walks(done: Columns) -> str:
    said = ""
    if np.isfinite(done["accept"]).all():
        said = f", acceptance {done['accept'].mean():.2f}"
    return said + mixing(done["rhat"], several=True)


def _each(table: Columns, eps: float) -> str:
    """Every model under both attacks, with intervals."""
    said = []
    for model, name in NAMES.items():
        off, full = (accuracy(of(table, model, attack)).at(eps) for attack in (OFF, FULL))
        if np.isfinite([off[0], full[0], *off[1], *full[1]]).all():
            ends = [f"{percent(value)} [{percent(low)}, {percent(high)}]" for value, (low, high) in (off, full)]
            said.append(f"{name} {ends[0]} and {ends[1]}")
    control = accuracy(of(table, AVERAGE, RANDOM_OFF)).at(eps)[0]
    if not said:
        return ""
    chance = f"; random signs off the data leave the average {percent(control)}" if math.isfinite(control) else ""
    return f"Off the data and everywhere, 95 % over points: {'; '.join(said)}{chance}. "


def _beside(table: Columns, eps: float) -> str:
    more, ends = difference(of(table, AVERAGE, OFF)).at(eps)
    if not math.isfinite(more) or not np.isfinite(ends).all():
        return ""
    return f"Off the data the average has {points(more)} beside MAP, {span(ends)}, point by point. "


def _expected(table: Columns) -> str:
    gaps = np.abs(table["confidence"] - table["predicted_confidence"])
    known = gaps[np.isfinite(gaps)]
    return f"The lines lie at most {known.max():.3f} from that. " if len(known) else ""


def _posteriors(table: Columns, settings: DirectionsSettings) -> str:
    each = dict.fromkeys(zip(table["scale"].tolist(), table["dims"].tolist(), strict=True))
    named = ", ".join(f"({scale:g}, {dims})" for scale, dims in each)
    seeds = len(np.unique(table["seed"]))
    said = f"(s, dims): {named}; all other weights have prior scale {settings.prior_scale:g}. "
    said += f"{seeds} seed{'s' if seeds > 1 else ''}, {int(table['n_defend'].max())} samples each"
    return said + _walks(table)
