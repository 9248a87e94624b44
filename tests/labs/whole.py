"""Whole runs of presets on disk: computed by the first test that asks, read by the others in whichever worker."""

import pickle
from collections.abc import Callable
from pathlib import Path

from explorer.device import pick
from explorer.frames import Frame
from explorer.labs import Lab

try:
    import fcntl
except ImportError:  # not on Windows, where two workers may compute the same
    fcntl = None  # type: ignore[assignment]

#: The frames of a lab's preset, by its name: what the fixture `whole` is.
Whole = Callable[[Lab, str], list[Frame]]


def frames(folder: Path, lab: Lab, preset: str) -> list[Frame]:
    """As this folder has them; who asks while they are computed waits."""
    path = folder / f"{lab.name}-{preset}"
    with path.with_suffix(".lock").open("w") as lock:
        if fcntl is not None:
            fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            part = path.with_suffix(".part")  # a worker that was ended leaves no half run under the name
            part.write_bytes(pickle.dumps(_computed(lab, preset)))
            part.replace(path)
    return pickle.loads(path.read_bytes())


def _computed(lab: Lab, preset: str) -> list[Frame]:
    settings = lab.settings.make(**lab.preset(preset).settings)
    return [each for each in lab.stream(settings, pick("cpu"), lambda: False) if isinstance(each, Frame)]
