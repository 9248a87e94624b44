"""Averaged gradients, tallied sample by sample, against NumPy on all samples at once."""

import math

import numpy as np
import pytest
import torch
from torch import Tensor

from explorer.measure.expected_gradient import Summary, Tally, summary
from explorer.measure.pgd import Norm

ORDER: dict[Norm, float] = {"l2": 2, "linf": np.inf}


def drawn(samples: int, points: int = 5, dims: int = 3, seed: int = 0) -> Tensor:
    return torch.from_numpy(np.random.default_rng(seed).standard_normal((samples, points, dims)))


def tallied(g: Tensor, norm: Norm, sizes: tuple[int, ...]) -> Tally:
    """Samples in heaps of these sizes."""
    found = Tally.of(g.shape[1], g.shape[2], norm)
    for part in g.split(list(sizes)):
        found = found.add(part)
    return found


def numpys(g: Tensor, norm: Norm) -> Summary:
    x = g.numpy()
    norms = np.linalg.norm(x.mean(0), ORDER[norm], axis=-1)
    single = np.linalg.norm(x, ORDER[norm], axis=-1).mean()
    one, other = x[::2].mean(0), x[1::2].mean(0)
    cosine = (one * other).sum(-1) / np.linalg.norm(one, axis=-1) / np.linalg.norm(other, axis=-1)
    return Summary(norms.mean(), float(np.median(norms)), norms.mean() / single, cosine.mean())


@pytest.mark.parametrize("norm", ["l2", "linf"])
@pytest.mark.parametrize("sizes", [(7,), (1,) * 7, (3, 4), (4, 3), (2, 1, 4)])
@pytest.mark.parametrize("points", [4, 5])
def test_a_summary_is_numpys_however_samples_come(norm: Norm, sizes: tuple[int, ...], points: int) -> None:
    g = drawn(7, points)
    tally, known = tallied(g, norm, sizes), numpys(g, norm)
    assert tally.count == 7
    assert tally.mean.numpy() == pytest.approx(g.numpy().mean(0), abs=1e-14)
    found = summary(tally)
    for name in ("mean_norm", "median_norm", "ratio_single", "split_cosine"):
        assert getattr(found, name) == pytest.approx(getattr(known, name), rel=1e-12)


def test_samples_that_agree_have_ratio_and_cosine_1() -> None:
    found = summary(tallied(drawn(1).expand(6, -1, -1), "l2", (6,)))
    assert found.ratio_single == pytest.approx(1)
    assert found.split_cosine == pytest.approx(1)


def test_a_sample_and_its_negative_cancel() -> None:
    g = drawn(1)
    found = summary(tallied(torch.cat([g, -g]), "linf", (2,)))
    assert (found.mean_norm, found.median_norm, found.ratio_single) == (0, 0, 0)
    assert found.split_cosine == pytest.approx(-1)


def test_no_samples_and_one_say_only_what_they_know() -> None:
    none = Tally.of(4, 2, "l2")
    assert none.mean.isnan().all()
    assert all(map(math.isnan, vars(summary(none)).values()))
    one = summary(none.add(drawn(1, 4, 2)))
    assert one.ratio_single == pytest.approx(1)
    assert math.isnan(one.split_cosine)
    still = summary(none.add(torch.zeros(3, 4, 2)))
    assert still.mean_norm == 0
    assert math.isnan(still.ratio_single)


def test_float32_samples_are_summed_in_float64() -> None:
    g = torch.tensor([1e8, 1.0, -1e8]).view(3, 1, 1)
    assert float(tallied(g, "l2", (1, 1, 1)).mean) == pytest.approx(1 / 3, rel=1e-12)
