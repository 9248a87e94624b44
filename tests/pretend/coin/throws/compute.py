"""The throws, a cell a coin.

Every run that is computed says so in `COMPUTED`, every coin that is thrown in the file that COIN_LEDGER names, where
other processes can read it. While there is a file that COIN_HOLD names, coins are thrown up to the number in it.
"""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from explorer.frames import Cell, Frame, taken

COMPUTED: list[int] = []


def stream(settings, device, stop, kept=None) -> Iterator[Frame | Cell]:
    COMPUTED.append(settings.throws)
    seeds = np.arange(settings.seed, settings.seed + settings.seeds)
    heads: list[np.ndarray] = []
    for i, seed in enumerate(seeds.tolist()):
        while i >= _most():
            if stop():
                return
            time.sleep(0.01)
        cell = (kept or {}).get(f"coin {seed}")
        if cell is None:
            cell = {"heads": np.array(np.random.default_rng(seed).binomial(settings.throws, 0.5))}
            _write(seed)
            yield Cell(f"coin {seed}", cell)
        heads.append(taken(cell, "heads")["heads"])
        table = {
            "seed": seeds[: i + 1],
            "throws": np.full(i + 1, settings.throws, np.int64),
            "heads": np.array(heads, np.int64),
        }
        arrays = {"X": np.zeros((1, 1))} if i + 1 == len(seeds) else {}
        yield Frame(i + 1, len(seeds), {"coins": table}, arrays, "thrown")


def _most() -> float:
    try:
        return int(Path(os.environ["COIN_HOLD"]).read_text("utf-8"))
    except (KeyError, FileNotFoundError):
        return float("inf")


def _write(seed: int) -> None:
    if name := os.environ.get("COIN_LEDGER"):
        with Path(name).open("a", encoding="utf-8") as ledger:
            ledger.write(f"{seed}\n")
