"""Tables `attack` of runs as they might come out: accuracies by model, attack and loss at three radii."""

from collections.abc import Mapping

import numpy as np

from explorer.frames import Columns, Tables
from explorer.labs.bayes.attack_table import ATTACK
from explorer.measure.shares import wilson

EPS = (0.0, 0.1, 0.2)
TESTED = 297
Case = tuple[str, str, str]
EMPTY: Tables = {"attack": ATTACK.empty()}


def rows(
    case: Case,
    values: tuple[float, ...],
    *,
    seed: int = 0,
    than: str = "",
    more: tuple[float, ...] | None = None,
    half: float = 0.045,
    whole: bool = True,
    rhat: float = 1.02,
) -> Columns:
    """One case of one seed; `more`: the difference to `than`, known to `half` either way."""
    ends = np.array([wilson(value, TESTED) for value in values])
    beside = {}
    if more is not None:
        beside = {"more": more, "more_low": np.array(more) - half, "more_high": np.array(more) + half}
    many = 100 if case[0] in ("average", "ensemble") else 1
    return ATTACK.filled(
        model=case[0],
        attack=case[1],
        loss=case[2],
        eps=np.array(EPS),
        n_attack=many,
        n_defend=many,
        seed=seed,
        accuracy=values,
        softmax_robustness=np.array(values),
        low=ends[:, 0],
        high=ends[:, 1],
        clean=values[0],
        networks=1 if many > 1 else 100,
        tested=TESTED,
        than=than if more is not None else "",
        accept=0.9,
        rhat=rhat,
        chains=8,
        whole=whole,
        **beside,
    )


def run(cases: Mapping[Case, tuple[float, ...]], than: Mapping[Case, Case], seeds: int = 1, **about: object) -> Tables:
    """All cases, those that `than` names compared with their other; every seed alike."""
    parts = []
    for seed in range(seeds):
        for case, values in cases.items():
            other = cases.get(than[case]) if case in than else None
            more = tuple(np.subtract(values, other)) if other is not None else None
            parts.append(rows(case, values, seed=seed, than=than[case][0] if other else "", more=more, **about))
    return {"attack": ATTACK.joined(parts)}
