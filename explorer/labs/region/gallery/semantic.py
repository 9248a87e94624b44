"""region-2: does a perturbation carry information about its class? No torch."""

from dataclasses import dataclass

import numpy as np

from explorer.frames import Columns, Tables
from explorer.labs.claims import Runs, Verdict, undecided
from explorer.labs.region import judged
from explorer.labs.region.gallery.most import Followed
from explorer.labs.region.judged import Mean, by_network
from explorer.labs.region.tables import UNIVERSAL

TEXT = "it carries semantic information about the class"
ENOUGH = 0.3  # of a cosine more; of perturbations called their class, where chance has a tenth
STATISTIC = "cosine of a perturbation with the mean image of its class, less that with other classes"
RULE = (
    "The cosine of a perturbation with the mean image of its class less that of all, minus the mean of its cosines "
    "with the other classes; and which of the ten the network calls their class when they lie on mid-grey alone. Each "
    f"is a mean over classes, network by network. Judged at the radii at which most images follow, as in region-1; "
    f"there a perturbation carries information if both lie clearly above {ENOUGH} (95 % interval over networks, a "
    "quarter wider; where nothing is carried the first is 0, the second a tenth), and does not if one lies clearly "
    "below. Supported if at all these radii, not supported if at none, only when it is those at which it does. "
    f"Undecided with fewer than {judged.FEWEST} networks, or where most images follow at no radius."
)
CHOSEN = (
    "that radii count at which most images follow: over all of them the rule was undecided, as at 0.05 and 0.1, where "
    "next to none follow, few are called their class alone. That the bound of the second is that of the first, which "
    "was fixed before these runs, at .3, by others like them (.61 and .62 at radius 0.2)."
)


@dataclass(frozen=True)
class Meaning:
    """At one radius of one run: by how much a perturbation is nearer to its class, and who is called it alone."""

    nearer: Mean
    alone: Mean
    most: Followed

    @classmethod
    def at(cls, tables: Tables, delta: float) -> "Meaning":
        table = UNIVERSAL.among(tables)
        table = {**table, "alone": table["predicted_alone"] == table["target"]}
        rows = table["delta"] == delta
        own, others = (by_network(table, rows, name) for name in ("cosine", "cosine_other"))
        return cls(Mean.of(own - others), Mean.of(by_network(table, rows, "alone")), Followed.at(tables, delta))

    @property
    def counts(self) -> np.ndarray:
        """Whether most images follow."""
        return np.asarray(self.most.side > 0)

    @property
    def side(self) -> np.ndarray:
        """1 if both carry information, -1 if one does not, 0 if that is open."""
        return np.asarray(np.minimum(self.nearer.side(ENOUGH), self.alone.side(ENOUGH)))


def cases(runs: Runs) -> dict[str, Meaning]:
    """What every run says at every radius, by name."""
    return {
        f"δ = {delta:g}" + (f" on {name}" if len(runs) > 1 else ""): Meaning.at(tables, delta)
        for name, tables in runs.items()
        for delta in _radii(UNIVERSAL.among(tables))
    }


def _radii(table: Columns) -> list[float]:
    return np.unique(table["delta"]).tolist()


def word(runs: Runs) -> np.ndarray:
    """The verdict, or those of all trials."""
    sides, counts = (
        np.stack(each, -1) for each in zip(*((c.side, c.counts) for c in cases(runs).values()), strict=True)
    )
    return judged.word(sides, sides[..., :0], counts)


def judge(runs: Runs) -> Verdict:
    """The verdict over all runs and radii; the number is the smallest difference."""
    found = {name: case for name, case in cases(runs).items() if np.isfinite(case.nearer.value)}
    if not found:
        return undecided(STATISTIC, "No run has perturbations.")
    judged_at = {name: case for name, case in found.items() if case.counts}
    least = min(judged_at or found, key=lambda name: found[name].nearer.value)
    told = "; ".join(
        f"{name}{'' if case.counts else ' (not judged)'}: {case.nearer}, called its class alone {case.alone}"
        for name, case in found.items()
    )
    nearer = found[least].nearer
    return Verdict(
        judged.said(word(runs), {name: int(case.side) for name, case in judged_at.items()}),
        STATISTIC,
        float(nearer.value),
        nearer.ends,
        f"95 % over {nearer.networks} networks, {least}",
        max(case.nearer.networks for case in found.values()),
        f"{told}.",
    )
