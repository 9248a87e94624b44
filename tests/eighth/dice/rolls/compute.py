"""One die, a third of its rolls a frame."""

from collections.abc import Iterator

import numpy as np
from explorer.labs.dice.rolls import PANEL

from explorer.frames import Frame


def stream(settings, device, stop) -> Iterator[Frame]:
    rolled = np.random.default_rng(settings.seed).integers(1, settings.sides + 1, settings.n)
    sides = np.arange(1, settings.sides + 1)
    for third in (1, 2, 3):
        if stop():
            return
        so_far = rolled[: settings.n * third // 3]
        table = PANEL.tables[0].filled(side=sides, count=np.bincount(so_far, minlength=settings.sides + 1)[1:])
        yield Frame(third, 3, {"rolls": table}, {"rolled": rolled} if third == 3 else {}, f"{len(so_far)} rolls")
