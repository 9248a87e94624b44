"""Streams of random numbers: one a key, also where torch would not tell two apart."""

import torch
from hypothesis import given
from hypothesis import strategies as st

from explorer.nets.activations import Rectified
from explorer.nets.two_layer import initialise
from explorer.seeding import WORD, seeded


def first(key: int) -> list[float]:
    return torch.rand(4, generator=seeded(key), dtype=torch.float64).tolist()


@given(st.lists(st.integers(0, 1 << 63), min_size=2, max_size=8, unique=True))
def test_each_key_has_a_stream_of_its_own_and_always_the_same(keys: list[int]) -> None:
    assert len({tuple(first(key)) for key in keys}) == len(keys)
    assert [first(key) for key in keys] == [first(key) for key in keys]


@given(st.integers(0, WORD - 1))
def test_small_keys_are_torch_s_own_seeds_and_larger_ones_are_not_cut(key: int) -> None:
    assert first(key) == torch.rand(4, generator=torch.Generator().manual_seed(key), dtype=torch.float64).tolist()
    assert first(key) != first(key + WORD)


def test_networks_of_large_seeds_are_no_copies_of_those_of_small_ones() -> None:
    same, other = initialise([3, 3], [5, 5 + 4096], 2, Rectified()).inner.chunk(2, dim=1)
    assert not torch.equal(same, other)
