"""The sentence under the plane pictures: the pair and what the data force, or what somebody has touched there."""

from collections.abc import Iterator

import numpy as np

from explorer.figures.numbers import down, up
from explorer.figures.sentence import Sentence
from explorer.frames import Columns


def plane_sentence(found: Columns) -> Sentence:
    """What the plane pictures show: first what is left of a pruned network, and what an attack from a place that was
    picked there does; where neither was asked for, the pair. The rest are details."""
    lead, details = _pair(found)
    told = [lead, *details, *_neurons(found)]
    first = [*_pruned(found), *_placed(found)] or [lead]
    return Sentence(" ".join(first), " ".join(part for part in told if part not in first))


def _pair(found: Columns) -> tuple[str, list[str]]:
    """Of the two closest points whose labels differ in sign, and of all data; the most important sentence first."""
    mse = float(found["mse"][0])
    forced, slope = _forced(float(found["floor"][0]), mse), _slope(found)
    if not len(found["pair"]):
        alike = "No two labels differ in sign: no points are ringed, none is attacked."
        return forced, [alike if not len(found["at"]) else "No two labels differ in sign: no points are ringed.", slope]
    distance, jump = float(found["distance"][0]), float(found["jump"][0])
    rest = [forced, slope, *_attacked(found)]
    if distance == 0:
        return f"The two ringed points are equal and their labels {jump:.2g} apart: no function fits both.", rest
    apart = f"The ringed points are {distance:.2g} apart"
    between = (jump - _both_errors(found, mse)) / distance
    if not 0 < between < np.inf:
        return f"{apart}, their labels differ by {jump:.2g}.", rest
    lead = f"{apart}: any fit as good as this one is at least {down(between, 2)} steep between them."
    return lead, [f"Their labels differ by {jump:.2g}.", *rest]


def _attacked(found: Columns) -> Iterator[str]:
    """Whether the attack on the first of the pair flips it; nothing where another place is attacked."""
    values = found["path_f"]
    if len(found["at"]):
        return
    if not np.isfinite(values).all():
        yield "Whether the attack (line) flips the first of the two ringed points is not known."
        return
    flips = "flips" if (values * values[0] < 0).any() else "does not flip"
    yield f"The attack (line) {flips} the first of the two ringed points."


def _placed(found: Columns) -> Iterator[str]:
    """What an attack does that somebody has placed. Where it starts is a place of the plane, no point of the data."""
    values = found["path_f"]
    if not len(found["at"]):
        return
    if not np.isfinite(values).all():
        yield "What an attack does from the place picked here is not known."
        return
    if values[0] == 0:
        yield "At the place picked here f is 0: it has no sign that an attack could change."
        return
    turned = found["path_size"][values * values[0] < 0]  # the first step is as long as ε; later ones may come back
    where = f"At the place picked here f is {values[0]:.2g}, and the attack (line)"
    if len(turned):
        yield f"{where} changes its sign within {up(float(turned.min()), 2)}."
    else:
        yield f"{where} does not change its sign within ε = {float(found['eps'][0]):g}."


def _pruned(found: Columns) -> Iterator[str]:
    """How many neurons are left of a pruned network, and its error; nothing of a whole one."""
    kept, left, loss = float(found["kept"][0]), found["left"], float(found["loss"][0])
    if kept == 1:
        return
    percent = float(np.clip(round(100 * kept, 2), 0.01, 99.99)) if kept else 0.0  # some, but not all
    share = f"With {percent:g}% of the weights kept"
    if not np.isfinite(left).all():
        yield f"{share} nothing is known of this network."
        return
    alive, draws = int((left > 0).sum()), int(found["draws"][0])
    where, what = (" in the first draw", f"the mean error (MSE) of {draws}") if draws > 1 else ("", "the error (MSE)")
    error = f"{what} is {loss:.2g}" if np.isfinite(loss) else "the error is not known"
    yield f"{share} {alive} of {len(left)} neurons {'is' if alive == 1 else 'are'} left{where} and {error}."


def _neurons(found: Columns) -> Iterator[str]:
    """How to read the lines, or why there are none; nothing where no line is known."""
    kept, left = float(found["kept"][0]), found["left"]
    k, most, power = len(left), int(found["most"][0]), int(found["power"][0])
    if k > most:
        yield f"Neurons are drawn up to k = {most}."
    elif np.isfinite(left).all():
        size = f"|a|·|w|<sup>{power}</sup>" if power > 1 else "|a|·|w|"
        count = int(np.isfinite(found["segments"]).all(axis=1).sum())
        yield (
            f"In the third picture a line is where a neuron's w·x + b is 0, as thick as {size}, teal where a > 0, "
            f"else rose; {count} of {k} cross{'es' if count == 1 else ''} the square."
        )
        if kept < 1 or (left == 0).any():
            yield "It fades with what is left of that; grey and thin, nothing is, and the neuron is a constant at most."
    if kept < 1:
        yield "f and |∇f| are those of the whole network."


def _slope(found: Columns) -> str:
    k, most = int(found["k"][0]), float(found["slope"].max())
    if not np.isfinite(most):
        return f"How steep f is on this plane at k = {k} is not known."
    return f"The steepest that was found on this plane at k = {k} is {down(most)}."


def _both_errors(found: Columns, mse: float) -> float:
    """The most that a function with this error may miss two labels by, together: all of its error lies in these two."""
    return float(np.sqrt(2 * len(found["labels"]) * mse))


def _forced(floor: float, mse: float) -> str:
    """What the whole data set forces on every function that fits as well as the network shown."""
    if not np.isfinite(mse):
        return "How well this network fits is not known, so nothing is said of what any other has to be."
    if not np.isfinite(floor):
        return f"What an error as large as this network's (MSE {mse:.2g}) forces is not known."
    if floor > 0:
        return f"Whatever fits as well as this network (MSE {mse:.2g}) is at least {down(floor)} steep somewhere."
    return f"With an error as large as this network's (MSE {mse:.2g}) no steepness is forced."
