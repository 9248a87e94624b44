"""The law lab's stream: that of the panel looked at."""

from collections.abc import Iterator
from importlib import import_module

import torch

from explorer.frames import Columns, Frame
from explorer.labs import Stop
from explorer.labs.law.settings import LawSettings


def stream(settings: LawSettings, device: torch.device, stop: Stop, trained: Columns | None = None) -> Iterator[Frame]:
    """Frames of the panel that the settings name; each panel is a module of its own with a `stream`."""
    module = import_module(f"{__package__}.{settings.panel.replace('-', '_')}")
    yield from module.stream(settings, device, stop)
