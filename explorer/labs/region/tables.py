"""The table that several panels of the Region lab fill: what universal perturbations do."""

from collections.abc import Sequence

import numpy as np

from explorer.frames import Columns, Tables
from explorer.tables import Bound, Count, Table, Text, Value

ALL = -1  # the target of a perturbation that leads away from every label

#: A row a network, perturbation and radius. Successes are found by a search: the best there is may do more.
UNIVERSAL = Table(
    "universal",
    model=Text(),
    target=Count(),
    delta=Value("δ"),
    method=Text(),
    images=Count(),
    seed=Count(),
    success_train=Bound(">=", "success on its own images"),
    success_test=Bound(">=", "success on unseen images"),
    random_success=Value("success of random signs"),
    cosine=Value("cosine with the class"),
    predicted_alone=Count(),
    low=Value("of success on unseen images"),
    high=Value("of success on unseen images"),
    tested=Count(),
    cosine_other=Value("mean cosine with other classes"),
    low_frequency=Value("share of low frequencies"),
    clean=Value("accuracy unperturbed"),
)

WHITE_BOX, TRANSFER = (
    "white-box",
    "transfer",
)  # whose gradients an attack follows: the network's own, or the first one's

OVER_STEPS, OVER_RADII = "steps", "radii"  # which panel has measured a row: several may fill the table on the overview

#: A row a network, moment and attack. `old_success`: of perturbations found before; `recomputed_success`: of new ones.
DEFENCE = Table(
    "defence",
    model=Text(),
    seed=Count(),
    steps=Count(),
    clean=Value("accuracy unperturbed"),
    old_success=Value("success of the old perturbations"),
    recomputed_success=Bound(">=", "success of new perturbations"),
    attack=Text(),
    eps=Value("ε"),
    access=Text(),
    accuracy=Bound("<=", "accuracy under attack"),
    low=Value("of accuracy under attack"),
    high=Value("of accuracy under attack"),
    tested=Count(),
    old_one=Value("success of the old one towards one target"),
    recomputed_one=Bound(">=", "success of a new one towards one target"),
    old_others=Value("mean success of the old ones towards others"),
    recomputed_others=Bound(">=", "mean success of new ones towards others"),
    subset=Count(),
    alpha=Value("α"),
    delta=Value("δ"),
    over=Text(),
)


def measured(tables: Tables, over: str) -> Columns:
    """The rows of `defence` that a panel has measured."""
    rows = DEFENCE.among(tables)
    return {name: values[rows["over"] == over] for name, values in rows.items()}


def nearest(values: np.ndarray | Sequence[float], wanted: float) -> float:
    """The value there is that is nearest to the one wanted; NaN where there is none."""
    found = np.unique(np.asarray(values, np.float64))
    return float(found[np.abs(found - wanted).argmin()]) if len(found) else float("nan")
