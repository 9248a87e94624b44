"""What parts of a run are expected to need; the constants were measured on one core and err on the large side."""

from explorer.settings import Work

FLOPS = 2e10  # a second
MEASURING = 0.05  # seconds a network of a few hundred neurons in a few dozen dimensions


def adam(n: float, d: int, neurons: int, nets: int, steps: int) -> Work:
    """Training: weights, moments, gradients and activations; a step's products; then the bracket."""
    memory = 10 * neurons * (d + 2) * 8 + 3 * 8 * n * neurons
    seconds = steps * (4 * n * d * neurons / FLOPS + 4e-4) + MEASURING * nets + 2e-9 * neurons * d**2
    return Work(memory, seconds)


def together(*parts: Work) -> Work:
    """One after the other: the largest memory, all seconds."""
    return Work(max(part.bytes for part in parts), sum(part.seconds for part in parts))
