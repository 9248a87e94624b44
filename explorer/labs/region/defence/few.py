"""region-3: does training on perturbations make networks more robust, and with how few images? No torch."""

from dataclasses import dataclass

import numpy as np

from explorer.frames import Columns
from explorer.labs.claims import ONLY_WHEN, SUPPORTED, Runs, Verdict, undecided
from explorer.labs.region import judged
from explorer.labs.region.defence import DYNAMIC, EXTRA, STATIC
from explorer.labs.region.judged import Mean, ahead, by_network
from explorer.labs.region.tables import DEFENCE, OVER_STEPS

TEXT = "training on it improves robustness with very few data"
POINTS = 0.05  # of all images: less is no improvement
NEW, FGSM, PGD = "new perturbations", "FGSM", "PGD"
MEASURES = (NEW, FGSM, PGD)
STATISTIC = (
    "images that static RAT on the fewest images keeps from new perturbations, less those that the control keeps"
)
RULE = (
    "Networks are trained on with ten perturbations as they were found (static RAT) and, from the same weights for "
    "as many steps on the same images, without (extra training), on a few images and on more. Three measures, "
    "network by network: the share of unseen images that perturbations sought anew do not turn, and those right "
    f"under FGSM and under PGD. One improves if RAT lies clearly above the control by {100 * POINTS:.0f} points of "
    "all images (95 % interval over networks, a quarter wider), and does not if clearly below that. Supported if "
    "with the fewest images all three improve; not supported if none does, nor all three with more images; only "
    f"when one does and another does not, or when there are more images. Undecided with fewer than {judged.FEWEST} "
    "networks."
)
CHOSEN = (
    f"{100 * POINTS:.0f} points, as the lesson has them; that static RAT is judged, our reading of the abstract, and "
    "dynamic RAT stands beside. With 1200 images the three gains had been 16, 13 and 13 points."
)


@dataclass(frozen=True)
class Gains:
    """One run: of each measure, by how much one way to train on is ahead of the control; on how many images."""

    images: int
    of: dict[str, Mean]

    @classmethod
    def between(cls, table: Columns, model: str) -> "Gains":
        """After the last step. Empty where rows are missing."""
        images = int(table["subset"][table["model"] == EXTRA].max(initial=0))
        found = {name: ahead(_left(table, model, name), _left(table, EXTRA, name)) for name in MEASURES}
        return cls(images, found)

    @property
    def sides(self) -> np.ndarray:
        """Measure by measure: 1 if it improves, -1 if not, 0 if that is open."""
        return np.stack([self.of[name].side(POINTS) for name in MEASURES], -1)

    def __str__(self) -> str:
        return ", ".join(f"{name} {self.of[name]}" for name in MEASURES)


def _left(table: Columns, model: str, measure: str) -> np.ndarray:
    """What is left after the last step of one kind, by network: a share of all unseen images."""
    rows = (table["model"] == model) & (table["over"] == OVER_STEPS)
    rows = rows & (table["steps"] == table["steps"][rows].max(initial=0))
    rows = rows & (table["attack"] == (FGSM if measure == NEW else measure))
    if measure == NEW:
        return 1 - by_network(table, rows, "recomputed_success")
    return by_network(table, rows, "accuracy")


def _all(runs: Runs, model: str) -> dict[str, list[Gains]]:
    """Of each data set (what a run's name begins with) the runs that have both kinds, by rising numbers of images."""
    found: dict[str, list[Gains]] = {}
    for name, tables in runs.items():
        table = DEFENCE.among(tables)
        if model in table["model"] and EXTRA in table["model"]:
            found.setdefault(name.partition(",")[0], []).append(Gains.between(table, model))
    return {data: sorted(gains, key=lambda each: each.images) for data, gains in found.items()}


def _one(gains: list[Gains]) -> np.ndarray:
    """The verdict on one data set."""
    fewest, *more = (each.sides for each in gains)
    whole = [each.min(-1) for each in more]
    return judged.word(fewest, np.stack(whole, -1) if whole else fewest[..., :0])


def word(runs: Runs) -> np.ndarray:
    """The verdict, or those of all trials."""
    return judged.over_data(np.stack([_one(gains) for gains in _all(runs, STATIC).values()], -1))


def judge(runs: Runs) -> Verdict:
    """The verdict over all runs; the number is the gain against new perturbations with the fewest images."""
    found, beside = _all(runs, STATIC), _all(runs, DYNAMIC)
    if not found:
        return undecided(STATISTIC, "No run has static RAT and extra training.")
    verdict = str(word(runs))
    if verdict == ONLY_WHEN:
        there = {data: gains for data, gains in found.items() if str(_one(gains)) in (SUPPORTED, ONLY_WHEN)}
        verdict = f"{verdict} {' or '.join(_when(data, gains, len(found) > 1) for data, gains in there.items())}"
    data, gains = next(iter(found.items()))
    own = gains[0].of[NEW]
    told = [f"{data}, {each.images} images: {each}" for data, several in found.items() for each in several]
    moving = [f"{data}, {each.images} images: {each}" for data, several in beside.items() for each in several[:1]]
    about = f" Dynamic RAT: {'; '.join(moving)}." if moving else ""
    return Verdict(
        verdict,
        STATISTIC,
        float(own.value),
        own.ends,
        f"95 % over {own.networks} networks, {data}, {gains[0].images} images",
        max(each.of[NEW].networks for several in found.values() for each in several),
        f"Gains of static RAT over the control: {'; '.join(told)}.{about}",
    )


def _when(data: str, gains: list[Gains], several: bool) -> str:
    """Under which condition it holds on one data set, on which it does."""
    fewest, *more = gains
    parts = [name for name, side in zip(MEASURES, fewest.sides.tolist(), strict=True) if side > 0]
    enough = [each.images for each in more if each.sides.min() > 0]
    if len(parts) == len(MEASURES):
        return f"it is {data}"
    said = f"it is {' and '.join(parts)} that counts" if parts else ""
    said += " or " if parts and enough else ""
    said += f"it learns from {enough[0]} images" if enough else ""
    return f"{said} of {data}" if several else said
