"""What the captions of the panel `rescaling` say of a run, checked on its tables, and what its question asks."""

from collections.abc import Mapping

import numpy as np

from explorer.figures.numbers import up
from explorer.figures.tables import where
from explorer.frames import Columns, Tables
from explorer.labs.captions import Check, Decide, Finding, Outcome
from explorer.labs.prunability.rescaling import FACTORS, PAIRS, RESCALING, RescalingSettings

SAME = 1e-5  # of a loss, in float32
MOVED = 0.05  # of P: what counts as having moved, two and a half steps of the grid
LOSS, BOTH, P, NEITHER = "the loss", "both", "prunability", "neither"


def known(settings: RescalingSettings) -> Mapping[str, object]:
    """What the settings alone make true."""
    return {**settings.values(), "said": settings.source.said, "pair": settings.pair}


def _whole(tables: Tables, settings: RescalingSettings) -> Columns | None:
    """The rows of the pair looked at, if all factors are there and known."""
    table = RESCALING.among(tables)
    table = where(table, table["pair"] == PAIRS.index(settings.pair))
    known = np.isfinite([table[name] for name in ("loss", "prunability", "prunability_layerwise", "change")]).all()
    return table if len(np.unique(table["c"])) == len(FACTORS) and known else None


def _spans(table: Columns, column: str) -> np.ndarray:
    """Between the least and the largest of each network."""
    return np.array([np.ptp(table[column][table["net"] == net]) for net in np.unique(table["net"])])


def function_stays(tables: Tables, settings: RescalingSettings) -> Finding | None:
    """No loss changes by more than 1e-5 over all factors."""
    table = _whole(tables, settings)
    if table is None:
        return None
    change = float(_spans(table, "loss").max())
    return Finding(change <= SAME, {"change": up(change, 2), "logit": up(float(table["change"].max()), 2)})


def prunability_moves(tables: Tables, settings: RescalingSettings) -> Finding | None:
    """P of every network moves by 0.05 or more over the factors; that of each layer by itself by a step at most."""
    table = _whole(tables, settings)
    if table is None:
        return None
    moved, still = _spans(table, "prunability"), _spans(table, "prunability_layerwise")
    numbers = {"least": f"{moved.min():.2f}", "layerwise": f"{still.max():.2f}"}
    return Finding(bool(moved.min() >= MOVED and still.max() < MOVED), numbers)


def what_changes(tables: Tables, settings: RescalingSettings) -> Outcome | None:
    """Which of loss and P is another at some factor, of any network."""
    table = _whole(tables, settings)
    if table is None:
        return None
    loss, share = float(_spans(table, "loss").max()), float(_spans(table, "prunability").max())
    numbers = {"loss": up(loss, 2), "share": f"{share:.2f}"}
    answers = {(False, True): P, (True, True): BOTH, (True, False): LOSS, (False, False): NEITHER}
    return Outcome(answers[loss > SAME, share >= MOVED], numbers)


CHECKS: Mapping[str, Check] = {"function-stays": function_stays, "prunability-moves": prunability_moves}
OUTCOMES: Mapping[str, Decide] = {"what-rescaling-changes": what_changes}
