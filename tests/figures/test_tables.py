import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from explorer.figures.tables import curves, spread

VALUES = st.one_of(st.floats(-1e6, 1e6), st.sampled_from([np.nan, np.inf, -np.inf]))


@st.composite
def tables(draw: st.DrawFn) -> dict[str, np.ndarray]:
    """One row a width, seed and level, in any order, some missing, some values unknown."""
    rows = draw(
        st.lists(
            st.tuples(st.sampled_from([4, 8, 512]), st.integers(0, 2), st.sampled_from([0.0, 0.1, 0.3])),
            min_size=1,
            max_size=20,
            unique=True,
        )
    )
    k, seed, eps = zip(*rows, strict=True)
    values = draw(st.lists(VALUES, min_size=len(rows), max_size=len(rows)))
    return {"k": np.array(k), "seed": np.array(seed), "eps": np.array(eps), "y": np.array(values, float)}


def finite(table: dict[str, np.ndarray]) -> pd.DataFrame:
    return pd.DataFrame(table).replace([np.inf, -np.inf], np.nan)


@given(tables())
def test_curves_are_means_over_seeds(table: dict[str, np.ndarray]) -> None:
    lines = curves(table, "eps", "y")
    expected = finite(table).groupby(["k", "eps"])["y"].mean().unstack("eps")
    assert lines.k.tolist() == expected.index.tolist()
    assert lines.x.tolist() == expected.columns.tolist()
    np.testing.assert_allclose(lines.y, expected.to_numpy(), rtol=1e-9, atol=1e-6)
    for k in lines.k.tolist():
        np.testing.assert_array_equal(lines.of(k), lines.y[lines.k == k][0])
    assert np.isnan(lines.of(3)).all()


@given(tables())
def test_spread_is_least_mean_and_largest_over_seeds(table: dict[str, np.ndarray]) -> None:
    k, found = spread(table, "y")
    expected = finite(table).groupby("k")["y"].agg(["min", "mean", "max"])
    assert k.tolist() == expected.index.tolist()
    np.testing.assert_array_equal(found.low, expected["min"])
    np.testing.assert_array_equal(found.high, expected["max"])
    np.testing.assert_allclose(found.mean, expected["mean"], rtol=1e-9, atol=1e-6)
