"""The sentences under the figures of the panel `degree`."""

import numpy as np

from explorer.figures.look import Look
from explorer.figures.numbers import down
from explorer.figures.sentence import Sentence
from explorer.frames import Tables
from explorer.labs.law.degree import TENSOR
from explorer.labs.law.degree.forms import any_floor, fitted, ky_fan
from explorer.labs.law.tables import FLOORS
from explorer.theory.monomials import enough_neurons, least_neurons, monomials, neurons


def sentences(tables: Tables, look: Look) -> dict[str, Sentence]:
    """The ratio at the chosen n and d, the floor at the fewest neurons that can fit, and how many neurons it took."""
    n, d, p = look.settings.n, look.settings.d, look.settings.p
    norm = fitted(TENSOR.among(tables), look.settings)[1]
    k, floor = ky_fan(FLOORS.among(tables))
    if not len(k):
        return {}
    if not len(norm):
        most = monomials(d, p)
        why = f"{n} points are more than C(d + p − 1, p) = {most}" if n > most else "the kernel is singular"
        none = Sentence(f"No form of degree {p} fits: {why}.")
        return {"degree": none, "degree-floor": none, "degree-neurons": none}
    width, least = neurons(d, p, n), least_neurons(d, p, n)
    at_least = max(float(floor[min(least, len(k)) - 1]), any_floor(tables["floors"], look.settings))
    size = f"has ‖T‖ = {norm.mean():.3g}" if p <= 2 else f"reaches ‖T‖ ≥ {down(norm.mean())}"
    ratio = norm / np.sqrt(n / d ** (p - 1))
    neuron = "neuron" if least == 1 else "neurons"
    height = f"= {ratio.mean():.3g}" if p <= 2 else f"≥ {down(ratio.mean())}"
    return {
        "degree": Sentence(
            f"The form through the points has ‖T‖ {height} × {_scale(p)}.",
            f"At n = {n}, d = {d} the form of least Frobenius norm {size}{_spread(ratio)}.",
        ),
        "degree-floor": Sentence(
            f"Whatever fits with {least} {neuron}, the fewest that can, has ‖T‖ ≥ {down(at_least)}.",
            f"On the ball, not on the sphere alone. The form found, of {_count(width)}, {size}.",
        ),
        "degree-neurons": _widths(n, d, p, width),
    }


def _count(neurons: int) -> str:
    return f"{neurons:,} neuron{'s' * (neurons != 1)}"


def _scale(p: int) -> str:
    return {1: "√n", 2: "√(n/d)"}.get(p, f"√(n/d<sup>{p - 1}</sup>)")


def _spread(ratio: np.ndarray) -> str:
    return f" ({ratio.min():.2f} to {ratio.max():.2f} over {len(ratio)} seeds)" if len(ratio) > 1 else " (one seed)"


def _widths(n: int, d: int, p: int, width: int) -> Sentence:
    solve = f"The {n} × {n} kernel solve gives a sum of {_count(n)}"
    if p == 1:
        return Sentence("One neuron is enough: w · x.", f"{solve}, which is w · x.")
    if p == 2:
        return Sentence(
            f"{_count(width)} are enough for this form.", f"{solve}; its eigenvectors give the same with {width}."
        )
    enough = f"{enough_neurons(d, p):,}"
    return Sentence(f"{enough} neurons are enough for every form.", f"{solve}; (2d)<sup>{p - 1}</sup> = {enough}.")
