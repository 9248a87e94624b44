"""What the rules of region-1 and region-2 are tried on: perturbations of ten classes, network by network, by chance."""

from collections.abc import Mapping

import numpy as np

from explorer.labs.claims import NOT_SUPPORTED, ONLY_WHEN, SUPPORTED
from explorer.labs.region.claims import GALLERY
from explorer.labs.region.gallery import RADII
from explorer.labs.region.tables import UNIVERSAL
from tests.simulation import Draw, Simulation, holds, null

SEEDS = int(str(GALLERY["digits"]["seeds"]))
CLASSES, TESTED = 10, 540
UNEVEN = 0.8 * np.linspace(-1, 1, CLASSES)  # how much more of one class follow, in units of share (1 - share)
SPREAD = 0.02  # of a share, from network to network
EITHER = SUPPORTED, ONLY_WHEN
Shares = Mapping[float, float]
RADIUS, SEED, TARGET = (
    axis.ravel() for axis in np.meshgrid(RADII, np.arange(SEEDS), np.arange(CLASSES), indexing="ij")
)
MEASURED: Shares = dict(zip(RADII, (0.01, 0.055, 0.46, 0.89), strict=True))
SIGNS: Shares = dict(zip(RADII, (0.001, 0.002, 0.01, 0.025), strict=True))


def everywhere(share: float) -> Shares:
    return dict.fromkeys(RADII, share)


def table(trials: int, **chance: np.ndarray) -> dict[str, dict[str, dict[str, np.ndarray]]]:
    """One run; columns of chance as (trials, radii, seeds, targets)."""
    known = UNIVERSAL.filled(
        model="base",
        target=TARGET,
        delta=RADIUS,
        method="mini-batch",
        images=100,
        seed=SEED,
        predicted_alone=0,
        tested=TESTED,
    )
    drawn = {name: values.reshape(trials, -1) for name, values in chance.items()}
    return {"digits": {UNIVERSAL.name: known | drawn}}


def shares(rng: np.random.Generator, trials: int, by_radius: Shares) -> np.ndarray:
    """Of unseen images, with classes that differ and networks that scatter."""
    share = np.array([by_radius[radius] for radius in RADII])[:, None, None]
    networks = SPREAD * 4 * share * (1 - share) * rng.normal(size=(trials, len(RADII), SEEDS, 1))
    return rng.binomial(TESTED, np.clip(share + networks + share * (1 - share) * UNEVEN, 0, 1)) / TESTED


def followed(own: Shares, signs: Shares = SIGNS, *, dealt: bool = False, own_images: Shares | None = None) -> Draw:
    """Who follows perturbations and random signs; `dealt`: which of the two was which is dealt out anew."""

    def draw(rng: np.random.Generator, trials: int) -> dict[str, dict]:
        one, two = shares(rng, trials, own), shares(rng, trials, signs)
        if dealt:
            swap = rng.random(one.shape) < 0.5
            one, two = np.where(swap, two, one), np.where(swap, one, two)
        train = shares(rng, trials, own_images or own)
        return table(trials, success_test=one, random_success=two, success_train=train)

    return draw


def pointing(
    nearer: float, alone: float, *, dealt: bool = False, radii: tuple[float, ...] = RADII, own: Shares = MEASURED
) -> Draw:
    """Cosines with the own class and others, and who is called its class alone: at these radii, at others nothing.

    dealt: whose perturbation is whose is dealt out anew, so that one in ten keeps its class.
    """

    def draw(rng: np.random.Generator, trials: int) -> dict[str, dict]:
        size = trials, len(RADII), SEEDS, CLASSES
        there = np.isin(RADII, radii)[:, None, None] & np.ones(size, bool)
        there &= rng.random(size) < 1 / CLASSES if dealt else True
        networks = 0.03 * rng.normal(size=(*size[:3], 1))
        cosine = np.where(there, nearer, 0.0) + networks + 0.1 * rng.normal(size=size)
        called = rng.random(size) < np.where(there, alone, 0.0 if dealt else 1 / CLASSES)
        target = np.arange(CLASSES)
        predicted = np.where(called, target, (target + 1) % CLASSES)
        followers = {"success_test": shares(rng, trials, own), "random_success": shares(rng, trials, SIGNS)}
        other = 0.03 * rng.normal(size=size)
        return table(trials, cosine=cosine, cosine_other=other, predicted_alone=predicted, **followers)

    return draw


FOLLOWS: tuple[Simulation, ...] = (
    null(
        "nine in ten follow; which were random signs is dealt out anew", followed(everywhere(0.9), dealt=True), EITHER
    ),
    null("half of the images follow", followed(everywhere(0.5)), EITHER),
    null("seven in ten follow, and as many follow random signs", followed(*[everywhere(0.7)] * 2), EITHER),
    null("only images that it was made from follow", followed(everywhere(0.4), own_images=everywhere(0.95)), EITHER),
    null("four in ten follow, at whatever radius", followed(everywhere(0.4)), EITHER),
    holds("six in ten follow at all radii, 5 networks", followed(everywhere(0.6))),
    holds("as measured: most follow at the largest radius", followed(MEASURED), f"{ONLY_WHEN}"),
    holds("four in ten follow, at whatever radius", followed(everywhere(0.4)), NOT_SUPPORTED),
)
ALL = everywhere(0.8)
MEANS: tuple[Simulation, ...] = (
    null("a cosine of .6, whose classes are dealt out anew", pointing(0.6, 0.9, dealt=True, own=ALL), EITHER),
    null("called their class, and like none", pointing(0.0, 0.9, own=ALL), EITHER),
    null("like their class, and called so by chance", pointing(0.6, 0.1, own=ALL), EITHER),
    null("a cosine of .3 more", pointing(0.3, 0.9, own=ALL), EITHER),
    null("three of ten are called their class", pointing(0.6, 0.3, own=ALL), EITHER),
    null("like their class, and few images follow", pointing(0.6, 0.9, own=everywhere(0.4)), EITHER),
    holds("a cosine of .5 more, nine of ten called their class, 5 networks", pointing(0.5, 0.9, own=ALL)),
    holds("as measured: the same where most images follow", pointing(0.6, 0.95)),
    holds("the same at radii from .2 on, and all radii count", pointing(0.6, 0.9, radii=RADII[2:], own=ALL), ONLY_WHEN),
    holds("a cosine of .1 more", pointing(0.1, 0.9), NOT_SUPPORTED),
)
