"""The numbers of the panel `rivals`: what the issue asks of the digits, and accuracies against counting."""

import numpy as np
import pytest
import torch
from jaxtyping import Float
from torch import Tensor

from explorer.device import pick
from explorer.frames import FINISHED, Cell, Columns, Frame
from explorer.labs.region import base, defended
from explorer.labs.region.base import Data, Networks
from explorer.labs.region.defence.numbers import over_networks
from explorer.labs.region.kinds import PGD_AT, STATIC
from explorer.labs.region.rivals import ATTACKS, BASE, CARLINI, FGSM, KINDS, PANEL, PGD, UNIVERSAL, RivalsSettings
from explorer.labs.region.rivals import compute as rivals
from explorer.labs.region.rivals.assault import Made, _carlini, all_attacks
from explorer.labs.region.rivals.compute import stream
from explorer.labs.region.rivals.numbers import at, of
from explorer.labs.region.tables import TRANSFER, WHITE_BOX
from explorer.measure.carlini_wagner import CarliniWagner
from explorer.measure.criteria import Misclassified
from explorer.train.adversarial import UNIT
from tests.labs.bayes.steps import returned

CPU = pick("cpu")


def never() -> bool:
    return False


@pytest.fixture(scope="module")
def table() -> Columns:
    """The default run, of two networks, few images and three kinds; C&W and the universal one are left out."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rivals, "KINDS", (STATIC, PGD_AT))
        patch.setattr(rivals, "all_attacks", gradients_alone)
        settings = RivalsSettings.make(seeds=2, tested=150, attack_steps=10, restarts=1, eps_max=0.2)
        *_, final = (each for each in stream(settings, CPU, never) if isinstance(each, Frame))
    return final.tables["defence"]


def gradients_alone(settings, one, data, i, stop):  # type: ignore[no-untyped-def]
    from explorer.labs.region.attacked import each

    X, y = data.seen[i, : settings.tested], data.labels[i, : settings.tested]
    yield None
    return [
        Made(
            name,
            settings.radii,
            [attack(one, X, Misclassified(y), eps)[0] if eps else X for eps in settings.radii],
            grows=True,
        )
        for name, attack in each(settings, stop).items()
    ]


def test_carlini_and_wagners_short_search_comes_close_to_a_long_one() -> None:
    """It cannot find much less and be called an attack: at the usual rate it would end a fifth further away."""
    settings = RivalsSettings.make(seeds=1, n=600, base_epochs=30, tested=60)
    data = Data.read(settings, CPU)
    *_, look = (each for each in base.trained(settings, data, CPU, never, {}) if isinstance(each, base.Look))
    X, y = data.seen[0, : settings.tested], data.labels[0, : settings.tested]
    short = returned(_carlini(settings, look.models, X, y, never)).distance[0]
    *_, long = CarliniWagner(UNIT, searches=9, steps=300).film(look.models, X, Misclassified(y))
    assert short.median() <= 1.1 * long.distance[0].median()
    assert (short >= 0.9 * long.distance[0]).double().mean() > 0.9  # and does not claim less than can be


def right(table: Columns, model: str, attack: str, access: str, eps: float) -> float:
    return over_networks(at(of(table, model, attack, access), eps), "accuracy")[0]


def test_training_on_each_image_beats_training_on_ten_perturbations(table: Columns) -> None:
    assert right(table, PGD_AT, PGD, WHITE_BOX, 0.1) - right(table, STATIC, PGD, WHITE_BOX, 0.1) >= 0.2
    assert 0 <= right(table, STATIC, PGD, WHITE_BOX, 0.1) - right(table, BASE, PGD, WHITE_BOX, 0.1) <= 0.3


def test_points_made_for_the_base_network_make_rat_look_better_than_it_is(table: Columns) -> None:
    assert right(table, STATIC, FGSM, TRANSFER, 0.2) - right(table, STATIC, FGSM, WHITE_BOX, 0.2) >= 0.2


# Small runs ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def small() -> RivalsSettings:
    return RivalsSettings.make(**PANEL.small | {"seeds": 2})


@pytest.fixture(scope="module")
def run(small: RivalsSettings) -> list[Frame | Cell]:
    return [each for each in stream(small, CPU, never) if each is not None]


@pytest.fixture(scope="module")
def final(run: list[Frame | Cell]) -> Frame:
    return [each for each in run if isinstance(each, Frame)][-1]


def test_every_model_is_attacked_by_all_at_every_radius_for_both_accesses(small: RivalsSettings, final: Frame) -> None:
    table = final.tables["defence"]
    rows = list(zip(*(table[name].tolist() for name in ("model", "seed", "attack", "access", "eps")), strict=True))
    assert len(set(rows)) == len(rows) == (1 + len(KINDS)) * small.seeds * len(ATTACKS) * 2 * len(small.radii)


def test_at_the_radius_0_nothing_is_attacked_and_more_never_leaves_more(small: RivalsSettings, final: Frame) -> None:
    table = final.tables["defence"]
    for model in (BASE, *KINDS):
        for access in (WHITE_BOX, TRANSFER):
            for attack in ATTACKS:
                rows = of(table, model, attack, access)
                for seed in range(small.seeds):
                    accuracy = rows["accuracy"][rows["seed"] == seed]
                    first = of(table, model, FGSM, WHITE_BOX)
                    assert accuracy[0] == first["accuracy"][first["seed"] == seed][0]
                    assert attack == UNIVERSAL or (np.diff(accuracy) <= 0).all()


def test_for_the_base_network_itself_both_accesses_are_one(final: Frame) -> None:
    for attack in ATTACKS:
        own, other = (of(final.tables["defence"], BASE, attack, access) for access in (WHITE_BOX, TRANSFER))
        np.testing.assert_array_equal(own["accuracy"], other["accuracy"])


def models_of(small: RivalsSettings, parameters: np.ndarray) -> Networks:
    return base.untrained(small, CPU).with_parameters(torch.tensor(parameters))


def test_points_are_within_their_radius_and_accuracies_are_those_of_counting(
    small: RivalsSettings, final: Frame
) -> None:
    data, models = Data.read(small, CPU), models_of(small, final.arrays["parameters"])
    attacked = models_of(small, final.arrays["pgd_at_parameters"][-1])
    one, other = models.take(torch.tensor([1])), attacked.take(torch.tensor([1]))
    X, y = data.seen[1, : small.tested], data.labels[1, : small.tested]
    steps = all_attacks(small, one, data, 1, never)
    while True:
        try:
            next(steps)
        except StopIteration as ended:
            made: list[Made] = ended.value
            break
    assert [each.attack for each in made] == list(ATTACKS)
    for each in made:
        rows = of(final.tables["defence"], PGD_AT, each.attack, TRANSFER)
        rows = {name: values[rows["seed"] == 1] for name, values in rows.items()}
        np.testing.assert_allclose(rows["eps"], each.eps)
        taken = torch.zeros(len(y), dtype=torch.bool)
        for eps, x, share in zip(each.eps, each.points, rows["accuracy"], strict=True):
            assert longest(x - X, each.attack) <= eps + 1e-6
            assert x.min() >= 0
            assert x.max() <= 1
            wrong = other.logits(x.unsqueeze(0))[0].argmax(-1) != y
            taken = taken | wrong if each.grows else wrong
            assert share == pytest.approx(1 - float(taken.double().mean()))


def longest(delta: Float[Tensor, "n d"], attack: str) -> float:
    return float(delta.norm(dim=1).max() if attack == CARLINI else delta.abs().max())


def test_other_attacks_train_and_search_nothing(
    small: RivalsSettings, final: Frame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(defended, "trained", lambda *_: pytest.fail("trained anew"))
    again = list(stream(small.changed(attack_steps=2), CPU, never, {FINISHED: final.arrays}))
    assert not [each for each in again if isinstance(each, Cell)]
    found = [each for each in again if isinstance(each, Frame)][-1].tables["defence"]
    np.testing.assert_array_equal(found["recomputed_success"], final.tables["defence"]["recomputed_success"])
