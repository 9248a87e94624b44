"""Networks as their code rebuilds them: the code is written down here bit by bit, and read."""

import math

import numpy as np
import pytest
import torch

from explorer.measure.coded import coded
from explorer.measure.layers import weights
from tests.measure.classifiers import classifiers


def test_the_row_is_rebuilt_from_as_many_bits() -> None:
    models, each = classifiers(6), 4
    where = weights(models)
    kept = models.parameters.abs() > 0.3
    rows, bits = coded(models, kept, each)
    for i, row in enumerate(rows):
        keep = kept[i] | ~where
        rebuilt, written, begin = torch.zeros_like(row), 0.0, 0
        for block in models.blocks:
            own = slice(begin, begin + block.size)
            scale = np.float32(models.parameters[i, own][keep[own]].abs().max().item())
            levels = torch.tensor([scale * (2 * code + 1 - 2**each) / 2**each for code in range(2**each)]).double()
            nearest = (models.parameters[i, own].unsqueeze(1) - levels).abs().argmin(1)
            rebuilt[own] = torch.where(keep[own], levels[nearest], 0)
            written += 32 + (0 if block.weights else each * block.size)
            begin += block.size
        torch.testing.assert_close(row, rebuilt, rtol=1e-6, atol=0)
        k = int(kept[i, where].sum())
        assert bits[i] == pytest.approx(written + each * k + math.log2(math.comb(int(where.sum()), k)))


def test_many_bits_are_the_pruned_network() -> None:
    models = classifiers(6)
    kept = models.parameters.abs() > 0.3
    rows, _ = coded(models, kept, 24)
    torch.testing.assert_close(rows, models.parameters * (kept | ~weights(models)), rtol=0, atol=1e-6)
