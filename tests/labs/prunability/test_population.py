"""The panel `population`: its measures against other code, its ranks against scipy, and what it trains and keeps."""

import copy
from collections.abc import Generator
from functools import cache
from typing import Any

import numpy as np
import pytest
import torch
from scipy import stats
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from torch.nn.utils import prune

from explorer.data.folder import Absent, folder
from explorer.data.images import load
from explorer.device import pick
from explorer.frames import FINISHED, Cell, Frame, Mismatch
from explorer.labs import shipped
from explorer.labs.prunability import LAB, images
from explorer.labs.prunability.grid import HYPERS, MeasuredGrid
from explorer.labs.prunability.levels import LEVELS
from explorer.labs.prunability.measured import Looked, looked, rows
from explorer.labs.prunability.measures import MEASURES, POPULATION, TARGETS, fitting, missed
from explorer.labs.prunability.population import ALL, PopulationSettings
from explorer.labs.prunability.population.numbers import chosen, looked_at, ranked, values
from explorer.labs.prunability.trained import Group, trained
from explorer.nets.mlp import Mlp
from explorer.settings import SettingsError
from tests.labs.prunability.lesson.population import run as table

CPU = pick("cpu")
SMALL: dict[str, Any] = {
    "n": 60,
    "nets": 6,
    "widths": (6, 10),
    "depths": (1, 2),
    "batches": (10,),
    "rates": (80,),
    "dropouts": (0, 20),
    "decays": (0, 3),
    "cross_entropy": 0.5,
    "max_epochs": 60,
    "masks": 2,
    "draws": 2,
}


def stopped() -> bool:
    return False


def run(**changes: Any) -> list[Frame | Cell]:
    settings = LAB.settings.make(panel="population", **SMALL | changes)
    return [each for each in LAB.stream(settings, CPU, stopped, {}) if each is not None]


@cache
def film() -> list[Frame | Cell]:
    return run()


def frames() -> list[Frame]:
    return [each for each in film() if isinstance(each, Frame)]


@cache
def groups() -> tuple[MeasuredGrid, images.Task, list[Group]]:
    settings = MeasuredGrid.make(**SMALL)
    task = images.read(settings, CPU)
    done = trained(settings, task, CPU, stopped, {})
    return settings, task, [each for each in done if isinstance(each, Group) and bool(each.ended.all())]


def returned(steps: Generator[None, None, Any]) -> Any:
    """What a generator returns."""
    while True:
        try:
            next(steps)
        except StopIteration as ended:
            return ended.value


@cache
def measured(at: int) -> Looked:
    """All of a group."""
    settings, task, found = groups()
    return returned(looked(found[at], task, settings, stopped))


def in_torch(models: Mlp, i: int) -> nn.Sequential:
    """One of the networks in torch.nn."""
    parts: list[nn.Module] = []
    for layer in models.layers:
        linear = nn.Linear(layer.W.shape[2], layer.W.shape[1])
        linear.weight.data, linear.bias.data = layer.W[i].clone(), layer.b[i].clone()
        parts += [linear, nn.ReLU()]
    return nn.Sequential(*parts[:-1])


def linears(net: nn.Sequential) -> list[nn.Linear]:
    return [each for each in net if isinstance(each, nn.Linear)]


# Its numbers against other code -----------------------------------------------------------------------------------


def test_losses_and_prunability_are_those_of_torch() -> None:
    settings, task, found = groups()
    for at in (0, len(found) - 1):
        group, columns = found[at], measured(at).rows
        assert isinstance(group.models, Mlp)
        for i in range(len(group.specs)):
            net = in_torch(group.models, i)
            with torch.no_grad():
                losses = [_without(net, share, task.X, task.y) for share in LEVELS]
                unseen = cross_entropy(net(task.seen), task.labels)
                wrong = (net(task.seen).argmax(1) != task.labels).double().mean()
            passes = [
                s for s, loss in zip(LEVELS, losses, strict=True) if loss <= losses[-1] + settings.prune_tolerance
            ]
            assert columns["prunability_magnitude"][i] == min(passes)
            assert columns["test_loss"][i] == pytest.approx(float(unseen), rel=1e-5)
            assert columns["test_error"][i] == pytest.approx(float(wrong))
            assert columns["train_loss"][i] == pytest.approx(losses[-1], rel=1e-5)
            assert columns["gap"][i] == pytest.approx(float(unseen) - losses[-1], rel=1e-4)


def _without(net: nn.Sequential, share: float, X: Tensor, y: Tensor) -> float:
    """The loss when torch has pruned it to this share of its weights."""
    own = copy.deepcopy(net)
    layers = [(each, "weight") for each in linears(own)]
    count = sum(each.weight.numel() for each, _ in layers)
    prune.global_unstructured(layers, prune.L1Unstructured, amount=count - round(share * count))
    return float(cross_entropy(own(X), y))


def test_norms_and_margins_are_those_of_numpy() -> None:
    _, task, found = groups()
    group, columns = found[-1], measured(len(found) - 1).rows
    assert isinstance(group.models, Mlp)
    for i in range(len(group.specs)):
        layers = [layer.W[i].double().numpy() for layer in group.models.layers]
        spectral = [np.linalg.svd(W, compute_uv=False)[0] for W in layers]
        frobenius = [np.linalg.norm(W) for W in layers]
        assert columns["params"][i] == sum(W.size for W in layers)
        assert columns["l2"][i] == pytest.approx(np.sqrt(sum(np.square(frobenius))), rel=1e-5)
        assert columns["spectral"][i] == pytest.approx(2 * np.log(spectral).sum(), rel=1e-4)
        assert columns["frobenius"][i] == pytest.approx(2 * np.log(frobenius).sum(), rel=1e-4)
        logits = in_torch(group.models, i)(task.X).detach().numpy()
        own = logits[np.arange(len(logits)), task.y]
        logits[np.arange(len(logits)), task.y] = -np.inf
        gamma = abs(np.sort(own - logits.max(1))[len(logits) // 10 - 1])
        assert columns["margin"][i] == pytest.approx(gamma**-2, rel=1e-3)
    assert (columns["steps"] == group.steps.numpy()).all()


def test_sharpness_is_a_rise_and_flatness_a_size_of_noise() -> None:
    settings, _, found = groups()
    for at in (0, len(found) - 1):
        columns = measured(at).rows
        assert (columns["sharpness"] > 0).all()
        assert (columns["flatness"] > 0).all()
        assert (columns["flatness_relative"] > 0).all()
        assert (columns["prunability_random"] >= columns["prunability_magnitude"]).all()
        assert columns["whole"].all()
    assert settings.masks == 2


def test_ranks_are_those_of_scipy() -> None:
    found = table(follows=1.5)["population"]
    for measure in MEASURES:
        for target in TARGETS:
            ranks = ranked(found, measure, target)
            assert ranks.all.tau == pytest.approx(
                stats.kendalltau(found[measure], found[target]).statistic, nan_ok=True
            )
            narrow = found["width"] == 16
            alone = ranked(found, measure, target, narrow)
            one = stats.kendalltau(found[measure][narrow], found[target][narrow]).statistic
            assert alone.all.tau == pytest.approx(one, nan_ok=True)
            assert alone.width.tau == pytest.approx(one, nan_ok=True)
            assert ranks.all.n == 48


def test_networks_that_missed_are_left_out() -> None:
    found = table(fits=30)["population"]
    assert (missed(found), len(fitting(found)["net"])) == (18, 30)
    assert ranked(found, "l2", "test_loss").all.n == 30


# What it trains and keeps -----------------------------------------------------------------------------------------


def test_networks_join_one_by_one_and_are_measured_group_by_group() -> None:
    done = [frame.tables["population"] for frame in frames()]
    counts = [len(each["net"]) for each in done]
    assert counts[0] == 0
    assert counts == sorted(counts)
    assert counts[-1] == SMALL["nets"]
    assert (done[-1]["net"] == np.arange(SMALL["nets"])).all()
    assert done[-1]["whole"].all()
    assert max(np.diff(counts)) < SMALL["nets"]
    rows_of = {int(net): tuple(done[-1][name][i] for name in HYPERS) for i, net in enumerate(done[-1]["net"])}
    assert rows_of == {s.net: tuple(getattr(s, n) for n in HYPERS) for s in PopulationSettings.make(**SMALL).specs()}
    early = [each for each in done if not each["whole"].all()]
    for each in early:
        last = {name: values_[np.isin(done[-1]["net"], each["net"])] for name, values_ in done[-1].items()}
        np.testing.assert_allclose(each["test_loss"], last["test_loss"], rtol=1e-5)
        np.testing.assert_array_equal(each["prunability_magnitude"], last["prunability_magnitude"])


def test_a_measured_group_does_not_depend_on_what_was_measured_before() -> None:
    settings, task, found = groups()
    last = frames()[-1].tables["population"]
    for group in found:
        own = returned(rows(group, task, settings, stopped))
        POPULATION.check(own)
        here = np.isin(last["net"], own["net"])
        for name in POPULATION:
            np.testing.assert_array_equal(own[name], last[name][here], name)


def test_a_finished_run_has_its_networks_and_is_measured_anew_without_training() -> None:
    settings = LAB.settings.make(panel="population", **SMALL | {"prune_tolerance": 1.0})
    finished = {FINISHED: frames()[-1].arrays}
    again = [each for each in LAB.stream(settings, CPU, stopped, finished) if each is not None]
    assert not [each for each in again if isinstance(each, Cell)]
    loose, strict = (each.tables["population"] for each in (again[-1], frames()[-1]))
    assert (loose["prunability_magnitude"] <= strict["prunability_magnitude"]).all()
    assert (loose["flatness"] < strict["flatness"]).all()
    np.testing.assert_array_equal(loose["test_loss"], strict["test_loss"])


def test_a_closer_look_has_the_weights_of_the_network() -> None:
    settings = LAB.settings.make(panel="population", **SMALL)
    last = frames()[-1]
    for net in range(SMALL["nets"]):
        look = LAB.inspect(settings, last.arrays, net=net)
        row = chosen(last.tables["population"], net)
        assert look["net"] == row["net"] == net
        assert look["kept"][0] == row["prunability_magnitude"][0]
        assert len(look["value"]) == row["params"][0]
        assert np.linalg.norm(look["value"]) == pytest.approx(row["l2"][0], rel=1e-5)
        assert (np.sort(look["rank"]) == np.arange(len(look["rank"]))).all()
        assert (np.abs(look["value"])[np.argsort(look["rank"])] == np.sort(np.abs(look["value"]))[::-1]).all()
        assert set(look["layer"]) == ({1, 2} if row["depth"][0] == 1 else {1, 2, 3})
    with pytest.raises(Mismatch):
        LAB.inspect(settings, {}, net=0)


# What is looked at ------------------------------------------------------------------------------------------------


def test_one_value_of_a_hyperparameter_is_looked_at() -> None:
    found = table()["population"]
    for name, shares in (("width", 2), ("lr", 2), ("batch", 2), ("dropout", 2), ("weight_decay", 2)):
        settings = PopulationSettings.make(coloured=name)
        assert looked_at(found, settings).all()
        for value, listed in zip(values(settings), settings.listed(), strict=True):
            own = looked_at(found, PopulationSettings.make(coloured=name, only=listed))
            np.testing.assert_array_equal(own, np.isclose(found[name], value))
            assert own.sum() == pytest.approx(48 / shares, abs=8)


def test_a_view_that_does_not_fit_goes_along() -> None:
    settings = PopulationSettings.make(only=64, net=63)
    assert settings.changed(coloured="depth").only == ALL
    assert settings.changed(nets=8).net == 0
    with pytest.raises(SettingsError, match="only = 5: use one of -1, 16, 64"):
        PopulationSettings.make(only=5)
    with pytest.raises(SettingsError, match="net = 8: use 0 to 7"):
        PopulationSettings.make(nets=8, net=8)
    assert not {"only", "net", "measure", "target", "coloured"} & settings.values().keys()


def test_a_network_that_is_not_there_yet_is_the_first_that_is() -> None:
    found = {name: column[5:] for name, column in table()["population"].items()}
    assert chosen(found, 7)["net"] == 7
    assert chosen(found, 2)["net"] == 5
    assert not len(chosen(POPULATION.empty(), 2)["net"])


# Real images, and the default -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["mnist", "cifar-10"])
def test_small_convnets_learn_real_images(name: str) -> None:
    try:
        load(name)
    except Absent:
        pytest.skip(f"{name} is not in the data folder {folder()}; .ci/run names one that has it")
    tiny = {
        "n": 40,
        "nets": 2,
        "widths": (4,),
        "depths": (1,),
        "batches": (10,),
        "max_epochs": 20,
        "cross_entropy": 2.25,
    }
    last = run(**tiny, data=name, rates=(300,), dropouts=(0,), masks=1, draws=1)[-1]
    assert isinstance(last, Frame)
    found = last.tables["population"]
    assert found["fits"].all()
    assert found["whole"].all()
    assert (found["tested"] > 500).all()
    colours = 3 if name == "cifar-10" else 1
    assert (found["params"] == 9 * colours * 4 + 2 * 16 + 40).all()
    for measure in MEASURES:
        assert np.isfinite(found[measure]).all(), measure
    look = LAB.inspect(
        LAB.settings.make(panel="population", **SMALL | tiny | {"data": name, "rates": (300,), "dropouts": (0,)}),
        last.arrays,
        net=1,
    )
    assert not len(look["value"])


@pytest.mark.slow
def test_of_the_default_grid_enough_networks_fit_for_their_ranks_to_be_told() -> None:
    settings = MeasuredGrid.make(**PopulationSettings.starts)
    task = images.read(settings, CPU)
    done = [each for each in trained(settings, task, CPU, stopped, {}) if isinstance(each, Group) and each.ended.all()]
    assert sum(int(group.fits.sum()) for group in done) >= 48


def test_what_the_stories_say_of_width_is_true_of_the_run_that_ships() -> None:
    """Wide networks do better and need fewer of their weights at random, not when the smallest go first."""
    found = fitting(shipped.read(LAB)[0][-1].tables["population"])
    wide = found["width"] == 64
    means = {name: (found[name][~wide].mean(), found[name][wide].mean()) for name in POPULATION.columns if wide.any()}
    assert means["test_loss"][1] < 0.9 * means["test_loss"][0]
    assert means["prunability_random"][1] < means["prunability_random"][0] - 0.03
    assert abs(np.subtract(*means["prunability_magnitude"])) < 0.02  # a step of the grid
    tau = ranked(found, "prunability_random", "test_loss")
    assert tau.width.tau < 0.75 * tau.all.tau
