"""Softmax robustness taken once and twice: by hand, beside optimisation, and in the table."""

import math

import numpy as np
import pytest
import torch
from scipy.optimize import minimize
from scipy.special import softmax

from explorer.device import pick
from explorer.frames import Columns, Frame
from explorer.labs.bayes import attacks
from explorer.labs.bayes.attack_numbers import of
from explorer.labs.bayes.attacks import Case, Found
from explorer.labs.bayes.instrument import PANEL, InstrumentSettings
from explorer.labs.bayes.instrument.compute import stream
from explorer.labs.bayes.instrument.numbers import once, rows, twice
from explorer.measure.softmax_robustness import double_shifts, shifts
from explorer.nets import mlp
from explorer.nets.activations import Tanh
from explorer.theory.double_softmax import floor, largest_change


def test_the_floor_of_ten_classes_and_of_two() -> None:
    assert floor(10) == pytest.approx(0.8534, abs=5e-5)
    assert floor(10) == 1 - (math.e - 1) / (math.e + 9)
    assert largest_change(2) == pytest.approx(math.tanh(0.5))
    with pytest.raises(ValueError, match="at least two"):
        floor(1)


@pytest.mark.parametrize("classes", [2, 3, 10])
def test_no_two_distributions_move_a_class_further(classes: int) -> None:
    """scipy looks for them, from random ones; a vertex against another reaches it."""
    rng = np.random.default_rng(0)

    def change(v: np.ndarray) -> float:
        p, q = (softmax(part) for part in np.split(v, 2))  # any distribution is a softmax of something
        return float(softmax(p)[0] - softmax(q)[0])

    found = [
        -minimize(lambda v: -change(v), rng.normal(0, 3, 2 * classes), bounds=[(-30, 30)] * 2 * classes).fun
        for _ in range(5)
    ]
    assert max(found) <= largest_change(classes) + 1e-9
    assert max(found) == pytest.approx(largest_change(classes), abs=1e-4)
    for p in rng.dirichlet(np.full(classes, 0.1), 2000).reshape(-1, 2, classes):
        assert np.abs(np.subtract(*softmax(p, axis=1))).max() <= largest_change(classes) + 1e-12


def test_probabilities_taken_for_logits() -> None:
    """Three classes: (1, 0, 0) to (0, 1, 0) moves 1 once, and (e - 1)/(e + 2) twice."""
    sure = torch.tensor([[[200.0, 0.0, 0.0], [0.0, 200.0, 0.0], [0.0, 0.0, 0.0]]])
    moved = sure[:, [1, 0, 2]]
    assert shifts(sure, moved).tolist() == [[1, 1, 0]]
    assert double_shifts(sure, moved)[0].tolist() == pytest.approx([largest_change(3)] * 2 + [0])
    p, q = np.array([0.7, 0.2, 0.1]), np.array([0.2, 0.5, 0.3])
    before, after = (torch.tensor(np.log(each))[None, None] for each in (p, q))
    assert float(double_shifts(before, after)) == pytest.approx(np.abs(softmax(p) - softmax(q)).max())
    one = double_shifts(torch.tensor([[[60.0]]]), torch.tensor([[[-60.0]]]))  # one logit stands for two classes
    assert float(one) == pytest.approx(largest_change(2))


def test_intervals_are_over_images() -> None:
    settings = InstrumentSettings.make(**PANEL.small)
    nets = mlp.initialise([4, 3, 10], [0], Tanh())
    moved = torch.rand(7, 20, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    case = Case("MAP", "fgsm", "cross-entropy", nets, nets)
    about = {"seed": 0, "chains": 1, "whole": True}
    table = attacks.rows(case, Found(torch.ones_like(moved), moved, moved / 10), None, settings, **about)
    values = 1 - moved.numpy()
    half = 2.093 * values.std(1, ddof=1) / 20**0.5  # Student's t of 19 degrees of freedom
    assert np.allclose(table["softmax_robustness"], values.mean(1))
    assert np.allclose(table["softmax_low"], values.mean(1) - half, atol=1e-4)
    assert np.allclose(1 - table["double_softmax"], (1 - values.mean(1)) / 10)
    assert np.allclose(table["double_high"] - table["double_low"], 2 * half / 10, atol=1e-4)
    nobody_asked = attacks.rows(case, Found(torch.ones_like(moved), moved), None, settings, **about)
    assert np.isnan(nobody_asked["double_softmax"]).all()


@pytest.fixture(scope="module")
def run() -> Columns:
    chosen = InstrumentSettings.make(**PANEL.small, seeds=2, eps_max=1.0)
    *_, last = (frame for frame in stream(chosen, pick("cpu"), lambda: False) if isinstance(frame, Frame))
    return last.tables["attack"]


def test_every_reading_lies_between_the_floor_and_one(run: Columns) -> None:
    assert set(run["model"]) == {"average", "MAP", "no decay"}
    assert (run["double_softmax"] >= floor(10) - 1e-6).all()
    assert (run["double_softmax"] <= 1).all()
    none = run["eps"] == 0
    assert (run["softmax_robustness"][none] == 1).all()
    assert (run["double_softmax"][none] == 1).all()
    moved = 1 - run["softmax_robustness"][~none]
    assert (1 - run["double_softmax"][~none] < 0.5 * moved).all()


def test_curves_are_of_the_rows_that_are_compared_with_map(run: Columns) -> None:
    average = rows(run, "average", "fgsm")
    assert set(average["than"]) == {"MAP"}
    honest, double = once(run, "average", "fgsm"), twice(run, "average", "fgsm")
    assert np.allclose(honest.value, of(run, "average", "fgsm")["softmax_robustness"].reshape(2, 7).mean(0))
    assert (double.low <= double.value + 1e-12).all()
    assert (double.value <= double.high + 1e-12).all()
    assert honest.seeds == 2
