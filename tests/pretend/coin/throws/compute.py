"""The throws. Every run that is computed says so in `COMPUTED`."""

from collections.abc import Iterator

import numpy as np

from explorer.frames import Frame

COMPUTED: list[int] = []


def stream(settings, device, stop, trained=None) -> Iterator[Frame]:
    COMPUTED.append(settings.throws)
    seeds = np.arange(settings.seed, settings.seed + settings.seeds)
    heads = np.array([np.random.default_rng(seed).binomial(settings.throws, 0.5) for seed in seeds])
    table = {"seed": seeds, "throws": np.full_like(seeds, settings.throws), "heads": heads}
    yield Frame(1, 1, {"coins": table}, {"X": np.zeros((1, 1))}, "thrown")
