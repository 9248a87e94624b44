"""The panel `directions`: attacks off the data alone, halves that attack each other, and curves that collapse."""

import numpy as np
import pytest
import torch
from torch.nn.functional import cross_entropy

from explorer.device import pick
from explorer.frames import FINISHED, Frame, Mismatch
from explorer.labs.bayes import LAB
from explorer.labs.bayes.attack_numbers import accuracy, of
from explorer.labs.bayes.attack_table import ATTACK, AVERAGE, ENSEMBLE, FREE, MAP, ONE
from explorer.labs.bayes.attacks import Party
from explorer.labs.bayes.directions import (
    COLLAPSE,
    FULL,
    OFF,
    OTHER_HALF,
    RANDOM_OFF,
    DirectionsSettings,
    compute,
    reaches,
)
from explorer.labs.bayes.directions.bank import Place, Posterior, from_arrays, padded, to_arrays
from explorer.labs.bayes.directions.collapsed import collapse
from explorer.labs.bayes.directions.compute import alone, cases, halves, measured, some, stream, together
from explorer.labs.bayes.padded import read
from explorer.labs.walks import Diagnosis
from explorer.measure.criteria import Misclassified
from explorer.nets.mlp import Mlp
from tests.labs.bayes.steps import returned
from tests.labs.whole import Whole

CPU = pick("cpu")
SMALL = {"n": 30, "k": 4, "d": 6, "chains": 2, "samples": 8, "warmup": 6, "thin": 1, "leapfrogs": 4, "max_steps": 20,
         "ensemble": 2, "attack_steps": 3}  # fmt: skip
SETTINGS = DirectionsSettings.make(**SMALL)
DIAGNOSIS = Diagnosis(0.9, 0.1, 1.01, 50.0, 0, 2, 14)


def place(turn: int = 0, settings: DirectionsSettings = SETTINGS) -> Place:
    task = read(settings, 0, CPU)
    return Place(settings, padded(task, settings.posteriors[turn][1]), turn, 0)


def networks(at: Place, count: int, scale: float = 1.0, seed: int = 0) -> Mlp:
    """Weights drawn from the prior: those that no data see with the deviation of this posterior."""
    nets = at.untrained(count, seed, CPU)
    drawn = torch.randn(nets.parameters.shape, generator=torch.Generator().manual_seed(seed))
    return nets.with_parameters(scale * drawn * at.scales(nets))


def run(**changes: object) -> list[Frame]:
    settings = DirectionsSettings.make(**SMALL | changes)
    return [frame for frame in stream(settings, CPU, lambda: False) if isinstance(frame, Frame)]


@pytest.fixture(scope="module")
def frames() -> list[Frame]:
    return run()


def found(case: object, at: Place) -> tuple[np.ndarray, np.ndarray]:
    steps = measured(case, at.task, at.settings, lambda: False, seed=at.seed)  # type: ignore[arg-type]
    each = returned(steps)
    return each.right.numpy(), each.moved.numpy()


# Priors, points, arrays ---------------------------------------------------------------------------------------------


def test_only_weights_that_no_data_see_have_another_prior() -> None:
    at = place(2)
    assert (at.scale, at.dims) == (2.0, 4)
    nets = at.untrained(1, 0, CPU)
    scales = nets.with_parameters(at.scales(nets).unsqueeze(0))
    first, last = scales.layers
    assert (first.W[..., 2:] == 2).all()
    for each in (first.W[..., :2], first.b, last.W, last.b):
        assert (each == 1).all()


def test_posteriors_share_the_points_and_no_seeds() -> None:
    assert SETTINGS.posteriors == ((1.0, 4), (0.5, 4), (2.0, 4), (1.0, 1), (1.0, 16))
    tasks = [place(turn).task for turn in range(5)]
    for task, (_, dims) in zip(tasks, SETTINGS.posteriors, strict=True):
        assert task.X.shape == (30, dims + 2)
        assert not task.X[:, 2:].any()
        assert torch.equal(task.seen[:, :2], tasks[0].seen[:, :2])
    owns = [Place(SETTINGS, tasks[0], turn, seed).own for turn in range(5) for seed in (0, 1, 2**31 - 1)]
    assert len(set(owns)) == 15
    assert min(np.diff(sorted(owns))) >= 64
    assert DirectionsSettings.make(d=3).posteriors == ((1.0, 1), (0.5, 1), (2.0, 1), (1.0, 4))


def test_what_is_kept_of_a_posterior_is_that_posterior() -> None:
    at = place()
    one = Posterior(networks(at, 8), DIAGNOSIS, networks(at, 2, seed=1), networks(at, 2, seed=2))
    arrays = to_arrays(at, one)
    again = from_arrays(at, arrays, CPU)
    assert again.diagnosis == DIAGNOSIS
    assert again.maps is not None
    assert one.maps is not None
    assert torch.equal(again.maps.parameters, one.maps.parameters)
    for name, wrong in (("s0_p0_samples", np.zeros((3, 3), np.float32)), ("s0_p0_diagnosis", np.zeros(3))):
        with pytest.raises(Mismatch):
            from_arrays(at, arrays | {name: wrong}, CPU)


# Attacks ------------------------------------------------------------------------------------------------------------


def test_one_step_off_the_data_is_what_autograd_says() -> None:
    at = place(settings=DirectionsSettings.make(**SMALL | {"attack_steps": 1}))
    nets, task = networks(at, 3), at.task
    x = task.seen.expand(3, -1, -1).clone().requires_grad_()
    loss = cross_entropy(nets.logits(x).flatten(0, 1), task.labels.repeat(3), reduction="sum")
    (g,) = torch.autograd.grad(loss, x)
    g[..., :2] = 0
    (case,) = alone(ONE, OFF, nets)
    right, _ = found(case, at)
    aim = Misclassified(task.labels)
    for i, eps in enumerate(at.settings.radii):
        moved = x.detach() + eps * g.sign()
        better = aim.loss(nets.logits(moved)) > aim.loss(nets.logits(x.detach()))
        here = torch.where(better.unsqueeze(-1), moved, x.detach())
        plain = (~aim.met(nets.logits(here))).double().mean(0)
        assert np.abs(right[i] - plain.numpy()).mean() < 0.01  # a rounded radius may tip one


def test_who_has_no_weights_off_the_data_loses_nothing_there() -> None:
    at = place()
    nets = networks(at, 3)
    first, last = nets.layers
    W = first.W.clone()
    W[..., 2:] = 0
    blind = Mlp((type(first)(W, first.b), last), nets.activation)
    for attack in (OFF, RANDOM_OFF):
        right, moved = found(together(AVERAGE, attack, blind)[0], at)
        assert (right == right[0]).all()
        assert not moved.any()
    (case,) = alone(MAP, FULL, blind)
    assert found(case, at)[0][-1].mean() < found(case, at)[0][0].mean()


def test_all_directions_are_no_weaker_than_some() -> None:
    """Of one model under one step along signs the loss rises at least as far where more may move, to first order."""
    at = place()
    nets = networks(at, 4, 0.5)
    off, full = (found(alone(ONE, attack, nets)[0], at)[0].mean(1) for attack in (OFF, FULL))
    assert off[0] == full[0]
    assert (full <= off + 0.02).all()
    assert full[-1] < off[-1]


def test_halves_are_of_other_samples_and_neither_attacks_itself() -> None:
    at = place()
    nets = networks(at, 8)
    one, other = halves(nets)
    assert torch.equal(one.parameters, nets.parameters[::2])
    assert torch.equal(other.parameters, nets.parameters[1::2])
    plan = {(case.model, case.attack): case for case in cases(Party(nets, networks(at, 2), networks(at, 2, seed=5)))}
    assert list(dict.fromkeys(model for model, _ in plan)) == [MAP, FREE, ENSEMBLE, ONE, AVERAGE, OTHER_HALF]
    case = plan[OTHER_HALF, OFF]
    assert (case.n_attack, case.n_defend) == (4, 4)
    aim = at.task.seen.unsqueeze(0)
    torch.testing.assert_close(case.attacker.logits(aim), together(AVERAGE, OFF, one)[0].defender.logits(aim))
    torch.testing.assert_close(case.defender.logits(aim), together(AVERAGE, OFF, other)[0].defender.logits(aim))
    few = some(networks(at, 50))
    assert few is not None
    assert len(few) == 20
    assert not [case for case in cases(Party(networks(at, 1))) if case.model == OTHER_HALF]


# The collapse -------------------------------------------------------------------------------------------------------


def test_priors_collapse_to_what_is_expected_of_any_of_them() -> None:
    """Draws of the prior stand for a posterior that no data have told anything: all scales and sizes agree."""
    settings = DirectionsSettings.make(**SMALL)
    main = networks(place(), 300, seed=99)
    tables = []
    for turn in range(5):
        at = place(turn, settings)
        tables.append(collapse(at, Posterior(networks(at, 300, seed=turn), DIAGNOSIS), main))
    for table, (scale, dims) in zip(tables, settings.posteriors, strict=True):
        assert table["reach"] == pytest.approx(reaches(settings))
        assert table["eps"] * scale * np.sqrt(dims) == pytest.approx(table["reach"])
    spread = np.ptp([table["confidence"] for table in tables], axis=0)
    assert spread.max() < 0.1
    assert [table["main"].all() for table in tables] == [True, False, False, False, False]


def test_weights_of_one_deviation_and_another_are_told_apart() -> None:
    """The test before this one would fail on them: of a posterior with s = 2 that is called s = 1."""
    settings = DirectionsSettings.make(**SMALL | {"eps_max": 1.0})
    right, wrong = place(0, settings), place(2, settings)
    main = networks(right, 400, seed=7)
    sharp = main.with_parameters(5 * main.parameters)  # which is sure of something
    first, last = sharp.layers
    W = first.W.clone()
    W[..., 2:] = torch.randn(W[..., 2:].shape, generator=torch.Generator().manual_seed(3))
    one = collapse(right, Posterior(Mlp((type(first)(W, first.b), last), sharp.activation), DIAGNOSIS), sharp)
    W = W.clone()
    W[..., 2:] *= 4
    other = collapse(right, Posterior(Mlp((type(first)(W, first.b), last), sharp.activation), DIAGNOSIS), sharp)
    assert wrong.scale == 2
    gap = np.abs(one["confidence"] - one["predicted_confidence"]).max()
    assert np.abs(other["confidence"] - other["predicted_confidence"]).max() > 2 * gap


# The run ------------------------------------------------------------------------------------------------------------


def test_the_tables_have_all_models_and_posteriors(frames: list[Frame]) -> None:
    table, other = (frames[-1].tables[name] for name in ("attack", "collapse"))
    assert table["whole"].all()
    for model in (ONE, AVERAGE, OTHER_HALF, MAP, FREE, ENSEMBLE):
        for attack in (OFF, FULL):
            curve = accuracy(of(table, model, attack))
            assert curve.eps == pytest.approx(SETTINGS.radii)
            assert curve.value[0] == pytest.approx(curve.clean)
            assert (curve.value <= curve.clean + 0.1).all()
    beside = of(table, AVERAGE, OFF)
    gap = accuracy(beside).value - accuracy(of(table, MAP, OFF)).value
    assert beside["more"] == pytest.approx(gap)
    assert len(other["reach"]) == 5 * 7
    assert {*zip(other["scale"].tolist(), other["dims"].tolist(), strict=True)} == {*SETTINGS.posteriors}
    assert not frames[0].tables["attack"]["eps"].size
    assert any(not frame.tables["attack"]["whole"].all() for frame in frames[1:])


def test_another_radius_fits_nothing_anew(frames: list[Frame]) -> None:
    kept = {FINISHED: frames[-1].arrays}
    settings = DirectionsSettings.make(**SMALL | {"eps_max": 0.5})
    again = [frame for frame in stream(settings, CPU, lambda: False, kept) if isinstance(frame, Frame)]
    assert not any("iteration" in frame.note for frame in again)
    assert again[-1].tables["attack"]["eps"].max() == 0.5
    for name, array in frames[-1].arrays.items():
        np.testing.assert_array_equal(array, again[-1].arrays[name])


@pytest.mark.slow
def test_the_numbers_of_the_design(whole: Whole, monkeypatch: pytest.MonkeyPatch) -> None:
    """Mean of three seeds at eps 0.1, and of the collapse at every reach.

    The first seed is the preset's run; the others are attacked only off the data, as nothing else is asked of them.
    """
    first, others = LAB.settings.make(**LAB.preset("directions").settings), DirectionsSettings.make(seed=1, seeds=2)
    assert first.of_panel().changed(seed=1, seeds=2, eps=others.eps) == others
    assert (first.seed, first.seeds) == (0, 1)
    monkeypatch.setattr(compute, "cases", lambda party: [case for case in cases(party) if case.attack == OFF])
    *_, last = (frame for frame in stream(others, CPU, lambda: False) if isinstance(frame, Frame))
    runs = [whole(LAB, "directions")[-1].tables, last.tables]
    tables = {table.name: table.joined(run[table.name] for run in runs) for table in (ATTACK, COLLAPSE)}
    at = {model: accuracy(of(tables["attack"], model, OFF)).at(0.1)[0] for model in (ONE, AVERAGE, OTHER_HALF, MAP)}
    assert at[ONE] <= 0.3
    assert at[AVERAGE] >= 0.94
    assert at[MAP] >= at[AVERAGE] - 0.02
    assert at[OTHER_HALF] >= at[AVERAGE] - 0.01
    table = tables["collapse"]
    for seed in range(3):
        for reach in np.unique(table["reach"]).tolist():
            here = (table["seed"] == seed) & (table["reach"] == reach)
            assert np.ptp(table["confidence"][here]) <= 0.03
            assert np.ptp(table["accuracy"][here]) <= 0.03
