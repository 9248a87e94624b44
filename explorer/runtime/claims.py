"""The claims of a lab, recomputed: its runs from the store or anew, and the verdicts they lead to."""

import json
import math
import textwrap
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from explorer.fields import write
from explorer.frames import Frame
from explorer.labs import Lab
from explorer.labs.claims import Claim, Verdict
from explorer.runtime.result import Result
from explorer.runtime.run import run
from explorer.runtime.store import Store
from explorer.settings import Settings

INDENT = 11  # columns: the longest heading, "statistic", and two spaces


@dataclass(frozen=True)
class Judged:
    """A claim with the verdict of its runs, under the names that the claim gives them."""

    lab: str
    claim: Claim
    verdict: Verdict
    runs: Mapping[str, Result]

    @property
    def seeds(self) -> tuple[int, ...]:
        """Every seed of data or weights that a run used."""
        return tuple(sorted({seed for result in self.runs.values() for seed in _seeds(result.settings)}))

    @property
    def seconds(self) -> float:
        """Compute time of its runs. Claims may share runs: their times do not add up."""
        return sum(result.seconds for result in self.runs.values())

    @property
    def source(self) -> str:
        """Where the runs came from: "store" if all did, else "computed"."""
        return "store" if all(result.source == "store" for result in self.runs.values()) else "computed"

    def to_dict(self) -> dict[str, object]:
        """What `claims --json` prints of it; an unknown number is None."""
        verdict = self.verdict
        return {
            "id": self.claim.id,
            "lab": self.lab,
            "paper": self.claim.paper,
            "claim": self.claim.text,
            "verdict": verdict.verdict,
            "statistic": verdict.statistic,
            "value": _known(verdict.value),
            "interval": [_known(end) for end in verdict.interval],
            "interval_is": verdict.spread,
            "n": verdict.n,
            "seeds": list(self.seeds),
            "rule": self.claim.rule,
            "chosen": self.claim.chosen,
            "found": verdict.found,
            "settings": {name: result.settings.explicit() for name, result in self.runs.items()},
            "seconds": self.seconds,
            "source": self.source,
        }

    def to_text(self, width: int) -> str:
        """The same for a person, in lines of at most `width` columns."""
        verdict = self.verdict
        low, high = (f"{end:.3g}" for end in verdict.interval)
        seeds = f"seed{'s' if len(self.seeds) > 1 else ''} {write(self.seeds)}"
        paragraphs = {
            "claim": f"{self.claim.paper}: {self.claim.text}",
            "rule": self.claim.rule,
            "chosen": self.claim.chosen and f"after a look at results: {self.claim.chosen}",
            "statistic": f"{verdict.statistic}: {verdict.value:.3g} ({low} to {high}, {verdict.spread})",
            "found": verdict.found,
            "from": f"n = {verdict.n:,}, {seeds}; {len(self.runs)} runs, {self.seconds:.1f} s, {self.source}",
        }
        lines = [
            textwrap.fill(f"{head:<9}  {text}", width, initial_indent="  ", subsequent_indent=" " * (INDENT + 2))
            for head, text in paragraphs.items()
            if text
        ]
        return "\n".join([f"{self.claim.id}: {verdict.verdict}", *lines])


def recompute(
    lab: Lab,
    *,
    full: bool = False,
    progress: Callable[[Frame, str], None] | None = None,
    store: Store | None = None,
) -> Iterator[Judged]:
    """The lab's claims one after the other; equal settings of several claims are one run.

    Args:
        lab: whose claims.
        full: with more seeds and sizes.
        progress: called with every frame that is computed, and the id of the claim it is for.
        store: where finished runs are kept; the user's own by default.
    """
    known: dict[Settings, Result] = {}
    for claim in lab.claims:
        runs: dict[str, Result] = {}
        for name, values in (claim.full if full else claim.runs).items():
            settings = lab.settings.make(**values)
            if settings not in known:
                known[settings] = run(lab, settings, progress=_told(progress, claim), store=store)
            runs[name] = known[settings]
        verdict = claim.judge({name: result.frame.tables for name, result in runs.items()})
        yield Judged(lab.name, claim, verdict, runs)


def to_json(judged: list[Judged]) -> str:
    """A JSON list with an object for each claim."""
    return json.dumps([entry.to_dict() for entry in judged], allow_nan=False, indent=1)


def _told(progress: Callable[[Frame, str], None] | None, claim: Claim) -> Callable[[Frame], None] | None:
    return None if progress is None else lambda frame: progress(frame, claim.id)


def _seeds(settings: Settings) -> range:
    values = settings.values()
    count = values.get("seeds", 1) if settings.relevant("seeds") else 1
    return range(values["seed"], values["seed"] + count)


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None
