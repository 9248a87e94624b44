"""What a panel's run is expected to need; the constants were measured on one core and err on the large side."""

from collections.abc import Callable, Mapping
from typing import Any

from explorer.labs.law.starts import MOST_POINTS
from explorer.settings import Work

FLOPS = 2e10  # a second
MEASURING = 0.05  # seconds a network of a few hundred neurons in a few dozen dimensions


def work(settings: Any) -> Work:
    """Memory and seconds of the panel that the settings name."""
    return _PANELS[settings.panel](settings)


def _adam(n: float, d: int, neurons: int, nets: int, steps: int) -> Work:
    """Training: weights, moments, gradients and activations; a step's products; then the bracket."""
    memory = 10 * neurons * (d + 2) * 8 + 3 * 8 * n * neurons
    seconds = steps * (4 * n * d * neurons / FLOPS + 4e-4) + MEASURING * nets + 2e-9 * neurons * d**2
    return Work(memory, seconds)


def _together(*parts: Work) -> Work:
    """One after the other: the largest memory, all seconds."""
    return Work(max(part.bytes for part in parts), sum(part.seconds for part in parts))


def _trained(s: Any) -> Work:
    neurons, nets = sum(s.widths) * s.seeds, len(s.widths) * s.seeds
    adam = _adam(s.n, s.d, neurons, nets, s.max_steps)
    if s.trainer == "gauss-newton":
        gram = min(s.max_steps, 100) * (4 * s.n**2 * neurons + nets * s.n**3) / 1e10
        return Work(adam.bytes + 3 * 8 * s.n**2, gram + MEASURING * nets)
    searching = 3e-4 * s.max_steps * nets if s.start == "grouped" else 0.0
    return Work(adam.bytes, adam.seconds + searching)


def _grouped(s: Any) -> Work:
    neurons = sum(-(-s.n // m) for m in s.sizes)
    return Work(8 * (4 * s.n * s.d + 3 * s.n**2), 12 * s.n * s.d * neurons / FLOPS + 1)


def _one_neuron(s: Any) -> Work:
    return Work(8 * (4 * s.n * s.d + 4 * s.n**2), 12 * 12 * s.n**2 * s.d / FLOPS + 1)


def _ladder(s: Any) -> Work:
    measuring = Work(8 * 40 * s.k * s.d, 2e-7 * s.k * s.d)
    return _together(_adam(s.n, s.d, s.k, 1, s.max_steps if s.network == "trained" else 0), measuring)


def _heat_map(s: Any) -> Work:
    neurons, nets = sum(s.widths), len(s.widths) * s.seeds
    rows = [_adam(n, s.d, neurons * s.seeds, nets, s.max_steps) for n in s.ns]
    return Work(sum(row.bytes for row in rows) / s.seeds, sum(row.seconds for row in rows))


def _degree(s: Any) -> Work:
    each = MOST_POINTS**3 / FLOPS + 1
    return Work(8 * 4 * MOST_POINTS**2, each * len(s.ds) * s.seeds)


def _circle(s: Any) -> Work:
    return Work(8 * 6 * s.draws * 8 + 8e6 * s.n / 1000, 1e-8 * s.draws * s.n + 2)


def _noise(s: Any) -> Work:
    neurons, nets = sum(s.widths) * s.seeds, len(s.widths) * s.seeds
    once = _adam(s.n, s.d, neurons, 10 * nets, s.max_steps)
    return _together(once, once)


def _proxy(s: Any) -> Work:
    bound = 100 * min(s.n, s.d) ** 3 * 20 / FLOPS if min(s.n, s.d) < 500 else 8 * 2 * 10 * min(s.n, s.d) ** 3 / FLOPS
    adam = _adam(s.n, s.d, sum(s.widths) * s.seeds, len(s.widths) * s.seeds, s.max_steps)
    return _together(adam, Work(8 * 6 * min(s.n, s.d) ** 2, bound))


def _overview(s: Any) -> Work:
    neurons, nets = sum(s.widths) * s.seeds, len(s.widths) * s.seeds
    rows = [_adam(part * s.n, s.d, neurons, nets, s.max_steps) for part in (0.25, 0.5, 1, 2)]
    built = 2 * 12 * s.n**2 * max(s.d, min(s.n, 2048)) / FLOPS
    return _together(*rows, Work(8 * 8 * s.n**2, built + 2))


_PANELS: Mapping[str, Callable[[Any], Work]] = {
    "overview": _overview,
    "grouped": _grouped,
    "ladder": _ladder,
    "trained": _trained,
    "one-neuron": _one_neuron,
    "heat-map": _heat_map,
    "degree": _degree,
    "proxy": _proxy,
    "circle": _circle,
    "noise": _noise,
}
