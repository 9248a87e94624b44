"""What the step `gallery` is tried on."""

from collections.abc import Mapping

import numpy as np

from explorer.frames import Columns, Tables
from explorer.labs.region.gallery import MEANING, PATTERN, VERDICT
from explorer.labs.region.gallery.captions import BETWEEN, OFTEN, RARE
from explorer.labs.region.tables import UNIVERSAL
from tests.figures.examples import Cases
from tests.labs.asked import Asked, Chance, Draw

RADII = (0.05, 0.1, 0.2, 0.3)


def rows(
    shares: tuple[float, ...] = (0.02, 0.1, 0.5, 0.9),
    *,
    signs: float = 0.01,
    cosine: float = 0.55,
    other: float = -0.05,
    spread: float = 0.03,
    seeds: int = 3,
    radii: tuple[float, ...] = RADII,
    rng: np.random.Generator | None = None,
) -> Columns:
    """Of each network and radius ten classes, whose shares scatter by `spread` from network to network."""
    rng = rng or np.random.default_rng(0)
    parts = []
    for seed in range(seeds):
        off, away, turned = (spread * rng.normal() for _ in range(3))
        for radius, share in zip(radii, shares, strict=True):
            of = np.clip(share + off + 0.1 * np.linspace(-1, 1, 10), 0, 1)
            parts.append(
                UNIVERSAL.filled(
                    model="base",
                    target=np.arange(10),
                    delta=radius,
                    method="mini-batch",
                    images=100,
                    seed=seed,
                    success_train=np.clip(of + 0.05, 0, 1),
                    success_test=of,
                    random_success=np.clip(signs + away + 0.05 * np.linspace(-1, 1, 10), 0, 1),
                    cosine=cosine + turned,
                    predicted_alone=np.arange(10),
                    low=np.clip(of - 0.05, 0, 1),
                    high=np.clip(of + 0.05, 0, 1),
                    tested=500,
                    cosine_other=other,
                    low_frequency=0.2,
                    clean=0.97,
                )
            )
    return UNIVERSAL.joined(parts)


def pictures() -> Tables:
    """Ten images of 2x2 pixels, and v_t of every radius: the corner t % 4 brighter, the rest darker."""
    row, column = (grid.ravel() for grid in np.indices((2, 2)))
    parts = [
        PATTERN.filled(kind="image", number=i, delta=0.0, row=row, column=column, value=np.full(4, i / 10))
        for i in range(10)
    ]
    for radius in RADII:
        for t in range(10):
            value = np.where(np.arange(4) == t % 4, radius, -radius)
            parts.append(PATTERN.filled(kind="v", number=t, delta=radius, row=row, column=column, value=value))
    called = [
        VERDICT.filled(
            image=np.arange(10), label=np.arange(10), target=-1, delta=0.0, predicted=np.arange(10), probability=0.9
        )
    ]
    for radius in RADII:
        for t in range(10):
            became = np.full(10, t) if radius > 0.1 else np.arange(10)
            called.append(
                VERDICT.filled(
                    image=np.arange(10), label=np.arange(10), target=t, delta=radius, predicted=became, probability=0.8
                )
            )
    target, other = (grid.ravel() for grid in np.indices((10, 10)))
    cosines = [
        MEANING.filled(target=target, other=other, delta=radius, cosine=np.where(target == other, 0.55, -0.05))
        for radius in RADII
    ]
    return {"pattern": PATTERN.joined(parts), "verdict": VERDICT.joined(called), "meaning": MEANING.joined(cosines)}


PICTURES = pictures()


def run(*args: tuple[float, ...], **changes: object) -> Tables:
    """A whole run."""
    return {"universal": rows(*args, **changes), **PICTURES}  # type: ignore[arg-type]


def at(share: float, **changes: object) -> Tables:
    """With this share at the radius that is asked for."""
    return run((0.01, 0.05, share, min(1.0, share + 0.2)), **changes)


EMPTY: Tables = {table.name: table.empty() for table in (UNIVERSAL, PATTERN, VERDICT, MEANING)}
FIRST: Tables = run((0.5,), radii=(0.2,), seeds=1)
LOST: Tables = run() | {
    "universal": rows() | {n: np.full(120, np.nan) for n in ("success_test", "random_success", "cosine")}
}

CHECKS: Mapping[str, Cases] = {
    "beats-signs": Cases(
        holds=(run(), at(0.15)),
        fails=(at(0.1, signs=0.4),),
        open=(EMPTY, FIRST, LOST, run(seeds=2), at(0.05, signs=0.05, spread=0.05)),
    ),
    "looks-like-its-class": Cases(
        holds=(run(), run(cosine=0.2)),
        fails=(run(cosine=-0.3),),
        open=(EMPTY, FIRST, LOST, run(seeds=2), run(cosine=-0.04)),
    ),
}
CASES: Mapping[str, Asked] = {
    "how-many-follow": Asked(
        {RARE: (at(0.03, spread=0.003), at(0.07, spread=0.003)), BETWEEN: (at(0.2),), OFTEN: (run(), at(0.45))},
        (EMPTY, FIRST, LOST, run(seeds=2), at(0.1), at(0.3), at(0.5, spread=0.4)),
    )
}


def scattered(share: float, spread: float) -> Draw:
    """Shares scatter about one."""
    return lambda rng: at(share, spread=spread, rng=rng)


CHANCE: Mapping[str, tuple[Chance, ...]] = {
    "how-many-follow": (
        Chance("a tenth, networks differ", scattered(0.1, 0.02), (RARE, BETWEEN)),
        Chance("three tenths, networks differ", scattered(0.3, 0.02), (BETWEEN, OFTEN)),
        Chance("a half, networks differ", scattered(0.5, 0.02), right=OFTEN),
        Chance("a fifth, networks hardly differ", scattered(0.2, 0.01), right=BETWEEN),
        Chance("a twentieth, networks hardly differ", scattered(0.06, 0.004), right=RARE),
    )
}
SIZES: frozenset[str] = frozenset()
RUNS = {"gallery": OFTEN}
