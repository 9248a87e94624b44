"""Streams of random numbers for torch, one for every whole number."""

import numpy as np
import torch

WORD = 1 << 32


def seeded(key: int) -> torch.Generator:
    """The generator, on the CPU, that belongs to this key, from 0 on.

    torch looks at the last 32 bits of a seed alone (those of seed = 0 and 2^32 are one stream), so larger keys are
    mixed down first.
    """
    seed = key if key < WORD else int(np.random.SeedSequence(key).generate_state(1)[0])
    return torch.Generator().manual_seed(seed)
