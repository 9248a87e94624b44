"""How large an average is that cancels by chance: against SciPy's laws, and draws of the prior."""

import numpy as np
import pytest
from scipy.stats import chi, halfnorm

from explorer.theory.cancelling import deviation, mean_norm


@pytest.mark.parametrize("k", [1, 2, 5, 20, 98, 998])
def test_the_euclidean_norm_has_the_mean_of_the_chi_law(k: int) -> None:
    assert mean_norm(k, "l2") == pytest.approx(chi.mean(k), rel=1e-9)


@pytest.mark.parametrize("k", [1, 2, 5, 20, 98, 998])
def test_the_largest_of_k_has_the_mean_of_its_density(k: int) -> None:
    """The density of the largest is k F^(k-1) F', another integral than ours."""
    t = np.linspace(0, 12, 200_001)
    density = k * halfnorm.cdf(t) ** (k - 1) * halfnorm.pdf(t)
    assert mean_norm(k, "linf") == pytest.approx(np.trapezoid(t * density, t), rel=1e-7)


def test_one_coordinate_is_alike_in_both_norms() -> None:
    assert mean_norm(1, "l2") == pytest.approx(np.sqrt(2 / np.pi), rel=1e-12)
    assert mean_norm(1, "linf") == pytest.approx(np.sqrt(2 / np.pi), rel=1e-12)


def test_averages_of_drawn_weights_have_the_deviation_and_the_mean_norm() -> None:
    """W' r over samples, with r held fixed and W drawn anew from the prior."""
    rng = np.random.default_rng(0)
    n, width, k, scale, draws = 6, 4, 5, 0.7, 20_000
    r = rng.standard_normal((n, width)) * rng.exponential(size=(n, 1))  # samples of unequal weight
    W = scale * rng.standard_normal((draws, n, width, k))
    mean = np.einsum("bnwk,nw->bk", W, r) / n
    spread = float(deviation(np.array([np.square(r).sum()]), n, scale)[0])
    assert mean.std() == pytest.approx(spread, rel=4 / np.sqrt(2 * draws * k))
    size = np.abs(mean).max(1)
    assert abs(size.mean() - spread * mean_norm(k, "linf")) < 4 * size.std() / np.sqrt(draws)


def test_samples_of_one_weight_give_the_root_of_n() -> None:
    one, many = (deviation(np.array([2.0 * n]), n, 1.0)[0] for n in (1, 100))
    assert one == pytest.approx(np.sqrt(2))
    assert many == pytest.approx(one / 10)
