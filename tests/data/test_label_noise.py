"""Labels of which a known share is noise."""

import numpy as np
import pytest

from explorer.data.label_noise import labelled


@pytest.mark.parametrize("sigma", [0.0, 0.3, 1.0])
def test_labels_have_variance_one_of_which_sigma_squared_is_noise(sigma: float) -> None:
    pure, noisy = labelled(20_000, 6, 0.0, 3), labelled(20_000, 6, sigma, 3)
    assert (pure.X == noisy.X).all()
    rest = noisy.y - np.sqrt(1 - sigma**2) * pure.y
    np.testing.assert_allclose(np.abs(rest), sigma, atol=1e-12)
    assert noisy.y.var() == pytest.approx(1, abs=0.05)
    assert abs(rest.mean()) <= 0.03
    w, *_ = np.linalg.lstsq(pure.X, pure.y, rcond=None)
    np.testing.assert_allclose(pure.X @ w, pure.y, atol=1e-9)
    assert np.linalg.norm(w) == pytest.approx(np.sqrt(6))
