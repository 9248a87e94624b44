from itertools import pairwise

import torch
from hypothesis import given
from hypothesis import strategies as st

from explorer.nets.activations import Rectified
from explorer.nets.two_layer import initialise
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
