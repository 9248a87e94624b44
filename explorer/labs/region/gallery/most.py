"""region-1: does one perturbation make most inputs fall into a chosen class? No torch."""

from dataclasses import dataclass

import numpy as np

from explorer.frames import Tables
from explorer.labs.claims import Runs, Verdict, undecided
from explorer.labs.region import judged
from explorer.labs.region.gallery.numbers import of_targets
from explorer.labs.region.judged import Mean, by_network
from explorer.labs.region.tables import UNIVERSAL

TEXT = "one image-agnostic perturbation makes most inputs fall into a chosen class"
MOST = 0.5  # of unseen images
STATISTIC = "share of unseen images that one perturbation found turns into its class, mean over classes (>=)"
RULE = (
    "A perturbation for each of ten classes, sought on a few images: at each radius the share of unseen images that "
    "becomes the class, mean over classes, network by network. It does so if that share lies clearly above 1/2 and "
    "clearly above that of random signs as long (95 % interval over networks, a quarter wider); not, if clearly "
    "below 1/2 or below the signs. Supported if at all radii, not supported if at none, only when it is those at "
    f"which it does. Undecided with fewer than {judged.FEWEST} networks. Better perturbations may exist than a "
    "search finds."
)
CHOSEN = (
    "that the mean over classes counts and not the worst of them, which is told; the radii are the panel's. At 0.2 "
    "the mean had been .46, at 0.3 .89."
)


@dataclass(frozen=True)
class Followed:
    """At one radius of one run: who follows the perturbations, and by how much more than random signs."""

    share: Mean
    lead: Mean
    signs: Mean

    @classmethod
    def at(cls, tables: Tables, delta: float) -> "Followed":
        table = UNIVERSAL.among(tables)
        rows = table["delta"] == delta
        own, signs = (by_network(table, rows, name) for name in ("success_test", "random_success"))
        return cls(Mean.of(own), Mean.of(own - signs), Mean.of(signs))

    @property
    def side(self) -> np.ndarray:
        """1 if most follow and more than follow random signs, -1 if not, 0 if that is open."""
        return np.asarray(np.minimum(self.share.side(MOST), self.lead.side(0)))


def cases(runs: Runs) -> dict[str, Followed]:
    """What every run says at every radius, by name."""
    return {
        f"δ = {delta:g}" + (f" on {name}" if len(runs) > 1 else ""): Followed.at(tables, delta)
        for name, tables in runs.items()
        for delta in np.unique(UNIVERSAL.among(tables)["delta"]).tolist()
    }


def word(runs: Runs) -> np.ndarray:
    """The verdict, or those of all trials."""
    sides = np.stack([case.side for case in cases(runs).values()], -1)
    return judged.word(sides, sides[..., :0])


def judge(runs: Runs) -> Verdict:
    """The verdict over all runs and radii; the number is the largest share."""
    found = {name: case for name, case in cases(runs).items() if np.isfinite(case.share.value)}
    if not found:
        return undecided(STATISTIC, "No run has perturbations.")
    best = max(found, key=lambda name: found[name].share.value)
    told = "; ".join(f"{name}: {case.share}, random signs {case.signs.value:.2f}" for name, case in found.items())
    share = found[best].share
    return Verdict(
        judged.said(word(runs), {name: int(case.side) for name, case in found.items()}),
        STATISTIC,
        float(share.value),
        share.ends,
        f"95 % over {share.networks} networks, {best}",
        max(case.share.networks for case in found.values()),
        f"{told}. {_worst(runs)}.",
    )


def _worst(runs: Runs) -> str:
    """The class that the fewest images turn into, at the largest radius."""
    parts = []
    for name, tables in runs.items():
        table = UNIVERSAL.among(tables)
        if not len(table["delta"]):
            continue
        here = table["delta"] == table["delta"].max()
        targets, shares = of_targets({column: values[here] for column, values in table.items()}, "success_test")
        if np.isfinite(shares).any():
            least = int(np.nanargmin(shares))
            parts.append(f"{name}: at the largest radius the fewest become {targets[least]}: {shares[least]:.2f}")
    return ". ".join(parts)
