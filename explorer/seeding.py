"""Streams of random numbers for torch, by keys as large as you like."""

import numpy as np
import torch

WORD = 1 << 32


def seeded(key: int) -> torch.Generator:
    """The generator, on the CPU, that belongs to this key, from 0 on.

    torch looks at the last 32 bits of a seed alone (those of seed = 0 and 2^32 are one stream), so larger keys are
    mixed down first. Two of them have the same stream by chance only, one pair in 2^32.
    """
    seed = key if key < WORD else int(np.random.SeedSequence(key).generate_state(1)[0])
    return torch.Generator().manual_seed(seed)
