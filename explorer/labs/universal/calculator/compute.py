"""A stub."""

from explorer.frames import Frame
from explorer.labs.universal.calculator import PANEL


def stream(settings, device, stop):
    for i in (0, 1):
        if stop():
            return
        yield Frame(i, 1, {"calculator": PANEL.tables[0].filled(n=[1, settings.n], value=[1.0, 2.0])}, {}, "stub")
