"""What the table `attack` holds: beside attacks that are not ours, by its definitions, and as attacks get stronger."""

import warnings
from collections.abc import Iterator

import numpy as np
import pytest
import torch
from torch import Tensor

from explorer.device import pick
from explorer.frames import Cell, Columns, Frame, Mismatch
from explorer.labs.bayes import attacks, stored
from explorer.labs.bayes.attack_numbers import accuracy, difference, of
from explorer.labs.bayes.attack_table import ATTACK, nearest
from explorer.labs.bayes.attacks import Case, Found, Party, alone, measured, together
from explorer.labs.bayes.fits import Fits, points, read, untrained
from explorer.labs.bayes.headline import PANEL, HeadlineSettings
from explorer.labs.bayes.headline.compute import cases, stream
from explorer.labs.bayes.mean_field import approximation
from explorer.labs.sampling import MOST_CHAINS
from explorer.labs.walks import Diagnosis, Task
from explorer.measure.perturbations import fgsm
from explorer.measure.softmax_robustness import shifts
from explorer.nets import mlp
from explorer.nets.activations import Tanh
from explorer.nets.averaged import Averaged
from explorer.nets.expected import Expected
from explorer.nets.mlp import Mlp
from explorer.train.variational import approximate, classification, draw
from tests.labs.bayes.steps import returned

with warnings.catch_warnings(action="ignore", category=DeprecationWarning):  # of scipy's names
    import foolbox

D, K, N = 12, 10, 80
SETTINGS = HeadlineSettings.make(**{**PANEL.small, "attack": "pgd", "attack_steps": 5, "tested": 300})


def networks(count: int) -> Mlp:
    return mlp.initialise([D, 8, K], range(count), Tanh())


@pytest.fixture(scope="module")
def task() -> Task:
    """Points in the unit cube, and what networks together say of most of them."""
    X = torch.rand(N, D, generator=torch.Generator().manual_seed(0))
    labels = Averaged(networks(5)).logits(X.unsqueeze(0))[0].argmax(-1)
    labels[::7] = (labels[::7] + 1) % K
    return Task(X, labels, X, labels)


def found(case: Case, task: Task, settings: HeadlineSettings = SETTINGS) -> Found:
    steps = measured(case, task, settings, lambda: False, seed=settings.seed)
    return returned(steps)


EVERY = [
    case
    for attack in ("fgsm", "pgd", "random")
    for case in (
        *alone("one sample", attack, networks(5)),
        *together("average", attack, networks(5), "expected"),
        *together("average", attack, networks(5), "cross-entropy"),
        *together("average", attack, networks(5), "margin"),
    )
]


@pytest.mark.parametrize("case", EVERY, ids=lambda case: f"{case.model}-{case.attack}-{case.loss}")
def test_no_radius_gives_the_clean_accuracy_exactly(case: Case, task: Task) -> None:
    of_case = found(case, task)
    logits = case.defender.logits(task.seen.expand(len(case.defender), -1, -1))
    right = (logits.argmax(-1) == task.labels).double().mean(0)
    assert torch.equal(of_case.right[0], right)
    assert not of_case.moved[0].any()
    assert 0 < of_case.right[0].mean() < 1


@pytest.mark.parametrize("loss", ["cross-entropy", "expected"])
def test_a_stronger_attack_leaves_no_more(task: Task, loss: str) -> None:
    """PGD's first step is FGSM, and the best point is kept; random signs know no gradient."""
    (weak,), (strong,), (blind,) = (together("average", a, networks(5), loss) for a in ("fgsm", "pgd", "random"))
    by_step, by_many, by_chance = (found(case, task).right for case in (weak, strong, blind))
    assert (by_many <= by_step).all()
    assert (by_step.mean(1) <= by_chance.mean(1)).all()
    assert by_many[-1].sum() < by_chance[-1].sum()


def test_one_sample_is_the_mean_of_all_each_attacked_by_itself(task: Task) -> None:
    nets = networks(5)
    (case,) = alone("one sample", "fgsm", nets)
    each = [found(*alone_of(nets, i), task).right for i in range(5)]
    assert torch.allclose(found(case, task).right, torch.stack(each).mean(0))


def alone_of(nets: Mlp, i: int) -> list[Case]:
    return alone("one sample", "fgsm", nets.take(torch.tensor([i])))


def model(nets: Mlp, loss: str) -> torch.nn.Module:
    """Samples that speak as one, in plain torch: foolbox and autograd know nothing else."""

    class Plain(torch.nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            z = torch.stack([nets.take(torch.tensor([i])).logits(x.unsqueeze(0))[0] for i in range(len(nets))])
            return z.softmax(-1).mean(0).log() if loss == "cross-entropy" else z

    return Plain()


def test_fgsm_on_the_average_is_that_of_foolbox(task: Task) -> None:
    nets = networks(5)
    theirs = foolbox.PyTorchModel(model(nets, "cross-entropy").eval(), bounds=(0, 1))
    _, moved, is_adv = foolbox.attacks.FGSM()(theirs, task.seen, task.labels, epsilons=0.1)
    settings = SETTINGS.changed(eps_max=0.6)  # its second radius is 0.1
    (case,) = together("average", "fgsm", nets, "cross-entropy")
    ours = found(case, task, settings)
    fresh = ours.right[0].bool()  # foolbox moves what is wrong as it is, too
    assert torch.equal(ours.right[1].bool()[fresh], ~is_adv[fresh])
    before, after = (Averaged(nets).logits(x.unsqueeze(0)) for x in (task.seen, moved))
    assert torch.allclose(ours.moved[1][fresh], shifts(before, after)[0].double()[fresh], atol=1e-5)


def test_the_expected_gradient_is_that_of_the_mean_loss_by_autograd(task: Task) -> None:
    nets, eps = networks(5), 0.05
    x = task.seen.clone().requires_grad_()
    z = model(nets, "expected")(x)
    loss = torch.nn.functional.cross_entropy(z.flatten(0, 1), task.labels.repeat(5), reduction="sum")
    (gradient,) = torch.autograd.grad(loss, x)
    wanted = (task.seen + eps * gradient.sign()).clamp(0, 1)
    aim = attacks.Misclassified(task.labels)
    got = fgsm("linf", (0, 1))(Expected(nets), task.seen, aim, eps)[0]
    moved = (got != task.seen).any(1)  # a point that is wrong stays where it is
    assert moved.sum() > N / 2
    assert torch.allclose(got[moved], wanted[moved], atol=1e-6)


def test_softmax_robustness_is_one_less_the_largest_change_of_a_probability() -> None:
    """Three classes: (.7, .2, .1) to (.2, .5, .3) moves .5; what stays moves nothing; softmax is taken once."""
    before = torch.tensor([[[0.7, 0.2, 0.1], [0.1, 0.1, 0.8]]]).log()
    after = torch.tensor([[[0.2, 0.5, 0.3], [0.1, 0.1, 0.8]]]).log() + 3.0
    assert torch.allclose(shifts(before, after), torch.tensor([[0.5, 0.0]]), atol=1e-6)
    sure = torch.tensor([[[100.0, 0.0]]])
    assert shifts(sure, sure.flip(-1)).item() == 1
    table = attacks.rows(
        Case("MAP", "fgsm", "cross-entropy", networks(1), networks(1)),
        Found(torch.ones(7, 2, dtype=torch.float64), torch.tensor([[0.5, 0.0]] * 7, dtype=torch.float64)),
        None,
        SETTINGS,
        seed=0,
        chains=1,
        whole=True,
    )
    assert table["softmax_robustness"].tolist() == [0.75] * 7


def frames(**changes: object) -> Iterator[Frame]:
    chosen = HeadlineSettings.make(**PANEL.small, **changes)
    return (each for each in stream(chosen, pick("cpu"), lambda: False) if isinstance(each, Frame))


@pytest.fixture(scope="module")
def table() -> Columns:
    *_, last = frames(seeds=2)
    return last.tables["attack"]


def test_a_run_has_all_its_cases_for_every_seed(table: Columns) -> None:
    party = Party(networks(2), networks(2), networks(2), networks(2))
    assert len(table["eps"]) == 2 * 7 * len(cases(party, "fgsm"))
    assert table["whole"].all()
    assert set(table["tested"]) == {20}
    averages = np.isin(table["model"], ["average", "VI"])
    assert set(table["n_defend"][averages]) == {2}
    assert (table["low"] <= table["accuracy"]).all()
    assert (table["accuracy"] <= table["high"]).all()


def test_a_difference_is_that_of_the_accuracies_seed_by_seed(table: Columns) -> None:
    one, average = of(table, "one sample", "fgsm"), of(table, "average", "fgsm", "expected")
    assert set(average["than"]) == {"one sample"}
    assert np.allclose(average["more"], average["accuracy"] - one["accuracy"])
    assert np.isnan(one["more"]).all()
    curve = difference(average)
    assert np.allclose(curve.value, (average["accuracy"] - one["accuracy"]).reshape(2, 7).mean(0))
    assert (curve.low <= curve.value).all()
    assert accuracy(average).clean == pytest.approx(accuracy(average).value[0], rel=1e-12)


def test_first_looks_come_before_samples_and_are_marked() -> None:
    first = next(frame for frame in frames() if len(frame.tables["attack"]["eps"]))
    assert set(first.tables["attack"]["model"]) == {"MAP"}
    assert not first.tables["attack"]["whole"].any()
    assert set(first.tables["attack"]["tested"]) == {20}
    assert np.isnan(first.tables["attack"]["rhat"]).all()


def test_what_is_stored_of_a_fit_comes_back_and_that_of_another_does_not() -> None:
    chosen = HeadlineSettings.make(**PANEL.small)
    nets = {"samples": 2, "maps": 2, "free": 2, "vi": 2}
    made = {name: mlp.initialise([64, 8, 10], range(count), Tanh()) for name, count in nets.items()}
    fits = Fits(**made, diagnosis=Diagnosis(0.8, 0.01, float("nan"), 3.0, 0, 2, 18))
    arrays = stored.to_arrays(fits, 3)
    again = stored.from_arrays(chosen, arrays, 3, 2, torch.device("cpu"))
    for name in nets:
        assert torch.equal(getattr(again, name).parameters, getattr(fits, name).parameters)
    assert str(again.diagnosis) == str(fits.diagnosis)
    with pytest.raises(stored.Mismatch):
        stored.from_arrays(chosen.changed(samples=3), arrays, 3, 2, torch.device("cpu"))
    assert stored.from_arrays(chosen.changed(n_vi=0), arrays, 3, 2, torch.device("cpu")).vi is None
    with pytest.raises(stored.Mismatch):
        stored.from_arrays(chosen, arrays, 4, 2, torch.device("cpu"))


def test_the_approximation_learns_from_its_own_images_and_goes_on_from_its_cell() -> None:
    """It is what the trainer gives for them, drawn with the repetition's seed; what is kept is not fitted again."""
    chosen = HeadlineSettings.make(**PANEL.small, seed=3)
    device, own = pick("cpu"), 3 * MOST_CHAINS
    steps = list(approximation(chosen, 3, device, lambda: False, {}))
    (cell,) = (each for each in steps if isinstance(each, Cell))
    X, y = points("digits", "train", chosen.n_vi, 3, device)
    assert torch.equal(X[: chosen.n], read(chosen, 3, device).X)
    begin = untrained(chosen, 64, 10, [own], device)
    *_, last = approximate(begin, X, classification(y), 1.0, seeds=[own], max_steps=chosen.vi_steps, stop=lambda: False)
    assert last is not None
    drawn = draw(last, chosen.samples, own)
    assert np.array_equal(cell.arrays["parameters"], drawn.parameters.numpy())
    again = returned(approximation(chosen, 3, device, lambda: False, {cell.name: cell.arrays}))
    assert torch.equal(again.parameters, drawn.parameters)
    assert returned(approximation(chosen, 3, device, lambda: True, {})) is None
    with pytest.raises(Mismatch):
        returned(approximation(chosen.changed(k=9), 3, device, lambda: False, {cell.name: cell.arrays}))


def test_more_images_than_there_are_are_refused_for_either() -> None:
    _, problems = HeadlineSettings.check({"n": 1501, "n_vi": 1501})
    assert {problem.field for problem in problems} == {"n", "n_vi"}
    assert not HeadlineSettings.check({"data": "mnist", "n_vi": 60_000})[1]


def test_the_radius_that_is_shown_is_the_nearest_there_is() -> None:
    few = ATTACK.filled(
        **dict.fromkeys(("model", "attack", "loss", "than"), ""),
        **dict.fromkeys(("n_attack", "n_defend", "seed", "networks", "tested", "chains"), 1),
        whole=True,
        eps=np.array([0.0, 0.05, 0.1]),
    )
    assert [nearest(few, eps) for eps in (0.0, 0.06, 0.3)] == [0.0, 0.05, 0.1]
    assert np.isnan(nearest(ATTACK.empty(), 0.1))
