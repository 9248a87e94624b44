"""The panel `double-descent`: its networks, its numbers beside torch and scipy, and those that the issue names."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest
import torch
from scipy.stats import kendalltau
from torch import nn
from torch.nn.utils import prune

from explorer.device import pick
from explorer.frames import Cell, Columns, Frame
from explorer.labs.prunability.double_descent import ONE, DescentSettings, captions, compute, numbers
from explorer.labs.prunability.double_descent.numbers import Grid
from tests.labs.prunability.tables_descent import (
    DESCENT,
    FALLING,
    FLAT,
    NOTHING_FITS,
    ONLY_A_HILL,
    SETTINGS,
    WIDTHS,
    run,
)

CPU = pick("cpu")
SMALL = {"n": 60, "widths": (2, 5, 20), "seeds": 2, "masks": 2, "max_steps": 30}


def settings(**changes: object) -> DescentSettings:
    return DescentSettings.make(**SMALL | changes)


def never() -> bool:
    return False


def films(chosen: DescentSettings, stop: Callable[[], bool] = never, kept: dict | None = None) -> Iterator:
    return compute.stream(chosen, CPU, stop, kept)


@pytest.fixture(scope="module")
def frames() -> list[Frame]:
    return [frame for frame in films(settings()) if isinstance(frame, Frame)]


@pytest.fixture(scope="module")
def table(frames: list[Frame]) -> Columns:
    return frames[-1].tables["double_descent"]


def module(frame: Frame, width: int, row: int) -> nn.Sequential:
    """A network of the run as torch's own modules have it, in float64."""
    (a, b) = compute.untrained(settings(), width, CPU).with_parameters(_parameters(frame, width)).layers
    net = nn.Sequential(nn.Linear(64, width), nn.ReLU(), nn.Linear(width, 10)).double().requires_grad_(False)
    for linear, layer in zip((net[0], net[2]), (a, b), strict=True):
        linear.weight.data, linear.bias.data = layer.W[row].double(), layer.b[row].double()
    return net


def _parameters(frame: Frame, width: int) -> torch.Tensor:
    return torch.tensor(frame.arrays[f"k{width}_parameters"])


# The run ------------------------------------------------------------------------------------------------------------


def test_narrow_ones_come_first_and_the_last_frame_is_complete(frames: list[Frame], table: Columns) -> None:
    first = frames[0].tables["double_descent"]
    assert frames[0].step == 4
    assert set(first["width"]) == {2, 5}
    assert np.isnan(first["prunability_magnitude"]).all()
    assert np.isfinite(first["test_loss"]).all()
    rows = list(zip(table["width"], table["noise"], table["seed"], strict=True))
    assert rows == [(k, noise, seed) for k in (2, 5, 20) for noise in (0.2, 0.0) for seed in (0, 1)]
    assert all(np.isfinite(values).all() for values in table.values() if values.dtype.kind == "f")
    assert frames[-1].step == frames[-1].total
    assert not any(frame.arrays for frame in frames[:-1])
    assert (table["steps"] == 30).all()


def test_losses_and_errors_are_those_of_the_networks_that_it_leaves(frames: list[Frame], table: Columns) -> None:
    data = compute.Data.read(settings(), CPU)
    for width, at in ((5, 4), (20, 8)):
        for row in range(4):
            net = module(frames[-1], width, row)
            for X, y, name in ((data.X, data.y, "train"), (data.seen, data.labels, "test")):
                z = net(X[row].double())
                assert table[f"{name}_loss"][at + row] == pytest.approx(
                    float(nn.functional.cross_entropy(z, y[row])), rel=1e-5
                )
                wrong = (z.argmax(1) != y[row]).double().mean()
                assert table[f"{name}_error"][at + row] == pytest.approx(float(wrong), abs=1e-9)


@pytest.mark.parametrize("rule", ["absolute", "relative"])
def test_what_they_need_is_what_torch_s_own_pruning_finds(frames: list[Frame], rule: str) -> None:
    """The smallest of every fiftieth share that keeps the loss within the tolerance, all layers together."""
    chosen = settings(prune_rule=rule, prune_tolerance=0.3, masks=1)
    trained = compute._from_arrays(chosen, 20, frames[-1].arrays, CPU)
    data = compute.Data.read(chosen, CPU)
    found = compute.measured(chosen, trained, data, never)
    for row in range(4):
        X, y = data.X[row].double(), data.y[row]
        dense = float(nn.functional.cross_entropy(module(frames[-1], 20, row)(X), y))
        allowed = 1.3 * dense if rule == "relative" else dense + 0.3
        for kept in range(51):
            net = module(frames[-1], 20, row)
            prune.global_unstructured(
                [(net[0], "weight"), (net[2], "weight")],
                pruning_method=prune.L1Unstructured,
                amount=1480 - round(kept / 50 * 1480),
            )
            if float(nn.functional.cross_entropy(net(X), y)) <= allowed:
                break
        assert found["prunability_magnitude"][row] == pytest.approx(kept / 50)
        assert found["count"][row] == round(kept / 50 * 1480)


def test_noise_of_the_size_found_costs_what_is_allowed(frames: list[Frame], table: Columns) -> None:
    """With other draws; four noises are few, so about."""
    data, generator = compute.Data.read(settings(), CPU), torch.Generator().manual_seed(1)
    for row in range(4):
        dense = float(table["train_loss"][8 + row])
        sigma = float(table["flatness"][8 + row]) ** -0.5
        losses = []
        for _ in range(60):
            net = module(frames[-1], 20, row)
            for linear in (net[0], net[2]):
                noise = torch.randn(linear.weight.shape, generator=generator, dtype=torch.float64)
                linear.weight.data += sigma * noise
            losses.append(float(nn.functional.cross_entropy(net(data.X[row].double()), data.y[row])))
        assert 0.05 < np.mean(losses) - dense < 0.2


def test_seeds_have_images_of_their_own_and_levels_of_noise_share_them() -> None:
    data = compute.Data.read(settings(n=200), CPU)
    assert not data.X[0].equal(data.X[1])
    for noisy, clean in ((0, 2), (1, 3)):
        assert data.X[noisy].equal(data.X[clean])
        assert data.seen[noisy].equal(data.seen[clean])
        assert data.labels[noisy].equal(data.labels[clean])
        assert 20 <= int((data.y[noisy] != data.y[clean]).sum()) <= 40  # a tenth of what is drawn is as it was
    own = {bytes(row) for row in data.X[0].numpy()}
    assert not own & {bytes(row) for row in data.seen[0].numpy()}


def test_without_noise_or_as_set_there_is_one_level() -> None:
    assert settings().levels == (0.2, 0.0)
    assert settings(noises=ONE).levels == (0.2,)
    assert settings(noise=0.0).levels == (0.0,)
    assert settings(noise=0.0).training() == settings(noise=0.0, noises=ONE).training()


def test_parameters_are_counted() -> None:
    for width in (2, 20):
        nets = compute.untrained(settings(), width, CPU)
        assert nets.parameters.shape == (4, settings().params(width))
        assert sum(block.size for block in nets.blocks if block.weights) == settings().weights(width)


def test_widths_stand_side_by_side_up_to_powers_of_two() -> None:
    assert settings(widths=(3, 16, 17, 32, 33, 512)).side_by_side() == [(3, 16), (17, 32), (33,), (512,)]


def test_a_network_learns_the_same_without_other_widths() -> None:
    """But for rounding, which grows while it learns."""
    chosen = settings(max_steps=8)
    (*_, alone), (*_, beside) = (
        [frame for frame in films(chosen.changed(widths=widths)) if isinstance(frame, Frame)]
        for widths in ((5,), (2, 5, 9))
    )
    first, second = (frame.arrays["k5_parameters"] for frame in (alone, beside))
    np.testing.assert_allclose(first, second, atol=1e-3)


@pytest.mark.parametrize("asked", [0, 1, 4])
def test_stop_ends_it_without_a_last_frame(asked: int) -> None:
    calls = iter(range(10**6))
    found = [frame for frame in films(settings(), lambda: next(calls) >= asked) if isinstance(frame, Frame)]
    assert all(not frame.arrays for frame in found)


def test_another_tolerance_trains_nothing(frames: list[Frame]) -> None:
    found = list(films(settings(prune_tolerance=0.5), kept={"finished run": frames[-1].arrays}))
    assert not any(isinstance(each, Cell) for each in found)
    assert settings(prune_tolerance=0.5, masks=1).training() == settings().training()
    last = found[-1].tables["double_descent"]
    np.testing.assert_array_equal(last["test_loss"], frames[-1].tables["double_descent"]["test_loss"])
    assert (last["prunability_magnitude"] <= frames[-1].tables["double_descent"]["prunability_magnitude"]).all()


# What the table says ------------------------------------------------------------------------------------------------


def losses(loss: tuple[float, ...], **options: object) -> Grid:
    return numbers.grid(run(loss, **options)["double_descent"], 0.2, "test_loss")


def test_a_peak_is_between_two_lower_places() -> None:
    found = numbers.peak(losses(DESCENT, spread=0))
    assert found is not None
    assert (found.dip, found.top, found.last) == (8, 32, 512)
    assert found.ratio == pytest.approx(1.35 / 0.93)
    np.testing.assert_allclose(found.rise, np.log(1.35 / 0.93))
    np.testing.assert_allclose(found.fall, np.log(1.35 / 0.61))


def test_the_peak_of_what_only_falls_is_no_higher_than_its_dip() -> None:
    found = numbers.peak(losses(FALLING, spread=0))
    assert found is not None
    assert found.ratio < 1
    assert numbers.peak(losses(FALLING, seeds=1)) is not None
    assert numbers.peak(Grid(np.array([3, 4]), np.ones((2, 5)))) is None


def test_chance_does_not_choose_its_own_peak() -> None:
    """Of curves without any the rise of a seed is 0 in the mean, at places that other seeds choose."""
    rng = np.random.default_rng(0)
    rises = [numbers.peak(losses(FLAT, spread=0.2, draws=rng)) for _ in range(150)]
    middle = [float(each.rise.mean()) for each in rises if each]
    naive = [np.log(each.ratio) for each in rises if each]
    assert abs(np.mean(middle)) < 0.02 < 0.1 < np.mean(naive)


def test_interpolation_begins_where_all_wider_ones_do() -> None:
    assert numbers.interpolation(run(DESCENT)["double_descent"], 0.2) == 20
    assert numbers.interpolation(run(DESCENT, errors=NOTHING_FITS)["double_descent"], 0.2) is None
    broken = (*[0.0] * 4, 0.2, *[0.0] * 7)
    assert numbers.interpolation(run(DESCENT, errors=broken)["double_descent"], 0.2) == WIDTHS[5]
    assert numbers.interpolation(run(DESCENT)["double_descent"], 0.5) is None


def test_taus_are_scipy_s() -> None:
    one, other = losses(DESCENT, spread=0.1), losses(ONLY_A_HILL, spread=0.3)
    one = Grid(one.widths, one.values.round(1))  # with ties
    for seed, tau in enumerate(numbers.taus(one, other)):
        assert tau == pytest.approx(kendalltau(one.values[:, seed], other.values[:, seed]).statistic, abs=1e-12)
    for seed, tau in enumerate(numbers.taus(one)):
        assert tau == pytest.approx(kendalltau(one.values[:, seed], WIDTHS).statistic, abs=1e-12)
    assert numbers.of_tau(np.array([-1.0, -0.8, -1.0]))[1][0] == -1


def test_statements_are_hardly_ever_made_of_chance() -> None:
    """Shares that hang on nothing, and a peak that wrong labels have no part in; intervals are widened for this."""
    rng, made = np.random.default_rng(7), np.zeros(3)
    for _ in range(120):
        nothing = run(DESCENT, share=[0.5] * 12, spread=0.2, draws=rng)
        same = run(DESCENT, clean=np.array(DESCENT) / 3, spread=0.1, draws=rng)
        found = (
            captions.share_goes_with_the_loss(nothing, SETTINGS),
            captions.share_falls_count_grows(nothing, SETTINGS),
            captions.noise_makes_the_peak(same, SETTINGS),
        )
        made += [each is not None and each.holds for each in found]
    assert (made <= 0.05 * 120).all()


# The numbers, at full size ----------------------------------------------------------------------------------


def test_with_wrong_labels_the_test_loss_peaks_between_and_the_share_falls_while_the_count_grows() -> None:
    """Means of five seeds. Measured: 1.66 times (1.50 for seeds 5 to 9), the peak at width 14 (20)."""
    chosen = DescentSettings.make(widths=(3, 6, 8, 10, 14, 20, 32, 64, 128, 512), masks=1)
    *_, last = (frame for frame in films(chosen) if isinstance(frame, Frame))
    table = last.tables["double_descent"]

    def means(noise: float, column: str) -> np.ndarray:
        return np.array(
            [table[column][(table["width"] == k) & (table["noise"] == noise)].mean() for k in chosen.widths]
        )

    def rise(loss: np.ndarray) -> float:
        """The most that an interior width, higher than the widest, is above the best smaller one."""
        return max(loss[i] / loss[:i].min() for i in range(1, len(loss) - 1) if loss[i] > loss[-1])

    loss, clean = means(0.2, "test_loss"), means(0.0, "test_loss")
    top = int(np.argmax(loss))
    assert 0 < top < len(loss) - 1
    assert loss[top] >= 1.15 * loss[:top].min()
    assert rise(clean) < rise(loss)
    widths = np.array(chosen.widths)
    share, params = means(0.2, "prunability_magnitude"), means(0.2, "params")
    assert kendalltau(share * params, widths).statistic > 0.8
    past = means(0.2, "train_error") <= 0.01
    assert past.sum() >= 5
    assert kendalltau(share[past], widths[past]).statistic < 0
    assert (table["train_error"][table["width"] >= 64] == 0).all()
    tables = last.tables
    came = captions.loss_with_width(tables, chosen)
    assert came is not None
    assert came.answer == captions.AGAIN
    for check in captions.CHECKS.values():
        found = check(tables, chosen)
        assert found is not None
        assert found.holds
