"""The exact case: mirrors beside autograd, weights that no data see beside their prior, slopes, and the tables."""

import numpy as np
import pytest
import torch
from torch.nn.functional import cross_entropy

from explorer.device import pick
from explorer.frames import Cell, Columns, Frame
from explorer.labs import walks
from explorer.labs.bayes import LAB, fits
from explorer.labs.bayes.exact import ARROWS, AVERAGE, EXACT, MIRROR, ONE, ExactSettings
from explorer.labs.bayes.exact.compute import State, spread, stream
from explorer.labs.bayes.fits import gradients
from explorer.labs.bayes.gradient import GRADIENT, NORMAL, TANGENTIAL, counts, slope
from explorer.labs.bayes.padded import read
from explorer.nets.mlp import Mlp
from explorer.settings import SettingsError
from tests.labs.whole import Whole

CPU = pick("cpu")
SMALL = {"n": 30, "k": 4, "d": 6, "chains": 2, "samples": 12, "warmup": 10, "thin": 1, "leapfrogs": 4, "max_steps": 20}


def run(**changes: object) -> list[Frame]:
    settings = ExactSettings.make(**{**SMALL, "seeds": 2, **changes})
    return [frame for frame in stream(settings, CPU, lambda: False) if isinstance(frame, Frame)]


def networks(settings: ExactSettings, count: int, seed: int = 0) -> Mlp:
    nets = fits.untrained(settings, settings.d, 2, range(seed, seed + count), CPU)
    generator = torch.Generator().manual_seed(seed)
    return nets.with_parameters(torch.randn(nets.parameters.shape, generator=generator))


@pytest.fixture(scope="module")
def default(whole: Whole) -> list[Frame]:
    """A run of the preset, which is the panel as it opens."""
    assert LAB.settings.make(**LAB.preset("exact").settings).of_panel() == ExactSettings.make()
    return whole(LAB, "exact")


# The numbers of the issue -------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_normal_part_falls_like_chance_and_the_tangential_part_stays(default: list[Frame]) -> None:
    table = default[-1].tables["gradient"]
    off, along, exact = (slope(table, *of) for of in ((NORMAL,), (TANGENTIAL,), (NORMAL, "predicted")))
    assert len(off.each) == 3
    assert -0.6 <= off.mean <= -0.35
    assert abs(along.mean) <= 0.1
    assert off.mean == pytest.approx(exact.mean, abs=0.1)
    last = table["n_samples"] == 100
    agreed, noise = (table["split_cosine"][last & (table["direction"] == each)] for each in (TANGENTIAL, NORMAL))
    assert (agreed > 0.9).all()
    assert (np.abs(noise) < 0.4).all()
    ratio = table["ratio_single"][last & (table["direction"] == NORMAL)]
    assert (ratio < 0.25).all()


@pytest.mark.slow
def test_normal_coordinates_are_as_far_from_zero_as_a_normal_number_is(default: list[Frame]) -> None:
    done = default[-1].tables["exact"]
    assert done["z"].mean() == pytest.approx((2 / np.pi) ** 0.5, abs=0.15)
    assert done["beyond"].mean() < 0.02
    assert (done["rhat"] < 1.1).all()
    assert (done["accuracy"] > 0.95).all()


@pytest.mark.slow
def test_weights_that_no_data_see_are_as_under_the_prior() -> None:
    """Their second moment and their mean, over draws of two chains far apart; MAP has them at 0."""
    settings = ExactSettings.make(**{**SMALL, "prior_scale": 0.5, "chains": 16, "samples": 480, "leapfrogs": 30})
    task = read(settings, 0, CPU)
    starts = fits.untrained(settings, settings.d, 2, range(16), CPU)
    target = fits.classification(starts, task.X, task.y, settings.prior_scale)
    (maps,) = [cell for cell in walks.descent("m", target, starts, 1500, lambda: False, {}) if isinstance(cell, Cell)]
    begin = torch.tensor(maps.arrays["parameters"])
    assert starts.with_parameters(begin).layers[0].W[..., 2:].abs().max() < 0.02
    found = walks.walk("w", target, begin, settings, 0, lambda: False, {})
    drawn = [m.chains.position for m in found if isinstance(m, walks.Moment) and m.chains.step > settings.warmup]
    W = starts.with_parameters(torch.cat(drawn)).layers[0].W[..., 2:].double()
    assert float(W.square().mean()) == pytest.approx(0.25, rel=0.15)
    seen = starts.with_parameters(torch.cat(drawn)).layers[0].W[..., :2].double()
    assert float(seen.square().mean()) > 1.3 * float(W.square().mean())


# Mirrors ------------------------------------------------------------------------------------------------------------


def test_a_mirror_is_the_same_on_the_data_and_looks_the_other_way() -> None:
    """In float32 to 1e-6, by autograd, of networks far from 0."""
    settings = ExactSettings.make(**SMALL)
    task, nets = read(settings, 0, CPU), networks(settings, 9)
    x = task.seen.expand(9, -1, -1).clone().requires_grad_()
    own, other = nets.logits(x), nets.mirrored(2).logits(x)
    assert float((own - other).detach().abs().max()) <= 1e-6
    each = [
        torch.autograd.grad(cross_entropy(z.flatten(0, 1), task.labels.repeat(9), reduction="sum"), x)[0]
        for z in (own, other)
    ]
    torch.testing.assert_close(each[0], gradients(nets, task)[1])
    assert float((each[0] + each[1])[..., 2:].abs().max()) <= 1e-6
    assert float((each[0] - each[1])[..., :2].abs().max()) <= 1e-6
    assert float(each[0][..., 2:].abs().max()) > 0.1
    off = torch.randn(9, 5, 6, generator=torch.Generator().manual_seed(0))
    assert float((nets.logits(off) - nets.mirrored(2).logits(off)).abs().max()) > 0.1


def test_derivatives_by_preactivations_are_those_by_the_first_biases() -> None:
    settings = ExactSettings.make(**SMALL)
    task, nets = read(settings, 0, CPU), networks(settings, 3)
    aim = fits.Misclassified(task.labels)
    _, r = nets.first_vjp(task.seen.expand(3, -1, -1), aim.slope)
    _, by_weights = nets.parameter_vjp(task.seen.expand(3, -1, -1), aim.slope)
    torch.testing.assert_close(r.sum(1), by_weights[:, 4 * 6 : 4 * 6 + 4], rtol=1e-4, atol=1e-4)


def test_a_network_that_is_no_mirror_would_be_told() -> None:
    """The check is not true of everything: points off the plane, and sums of what is not reversed."""
    settings = ExactSettings.make(**SMALL)
    task, nets = read(settings, 0, CPU), networks(settings, 4)
    state = State.of(task).add(nets, task)
    assert state.output <= 1e-6
    assert state.gradient <= 1e-6
    moved = walks.Task(task.X, task.y, task.seen + 0.1, task.labels)
    beside = State.of(moved).add(nets, moved)
    assert beside.output > 1e-3
    assert beside.gradient > 1e-3


# The run ------------------------------------------------------------------------------------------------------------


def averaged(frames: list[Frame], direction: str, seed: int) -> Columns:
    table = frames[-1].tables["gradient"]
    own = (table["direction"] == direction) & (table["seed"] == seed)
    return {name: values[own] for name, values in table.items()}


def test_the_table_has_the_gradients_of_the_first_samples() -> None:
    """Walked anew, all samples at once, in numpy."""
    settings = ExactSettings.make(**SMALL, seeds=1)
    task = read(settings, 0, CPU)
    starts = fits.untrained(settings, 6, 2, range(2), CPU)
    target = fits.classification(starts, task.X, task.y, 1.0)
    (maps,) = [c for c in walks.descent("m", target, starts, 20, lambda: False, {}) if isinstance(c, Cell)]
    walked = walks.walk("w", target, torch.tensor(maps.arrays["parameters"]), settings, 0, lambda: False, {})
    drawn = [m.chains.position for m in walked if isinstance(m, walks.Moment) and m.chains.step > 10]
    g = gradients(starts.with_parameters(torch.cat(drawn)), task)[1].double().numpy()
    assert len(g) == 12
    frames = run(seeds=1)
    for direction, part in ((NORMAL, g[..., 2:]), (TANGENTIAL, g[..., :2])):
        found = averaged(frames, direction, 0)
        assert found["n_samples"].tolist() == [1, 2, 5, 10, 12]
        for n, middle, median in zip(found["n_samples"], found["mean_norm"], found["median_norm"], strict=True):
            norms = np.abs(part[:n].mean(0)).max(1)
            assert (middle, median) == pytest.approx((norms.mean(), np.median(norms)), rel=1e-5)
    arrows = frames[-1].tables["arrows"]
    for n in (1, 12):
        here = (arrows["kind"] == AVERAGE) & (arrows["n_samples"] == n)
        points = arrows["point"][here]
        assert arrows["off"][here] == pytest.approx(g[:n].mean(0)[points, 2], rel=1e-4, abs=1e-7)
        assert arrows["along_y"][here] == pytest.approx(g[:n].mean(0)[points, 1], rel=1e-4, abs=1e-7)


def test_frames_grow_from_points_to_arrows_to_averages() -> None:
    frames = run()
    first, *rest = frames
    assert first.step == 0
    assert len(first.tables["moons"]["x"]) == 200
    assert not len(first.tables["arrows"]["x"])
    walking = [frame for frame in rest if "warm-up" in frame.note]
    assert len(walking) == 2
    assert all(set(frame.tables["arrows"]["n_samples"].tolist()) == {0} for frame in walking)
    assert 0 not in frames[-1].tables["arrows"]["n_samples"]
    counted = [len(np.unique(frame.tables["gradient"]["n_samples"])) for frame in frames]
    assert counted == sorted(counted)
    assert counted[-1] == 5
    for frame in frames:
        for table in (GRADIENT, ARROWS, EXACT):
            table.check(frame.tables[table.name])
    arrows, done = frames[-1].tables["arrows"], frames[-1].tables["exact"]
    one, mirror = (arrows["off"][arrows["kind"] == kind] for kind in (ONE, MIRROR))
    assert one == pytest.approx(-mirror, abs=1e-6)
    assert done["seed"].tolist() == [0, 1]
    assert (done["mirror_output"] <= 1e-6).all()


def test_a_repetition_is_the_same_whatever_is_run_beside_it() -> None:
    both, alone = run(seeds=2), run(seeds=1, seed=1)
    for direction in (NORMAL, TANGENTIAL):
        one, other = averaged(both, direction, 1), averaged(alone, direction, 1)
        for name, values in one.items():
            np.testing.assert_array_equal(values, other[name])
    first = averaged(both, NORMAL, 0)
    assert (first["mean_norm"] != averaged(both, NORMAL, 1)["mean_norm"]).all()


def test_arrows_stand_at_steep_points_apart_from_each_other() -> None:
    settings = ExactSettings.make(**SMALL)
    task = read(settings, 0, CPU)
    steep = gradients(networks(settings, 1), task)[1][0]
    chosen = spread(task, steep)
    assert chosen[0] == int(steep.norm(dim=1).argmax())
    points = task.seen[chosen, :2].numpy()
    apart = np.linalg.norm(points[:, None] - points[None], axis=2) + 10 * np.eye(len(chosen))
    assert apart.min() >= 0.4
    assert 5 <= len(chosen) <= 10


# Settings -----------------------------------------------------------------------------------------------------------


def test_numbers_of_samples_end_with_all_of_them() -> None:
    assert counts(1) == (1,)
    assert counts(100) == (1, 2, 5, 10, 20, 50, 100)
    assert counts(160) == (1, 2, 5, 10, 20, 50, 100, 160)
    assert counts(7) == (1, 2, 5, 7)


def test_what_is_shown_is_a_number_that_there_is() -> None:
    assert ExactSettings.make(samples=40).samples_shown == 40
    with pytest.raises(SettingsError, match="use one of 1, 2, 5, 10, 20, 40"):
        ExactSettings.make(samples=40, samples_shown=30)
    shown = ExactSettings.make(samples=40, samples_shown=2)
    assert shown.allowed("samples_shown") == (1, 2, 5, 10, 20, 40)
    assert shown.preview().samples_shown == 2
    assert ExactSettings.make(samples_shown=50).preview().samples_shown == 20
    assert "samples_shown" not in shown.training() | shown.measuring()
