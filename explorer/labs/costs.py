"""What parts of a run are expected to need; the constants were measured on one core and err on the large side.

Nobody knows beforehand whether networks fit and stop: they are counted as if Adam took every step it may. `explorer
bench costs` has what runs take beside what they declare.
"""

from collections.abc import Sequence

from explorer.settings import Work

FLOPS = 2e10  # a second
FACTORING = 1.5e10  # operations a second, where most of them solve equations
MEASURING = 0.05  # seconds a network of a few hundred neurons in a few dozen dimensions


def adam(n: float, d: int, neurons: int, nets: int, steps: int) -> Work:
    """Training: weights, moments, gradients and activations; a step's products; then the bracket."""
    seconds = steps * (4 * n * d * neurons / FLOPS + 4e-4) + MEASURING * nets + 2e-9 * neurons * d**2
    return Work(_weights(n, d, neurons), seconds)


def gauss_newton(n: int, d: int, widths: Sequence[int], seeds: int, steps: int) -> Work:
    """Training: equations for the n points, or for the weights where those are fewer; then the bracket."""
    each = sum(min(steps, _iterations(n, d, k)) * _equations(n, k * (d + 2), k) / FACTORING + MEASURING for k in widths)
    return Work(_weights(n, d, sum(widths) * seeds) + 3 * 8 * n**2, seeds * each)


def together(*parts: Work) -> Work:
    """One after the other: the largest memory, all seconds."""
    return Work(max(part.bytes for part in parts), sum(part.seconds for part in parts))


def _weights(n: float, d: int, neurons: int) -> float:
    return 10 * neurons * (d + 2) * 8 + 4 * 8 * n * neurons


def _equations(n: int, weights: int, k: int) -> float:
    """Operations of one iteration of Gauss-Newton: a Gram matrix and its factor."""
    return 2 * n * weights**2 + weights**3 / 3 if weights < n else 4 * n**2 * k + n**3 / 3


def _iterations(n: int, d: int, k: int) -> int:
    """It fits in about 20, unless weights are scarce or dimensions few: then it gives up after 60 without progress."""
    return 100 if k * (d + 2) < 1.5 * n or d < 5 else 25
