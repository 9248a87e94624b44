"""What the rules of region-3 and region-4 are tried on: networks that were trained on, and what is left, by chance."""

from collections.abc import Sequence

import numpy as np

from explorer.labs.claims import NOT_SUPPORTED, ONLY_WHEN, SUPPORTED
from explorer.labs.region.claims import FEW, RIVALS
from explorer.labs.region.kinds import EXTRA, STATIC
from explorer.labs.region.rivals.pattern import CASES
from explorer.labs.region.tables import DEFENCE, OVER_RADII, OVER_STEPS, WHITE_BOX
from tests.simulation import Draw, Simulation, holds, null

SPREAD = 0.03  # of what training gains, from network to network
COMMON = 0.03  # of what is left of both kinds
EITHER = SUPPORTED, ONLY_WHEN
KINDS = STATIC, EXTRA
DELTA, TESTED = 0.2, 300
SIZES = tuple(int(str(run["subset"])) for run in FEW.values())
Gains = Sequence[float]


def left(rng: np.random.Generator, trials: int, control: Gains, gains: Gains, seeds: int, *, dealt: bool) -> np.ndarray:
    """(trials, measures, kinds, seeds): shares right; `dealt`: which kind is which, network by network."""
    size = trials, len(control), seeds
    base = np.asarray(control)[:, None] + COMMON * rng.normal(size=size)
    spread = SPREAD * (4 * np.asarray(control) * (1 - np.asarray(control)))[:, None]  # little where little is left
    more = base + np.asarray(gains)[:, None] + spread * rng.normal(size=size)
    found = np.stack([more, base], 2)
    swap = (rng.random((trials, 1, 1, seeds)) < 0.5) & dealt
    found = np.where(swap, found[:, :, ::-1], found)
    return np.rint(TESTED * np.clip(found, 0, 1)) / TESTED


def learned(*by_size: Gains, dealt: bool = False) -> Draw:
    """Runs of region-3: gains against new perturbations, FGSM and PGD, for each number of images."""

    def draw(rng: np.random.Generator, trials: int) -> dict[str, dict]:
        return {
            name: {DEFENCE.name: _run(rng, trials, images, gains, int(str(FEW[name]["seeds"])))}
            for name, images, gains in zip(FEW, SIZES, by_size, strict=True)
        }

    def _run(rng: np.random.Generator, trials: int, images: int, gains: Gains, seeds: int) -> dict[str, np.ndarray]:
        found = left(rng, trials, (0.5, 0.44, 0.37), gains, seeds, dealt=dealt)
        attack, kind, seed = (
            axis.ravel() for axis in np.meshgrid(["FGSM", "PGD"], KINDS, np.arange(seeds), indexing="ij")
        )
        known = DEFENCE.filled(
            model=kind,
            seed=seed,
            steps=480,
            attack=attack,
            eps=0.1,
            access=WHITE_BOX,
            tested=TESTED,
            subset=images,
            delta=DELTA,
            over=OVER_STEPS,
        )
        turned = np.repeat(1 - found[:, :1], 2, axis=1)  # the same in the rows of either attack
        return known | {
            "accuracy": found[:, 1:].reshape(trials, -1),
            "recomputed_success": turned.reshape(trials, -1),
        }

    return draw


def defended(*gains: float, dealt: bool = False) -> Draw:
    """A run of region-4: gains under FGSM at half the radius and at all of it, white-box, then for the base network."""

    def draw(rng: np.random.Generator, trials: int) -> dict[str, dict]:
        seeds = int(str(RIVALS["digits"]["seeds"]))
        found = left(rng, trials, (0.44, 0.05, 0.46, 0.05), gains, seeds, dealt=dealt)
        case, kind, seed = (
            axis.ravel() for axis in np.meshgrid(range(len(CASES)), KINDS, np.arange(seeds), indexing="ij")
        )
        known = DEFENCE.filled(
            model=kind,
            seed=seed,
            steps=480,
            attack="FGSM",
            eps=np.array([DELTA * share for _, share in CASES])[case],
            access=np.array([access for access, _ in CASES])[case],
            tested=TESTED,
            subset=1200,
            delta=DELTA,
            over=OVER_RADII,
        )
        return {"digits": {DEFENCE.name: known | {"accuracy": found.reshape(trials, -1)}}}

    return draw


NONE, GOOD, MASKED = (0.0, 0.0, 0.0), (0.2, 0.2, 0.2), (0.0, 0.2, 0.0)
LEARNS: tuple[Simulation, ...] = (
    null("which kind is which is dealt out anew", learned(GOOD, GOOD, GOOD, dealt=True), EITHER),
    null("five points, no more", learned(*[(0.05, 0.05, 0.05)] * 3), EITHER),
    null("no training gains anything", learned(NONE, NONE, NONE), EITHER),
    null("many images gain 20 points, few none", learned(NONE, GOOD, GOOD)),
    null("under FGSM alone there is a gain", learned(MASKED, MASKED, MASKED)),
    holds("20 points with any number of images", learned(GOOD, GOOD, GOOD)),
    holds("many images gain 20 points, few none", learned(NONE, GOOD, GOOD), ONLY_WHEN),
    holds("under FGSM alone there is a gain", learned(MASKED, MASKED, MASKED), ONLY_WHEN),
    holds("it does harm", learned(*[(-0.05, -0.05, -0.05)] * 3), NOT_SUPPORTED),
)
DEFENDS: tuple[Simulation, ...] = (
    null("which kind is which is dealt out anew", defended(0.2, 0.2, 0.2, 0.2, dealt=True), EITHER),
    null("five points, no more", defended(0.05, 0.05, 0.05, 0.05), EITHER),
    null("a gain on points made for the base network alone", defended(0.0, 0.0, 0.3, 0.3)),
    null("a gain at half the radius alone", defended(0.15, 0.0, 0.0, 0.0)),
    holds("20 points at both radii", defended(0.2, 0.2, 0.2, 0.2)),
    holds("as measured: at half the radius, and on other points", defended(0.15, 0.02, 0.3, 0.28), ONLY_WHEN),
    holds("a gain on points made for the base network alone", defended(-0.05, 0.0, 0.3, 0.3), ONLY_WHEN),
    holds("it does harm", defended(-0.05, -0.05, -0.05, -0.05), NOT_SUPPORTED),
)
