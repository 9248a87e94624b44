"""What attacks draw at random hangs on the repetition and the image, not on how many images are attacked at once."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from explorer.labs.bayes import attacks, withstood
from explorer.labs.bayes.directions import RANDOM_OFF, DirectionsSettings
from explorer.labs.bayes.directions import compute as directions
from explorer.labs.bayes.headline import HeadlineSettings
from explorer.labs.bayes.masking import MaskingSettings, attacked
from explorer.labs.bayes.one_radius import OneRadius
from explorer.labs.bayes.samples import SamplesSettings
from explorer.labs.bayes.samples import compute as samples
from explorer.labs.walks import Task
from explorer.measure.criteria import Misclassified
from explorer.measure.perturbations import PGD, RandomSigns
from explorer.measure.step_length import even_ascent
from explorer.nets import mlp
from explorer.nets.activations import Tanh
from explorer.nets.averaged import Averaged
from tests.labs.bayes.steps import returned

D, K, N = 12, 10, 6
NETS = mlp.initialise([D, 8, K], range(3), Tanh())
RUGGED = NETS.with_parameters(8 * NETS.parameters)  # where another start is often the better one
BOX = 0.0, 1.0
RESTARTED = {"attack_steps": 1, "restarts": 3, "tested": 10}


@pytest.fixture(scope="module")
def task() -> Task:
    X = torch.rand(N, D, generator=torch.Generator().manual_seed(0))
    labels = Averaged(NETS).logits(X.unsqueeze(0))[0].argmax(-1)
    return Task(X, labels, X, labels)


@pytest.mark.parametrize(
    "way",
    [
        lambda X, aim, first, seed: RandomSigns(2, seed, BOX, first)(RUGGED, X, aim, 0.5),
        lambda X, aim, first, seed: PGD("linf", 1, 3, seed, BOX, first=first)(RUGGED, X, aim, 0.5),
        lambda X, aim, first, seed: PGD("l2", 1, 3, seed, first=first)(RUGGED, X, aim, 0.5),
        lambda X, aim, first, seed: (
            even_ascent(RUGGED, X, aim, 0.5, length=0.2, steps=1, box=BOX, seed=seed, first=first).last
        ),
    ],
    ids=["signs", "PGD", "PGD-l2", "even"],
)
def test_a_point_is_given_the_same_whatever_stands_beside_it(task: Task, way: Callable[..., Tensor]) -> None:
    def found(parts: tuple[int, ...], seed: int) -> Tensor:
        each = [
            slice(i, i + size) for i, size in zip([0, *torch.tensor(parts).cumsum(0).tolist()], parts, strict=False)
        ]
        return torch.cat([way(task.seen[at], Misclassified(task.labels[at]), at.start, seed) for at in each], 1)

    whole = found((N,), 4)
    assert torch.allclose(whole, found((1, 2, N - 3), 4), atol=1e-6, rtol=0)
    assert not torch.allclose(whole, found((N,), 5), atol=1e-3, rtol=0)


def test_points_are_not_all_given_the_same() -> None:
    X = torch.full((N, D), 0.5)
    x = RandomSigns(1, 7, BOX, 0)(NETS, X, Misclassified(torch.zeros(N, dtype=torch.int64)), 0.1)
    later = RandomSigns(1, 7, BOX, N)(NETS, X, Misclassified(torch.zeros(N, dtype=torch.int64)), 0.1)
    assert len(x.flatten(0, 1).unique(dim=0)) > N // 2
    assert not torch.equal(x, later)


def _headline(task: Task, seed: int, attack: str) -> Tensor:
    (case,) = attacks.together("average", attack, NETS, "cross-entropy")
    settings = HeadlineSettings.make(**RESTARTED)
    return returned(attacks.measured(case, task, settings, lambda: False, seed=seed)).moved


def _samples(task: Task, seed: int, attack: str) -> Tensor:
    settings = SamplesSettings.make(**RESTARTED, attack=attack)
    return returned(samples.matrix(NETS, NETS, task, settings, 1, 3, lambda: False, seed=seed)).moved


def _lengths(task: Task, seed: int, attack: str) -> Tensor:
    settings = MaskingSettings.make(**RESTARTED, eps_max=0.3)
    about: dict[str, object] = {"seed": seed, "prior_scale": 1.0}
    return torch.tensor(returned(attacked.lengths(RUGGED, _sure(task), settings, about, lambda: False))["accuracy"])


def _sure(task: Task) -> Task:
    """All of it right before an attack."""
    labels = Averaged(RUGGED).logits(task.seen.unsqueeze(0))[0].argmax(-1)
    return Task(task.X, labels, task.seen, labels)


def _withstood(task: Task, seed: int, attack: str) -> Tensor:
    settings = OneRadius.make(attack_steps=1, restarts=3)
    steps = withstood.withstood(NETS, 3, 200, task, settings, lambda: False, seed=seed, quick=False)
    return returned(steps).moved


@pytest.mark.parametrize(
    ("measured", "module", "attack"),
    [
        (_headline, attacks, "random"),
        (_headline, attacks, "pgd"),
        (_samples, samples, "random"),
        (_samples, samples, "pgd"),
        (_lengths, attacked, ""),
        (_withstood, withstood, ""),
    ],
)
def test_no_number_hangs_on_how_many_images_are_attacked_at_once(
    measured: Callable[[Task, int, str], Tensor], module: Any, attack: str, task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor is it that of another repetition."""
    whole, other = measured(task, 0, attack), measured(task, 1, attack)
    monkeypatch.setattr(module, "AT_ONCE", 1.0)  # image by image
    assert torch.allclose(measured(task, 0, attack), whole, atol=1e-6, rtol=0)
    assert not torch.allclose(other, whole, atol=1e-6, rtol=0)


def test_signs_off_the_data_are_those_of_the_repetition(task: Task) -> None:
    (case,) = directions.together("average", RANDOM_OFF, NETS)
    settings = DirectionsSettings.make(eps_max=0.3)
    first, again, other = (
        returned(directions.measured(case, task, settings, lambda: False, seed=seed)).moved for seed in (0, 0, 1)
    )
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
