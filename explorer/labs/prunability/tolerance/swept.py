"""Rows of `tolerance`, from whole pruning curves of all networks: nothing is pruned anew."""

import math
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import torch
from jaxtyping import Bool, Float64

from explorer.frames import Columns
from explorer.labs.prunability.levels import LEVELS
from explorer.labs.prunability.measures import TARGETS
from explorer.labs.prunability.tolerance import BETAS, COARSE, GRIDS, RANDOM, RELATIVE, RULES, SMALLEST, TOLERANCE, WAYS
from explorer.measure.pruning import prunability
from explorer.measure.rank import FEWEST, difference, kendall, ties, within

RESAMPLES = 400
UNKNOWN: Mapping[str, object] = dict.fromkeys(TOLERANCE, math.nan)  # a row before anything is known
ALL = np.array(LEVELS)
EVERY_50TH = np.isclose(ALL * 50, np.round(ALL * 50))


@dataclass(frozen=True)
class Crowd:
    """Networks: training losses at `LEVELS`, what they do on unseen images by target, width, and whether they fit."""

    smallest: Float64[np.ndarray, "B L"]
    random: Float64[np.ndarray, "B L"]
    targets: Mapping[str, np.ndarray]
    width: Sequence[int] | np.ndarray
    fits: Bool[np.ndarray, " B"]

    @classmethod
    def joined(cls, parts: Sequence["Crowd"]) -> "Crowd":
        """One after the other."""
        return cls(
            np.concatenate([part.smallest for part in parts]),
            np.concatenate([part.random for part in parts]),
            {name: np.concatenate([part.targets[name] for part in parts]) for name in TARGETS},
            np.concatenate([np.asarray(part.width) for part in parts]),
            np.concatenate([part.fits for part in parts]),
        )

    def fractions(self, way: str, rule: str, beta: float, grid: str) -> Float64[np.ndarray, " m"]:
        """P of the networks that fit."""
        losses = {SMALLEST: self.smallest, RANDOM: self.random}[way][self.fits]
        which = EVERY_50TH if grid == COARSE else np.ones(len(ALL), bool)
        rows = torch.from_numpy(losses[:, which])
        levels = torch.from_numpy(ALL[which])
        return prunability(levels, rows, rows[:, -1], tolerance=beta, relative=rule == RELATIVE).numpy()


@dataclass(frozen=True)
class Case:
    """P of all networks that fit at one tolerance, and at the least tolerance of the same rule, grid and way."""

    rule: str
    beta: float
    grid: str
    way: str
    P: np.ndarray
    least: np.ndarray

    def first(self, target: str, crowd: Crowd) -> dict[str, object]:
        """What a row has without tau."""
        P = self.P[np.isfinite(self.P)]
        return {
            "rule": self.rule,
            "beta": self.beta,
            "levels": self.grid,
            "way": self.way,
            "target": target,
            "ties": ties(self.P),
            "median": float(np.median(P)) if len(P) else math.nan,
            "distinct": len(np.unique(P)),
            "all_kept": float((P == 1).mean()) if len(P) else math.nan,
            "missed": int((~crowd.fits).sum()),
        }


def cases(crowd: Crowd) -> Iterator[Case]:
    """All of them, tolerances rising."""
    for rule, grid, way in product(RULES, GRIDS, WAYS):
        least = crowd.fractions(way, rule, BETAS[0], grid)
        for beta in BETAS:
            yield Case(rule, beta, grid, way, crowd.fractions(way, rule, beta, grid), least)


def quick(crowd: Crowd) -> Columns:
    """tau alone, without an interval."""
    found = []
    for case in cases(crowd):
        for target in TARGETS:
            tau = kendall(case.P, crowd.targets[target][crowd.fits], resamples=1)
            found.append({**UNKNOWN} | case.first(target, crowd) | {"n": tau.n, "tau": tau.tau, "whole": False})
    return TOLERANCE.of(found)


def swept(crowd: Crowd, resamples: int = RESAMPLES) -> Generator[None, None, Columns]:
    """All of `tolerance`; yields None between tolerances."""
    width, found = np.asarray(crowd.width)[crowd.fits], []
    samples = resamples if len(width) >= FEWEST else 1
    for case in cases(crowd):
        for target in TARGETS:
            y = crowd.targets[target][crowd.fits]
            tau = kendall(case.P, y, resamples=samples)
            fixed = within(case.P, y, width, resamples=samples)
            gain = difference(case.P, case.least, y, resamples=samples)
            more = {
                "n": tau.n,
                "tau": tau.tau,
                "low": tau.interval[0],
                "high": tau.interval[1],
                "tau_fixed_width": fixed.tau,
                "fixed_low": fixed.interval[0],
                "fixed_high": fixed.interval[1],
                "gain": gain.tau,
                "gain_low": gain.interval[0],
                "gain_high": gain.interval[1],
                "whole": True,
            }
            found.append(case.first(target, crowd) | more)
        yield None
    return TOLERANCE.of(found)
