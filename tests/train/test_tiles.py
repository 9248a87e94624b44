from itertools import pairwise

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from explorer.nets.activations import Rectified
from explorer.nets.two_layer import initialise
from explorer.train import tiles
from explorer.train.tiles import Tile, Workspace, merge, tile

X, y = torch.ones(4, 2), torch.ones(4)


def cut(widths: list[int], columns: int) -> tuple[list[Tile], Workspace]:
    nets = initialise(widths, range(len(widths)), 2, Rectified())
    work = Workspace(nets, X, y)
    work.columns = columns
    return tile(nets, work), work


@given(st.lists(st.integers(1, 40), min_size=1, max_size=12), st.integers(1, 100))
def test_every_network_is_in_one_tile_with_its_own_weights(widths: list[int], columns: int) -> None:
    nets = initialise(widths, range(len(widths)), 2, Rectified())
    tiles, _ = cut(widths, columns)
    assert sorted(i for one in tiles for i in one.members) == list(range(len(widths)))
    for one in tiles:
        assert one.params.shape[1] <= columns or len(one.members) == 1
        assert list(one.nets.widths) == sorted(one.nets.widths)
        for place, i in enumerate(one.members):
            assert torch.equal(one.nets.select([place]).inner, nets.select([i]).inner)
            assert torch.equal(one.nets.select([place]).outer, nets.select([i]).outer)


@given(
    st.lists(st.integers(1, 40), min_size=2, max_size=12), st.integers(1, 100), st.sets(st.integers(0, 11), max_size=8)
)
def test_networks_leave_and_the_rest_keep_their_state(widths: list[int], columns: int, leave: set[int]) -> None:
    tiles, work = cut(widths, columns)
    state = {}
    for one in tiles:
        one.state.copy_(torch.randn_like(one.state))
        for i, part in zip(one.members, one.state.split(one.nets.widths, 2), strict=True):
            state[i] = part.clone()
    rest = [one.without({place for place, i in enumerate(one.members) if i in leave}) for one in tiles]
    merged = merge([one for one in rest if one])
    assert sorted(i for one in merged for i in one.members) == sorted(set(range(len(widths))) - leave)
    for one in merged:
        for place, i in enumerate(one.members):
            assert one.nets.seeds[place] == i
            assert torch.equal(one.state.split(one.nets.widths, 2)[place], state[i])
    sizes = [one.params.shape[1] for one in merged]
    assert all(a + b > work.columns for a, b in pairwise(sizes))


@given(
    st.lists(st.tuples(st.integers(1, 9), st.integers(1, 4)), min_size=1, max_size=12),
    st.integers(1, 40),
    st.integers(0, 12),
)
def test_a_tile_sees_what_its_networks_see_and_little_more(
    shapes: list[tuple[int, int]], columns: int, waste: int
) -> None:
    widths, points = zip(*shapes, strict=True)
    nets = initialise(widths, range(len(widths)), 2, Rectified())
    work = Workspace(nets, X, y, points=points)
    work.columns = columns
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tiles, "WASTE", waste)
        for cut_up in (tile(nets, work), merge(tile(nets, work))):
            assert sorted(i for one in cut_up for i in one.members) == list(range(len(widths)))
            for one in cut_up:
                seen = [points[i] for i in one.members]
                assert len(one.X1) == len(one.y) == one.X1t.shape[1] == max(seen)
                assert list(one.nets.widths) == sorted(one.nets.widths)
                in_vain = sum((max(seen) - n) * k for n, k in zip(seen, one.nets.widths, strict=True))
                assert in_vain <= waste
                assert (one.seen is None) == (min(seen) == max(seen))
                if one.seen is not None:
                    assert one.seen.sum(1).tolist() == seen


@pytest.mark.parametrize("points", [[0, 4], [1, 5], [4]])
def test_networks_see_between_one_and_all_points(points: list[int]) -> None:
    with pytest.raises(ValueError, match="one number from 1 to 4 for each of the 2 networks"):
        Workspace(initialise([3, 3], [0, 1], 2, Rectified()), X, y, points=points)


def test_batch_norm_takes_all_points() -> None:
    with pytest.raises(ValueError, match="statistics from all points"):
        Workspace(initialise([3], [0], 2, Rectified()), X, y, points=[3], batch_norm=True)
