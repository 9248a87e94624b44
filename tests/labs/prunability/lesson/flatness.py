"""What the step `flatness` is tried on."""

from collections.abc import Mapping

import numpy as np

from explorer.frames import Tables
from explorer.labs.prunability.flatness import BALL, FLATNESS, RADII, RELU, SHAPE, SIGMAS, TANH
from explorer.labs.prunability.flatness.captions import AS_SAID, LESS, MORE
from tests.figures.examples import Cases
from tests.labs.asked import Asked, Chance, Draw

TRACE = 0.5


def run(
    kinks: float = 3.0,
    smooth: float = 1.0,
    worst: float = 100.0,
    *,
    nets: int = 4,
    spread: float = 0.2,
    families: tuple[str, ...] = (RELU, TANH),
    sigmas: tuple[float, ...] = SIGMAS,
    shape: bool = True,
    inside: bool = True,
    known: bool = True,
    rng: np.random.Generator | None = None,
) -> Tables:
    """Networks whose slope is so many times their trace: those of ReLU under little noise, those of tanh always."""
    rng = rng or np.random.default_rng(0)
    sizes, radii = np.array(sigmas), np.array(RADII)
    rows, shapes, balls = [FLATNESS.empty()], [SHAPE.empty()], [BALL.empty()]
    for family in families:
        for net in range(nets):
            times = kinks * np.exp(spread * rng.normal()) if family == RELU else smooth
            slope = np.where(sizes < 3e-3, times, 1.2) * TRACE
            label = np.full(len(sizes), family)
            half = sizes**2 / 2
            rows.append(
                FLATNESS.filled(
                    net=np.full(len(sizes), net),
                    family=label,
                    sigma=sizes,
                    rise=half * slope if known else np.nan,
                    rise_error=0.1 * half * slope,
                    predicted=half * TRACE,
                    slope=slope if known else np.nan,
                    slope_error=0.1 * slope,
                )
            )
            shapes.append(
                SHAPE.filled(
                    net=np.array([net]),
                    family=np.array([family]),
                    loss=0.002,
                    test_loss=0.2,
                    trace=1.1 * TRACE,
                    trace_error=0.05,
                    along=TRACE,
                    along_error=0.06,
                    top=0.2,
                    residual=1e-6,
                    tolerated=0.2,
                    tolerated_error=0.01,
                    inside=inside,
                    near=20,
                    wide=500,
                    weights=2368,
                    step=900,
                    fits=True,
                )
            )
            noise = radii**2 / 2368 * TRACE
            balls.append(
                BALL.filled(
                    net=np.full(len(radii), net),
                    family=np.full(len(radii), family),
                    radius=radii,
                    worst=worst * noise if known else np.nan,
                    noise=noise,
                )
            )
    return {
        "flatness": FLATNESS.joined(rows),
        "shape": SHAPE.joined(shapes) if shape else SHAPE.empty(),
        "ball": BALL.joined(balls) if shape else BALL.empty(),
    }


EMPTY: Tables = {table.name: table.empty() for table in (FLATNESS, SHAPE, BALL)}
LEARNING: Tables = run(nets=1, families=(RELU,), sigmas=SIGMAS[::6], shape=False)
LOST: Tables = run(known=False)

CHECKS: Mapping[str, Cases] = {
    "smooth-as-said": Cases(
        holds=(run(), run(smooth=1.09)), fails=(run(smooth=1.11), run(smooth=0.89)), open=(EMPTY, LEARNING, LOST)
    ),
    "worst-is-far-worse": Cases(
        holds=(run(), run(worst=11.0)), fails=(run(worst=9.0),), open=(EMPTY, LEARNING, LOST, run(worst=np.nan))
    ),
}
CASES: Mapping[str, Asked] = {
    "little-noise": Asked(
        {
            MORE: (run(), run(1.5, spread=0.05)),
            LESS: (run(0.5, spread=0.1),),
            AS_SAID: (run(1.0, spread=0.01), run(0.999, spread=0.0)),
        },
        (EMPTY, LEARNING, LOST, run(nets=2), run(1.2, spread=0.5)),
    )
}


def scattered(times: float, spread: float) -> Draw:
    """Networks of ReLU whose slopes scatter about so many times their trace."""
    return lambda rng: run(times, spread=spread, rng=rng)


CHANCE: Mapping[str, tuple[Chance, ...]] = {
    "little-noise": (
        Chance("no kinks, noise that differs", scattered(1.0, 0.3), (MORE, LESS)),
        Chance("no kinks, the same noise", scattered(1.0, 0.02), (MORE, LESS), AS_SAID),
        Chance("kinks that make it three times as steep", scattered(3.0, 0.25), right=MORE),
    )
}
SIZES: frozenset[str] = frozenset()
RUNS = {"flatness": MORE}
