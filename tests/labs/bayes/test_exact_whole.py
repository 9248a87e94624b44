"""A whole run of the panel `exact`, from the positions of its chains: all numbers anew, by autograd and NumPy."""

from collections.abc import Iterator

import numpy as np
import pytest
import torch
from scipy.stats import kstest

from explorer.device import pick
from explorer.frames import Cell, Columns, Frame
from explorer.labs import find
from explorer.labs.bayes.exact import AVERAGE, MIRROR, ONE, PANEL, ExactSettings
from explorer.labs.bayes.exact.compute import stream
from explorer.labs.bayes.gradient import GRADIENT, NORMAL, TANGENTIAL, counts
from explorer.labs.bayes.moons import PLANE
from explorer.labs.bayes.padded import read
from explorer.nets.activations import Tanh
from explorer.nets.mlp import Mlp, initialise

SETTINGS = ExactSettings.make(**PANEL.small | {"seeds": 2, "samples": 9, "chains": 3, "warmup": 10, "thin": 2})


def never() -> bool:
    return False


@pytest.fixture(scope="module")
def found() -> list[Frame | Cell]:
    return [each for each in stream(SETTINGS, pick("cpu"), never) if each is not None]


def tables(found: list[Frame | Cell]) -> dict[str, Columns]:
    return dict([each for each in found if isinstance(each, Frame)][-1].tables)


def positions(found: list[Frame | Cell], seed: int) -> torch.Tensor:
    """Samples, chains taking turns: every `thin`-th iteration after the warm-up."""
    walked = [cell.arrays["position"] for cell in found if isinstance(cell, Cell) and f"s{seed}_walk" in cell.name]
    kept = np.concatenate(walked)[SETTINGS.warmup :][SETTINGS.thin - 1 :: SETTINGS.thin]
    return torch.from_numpy(kept.reshape(-1, kept.shape[-1])[: SETTINGS.samples])


def autograd(found: list[Frame | Cell], seed: int, flip: bool = False) -> np.ndarray:
    """Gradients (samples, points, d) of the cross-entropy, in the precision of the run."""
    task, parameters = read(SETTINGS, seed, torch.device("cpu")), positions(found, seed)
    shape: Mlp = initialise((SETTINGS.d, SETTINGS.k, 2), range(len(parameters)), Tanh())
    nets = shape.with_parameters(parameters)
    x = task.seen.expand(len(parameters), -1, -1).clone().requires_grad_()
    W, b = (nets.layers[0].W.clone(), nets.layers[0].b)
    if flip:
        W[..., PLANE:] *= -1
    z = torch.tanh(x @ W.mT + b.unsqueeze(1)) @ nets.layers[1].W.mT + nets.layers[1].b.unsqueeze(1)
    loss = torch.nn.functional.cross_entropy(z.flatten(0, 1), task.labels.repeat(len(parameters)), reduction="sum")
    return torch.autograd.grad(loss, x)[0].double().numpy()


def rows(found: list[Frame | Cell]) -> Iterator[dict[str, object]]:
    table = tables(found)["gradient"]
    for i in range(len(table["seed"])):
        yield {name: column[i] for name, column in table.items()}


def test_the_table_has_both_directions_at_every_count_of_every_seed(found: list[Frame | Cell]) -> None:
    assert counts(9) == (1, 2, 5, 9)
    known = [(n, direction, seed) for seed in (0, 1) for n in (1, 2, 5, 9) for direction in (NORMAL, TANGENTIAL)]
    assert [(row["n_samples"], row["direction"], row["seed"]) for row in rows(found)] == known
    fixed = ("n_samples", "direction", "width", "seed", "mean_norm", "median_norm", "ratio_single", "split_cosine")
    assert tuple(GRADIENT.columns)[:8] == fixed
    assert set(tables(found)["gradient"]["width"]) == {SETTINGS.k}


def test_every_row_is_autograds(found: list[Frame | Cell]) -> None:
    each = {seed: autograd(found, seed) for seed in (0, 1)}
    for row in rows(found):
        part = slice(PLANE, None) if row["direction"] == NORMAL else slice(PLANE)
        g = each[row["seed"]][: row["n_samples"], :, part]
        norms = np.abs(g.mean(0)).max(-1)
        assert row["mean_norm"] == pytest.approx(norms.mean(), rel=1e-4)
        assert row["median_norm"] == pytest.approx(np.median(norms), rel=1e-4)
        assert row["ratio_single"] == pytest.approx(norms.mean() / np.abs(g).max(-1).mean(), rel=1e-4)
        if row["n_samples"] > 1:
            one, other = g[::2].mean(0), g[1::2].mean(0)
            cosine = (one * other).sum(-1) / np.linalg.norm(one, axis=-1) / np.linalg.norm(other, axis=-1)
            assert row["split_cosine"] == pytest.approx(cosine.mean(), abs=1e-4)


def test_arrows_are_the_gradients_at_their_points(found: list[Frame | Cell]) -> None:
    table, g, flipped = tables(found)["arrows"], autograd(found, 0), autograd(found, 0, flip=True)
    drawn = set(zip(table["kind"], table["n_samples"], strict=True))
    assert {(ONE, 1), (MIRROR, 1)} | {(AVERAGE, n) for n in counts(9)} == drawn
    for i, (kind, n, point) in enumerate(zip(table["kind"], table["n_samples"], table["point"], strict=True)):
        known = (flipped if kind == MIRROR else g)[:n, point].mean(0)
        assert [table[name][i] for name in ("along_x", "along_y", "off")] == pytest.approx(known[:3], abs=1e-5)


def test_mirrors_are_exact_to_a_millionth(found: list[Frame | Cell]) -> None:
    done = tables(found)["exact"]
    assert max(*done["mirror_output"], *done["mirror_gradient"]) <= 1e-6
    g, flipped = autograd(found, 0), autograd(found, 0, flip=True)
    assert np.abs(g[..., PLANE:] + flipped[..., PLANE:]).max() <= 1e-6


def test_frames_have_more_and_more_samples(found: list[Frame | Cell]) -> None:
    frames = [each for each in found if isinstance(each, Frame)]
    sizes = [len(frame.tables["gradient"]["seed"]) for frame in frames]
    assert sizes == sorted(sizes)
    assert [frame.step for frame in frames] == sorted(frame.step for frame in frames)
    assert len(frames[0].tables["moons"]["x"]) == 200  # the first frame has points to look at


def test_a_walk_that_is_kept_gives_the_same_tables(found: list[Frame | Cell]) -> None:
    kept = {cell.name: cell.arrays for cell in found if isinstance(cell, Cell)}
    again = [each for each in stream(SETTINGS, pick("cpu"), never, kept) if each is not None]
    assert not [each for each in again if isinstance(each, Cell)]
    for name, table in tables(found).items():
        for column, values in table.items():
            np.testing.assert_array_equal(tables(again)[name][column], values)


def test_who_is_stopped_has_no_last_frame() -> None:
    frames = [each for each in stream(SETTINGS, pick("cpu"), lambda: True) if isinstance(each, Frame)]
    assert all(not len(frame.tables["exact"]["seed"]) for frame in frames)


def test_weights_that_no_data_see_are_as_under_the_prior() -> None:
    """The reason for all of it. A share of the draws, far apart, so that they are as good as independent."""
    far = {"samples": 200, "samples_shown": 1, "chains": 8, "warmup": 60, "thin": 10, "leapfrogs": 10}
    settings = SETTINGS.changed(seeds=1, prior_scale=0.7, **far)
    cells = [each for each in stream(settings, pick("cpu"), never) if isinstance(each, Cell)]
    walked = np.concatenate([cell.arrays["position"] for cell in cells if "walk" in cell.name])
    drawn = walked[settings.warmup + settings.thin - 1 :: 2 * settings.thin]
    W = drawn.reshape(-1, drawn.shape[-1])[:, : settings.k * settings.d].reshape(-1, settings.k, settings.d)
    assert kstest(W[..., PLANE:].ravel() / 0.7, "norm").pvalue > 1e-3
    assert W[..., :PLANE].std() > W[..., PLANE:].std()  # the data do see those


@pytest.mark.parametrize("panel", ["exact", "overview"])
def test_samples_can_be_moved_again_and_again_whatever_is_shown_of_them(panel: str) -> None:
    settings = find("bayes").settings.make(panel=panel)
    for samples in (97, 95, 20, 41, 100):
        settings = settings.changed(samples=samples)
        assert settings.samples == samples
        assert settings.samples_shown in settings.allowed("samples_shown")
