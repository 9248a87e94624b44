"""What is measured of a network and what it is to predict: the columns of `population`, in words. No torch.

Every measure is written so that large means complex: where it tells what its authors hope it tells, networks of a
larger value do worse on unseen images.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np

from explorer.frames import Columns
from explorer.labs.prunability.grid import HYPERS
from explorer.tables import Bound, Column, Count, Flag, Table, Value

#: In which direction a measure errs: `Bound.direction`, and what is not bounded from a side.
EXACT: Final = ""  # but for rounding
AT_MOST: Final = "<="  # the true value is at most this
AT_LEAST: Final = ">="
ESTIMATE: Final = "~"  # errs either way


@dataclass(frozen=True)
class Measure:
    """How a column is said: `said` in a sentence, `short` on an axis; see `EXACT` for `errs`.

    Attributes:
        size: counts or grows with the number of weights, whatever they are.
        log: shown on a logarithmic axis.
        family: what kinds of measure there are, for tables that compare them.
    """

    said: str
    short: str
    family: str
    errs: str = EXACT
    size: bool = False
    log: bool = True

    @property
    def column(self) -> Column:
        return Bound(self.errs, self.short) if self.errs else Value(self.short)


@dataclass(frozen=True)
class Target:
    """What is to be predicted: `said` in a sentence, `short` on an axis; large is bad."""

    said: str
    short: str


PRUNING, FLATNESS, NORMS, MARGINS, SIZE, SPEED = "pruning", "flatness", "norms", "margin", "size", "speed"

MEASURES: Mapping[str, Measure] = MappingProxyType(
    {
        "prunability_magnitude": Measure("prunability", "P, smallest first", PRUNING, AT_MOST, log=False),
        "prunability_random": Measure("prunability at random", "P, at random", PRUNING, ESTIMATE, log=False),
        "flatness": Measure("flatness 1/σ²", "1/σ²", FLATNESS, ESTIMATE),
        "flatness_relative": Measure("flatness 1/σ², noise σ|w|", "1/σ², by magnitude", FLATNESS, ESTIMATE),
        "sharpness": Measure("sharpness", "worst rise of the loss", FLATNESS, AT_LEAST),
        "path_norm": Measure("path norm", "path norm", NORMS),
        "margin": Measure("inverse margin 1/γ²", "1/γ²", MARGINS),
        "params": Measure("number of weights", "weights", SIZE, size=True),
        "l2": Measure("|w|", "|w|", NORMS),
        "distance": Measure("distance from the start", "|w − w₀|", NORMS),
        "spectral": Measure("product of spectral norms", "Σ ln S²", NORMS, log=False),
        "frobenius": Measure("product of Frobenius norms", "Σ ln F²", NORMS, log=False),
        "stable_rank": Measure("sum of F²/S²", "Σ F²/S²", NORMS),
        "spectral_margin": Measure("spectral norms over margin", "Σ ln S² − ln γ²", MARGINS, log=False),
        "spectral_start": Measure(
            "spectral norms, margin and distance", "Σ ln S² − ln γ² + ln Σ F₀²/S²", MARGINS, log=False
        ),
        "path_margin": Measure("path norm over margin", "path norm / γ²", MARGINS),
        "steps": Measure("training steps", "steps", SPEED),
        "summed": Measure("training loss, summed", "Σ training loss", SPEED),
        "train_loss": Measure("final training loss", "training loss", SPEED, log=False),
    }
)
TARGETS: Mapping[str, Target] = MappingProxyType(
    {
        "test_loss": Target("test loss", "test loss"),
        "test_error": Target("test error", "test error"),
        "gap": Target("gap of the loss", "test loss − training loss"),
        "error_gap": Target("gap of the error", "test error − training error"),
    }
)
#: Columns of `population` that the issue fixes, in this order, before the others.
_FIRST = ("prunability_magnitude", "prunability_random", "flatness", "path_norm", "margin", "params")

POPULATION = Table(
    "population",
    net=Count(),
    seed=Count(),
    width=Count(),
    depth=Count(),
    lr=Value("rate"),
    batch=Count(),
    dropout=Value(),
    weight_decay=Value("weight decay"),
    train_loss=Value("training loss"),
    test_loss=Value("test loss"),
    test_error=Value("test error"),
    gap=Value("test loss - training loss"),
    **{name: MEASURES[name].column for name in _FIRST},
    **{name: measure.column for name, measure in MEASURES.items() if name not in (*_FIRST, "train_loss")},
    train_error=Value("training error"),
    error_gap=Value("test error - training error"),
    fits=Flag(),
    whole=Flag(),
    n=Count(),
    tested=Count(),
)


def fitting(table: Columns) -> Columns:
    """The networks that have reached the training loss: of others no measure counts."""
    return {name: values[table["fits"]] for name, values in table.items()}


def missed(table: Columns) -> int:
    """How many networks are left out for it."""
    return int((~table["fits"]).sum())


def label(name: str, value: float) -> str:
    """A value of a hyper-parameter."""
    return f"{float(value):g}"


def hypers(table: Columns) -> Mapping[str, np.ndarray]:
    """The columns of the hyper-parameters."""
    return {name: table[name] for name in HYPERS}
