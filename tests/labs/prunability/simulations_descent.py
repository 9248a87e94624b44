"""What the rules of prune-2 and prune-3 are tried on: losses and shares over widths, seed by seed, by chance.

Curves are about those that were measured (`tables_descent`). Each seed has its own factor at each width, SPREAD of the
loss as measured; shares scatter by as much as networks of one width do.
"""

from collections.abc import Sequence

import numpy as np

from explorer.labs.claims import NOT_SUPPORTED, ONLY_WHEN, SUPPORTED, UNDECIDED
from explorer.labs.prunability.double_descent import DOUBLE_DESCENT
from explorer.labs.prunability.double_descent.follows import BOTH_SIDES
from tests.labs.prunability.tables_descent import DESCENT, FALLING, FITS, FLAT, NOTHING_FITS, SEEDS, SETTINGS, WIDTHS
from tests.simulation import Draw, Simulation, holds, null

SPREAD, SCATTER = 0.1, 0.06  # of the logarithm of a loss and of a share, from network to network
NOISE = SETTINGS.noise
W = np.array(WIDTHS)
WEIGHTS = np.array([SETTINGS.weights(int(width)) for width in W])
Curve = Sequence[float] | np.ndarray
#: The second descent with a hollow, so that the width does not order all of it.
UNEVEN = (1.40, 1.15, 1.00, 0.93, 1.00, 1.20, 1.27, 1.50, 0.85, 1.20, 0.75, 0.95)


def power(exponent: float) -> np.ndarray:
    """A share that is a power of the width."""
    return 0.6 * (W / 32.0) ** exponent


def of_loss(loss: Curve) -> np.ndarray:
    """The share that goes with a loss."""
    return 0.55 * np.asarray(loss) ** 0.5


def drawn(
    share: Curve,
    *,
    loss: Curve = DESCENT,
    clean: bool = False,
    errors: Curve = FITS,
    scatter: float = SCATTER,
    spread: float = SPREAD,
    deal: str = "",
) -> Draw:
    """A run of all widths and seeds.

    Args:
        share: P by width.
        loss: the test loss by width.
        clean: with networks of right labels, of the same shares.
        errors: share of the training images that is wrong, by width.
        scatter, spread: of a share and of a loss, from network to network, in logarithms.
        deal: what is dealt out anew to the widths of each seed, "share" or "count".
    """

    def draw(rng: np.random.Generator, trials: int) -> dict[str, dict]:
        levels = (NOISE, 0.0) if clean else (NOISE,)
        size = (trials, len(levels), SEEDS, len(W))
        P = np.minimum(np.asarray(share) * np.exp(scatter * rng.normal(size=size)), 1)
        P = rng.permuted(P, axis=3) if deal == "share" else P
        count = P * WEIGHTS
        count = rng.permuted(count, axis=3) if deal == "count" else count
        losses = np.asarray(loss) * np.exp(spread * rng.normal(size=size))
        level, seed, width = (
            axis.ravel() for axis in np.meshgrid(levels, np.arange(SEEDS), np.arange(len(W)), indexing="ij")
        )
        table = DOUBLE_DESCENT.filled(
            width=W[width],
            seed=seed,
            noise=level,
            train_loss=0.01,
            train_error=np.asarray(errors)[width],
            prunability_random=0.95,
            params=[SETTINGS.params(int(k)) for k in W[width]],
            weights=WEIGHTS[width],
            fits=True,
            steps=999,
        )
        found = {"prunability_magnitude": P, "count": count, "test_loss": losses}
        return {"digits": {"double_descent": table | {name: v.reshape(trials, -1) for name, v in found.items()}}}

    return draw


GROWS: tuple[Simulation, ...] = (
    null("P falls; counts dealt out anew to the widths", drawn(power(-0.1), deal="count")),
    null("P grows like width^0.1", drawn(power(0.1))),
    null("P grows like width^0.03", drawn(power(0.03))),
    null("as many weights are kept whatever the width", drawn(np.minimum(power(-1), 1))),
    null("no width interpolates", drawn(power(-0.1), errors=NOTHING_FITS)),
    holds("as measured: P falls like width^-0.1, the count grows", drawn(power(-0.1))),
    holds("the same, with and without noise", drawn(power(-0.1), clean=True)),
    holds("P grows like width^0.1", drawn(power(0.1)), NOT_SUPPORTED),
    holds("as many weights are kept whatever the width", drawn(np.minimum(power(-1.2), 1)), NOT_SUPPORTED),
)
EITHER = SUPPORTED, ONLY_WHEN
FOLLOWS: tuple[Simulation, ...] = (
    null("P goes with the loss, dealt out anew to the widths", drawn(of_loss(DESCENT), deal="share"), EITHER),
    null("P falls with the width alone", drawn(power(-0.1)), EITHER),
    null("P falls with the width, hardly scattered", drawn(power(-0.1), scatter=0.005), EITHER),
    null("the loss only falls, and P with it", drawn(of_loss(FALLING), loss=FALLING), EITHER),
    null("there is no peak", drawn(power(-0.1), loss=FLAT), EITHER),
    holds("P goes with a loss that the width does not order past its peak", drawn(of_loss(UNEVEN), loss=UNEVEN)),
    holds(
        "P goes with the loss, which past its peak the width orders at least as well",
        drawn(of_loss(DESCENT), spread=0.02),
        BOTH_SIDES,
    ),
    holds("P rises with the width alone", drawn(power(0.1)), NOT_SUPPORTED),
    holds("P goes with the loss, which only falls", drawn(of_loss(FALLING), loss=FALLING), UNDECIDED),
)
