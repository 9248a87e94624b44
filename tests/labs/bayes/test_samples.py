"""Who attacks with how many samples and who defends with how many: pair by pair, beside averages taken one by one."""

import math

import numpy as np
import pytest
import torch
from torch.nn.functional import cross_entropy

from explorer.device import pick
from explorer.figures.look import Look
from explorer.frames import Columns, Frame
from explorer.labs.bayes.gradient import counts
from explorer.labs.bayes.samples import ALL, OTHERS, PANEL, SAME, SamplesSettings
from explorer.labs.bayes.samples.compute import _looked, _tabled, matrix, rows, stream
from explorer.labs.bayes.samples.figure import sentences
from explorer.labs.bayes.samples.numbers import along, gap, most, of
from explorer.labs.walks import Task
from explorer.measure.criteria import Misclassified
from explorer.measure.crossed import crossed, nested
from explorer.measure.perturbations import fgsm
from explorer.nets import mlp
from explorer.nets.activations import Tanh
from explorer.nets.averaged import Averaged
from explorer.nets.expected import Expected
from explorer.nets.mlp import Mlp
from tests.labs.bayes.steps import returned

CPU = pick("cpu")
D, K, N = 12, 10, 60
SETTINGS = SamplesSettings.make(**PANEL.small | {"eps_max": 0.3, "tested": 300})


def networks(count: int, first: int = 0) -> Mlp:
    return mlp.initialise([D, 8, K], range(first, first + count), Tanh())


@pytest.fixture(scope="module")
def task() -> Task:
    X = torch.rand(N, D, generator=torch.Generator().manual_seed(0))
    labels = Averaged(networks(5)).logits(X.unsqueeze(0))[0].argmax(-1)
    labels[::7] = (labels[::7] + 1) % K
    return Task(X, labels, X, labels)


@pytest.mark.parametrize("classes", [1, 3])
def test_nested_averages_are_those_taken_one_by_one(classes: int) -> None:
    logits = 4 * torch.randn(7, 5, classes, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    found = nested(logits, (1, 3, 7))
    for i, count in enumerate((1, 3, 7)):
        if classes == 1:
            p = torch.sigmoid(logits[:count]).mean(0)
            assert torch.allclose(found[i].exp(), torch.cat([1 - p, p], -1))
        else:
            assert torch.allclose(found[i].exp(), logits[:count].softmax(-1).mean(0))
    assert torch.allclose(found.exp().sum(-1), torch.ones(3, 5, dtype=torch.float64))


def test_a_pair_is_the_average_of_the_first_attacked_along_the_mean_gradient_of_the_first(task: Task) -> None:
    """By autograd, from plain torch."""
    nets, eps = networks(5), 0.06
    aim = Misclassified(task.labels)
    attackers = [Expected(nets.take(torch.arange(count))) for count in (1, 3)]
    found = crossed(attackers, nets, (2, 5), task.seen, aim, fgsm("linf", (0, 1)), eps)
    for a, attack in enumerate((1, 3)):
        x = task.seen.clone().requires_grad_()
        z = nets.take(torch.arange(attack)).logits(x.expand(attack, -1, -1))
        loss = cross_entropy(z.flatten(0, 1), task.labels.repeat(attack), reduction="sum")
        (gradient,) = torch.autograd.grad(loss, x)
        step = (task.seen + eps * gradient.sign()).clamp(0, 1)
        who = nets.take(torch.arange(attack))
        p, q = (who.logits(v.expand(attack, -1, -1)).softmax(-1).mean(0) for v in (task.seen, step))
        own = torch.arange(N), task.labels
        fooled, already = q.argmax(-1) != task.labels, p.argmax(-1) != task.labels
        better = (fooled & ~already) | ((fooled == already) & (q[own] < p[own]))  # else the image is kept
        assert better.sum() > 0.9 * N
        x = torch.where(better.unsqueeze(1), step, task.seen)
        clear = gradient.abs().amin(1) > 1e-7  # no sign that rounding may turn
        assert clear.sum() > 0.9 * N
        for d, defend in enumerate((2, 5)):
            own = nets.take(torch.arange(defend))
            before, after = (own.logits(v.expand(defend, -1, -1)).softmax(-1).mean(0) for v in (task.seen, x))
            right = after.argmax(-1) == task.labels
            assert torch.equal(~found.met[a, d][clear], right[clear])
            assert torch.allclose(found.moved[a, d][clear], (after - before).abs().amax(-1)[clear], atol=1e-5)


def test_nobody_attacks_where_no_pixel_may_change(task: Task) -> None:
    nets = networks(4)
    found = crossed([Expected(nets)], nets, (1, 4), task.seen, Misclassified(task.labels), fgsm("linf", (0, 1)), 0.0)
    for d, count in enumerate((1, 4)):
        z = Averaged(nets.take(torch.arange(count))).logits(task.seen.unsqueeze(0))[0]
        assert torch.equal(~found.met[0, d], z.argmax(-1) == task.labels)
    assert not found.moved.any()


@pytest.mark.parametrize("attack", ["fgsm", "pgd", "random"])
def test_who_defends_with_what_attacks_is_the_average_attacked_as_a_whole(task: Task, attack: str) -> None:
    """The last pair of the matrix is a case of the panels headline and rebuttal."""
    from explorer.labs.bayes import attacks

    nets = networks(4)
    settings = SETTINGS.changed(attack=attack, attack_steps=3)
    loss = {"fgsm": "expected"}.get(attack, "cross-entropy")
    (case,) = attacks.together("average", attack, nets, loss)
    whole = returned(attacks.measured(case, task, settings, lambda: False, seed=0))
    found = returned(matrix(nets, nets, task, settings, 3, 1, lambda: False, seed=0))
    assert torch.equal(found.right[:, -1, -1], whole.right)
    assert torch.allclose(found.moved[:, -1, -1], whole.moved, atol=1e-6)


def test_differences_are_to_as_many_that_attack_and_to_the_average_s_own(task: Task) -> None:
    nets, half = networks(4), networks(2, 9)
    own = returned(matrix(nets, nets, task, SETTINGS, 1, 1, lambda: False, seed=0))
    others = returned(matrix(half, nets.take(torch.arange(2)), task, SETTINGS, 1, 1, lambda: False, seed=0))
    about = {"seed": 0, "chains": 2, "whole": True}
    same, other = rows(own, SAME, SETTINGS, about), rows(others, OTHERS, SETTINGS, about, own)
    assert set(same["than"]) == {ALL}
    assert set(other["than"]) == {SAME}

    def right(table: Columns, attack: int, defend: int) -> np.ndarray:
        return table["accuracy"][(table["n_attack"] == attack) & (table["n_defend"] == defend)]

    def more(table: Columns, attack: int, defend: int) -> np.ndarray:
        return table["more"][(table["n_attack"] == attack) & (table["n_defend"] == defend)]

    assert np.allclose(more(same, 1, 4), right(same, 1, 4) - right(same, 4, 4))
    assert np.allclose(more(other, 2, 1), right(other, 2, 1) - right(same, 2, 1))
    assert not more(same, 2, 2).any()


def test_the_later_half_attacks_the_first_as_others(task: Task) -> None:
    nets = networks(5)  # two attack and two defend: the one in the middle does neither
    first, later = (nets.take(torch.arange(begin, begin + 2)) for begin in (0, 3))
    wanted = returned(matrix(later, first, task, SETTINGS, 1, 1, lambda: False, seed=0))
    own = returned(matrix(first, first, task, SETTINGS, 1, 1, lambda: False, seed=0))
    assert not torch.equal(wanted.right, own.right)
    found = returned(_tabled(nets, task, SETTINGS, {"seed": 0, "chains": 1, "whole": True}, lambda: False))
    others = of(found, OTHERS)
    for a, attack in enumerate((1, 2)):
        for d, defend in enumerate((1, 2)):
            here = (others["n_attack"] == attack) & (others["n_defend"] == defend)
            assert np.allclose(others["accuracy"][here], wanted.right[:, a, d].mean(1))


@pytest.mark.parametrize("samples", [2, 5, 8, 9])
def test_of_any_number_of_samples_both_cards_tell(task: Task, samples: int) -> None:
    """Of a whole run alone: looks before it may never have been drawn."""
    about: dict[str, object] = {"seed": 0, "chains": 1, "whole": True}
    found = returned(_tabled(networks(samples), task, SETTINGS, about, lambda: False))
    assert sentences({"attack": found}, Look(SETTINGS)).keys() == {"samples", "samples-curves"}


@pytest.fixture(scope="module")
def run() -> list[Frame]:
    chosen = SamplesSettings.make(**PANEL.small | {"samples": 4, "seeds": 2})
    return [frame for frame in stream(chosen, CPU, lambda: False) if isinstance(frame, Frame)]


def test_a_run_has_every_pair_of_either_who_attacks(run: list[Frame]) -> None:
    table = run[-1].tables["attack"]
    assert len(of(table, SAME)["eps"]) == 2 * 7 * len(counts(4)) ** 2
    assert len(of(table, OTHERS)["eps"]) == 2 * 7 * len(counts(2)) ** 2
    assert table["whole"].all()
    assert most(table, SAME) == 4
    assert most(table, OTHERS) == 2
    none = table["eps"] == 0
    assert np.array_equal(table["accuracy"][none], table["clean"][none])
    for defend in (1, 2):  # the first samples defend, whoever attacks
        each = [table["clean"][(table["model"] == model) & (table["n_defend"] == defend)] for model in (SAME, OTHERS)]
        assert set(each[0]) == set(each[1])
    curve = along({n: v[table["eps"] == table["eps"][1]] for n, v in table.items()}, SAME, 4)
    assert list(curve.x) == [1, 2, 4]
    assert (curve.low <= curve.value).all()
    assert math.isnan(gap(table, SAME, 3, 4, 0.1)[0])


def test_looks_come_first_and_make_room(run: list[Frame]) -> None:
    assert not run[0].tables["attack"]["whole"].any()
    assert set(run[0].tables["attack"]["tested"]) == {20}
    assert most(run[0].tables["attack"], SAME) == 2
    last = run[-1].tables["attack"]
    assert set(last["tested"]) == {20}


def test_one_sample_alone_has_no_others() -> None:
    chosen = SamplesSettings.make(**PANEL.small | {"samples": 1, "chains": 1})
    *_, last = (frame for frame in stream(chosen, CPU, lambda: False) if isinstance(frame, Frame))
    assert set(last.tables["attack"]["model"]) == {SAME}
    assert len(last.tables["attack"]["eps"]) == 7


def test_a_first_look_ends_when_it_is_told(task: Task) -> None:
    about: dict[str, object] = {"seed": 0, "chains": 2}
    asked = []

    def stop() -> bool:
        asked.append(True)
        return len(asked) > 3

    assert _looked(networks(4), task, SETTINGS, about, lambda: False) is not None
    assert _looked(networks(4), task, SETTINGS, about, stop) is None
    assert len(asked) == 4
