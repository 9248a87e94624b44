"""Panel: closed forms; the first frame has the theorem itself, the second what stands beside it."""

import math
from collections.abc import Iterator

import numpy as np
from jaxtyping import Int

from explorer.frames import Columns, Frame
from explorer.labs import Stop
from explorer.labs.universal.calculator import (
    ANY_DATA,
    ANY_FUNCTION,
    CALCULATOR,
    CONDITIONS,
    DEEP,
    EFFECTIVE,
    ENOUGH,
    EQUATIONS,
    LAW,
    LOGS,
    OWN,
    PER_DECADE,
    POINTS,
    REACHABLE,
    REAL,
    TWO_LAYERS,
    CalculatorSettings,
)
from explorer.theory import universal


def stream(settings: CalculatorSettings, device: object, stop: Stop) -> Iterator[Frame]:
    """Curves over the number of parameters, and the numbers of these settings on them."""
    if stop():
        return
    own = [_law(settings, OWN, np.array([settings.size])), _law(settings, LAW, grid(settings))]
    conditions = _conditions(settings)
    yield Frame(1, 2, {"calculator": CALCULATOR.joined(own), "conditions": conditions}, note="the theorem")
    if stop():
        return
    whole = CALCULATOR.joined([*own, *_counted(settings), *_others(settings), *_real()])
    yield Frame(2, 2, {"calculator": whole, "conditions": conditions}, note="the theorem, and what is beside it")


def grid(settings: CalculatorSettings) -> Int[np.ndarray, " m"]:
    """Numbers of parameters, from a decade below to a decade above all that these settings count, whole decades."""
    n, nd, size = settings.n, settings.n * settings.d, settings.size
    low = max(0, math.floor(math.log10(min(n, size))) - 1)
    high = math.ceil(math.log10(max(nd, size))) + 1
    return np.unique(np.logspace(low, high, (high - low) * PER_DECADE + 1).round().astype(np.int64))


def _law(settings: CalculatorSettings, name: str, params: np.ndarray) -> Columns:
    """Theorem 3 with its constants, and its shape."""
    at = params.astype(np.float64)
    exact, shape = settings.theorem.bound(at), universal.shape(settings.n, settings.d, at)
    return CALCULATOR.filled(params=params, bound_exact=exact, bound_shape=shape, name=name)


def _counted(settings: CalculatorSettings) -> list[Columns]:
    """What could be counted instead of parameters: points, equations n d, and those of an effective dimension."""
    n, nd = settings.n, settings.n * settings.d
    counts = {POINTS: n, EQUATIONS: nd, EFFECTIVE: max(1, round(nd / settings.c))}
    return [_law(settings, name, np.array([count])) for name, count in counts.items()]


def _others(settings: CalculatorSettings) -> list[Columns]:
    """The other shapes; nobody gives their constants."""
    params, n, d = grid(settings), settings.n, settings.d
    at = params.astype(np.float64)
    shapes = {
        LOGS: settings.theorem.with_logs(at),
        DEEP: universal.deep(n, d, at, settings.depth),
        ANY_DATA: universal.any_distribution(n, at),
        ANY_FUNCTION: universal.any_function(n, d, at),
    }
    if settings.depth == 2 and d > 2:
        shapes[TWO_LAYERS] = universal.two_layers(n, d, at, settings.eps)
    return [CALCULATOR.filled(params=params, bound_shape=shape, name=name) for name, shape in shapes.items()]


def _real() -> list[Columns]:
    """Ends of the ranges of the paper's discussion; their n and d are not those of the settings, so nothing is said."""
    return [CALCULATOR.filled(params=ends, name=f"{data}, {what}") for (data, what), ends in REAL.items()]


def _conditions(settings: CalculatorSettings) -> Columns:
    """What Theorem 3 asks for."""
    theorem = settings.theorem
    return CONDITIONS.of(
        [
            (ENOUGH, settings.n, theorem.points_needed, theorem.enough_points),
            (REACHABLE, settings.sigma**2, settings.eps, theorem.reachable),
        ]
    )
