"""What is kept of a walk and was written by somebody else: another shape, kind or number is a misfit, never a crash."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from explorer.frames import Mismatch
from explorer.labs.walk_cells import Block, from_cell
from explorer.labs.weights import tensors
from explorer.nets import mlp
from explorer.nets.activations import Tanh
from explorer.train import hmc
from explorer.train.hmc import Chains, Walk
from explorer.train.target import classification

COUNT = 3
NETS = mlp.initialise([2, 3, 2], range(2), Tanh())
TARGET = classification(NETS, torch.eye(2), torch.tensor([0, 1]), 1.0)
RULE = Walk(3, 0.01, 2)
START = hmc.start(TARGET, NETS.parameters, RULE)


def walked() -> tuple[Block, Chains]:
    block, chains = Block(COUNT), START
    for _ in range(COUNT):
        moved = hmc.advance(TARGET, chains, RULE, seeds=range(2))
        assert moved is not None
        chains = moved
        block.add(chains)
    return block, chains


BLOCK, LAST = walked()


def test_what_was_written_comes_back() -> None:
    found = from_cell(BLOCK.arrays, START, COUNT)
    assert [chains.step for chains in found] == [1, 2, 3]
    for name in ("position", "gradient", "energy", "error", "moved"):
        assert torch.equal(getattr(found[-1], name), getattr(LAST, name))
    again = hmc.advance(TARGET, found[-1], RULE, seeds=range(2))
    other = hmc.advance(TARGET, replace(LAST), RULE, seeds=range(2))
    assert again is not None
    assert other is not None
    assert torch.equal(again.position, other.position)


@pytest.mark.parametrize("part", sorted(BLOCK.arrays))
def test_another_array_is_a_misfit(part: str) -> None:
    array = BLOCK.arrays[part]
    wrong = [
        array[:-1],
        array[:0],
        np.concatenate([array, array]),
        array[..., None],
        np.array(array.flat[0]),
        array[..., :1] if array.ndim > 1 else array[:1],
        np.full(array.shape, "?"),
        array.astype(np.float16),
        array.astype(array.dtype.newbyteorder(">")) if array.dtype.itemsize > 1 else array.astype(np.int64),
    ]
    if array.dtype.kind == "f":
        wrong += [
            np.full_like(array, np.nan),
            array.astype(np.int64),
            array.astype(np.float64 if array.dtype == np.float32 else np.float32),
        ]
        wrong += [np.full_like(array, np.inf)] if part != "error" else []
    if part in ("accept", "step_size", "leapfrogs"):
        wrong += [-array - 1]
    if part == "accept":
        wrong += [array + 2]
    for each in wrong:
        with pytest.raises(Mismatch):
            from_cell({**BLOCK.arrays, part: each}, START, COUNT)


def test_a_trajectory_without_end_may_be_kept() -> None:
    endless = np.full_like(BLOCK.arrays["error"], np.inf)
    assert from_cell({**BLOCK.arrays, "error": endless}, START, COUNT)[0].error.isinf().all()


@pytest.mark.parametrize(
    "array", [np.ones(2, ">f4"), np.ones(2, np.longdouble), np.array([1.0, np.nan]), np.ones(2, int)]
)
def test_weights_that_torch_does_not_know_or_nobody_can_have_are_a_misfit(array: np.ndarray) -> None:
    with pytest.raises(Mismatch):
        tensors({"parameters": array}, "parameters", finite=True)
