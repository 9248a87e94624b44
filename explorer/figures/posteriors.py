"""The small line that says of what posterior a card is, and how its chains walked; it stands open, under the sentence.

It is made of the tables by themselves: every one that has columns `accept` and `rhat` tells of walks.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from html import escape
from typing import Any

import numpy as np

from explorer.figures.look import Look
from explorer.figures.sentence import Sentence
from explorer.frames import Columns, Tables
from explorer.measure.convergence import RHAT_MOST

#: What a table of walks tells, and the columns that may have it, the first of which counts.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "accept": ("accept",),
    "rhat": ("rhat_most", "rhat"),  # of several R-hats of one walk the worst counts
    "seed": ("seed",),
    "samples": ("samples",),
    "chains": ("chains",),
}
#: By the name of a card, the rows that tell of the walks behind it; a panel's `walks` gives them.
Walks = Callable[[Tables, Look], Mapping[str, Columns]]


@dataclass(frozen=True)
class Posterior:
    """What is known of some walks.

    Attributes:
        samples, chains: of each, the fewest and the most; 0 where they are not known. seeds: how many repetitions.
            accept: mean acceptance. rhat: the worst; NaN where no walk has one.
    """

    samples: tuple[int, int]
    chains: tuple[int, int]
    seeds: int
    accept: float
    rhat: float

    @classmethod
    def of(cls, rows: Columns, settings: Any) -> "Posterior | None":
        """Of rows as `all_walks` gives them; None where no walk is done. What they do not tell the settings do."""
        accept = rows["accept"][np.isfinite(rows["accept"])]
        rhat = rows["rhat"][np.isfinite(rows["rhat"])]
        if not len(accept) and not len(rhat):
            return None
        return cls(
            _ends(rows["samples"], getattr(settings, "samples", 0)),
            _ends(rows["chains"], getattr(settings, "chains", 0)),
            len(np.unique(rows["seed"])),
            float(accept.mean()) if len(accept) else math.nan,
            float(rhat.max()) if len(rhat) else math.nan,
        )

    @property
    def poor(self) -> bool:
        """Whether chains have not come to agree."""
        return self.rhat > RHAT_MOST

    @property
    def facts(self) -> str:
        """All but R-hat."""
        parts = [_counted(self.samples, "sample"), _counted(self.chains, "chain"), _counted((self.seeds,) * 2, "seed")]
        accept = f"acceptance {self.accept:.2f}" if math.isfinite(self.accept) else ""
        return ", ".join(filter(None, [*parts, accept]))

    @property
    def html(self) -> str:
        """The whole line; where chains disagree that is marked, and said."""
        if self.poor:
            warning = f"R-hat {rhat_text(self.rhat)} > {RHAT_MOST}: chains disagree."
            return f'{escape(self.facts)} <strong class="poor">{escape(warning)}</strong>'
        rhat = f"R-hat {rhat_text(self.rhat)}" if math.isfinite(self.rhat) else "no R-hat"
        return escape(f"{self.facts}, {rhat}.")


def rhat_text(value: float) -> str:
    """Two digits, or three where two would hide on which side of the limit it is."""
    return f"{value:.3f}" if RHAT_MOST < value < RHAT_MOST + 0.005 else f"{value:.2f}"


def all_walks(tables: Iterable[Columns]) -> Columns:
    """Of the rows of those tables that tell of walks: acceptance, the worst R-hat, seed, samples and chains."""
    parts: dict[str, list[np.ndarray]] = {name: [] for name in COLUMNS}
    for table in tables:
        if {"accept", "rhat"} <= table.keys():
            told = np.isfinite(table["accept"]) | np.isfinite(table["rhat"])
            for name, others in COLUMNS.items():
                values = next((table[other] for other in others if other in table), np.full(len(told), np.nan))
                parts[name].append(np.asarray(values, np.float64)[told])
    return {name: np.concatenate(each) if each else np.empty(0) for name, each in parts.items()}


def with_walks(said: Mapping[str, Sentence], walks: Mapping[str, Columns], settings: Any) -> dict[str, Sentence]:
    """Sentences with the line under them: that of their own walks, or else of the first that are named."""
    lines = {name: Posterior.of(all_walks([rows]), settings) for name, rows in walks.items()}
    first = next(iter(lines.values()), None)
    found = {name: (sentence, lines.get(name, first)) for name, sentence in said.items()}
    return {name: replace(sentence, aside=of.html) if of else sentence for name, (sentence, of) in found.items()}


def _ends(values: np.ndarray, otherwise: int) -> tuple[int, int]:
    known = values[np.isfinite(values)]
    return (int(known.min()), int(known.max())) if len(known) else (otherwise, otherwise)


def _counted(ends: tuple[int, int], what: str) -> str:
    """1 seed, 8 to 100 samples; "" of none."""
    few, most = ends
    if not most:
        return ""
    return f"{few:,} {what}{'' if few == 1 else 's'}" if few == most else f"{few:,} to {most:,} {what}s"
