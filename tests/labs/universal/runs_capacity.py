"""Small runs of the capacity panel, what they learned from and the networks that they left."""

from collections.abc import Callable

import torch

from explorer.frames import Frame
from explorer.labs.universal import LAB
from explorer.labs.universal.capacity import CapacitySettings, compute
from explorer.nets.mlp import Mlp

CPU = torch.device("cpu")
SMALL = {"n": 120, "widths": (8, 32), "seeds": 2, "max_steps": 60, "attack_steps": 4, "restarts": 2}


def run(stop: Callable[[], bool] = lambda: False, **changes: object) -> list[Frame]:
    settings = CapacitySettings.make(**SMALL | changes)
    return [frame for frame in LAB.stream(settings, CPU, stop) if isinstance(frame, Frame)]


def read(settings: CapacitySettings) -> compute.Data:
    """What networks of these settings learn from and are tested on."""
    film = compute.Data.read(settings, CPU, lambda: False)
    while True:
        try:
            next(film)
        except StopIteration as end:
            return end.value


def network(frame: Frame, width: int, seed: int) -> Mlp:
    settings = CapacitySettings.make(**SMALL)
    models = compute.untrained(settings, width)
    return models.with_parameters(torch.tensor(frame.arrays[f"k{width}_parameters"])).take(torch.tensor([seed]))
