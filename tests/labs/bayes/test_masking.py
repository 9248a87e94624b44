"""What the panel `masking` counts and attacks: beside autograd, closed forms and attacks written out."""

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import torch
from torch.nn.functional import cross_entropy

from explorer.device import pick
from explorer.frames import Frame
from explorer.labs.bayes.masking import DTYPES, LENGTHS, PANEL, MaskingSettings
from explorer.labs.bayes.masking.attacked import lengths, masked
from explorer.labs.bayes.masking.compute import stream
from explorer.labs.bayes.masking.numbers import BY_LOSS, at_eps, best_length, shares
from explorer.labs.bayes.masking.numbers import lengths as over_lengths
from explorer.labs.walks import Task
from explorer.measure.criteria import Misclassified
from explorer.measure.perturbations import PGD
from explorer.measure.step_length import even_ascent
from explorer.measure.vanishing import vanishing
from explorer.nets import mlp
from explorer.nets.activations import Activation, Rectified, Tanh
from explorer.nets.averaged import Averaged
from explorer.nets.mlp import Mlp
from tests.labs.bayes.steps import returned

CPU = pick("cpu")
D, K, N = 12, 10, 60
BOX = 0.0, 1.0


def networks(count: int, scale: float = 1.0) -> Mlp:
    nets = mlp.initialise([D, 8, K], range(count), Tanh())
    return nets.with_parameters(scale * nets.parameters)


@pytest.fixture(scope="module")
def task() -> Task:
    X = torch.rand(N, D, generator=torch.Generator().manual_seed(0))
    labels = networks(1).logits(X.unsqueeze(0))[0].argmax(-1)
    labels[::7] = (labels[::7] + 1) % K
    return Task(X, labels, X, labels)


# Gradients that are 0 -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scale", [1.0, 4.0, 10.0])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("activation", [Rectified(1), Tanh()])
def test_a_gradient_is_zero_where_autograd_has_none(
    task: Task, scale: float, dtype: torch.dtype, activation: Activation
) -> None:
    """autograd finds zeros where tanh is flat as well: it has 1 - tanh^2, whose difference is rounded to 0."""
    nets = mlp.initialise([D, 8, K], range(6), activation)
    nets = nets.with_parameters(scale * nets.parameters).to(dtype)
    found = vanishing(nets, task.seen.to(dtype), task.labels)
    x = task.seen.to(dtype).expand(6, -1, -1).clone().requires_grad_()
    loss = cross_entropy(nets.logits(x).flatten(0, 1), task.labels.repeat(6), reduction="sum")
    (gradient,) = torch.autograd.grad(loss, x)
    theirs = (gradient == 0).all(-1)
    assert (found.zero <= theirs).all()
    if isinstance(activation, Rectified):
        assert torch.equal(found.zero, theirs)
    if scale == 1:
        assert not found.zero.any()


def line(gap: float, dtype: torch.dtype) -> Mlp:
    """One active neuron of slope 1, whose logits at x = 1 are `gap` apart, half each."""
    nets = mlp.initialise([1, 1, 2], [0], Rectified(1))
    return nets.with_parameters(torch.tensor([[1.0, 0.0, gap / 2, -gap / 2, 0.0, 0.0]])).to(dtype)


@pytest.mark.parametrize(
    ("gap", "dtype", "lost", "zero"),
    [
        (15.0, torch.float32, False, False),  # p = 1 - 3e-7
        (30.0, torch.float32, True, False),  # p = 1 - 9e-14, which float32 has as 1
        (95.0, torch.float32, True, False),  # exp(-95) = 6e-42: below the normal numbers, above none
        (110.0, torch.float32, True, True),  # exp(-110) = 2e-48, smaller than any number above 0
        (30.0, torch.float64, False, False),
        (110.0, torch.float64, True, False),
        (760.0, torch.float64, True, True),
    ],
)
def test_where_rounding_takes_the_label_s_part_and_where_all(
    gap: float, dtype: torch.dtype, lost: bool, zero: bool
) -> None:
    """exp(-gap) is lost beside 1 from half of the spacing of numbers there on, and is 0 below the smallest number."""
    found = vanishing(line(gap, dtype), torch.ones(1, 1, dtype=dtype), torch.zeros(1, dtype=torch.long))
    assert (bool(found.lost), bool(found.zero)) == (lost, zero)


def test_a_unit_that_is_not_active_has_no_gradient_in_any_precision() -> None:
    label = torch.zeros(1, dtype=torch.long)
    for dtype in (torch.float32, torch.float64):
        found = vanishing(line(3.0, dtype), -torch.ones(1, 1, dtype=dtype), label)
        assert bool(found.zero)
        assert not bool(found.lost)


# Steps of one length ------------------------------------------------------------------------------------------------


def test_an_even_ascent_is_pgd_with_even_steps(task: Task) -> None:
    nets, aim = networks(3), Misclassified(task.labels)
    ours = even_ascent(nets, task.seen, aim, 0.1, length=0.3, steps=6, box=BOX)
    pgd = PGD("linf", 6, box=BOX, length=lambda step, steps: 0.3)(nets, task.seen, aim, 0.1)
    assert torch.equal(ours.best, pgd)


def test_the_last_point_is_that_of_steps_written_out(task: Task) -> None:
    """By autograd, and never further than eps, nor out of the box."""
    nets, aim, eps, length = networks(1), Misclassified(task.labels), 0.1, 0.4
    x = task.seen.clone()
    for _ in range(4):
        x.requires_grad_()
        (gradient,) = torch.autograd.grad(
            cross_entropy(nets.logits(x.unsqueeze(0))[0], task.labels, reduction="sum"), x
        )
        with torch.no_grad():
            x = torch.minimum(torch.maximum(x + length * eps * gradient.sign(), task.seen - eps), task.seen + eps)
            x = x.clamp(0, 1)
    last = even_ascent(nets, task.seen, aim, eps, length=length, steps=4, box=BOX).last[0]
    assert torch.allclose(last, x, atol=1e-6)
    assert ((last - task.seen).abs() <= eps).all()


def test_from_two_radii_on_every_length_is_one(task: Task) -> None:
    """Each step ends in a corner, wherever it began."""
    nets, aim = networks(2), Misclassified(task.labels)
    near, far = (even_ascent(nets, task.seen, aim, 0.1, length=s, steps=3, box=BOX) for s in (2.0, 20.0))
    assert torch.equal(near.last, far.last)
    assert torch.equal(near.best, far.best)
    inside = (near.last > 0) & (near.last < 1)
    assert torch.allclose((near.last - task.seen).abs()[inside], torch.tensor(0.1), atol=1e-6)


def test_the_best_point_is_never_worse_than_the_last_nor_than_the_image(task: Task) -> None:
    nets, aim = networks(4), Misclassified(task.labels)
    for seed in (None, 3):
        ends = even_ascent(nets, task.seen, aim, 0.05, length=2.0, steps=3, box=BOX, seed=seed)
        best, last, image = (aim.met(nets.logits(x)) for x in (ends.best, ends.last, task.seen.expand(4, -1, -1)))
        assert (best >= last).all()
        assert (best >= image).all()


# The tables ---------------------------------------------------------------------------------------------------------

ABOUT = {"seed": 0, "prior_scale": 10.0}
SETTINGS = MaskingSettings.make(**PANEL.small | {"attack_steps": 6, "tested": 100})


def test_a_network_without_gradients_withstands_cross_entropy_alone() -> None:
    """Logits 150 apart, which eps = 0.6 would overturn: in float32 nobody finds it without the margin."""
    nets = mlp.initialise([2, 2, 2], [0], Rectified(1))
    nets = nets.with_parameters(torch.tensor([[1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 1000.0, 0.0, 0.0, 1000.0, 0.0, 0.0]]))
    task = Task(*[torch.tensor([[0.5, 0.35]]), torch.tensor([0])] * 2)
    settings = SETTINGS.changed(eps_max=0.6)
    for dtype, left in zip(DTYPES, (1.0, 0.0), strict=True):
        table = returned(masked(nets, task, settings, dtype, {**ABOUT, "chains": 1}, lambda: False))
        last = {name: values[-1] for name, values in table.items()}
        assert last["zero_share"] == left
        assert last["accuracy_ce"] == last["clean"] * left == left
        assert last["accuracy_margin"] == 0
        assert last["more"] == left
        assert table["accuracy_ce"][0] == table["clean"][0] == 1


def test_step_lengths_are_of_the_average_and_longer_ascents_reach_the_corner(task: Task) -> None:
    nets = networks(4)
    table = returned(lengths(nets, task, SETTINGS, ABOUT, lambda: False))
    assert len(table["length"]) == 2 * 2 * len(LENGTHS)
    assert set(table["samples"]) == {4}
    aim, average = Misclassified(task.labels), Averaged(nets)
    ends = even_ascent(average, task.seen, aim, SETTINGS.swept, length=0.5, steps=6, box=BOX)
    found = over_lengths(table, 10.0)
    assert found.at(0.5)[0] == pytest.approx(float((~aim.met(average.logits(ends.best))).double().mean()))
    assert found.at(0.5)[0] <= over_lengths(table, 10.0, "last").at(0.5)[0]
    assert best_length(found)[1] == found.value.min()


def test_the_last_point_is_not_the_best_where_steps_lead_from_corner_to_corner(task: Task) -> None:
    nets = networks(4, 8.0)  # with hardly a straight line in the ball
    average = Averaged(nets)
    task = replace(task, labels=average.logits(task.seen.unsqueeze(0))[0].argmax(-1))
    table, aim = returned(lengths(nets, task, SETTINGS, ABOUT, lambda: False)), Misclassified(task.labels)
    far = even_ascent(average, task.seen, aim, SETTINGS.swept, length=2.0, steps=6, box=BOX)
    last, best = (float((~aim.met(average.logits(x))).double().mean()) for x in (far.last, far.best))
    assert last > best
    assert over_lengths(table, 10.0, "last").at(2.0)[0] == pytest.approx(last)
    assert over_lengths(table, 10.0).at(2.0)[0] == pytest.approx(best)


@pytest.fixture(scope="module")
def run() -> list[Frame]:
    chosen = MaskingSettings.make(**PANEL.small | {"seeds": 2, "prior_scales": (1, 10)})
    return [frame for frame in stream(chosen, CPU, lambda: False) if isinstance(frame, Frame)]


def test_a_run_has_every_prior_precision_radius_and_seed(run: list[Frame]) -> None:
    table = run[-1].tables["masking"]
    assert len(table["eps"]) == 2 * 2 * 2 * 7
    assert table["whole"].all()
    assert set(table["prior_scale"]) == {1, 10}
    none = table["eps"] == 0
    assert np.array_equal(table["accuracy_ce"][none], table["clean"][none])
    assert np.array_equal(table["accuracy_margin"][none], table["clean"][none])
    assert np.allclose(table["more"], table["accuracy_ce"] - table["accuracy_margin"])
    assert (table["low_ce"] <= table["accuracy_ce"] + 1e-12).all()
    assert len(run[-1].tables["step_length"]["length"]) == 4 * 4 * len(LENGTHS)


def test_looks_come_before_attacks_and_then_make_room(run: list[Frame]) -> None:
    first = run[0].tables["masking"]
    assert not first["whole"].any()
    assert np.isnan(first["accuracy_ce"]).all()
    assert np.isfinite(first["zero_share"]).all()
    counts = [int(frame.tables["masking"]["whole"].sum()) for frame in run]
    assert all(before <= after for before, after in pairwise(counts))


def test_a_posterior_is_the_same_whatever_prior_is_walked_beside_it(run: list[Frame]) -> None:
    chosen = MaskingSettings.make(**PANEL.small)
    *_, last = (frame for frame in stream(chosen, CPU, lambda: False) if isinstance(frame, Frame))
    alone, both = last.tables["masking"], run[-1].tables["masking"]
    same = (both["prior_scale"] == 10) & (both["seed"] == 0)
    for name, values in alone.items():
        np.testing.assert_array_equal(values, both[name][same])


def test_over_seeds_intervals_are_of_images_or_of_seeds(run: list[Frame]) -> None:
    table = run[-1].tables["masking"]
    found = shares(at_eps(table, "float32", float(table["eps"][1])), "prior_scale", BY_LOSS)
    assert list(found.x) == [1, 10]
    assert (found.low <= found.value).all()
    assert (found.value <= found.high).all()
    assert math.isnan(found.at(3)[0])


def test_the_radius_of_step_lengths_is_a_third_of_the_largest() -> None:
    assert MaskingSettings.make().swept == pytest.approx(0.1)
    assert MaskingSettings.make(eps_max=0.0).swept == 0
