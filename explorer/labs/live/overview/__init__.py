"""Panel: Lipschitz bracket, attack success and pruning curve of the same networks."""

import numpy as np

from explorer.fields import write
from explorer.frames import Tables
from explorer.labs import Pace, Panel
from explorer.labs.live.overview.settings import LiveSettings
from explorer.tables import Bound, Count, Flag, Table, Value

TRAINING = Table("training", k=Count(), seed=Count(), step=Count(), mse=Value("MSE"))
LIPSCHITZ = Table(
    "lipschitz",
    k=Count(),
    seed=Count(),
    mse=Value("MSE"),
    fits=Flag(),
    at_data=Bound(">=", "Lip"),
    lower=Bound(">=", "Lip"),
    formal_lower=Bound("~", "Lip"),
    upper=Bound("<=", "Lip"),
    product=Bound("<=", "Lip"),
    law=Value("sqrt(n/k)"),
)
ATTACK = Table("attack", k=Count(), seed=Count(), eps=Value(), success=Bound(">="))
PRUNING = Table("pruning", k=Count(), seed=Count(), kept=Value(), loss=Value())
PRUNABILITY = Table("prunability", k=Count(), seed=Count(), fraction=Value())


def steps_taken(tables: Tables) -> int:
    """Steps that all networks of the table `training` have taken together."""
    table = TRAINING.among(tables)
    if not len(table["step"]):
        return 0
    order = np.lexsort((table["step"], table["seed"], table["k"]))
    k, seed, step = (table[column][order] for column in ("k", "seed", "step"))
    last = np.append((k[1:] != k[:-1]) | (seed[1:] != seed[:-1]), True)
    return int(step[last].sum())


PANEL = Panel(
    __name__,
    "Overview",
    settings=LiveSettings,
    tables=(TRAINING, LIPSCHITZ, ATTACK, PRUNING, PRUNABILITY),
    order=0,
    primary=True,
    answers=("lipschitz",),
    small={
        "n": 10,
        "d": 4,
        "widths": (2, 5),
        "k_shown": 2,
        "seeds": 1,
        "tolerance": 0.1,
        "max_steps": 12,
        "attack_steps": 2,
    },
    closer=lambda chosen: {
        "k": chosen.k_shown,
        "seed": chosen.seed,
        "kept": chosen.kept,
        "at": write(chosen.at),
    },
    pace=Pace("net-steps", steps_taken),
)
