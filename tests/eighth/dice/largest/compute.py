"""One die more a frame."""

from collections.abc import Iterator

import numpy as np
from explorer.labs.dice.largest import PANEL

from explorer.frames import Frame


def stream(settings, device, stop) -> Iterator[Frame]:
    rolled = np.random.default_rng(settings.seed).integers(1, settings.sides + 1, (settings.n, settings.dice))
    means = np.maximum.accumulate(rolled, axis=1).mean(0)
    for dice in range(1, settings.dice + 1):
        if stop():
            return
        table = PANEL.tables[0].filled(dice=np.arange(1, dice + 1), mean=means[:dice])
        arrays = {"rolled": rolled} if dice == settings.dice else {}
        yield Frame(dice, settings.dice, {"largest": table}, arrays, f"{dice} dice")
