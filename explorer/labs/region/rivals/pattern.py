"""region-4: does training on perturbations defend against FGSM, whose pattern is another one? No torch."""

from dataclasses import dataclass

import numpy as np

from explorer.frames import Columns, Tables
from explorer.labs.claims import ONLY_WHEN, SUPPORTED, Runs, Verdict, undecided
from explorer.labs.region import judged
from explorer.labs.region.judged import Mean, ahead, by_network
from explorer.labs.region.kinds import EXTRA, FGSM_AT, STATIC
from explorer.labs.region.rivals import FGSM, PGD
from explorer.labs.region.tables import DEFENCE, OVER_RADII, TRANSFER, WHITE_BOX

TEXT = "it defends against FGSM although its pattern differs"
POINTS = 0.05  # of all images: less is no defence
SHARES = (0.5, 1.0)  # radii of FGSM, in units of the radius of the perturbations that were learned from
STATISTIC = "images right under FGSM at half the radius trained for, static RAT less the control"
RULE = (
    "Networks are trained on with ten perturbations of radius δ (static RAT), without (extra training) and on what "
    "FGSM makes of each image (FGSM-AT), from the same weights for as many steps. RAT defends against FGSM if it "
    f"has clearly more images right than the control, by {100 * POINTS:.0f} points of all (95 % interval over "
    "networks, a quarter wider), and does not if clearly less than that. Supported if it does so at ε = δ/2 and at "
    "ε = δ, on points made for the network itself; not supported if at neither, nor on points made for the base "
    "network; only when it is those radii, or those points. FGSM-AT and PGD are told beside. Undecided with fewer "
    f"than {judged.FEWEST} networks."
)
CHOSEN = (
    f"{100 * POINTS:.0f} points, as the lesson has them; both radii, and that points made for the base network are "
    "only a condition. White-box the gains had been 14 points at δ/2 and 2 at δ, on points for the base network 31 "
    "and 28."
)
Case = tuple[str, float]  # for whom points are made, and the share of the radius
CASES: tuple[Case, ...] = tuple((access, share) for access in (WHITE_BOX, TRANSFER) for share in SHARES)


@dataclass(frozen=True)
class Defends:
    """One run: by how much a way to train on is ahead of the control, by whom points are made for and radius."""

    delta: float
    gains: dict[Case, Mean]

    @classmethod
    def of(cls, tables: Tables, model: str = STATIC, attack: str = FGSM) -> "Defends | None":
        """None where a kind or one of the radii is not there."""
        table = DEFENCE.among(tables)
        rows = (table["over"] == OVER_RADII) & (table["model"] == model)
        if not rows.any():
            return None
        delta, gains = float(table["delta"][rows][0]), {}
        for access, share in CASES:
            own, control = (_right(table, each, attack, access, share * delta) for each in (model, EXTRA))
            if not own.shape[-1] or not control.shape[-1]:
                return None
            gains[access, share] = ahead(own, control)
        return cls(delta, gains)

    def sides(self, access: str) -> np.ndarray:
        """Radius by radius: 1 if it defends, -1 if not, 0 if that is open."""
        return np.stack([self.gains[access, share].side(POINTS) for share in SHARES], -1)

    @property
    def word(self) -> np.ndarray:
        """The verdict on this run, or those of all trials."""
        return judged.word(self.sides(WHITE_BOX), self.sides(TRANSFER))

    def told(self, access: str) -> str:
        """The gains with points made for whom `access` says."""
        return " and ".join(str(self.gains[access, share]) for share in SHARES)


def _right(table: Columns, model: str, attack: str, access: str, eps: float) -> np.ndarray:
    """The share that each network has right."""
    rows = (table["over"] == OVER_RADII) & (table["model"] == model) & (table["attack"] == attack)
    rows = rows & (table["access"] == access) & np.isclose(table["eps"], eps, rtol=0, atol=1e-9)
    return by_network(table, rows, "accuracy")


def word(runs: Runs) -> np.ndarray:
    """The verdict, or those of all trials."""
    found = [one.word for tables in runs.values() if (one := Defends.of(tables))]
    return judged.over_data(np.stack(found, -1))


def judge(runs: Runs) -> Verdict:
    """The verdict over all runs; the number is the smallest white-box gain at half the radius."""
    found = {name: one for name, tables in runs.items() if (one := Defends.of(tables))}
    if not found:
        return undecided(STATISTIC, "No run has static RAT and extra training under FGSM at both radii.")
    verdict = str(word({name: runs[name] for name in found}))
    if verdict == ONLY_WHEN:
        there = {name: one for name, one in found.items() if str(one.word) in (SUPPORTED, ONLY_WHEN)}
        verdict = f"{verdict} {' or '.join(_when(name, one, len(found) > 1) for name, one in there.items())}"
    least = min(found, key=lambda name: found[name].gains[CASES[0]].value)
    own = found[least].gains[CASES[0]]
    return Verdict(
        verdict,
        STATISTIC,
        float(own.value),
        own.ends,
        f"95 % over {own.networks} networks, {least}",
        max(one.gains[CASES[0]].networks for one in found.values()),
        " ".join(_said(name, one, runs[name]) for name, one in found.items()),
    )


def _when(name: str, one: Defends, several: bool) -> str:
    """Under which condition it holds in one run, in which it does."""
    if str(one.word) == SUPPORTED:
        return f"it is {name}"
    there = [case for case, gain in one.gains.items() if gain.side(POINTS) > 0]
    own = [f"ε = {share * one.delta:g}" for access, share in there if access == WHITE_BOX]
    other = [f"ε = {share * one.delta:g}" for access, share in there if access == TRANSFER]
    parts = [" and ".join(own)] if own else []
    parts += [f"points are made for another network ({' and '.join(other)})"] if other else []
    return f"{' or '.join(parts)}{f' on {name}' if several else ''}"


def _said(name: str, one: Defends, tables: Tables) -> str:
    """The gains of RAT, and of others beside."""
    text = (
        f"{name}: gains over the control at ε = {SHARES[0] * one.delta:g} and {SHARES[1] * one.delta:g}: static RAT "
        f"{one.told(WHITE_BOX)}, on points for the base network {one.told(TRANSFER)}"
    )
    if rival := Defends.of(tables, FGSM_AT):
        text += f"; FGSM-AT {rival.told(WHITE_BOX)}"
    if strong := Defends.of(tables, attack=PGD):
        text += f"; static RAT under PGD {strong.told(WHITE_BOX)}"
    return f"{text}."
