"""Who attacks, who is attacked, and with which case a difference is taken: where these are not the same."""

import numpy as np
import pytest
import torch

from explorer.labs.bayes.attack_table import CROSS_ENTROPY, FGSM, MARGIN, PGD
from explorer.labs.bayes.attacks import Case, all_rows, alone, measured
from explorer.labs.bayes.headline import PANEL, HeadlineSettings
from explorer.labs.walks import Task
from explorer.measure import perturbations
from explorer.measure.criteria import Misclassified
from explorer.nets import mlp
from explorer.nets.activations import Tanh
from explorer.nets.averaged import Averaged
from explorer.nets.mlp import Mlp
from tests.labs.bayes.steps import returned

D, K, N = 12, 10, 40
SETTINGS = HeadlineSettings.make(**{**PANEL.small, "attack_steps": 4, "tested": N})


def networks(count: int, first: int = 0) -> Mlp:
    return mlp.initialise([D, 8, K], range(first, first + count), Tanh())


@pytest.fixture(scope="module")
def task() -> Task:
    X = torch.rand(N, D, generator=torch.Generator().manual_seed(0))
    labels = Averaged(networks(3)).logits(X.unsqueeze(0))[0].argmax(-1)
    return Task(X, labels, X, labels)


@pytest.mark.parametrize("attack", [FGSM, PGD])
def test_the_attacker_s_gradient_is_followed_and_the_defender_is_asked(task: Task, attack: str) -> None:
    """An attack along another average, then on it: neither is the other."""
    attacker, defender = Averaged(networks(2, 5)), Averaged(networks(3))
    case = Case("average", attack, CROSS_ENTROPY, attacker, defender, 2, 3)
    found = returned(measured(case, task, SETTINGS, lambda: False, seed=0))
    aim, eps = Misclassified(task.labels), SETTINGS.radii[3]
    steps = {FGSM: 1, PGD: 4}[attack]
    theirs, own = (
        defender.logits(perturbations.PGD("linf", steps, box=(0, 1))(who, task.seen, aim, eps))[0].argmax(-1)
        for who in (attacker, defender)
    )
    assert torch.equal(found.right[3].bool(), theirs == task.labels)
    assert (theirs == task.labels).sum() > (own == task.labels).sum()  # its own gradient leads further


def test_a_difference_is_to_the_other_model_under_the_same_attack(task: Task) -> None:
    """FGSM, and PGD with both losses, come before, each on another network so that none can stand for another."""
    kinds = (FGSM, CROSS_ENTROPY), (PGD, CROSS_ENTROPY), (PGD, MARGIN)
    plan = [each for i, (attack, loss) in enumerate(kinds) for each in alone("MAP", attack, networks(1, i), loss=loss)]
    plan += [case for attack, loss in kinds for case in alone("free", attack, networks(2, 7), than="MAP", loss=loss)]
    table = returned(all_rows(plan, task, SETTINGS, 0, None, lambda: False))

    def of(model: str, kind: tuple[str, str], column: str) -> np.ndarray:
        here = (table["model"] == model) & (table["attack"] == kind[0]) & (table["loss"] == kind[1])
        return table[column][here]

    left = [of("MAP", kind, "accuracy").tolist() for kind in kinds]
    assert left[0] != left[1] != left[2] != left[0]
    for kind in kinds:
        assert np.allclose(of("free", kind, "more"), of("free", kind, "accuracy") - of("MAP", kind, "accuracy"))
        assert np.isnan(of("MAP", kind, "more")).all()
