"""The product's floor; `measure.correlation` gives it its numbers, and tests it on trained networks."""

import numpy as np

from explorer.theory import proxy


def test_the_floor_falls_with_slope_one_half_and_ends_where_zero_fits() -> None:
    k = np.array([1, 4, 16, 64])
    values = proxy.floor(100, k, 8.0, 1e-3)
    np.testing.assert_allclose(np.diff(np.log(values)) / np.diff(np.log(k)), -0.5, rtol=1e-12)
    assert proxy.floor(100, 1, 8.0, 0.0) == 100 / 8
    assert proxy.floor(100, 1, 8.0, 1.0) == proxy.floor(100, 1, 8.0, 2.0) == 0
