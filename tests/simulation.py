"""Runs as chance would give them, and how often a claim's rule says something about them.

A lab's `tests/labs/NAME/simulations.py` has `SIMULATIONS`, what the rule of each of its claims is tried on, by id: runs
in which the claim is false (data dealt out anew, and the strongest rival law), and runs in which it holds, at a size
that is told; for a theorem, numbers that would break it. `tests/labs/test_claims.py` tries them all.

A simulation draws all trials at once: tables of a claim's runs, in which every column that chance decides has an axis
of trials before that of the rows. `RULES` of the same module may have, by id, a rule that takes them all at once too; a
claim without one is judged trial by trial, as `explorer claims` would.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from explorer.labs.claims import SUPPORTED, Runs, Verdict

TRIALS = 2000
FALSE, TRUE = 0.05, 0.80  # how often a rule may err on a null, and must hit where the claim holds

Draw = Callable[[np.random.Generator, int], Runs]
Rule = Callable[[Runs], np.ndarray]  # the word of each trial's verdict


@dataclass(frozen=True)
class Simulation:
    """One way in which the numbers may have come about.

    Args:
        model: the law and its noise, in words.
        draw: tables of so many trials.
        says: how the verdicts that are counted begin.
        at_most, at_least: share of the trials in which the rule may, and must, say so.
        trials: how many; fewer than TRIALS only for theorems, which one number breaks.
    """

    model: str
    draw: Draw
    says: tuple[str, ...]
    at_most: float = 1.0
    at_least: float = 0.0
    trials: int = TRIALS


def null(model: str, draw: Draw, says: tuple[str, ...] = (SUPPORTED,)) -> Simulation:
    """Runs in which the claim is false: the rule says so at most in FALSE of the trials."""
    return Simulation(model, draw, says, at_most=FALSE)


def holds(model: str, draw: Draw, says: str = SUPPORTED) -> Simulation:
    """Runs of which `says` is the right verdict: the rule says so in TRUE of the trials or more."""
    return Simulation(model, draw, (says,), at_least=TRUE)


def each(judge: Callable[[Runs], Verdict]) -> Rule:
    """The verdicts of a judge, trial by trial."""
    return lambda runs: np.array([judge(trial(runs, i)).verdict for i in range(_trials(runs))])


def trial(runs: Runs, number: int) -> Runs:
    """The tables of one trial."""
    return {
        name: {
            table: {column: values[number] if values.ndim > 1 else values for column, values in columns.items()}
            for table, columns in tables.items()
        }
        for name, tables in runs.items()
    }


def share(rule: Rule, simulation: Simulation, seed: int = 0) -> float:
    """The share of the trials in which the rule says what is counted."""
    words = rule(simulation.draw(np.random.default_rng(seed), simulation.trials))
    return float(np.mean([word.startswith(simulation.says) for word in words.tolist()]))


def _trials(runs: Runs) -> int:
    columns = (values for tables in runs.values() for table in tables.values() for values in table.values())
    return next(len(values) for values in columns if values.ndim > 1)
