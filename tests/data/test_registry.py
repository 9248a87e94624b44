"""The data sets that come with explorer, each read as the registry says."""

import pytest

from explorer.data.registry import DATA_SETS, DataSet
from explorer.data.synthetic import DISTRIBUTIONS

EACH = pytest.mark.parametrize("each", DATA_SETS.values(), ids=DATA_SETS)


def read(each: DataSet, n: int, d: int) -> object:
    offered = {"classes": (3, 8), "constant": False}
    return each.read(n, d, noise=0.0, seed=0, **{name: offered[name] for name in each.options})


@EACH
def test_every_size_within_the_limits_is_read(each: DataSet) -> None:
    n, d = each.most_n or 400, each.most_d or 60
    points = read(each, n, d)
    assert points.X.shape == (n, d)
    assert points.generic == each.generic


@EACH
def test_what_is_beyond_a_limit_is_refused(each: DataSet) -> None:
    for n, d in ((each.most_n, 2), (2, each.most_d)):
        if n and d:
            beyond = (n + (n == each.most_n), d + (d == each.most_d))
            if beyond != (n, d):
                with pytest.raises(ValueError, match="allow"):
                    read(each, *beyond)


def test_those_of_the_papers_are_told_apart() -> None:
    assert [name for name, each in DATA_SETS.items() if each.generic] == list(DISTRIBUTIONS)
