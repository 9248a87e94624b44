"""What a speed counts, and the key to the colours."""

import numpy as np

from explorer.figures.layout import Key
from explorer.labs.live.overview import LIPSCHITZ, TRAINING, steps_taken
from explorer.labs.live.overview.curves import key


def test_every_network_counts_with_its_last_step() -> None:
    rows = [(8, 0, 0), (8, 0, 5), (16, 0, 5), (16, 1, 2), (8, 1, 9), (8, 0, 3)]
    k, seed, step = np.array(rows).T
    table = TRAINING.filled(k=k, seed=seed, step=step, mse=np.ones(len(k)))
    assert steps_taken({"training": table}) == 5 + 5 + 2 + 9
    assert steps_taken({"training": TRAINING.empty()}) == 0
    assert steps_taken({}) == 0


def test_the_key_names_the_ends_of_the_ramp() -> None:
    assert key({}) is None
    named = {name: np.zeros(2) for name in LIPSCHITZ.columns} | {"k": np.array([64, 8]), "fits": np.ones(2, bool)}
    assert key({"lipschitz": LIPSCHITZ.filled(**named)}) == Key("k = 8", "64", "chosen k")
