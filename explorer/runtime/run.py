"""A whole run in the caller's own process: the command line, `explorer.run`, sweeps."""

import time
from collections.abc import Callable
from dataclasses import replace

from explorer import device as devices
from explorer.frames import Cell, Columns, Frame
from explorer.labs import Lab
from explorer.runtime import keys
from explorer.runtime.job import Recording
from explorer.runtime.result import Result
from explorer.runtime.store import Store
from explorer.runtime.stream import stream
from explorer.settings import Settings

END = object()  # of a stream, which may yield None


def run(
    lab: Lab,
    settings: Settings,
    device: str = "cpu",
    *,
    fresh: bool = False,
    progress: Callable[[Frame], None] | None = None,
    store: Store | None = None,
) -> Result:
    """The finished run of these settings: from the store if it is there, else computed and stored.

    Cells are stored as they are finished: who breaks it off and comes again need not wait for them a second time.

    Args:
        lab, settings: what to run.
        device: "cpu" or "cuda".
        fresh: compute everything, whatever is stored. Cells that are kept of it go at once, a finished run when
            this one takes its place.
        progress: called with every frame that is computed.
        store: where finished runs are kept; the user's own by default.

    Raises:
        DeviceError: if the device cannot be used.
    """
    store = store or Store()
    key = keys.run_key(lab, settings, device)
    stored = None if fresh else store.load(key)
    if stored is not None:
        return replace(stored, settings=settings)  # may differ in fields that have no effect
    training_key = keys.training_of(key)
    if fresh:
        store.forget(training_key)
    kept = {} if fresh else store.kept(training_key)
    place = devices.pick(device)
    recording = Recording()
    arrays: Columns = {}
    seconds, film = 0.0, stream(lab, settings, place, lambda: False, kept)
    while True:
        began = time.perf_counter()
        found = next(film, END)
        seconds += time.perf_counter() - began
        if found is END:
            break
        if isinstance(found, Cell):
            store.keep(training_key, found)
        elif isinstance(found, Frame):
            recording.add(found)
            arrays = found.arrays or arrays
            if progress is not None:
                progress(found)
    result = Result(
        lab=lab.name,
        settings=settings,
        device=devices.describe(place),
        source="computed",
        seconds=seconds,
        versions=keys.versions(),
        frames=recording.frames,
        arrays=arrays,
    )
    store.save(key, result)
    return result
