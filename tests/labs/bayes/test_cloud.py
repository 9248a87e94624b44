"""What the table `cloud` holds: networks as they were fitted, attacked by definition, under equal hyper-parameters."""

import numpy as np
import pytest
import torch

from explorer.device import pick
from explorer.frames import FINISHED, Cell, Columns, Frame, Mismatch
from explorer.labs.bayes import fits
from explorer.labs.bayes.cloud import ENSEMBLE, FREE, HALVINGS, HMC, MAP, METHODS, PANEL, SPREAD, VI, CloudSettings
from explorer.labs.bayes.cloud.compute import stream
from explorer.nets import mlp
from explorer.nets.activations import Tanh
from explorer.train.target import classification

SETTINGS = CloudSettings.make(**{**PANEL.small, "n": 60, "max_steps": 60})
CPU = torch.device("cpu")
PER = {FREE: ("free", 1), ENSEMBLE: ("free", 2), MAP: ("maps", 1), VI: ("vi", 0), HMC: ("hmc", 0)}


@pytest.fixture(scope="module")
def run() -> list[Frame | Cell]:
    return [each for each in stream(SETTINGS, pick("cpu"), lambda: False, {}) if each is not None]


@pytest.fixture(scope="module")
def table(run: list[Frame | Cell]) -> Columns:
    return last(run).tables["cloud"]


def last(run: list[Frame | Cell]) -> Frame:
    return next(each for each in reversed(run) if isinstance(each, Frame))


def test_draws_do_not_depend_on_how_many_there_are_and_keep_to_their_ranges() -> None:
    settings = CloudSettings.make(draws=40)
    hyper = [settings.hyper(0, draw) for draw in range(40)]
    assert hyper[:12] == [CloudSettings.make().hyper(0, draw) for draw in range(12)]
    assert {h.k for h in hyper} == {settings.k >> i for i in range(HALVINGS + 1)}
    scales = np.array([h.scale for h in hyper]) / settings.prior_scale
    assert 1 / SPREAD <= scales.min() < 0.5
    assert 2 < scales.max() <= SPREAD
    assert {h.samples for h in hyper} == {6, 12, 24}
    assert settings.hyper(1, 0) != hyper[0]


def test_each_draw_gives_a_dot_a_method_with_the_same_hyper_parameters(table: Columns) -> None:
    assert table["method"].tolist() == list(METHODS) * SETTINGS.draws
    for draw in range(SETTINGS.draws):
        here = table["draw"] == draw
        hyper = SETTINGS.hyper(0, draw)
        assert (table["k"][here] == hyper.k).all()
        assert (table["lr"][here] == hyper.lr).all()
        bayes = here & np.isin(table["method"], (MAP, VI, HMC))
        assert (table["scale"][bayes] == hyper.scale).all()
        assert np.isnan(table["scale"][here & ~bayes]).all()
    assert len(set(table["eps"].tolist())) == 1


def test_accuracies_are_those_of_the_networks_that_are_kept(run: list[Frame | Cell], table: Columns) -> None:
    """The mean of their probabilities, in plain torch."""
    task = fits.read(SETTINGS, 0, CPU)
    for method, draw, accuracy, robust, count in zip(
        *(table[c] for c in ("method", "draw", "accuracy", "robust", "networks")), strict=True
    ):
        hyper = SETTINGS.hyper(0, int(draw))
        part, fixed = PER[str(method)]
        assert count == (fixed or hyper.samples)
        like = mlp.initialise([64, hyper.k, 10], [0], Tanh())
        nets = like.with_parameters(torch.tensor(last(run).arrays[f"s0_d{draw}_{part}"][:count]))
        probability = nets.logits(task.seen.expand(int(count), -1, -1)).softmax(-1).mean(0)
        right = (probability.argmax(-1) == task.labels).double().mean()
        assert accuracy == pytest.approx(float(right), abs=0.004)
        assert robust <= accuracy


def test_map_estimates_are_those_of_their_prior(run: list[Frame | Cell]) -> None:
    """Lower in the energy of their own prior than networks that were trained as long without one."""
    task = fits.read(SETTINGS, 0, CPU)
    for draw in range(SETTINGS.draws):
        hyper, arrays = SETTINGS.hyper(0, draw), last(run).arrays
        like = mlp.initialise([64, hyper.k, 10], [0], Tanh())
        target = classification(like, task.X, task.y, hyper.scale)
        maps, free = (target.energy(torch.tensor(arrays[f"s0_d{draw}_{part}"])) for part in ("maps", "free"))
        assert maps.mean() < free.mean()


def test_only_hmc_has_a_walk(table: Columns) -> None:
    walked = table["method"] == HMC
    assert np.isfinite(table["accept"][walked]).all()
    assert (table["accept"][walked] > 0.3).all()
    assert np.isnan(table["rhat"][~walked]).all()
    assert not table["chains"][~walked].any()


def test_dots_come_one_by_one(run: list[Frame | Cell]) -> None:
    counts = [len(each.tables["cloud"]["method"]) for each in run if isinstance(each, Frame)]
    assert counts == list(range(SETTINGS.draws * len(METHODS) + 1))
    assert [each.name for each in run if isinstance(each, Cell)] == ["s0_d0", "s0_d1"]


def test_a_smaller_radius_flips_less_and_trains_nothing(run: list[Frame | Cell], table: Columns) -> None:
    again = list(stream(SETTINGS.changed(eps_max=0.0), pick("cpu"), lambda: False, {FINISHED: last(run).arrays}))
    assert not [each for each in again if isinstance(each, Cell)]
    unmoved = last([each for each in again if each is not None]).tables["cloud"]
    assert (unmoved["robust"] == unmoved["accuracy"]).all()
    assert (unmoved["softmax_robustness"] == 1).all()
    assert (unmoved["accuracy"] == table["accuracy"]).all()
    wrong = {**last(run).arrays, "s0_d1_hmc": last(run).arrays["s0_d1_hmc"][:1]}
    with pytest.raises(Mismatch):
        list(stream(SETTINGS, pick("cpu"), lambda: False, {FINISHED: wrong}))
