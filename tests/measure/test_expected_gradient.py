"""Gradients averaged over samples: sums beside plain means, and what is known of noise and of agreement."""

import math

import numpy as np
import pytest
import torch

from explorer.measure.criteria import Misclassified
from explorer.measure.expected_gradient import Summary, Tally, falling, rising, sizes, summary
from explorer.nets.activations import Tanh
from explorer.nets.expected import Expected
from explorer.nets.mlp import initialise

NORMS = ("l2", "linf")


def drawn(S: int, T: int, d: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(S, T, d, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize("S", [1, 2, 7, 10])
def test_it_is_what_numpy_gives_of_all_samples_at_once(norm: str, S: int) -> None:
    g = drawn(S, 5, 3)
    found = summary(Tally.of(5, 3, norm).add(g))
    order = 2 if norm == "l2" else np.inf
    whole = g.numpy()
    norms = np.linalg.norm(whole.mean(0), order, axis=-1)
    single = np.linalg.norm(whole, order, axis=-1)
    assert found.mean_norm == pytest.approx(norms.mean())
    assert found.median_norm == pytest.approx(np.median(norms))
    assert found.ratio_single == pytest.approx(norms.mean() / single.mean())
    if S == 1:
        assert math.isnan(found.split_cosine)
        assert found.ratio_single == pytest.approx(1)
    else:
        one, other = whole[::2].mean(0), whole[1::2].mean(0)
        cosine = (one * other).sum(-1) / np.linalg.norm(one, axis=-1) / np.linalg.norm(other, axis=-1)
        assert found.split_cosine == pytest.approx(cosine.mean())


def test_it_does_not_matter_in_which_portions_samples_come() -> None:
    g = drawn(9, 4, 6)
    whole = Tally.of(4, 6, "linf").add(g)
    parts = Tally.of(4, 6, "linf")
    for begin, end in ((0, 1), (1, 4), (4, 4), (4, 6), (6, 9)):
        parts = parts.add(g[begin:end])
    assert parts.count == whole.count == 9
    torch.testing.assert_close(parts.halves, whole.halves)
    torch.testing.assert_close(parts.single, whole.single)


def test_noise_cancels_like_the_root_and_agreement_stays() -> None:
    g = drawn(400, 300, 8)
    noise = [summary(Tally.of(300, 8, "l2").add(g[:n])) for n in (1, 4, 100, 400)]
    for n, found in zip((1, 4, 100, 400), noise, strict=True):
        assert found.ratio_single == pytest.approx(n**-0.5, rel=0.03)
    assert abs(noise[-1].split_cosine) < 4 * (8 * 300) ** -0.5
    alike = summary(Tally.of(300, 8, "l2").add(g[:1].expand(50, -1, -1)))
    assert (alike.ratio_single, alike.split_cosine) == pytest.approx((1, 1))
    opposed = summary(Tally.of(300, 8, "l2").add(torch.cat([g[:1], -g[:1]])))
    assert (opposed.mean_norm, opposed.ratio_single, opposed.split_cosine) == pytest.approx((0, 0, -1))


def test_what_is_not_known_is_not_said() -> None:
    nothing = summary(Tally.of(3, 2, "linf"))
    assert all(math.isnan(value) for value in vars(nothing).values())
    zero = summary(Tally.of(3, 2, "linf").add(torch.zeros(4, 3, 2)))
    assert zero.mean_norm == zero.median_norm == 0
    assert math.isnan(zero.ratio_single)
    assert math.isnan(zero.split_cosine)
    half = torch.zeros(2, 3, 2)
    half[:, 0] = 1.0  # points without a gradient are left out of the cosine alone
    found = summary(Tally.of(3, 2, "linf").add(half))
    assert isinstance(found, Summary)
    assert (found.mean_norm, found.median_norm, found.split_cosine) == pytest.approx((1 / 3, 0, 1))


def test_it_is_the_gradient_that_attacks_on_a_posterior_follow() -> None:
    nets, x = initialise([6, 4, 3], range(5), Tanh()), drawn(1, 7, 6)[0].float()
    labels = torch.tensor([0, 1, 2, 0, 1, 2, 0])
    aim = Misclassified(labels)
    _, each = nets.vjp(x.expand(5, -1, -1), aim.slope)
    _, mean = Expected(nets).vjp(x.unsqueeze(0), aim.slope)
    torch.testing.assert_close(Tally.of(7, 6, "l2").add(each).mean.float(), mean[0], rtol=1e-5, atol=1e-7)
    torch.testing.assert_close(sizes(mean[0], "linf"), mean[0].abs().amax(-1))


def test_which_points_fall_or_rise_from_stage_to_stage() -> None:
    norms = np.array([[3.0, 1.0, 0.0, 2.0, 2.0], [2.0, 1.0, 0.0, 3.0, 3.0], [2.0, 4.0, 0.0, 1.0, 3.5]])
    assert falling(norms).tolist() == [True, False, True, False, False]
    assert rising(norms).tolist() == [False, True, False, False, True]
    assert falling(norms[:1]).all()
    assert not rising(norms[:1]).any()
