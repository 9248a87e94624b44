"""The status line: one moment of a run in words (HTML)."""

from collections.abc import Mapping
from html import escape

from explorer.runtime.viewer import View
from explorer.settings import Settings

STATES = {
    "idle": "ready",
    "queued": "waiting",
    "running": "running",
    "done": "done",
    "failed": "stopped",
}
LACKS = "needs data"


def status(view: View, settings: Settings, *, preview: bool, lacks: bool = False) -> str:
    """The line under the page: state, step, device, speed, seeds, where it came from, who waits.

    `lacks`: the data set of the settings is not here; then nothing is told of the run before, which stays on the page.
    """
    parts = _lacking(view, settings) if lacks else _parts(view, settings, preview)
    spans = "".join(f"<span{mark}>{text}</span>" for mark, text in parts)
    role = "" if view.replaying else ' role="status"'  # a film is not read aloud frame by frame
    return f'<p class="status"{role}>{spans}</p>'


def _parts(view: View, settings: Settings, preview: bool) -> list[tuple[str, str]]:
    paused = view.frame is not None and not view.playing and view.position < view.recorded - 1
    plays = view.state == "done" and view.playing and view.position < view.recorded - 1
    word = "paused" if paused else "preview" if preview else "playing" if plays else STATES[view.state]
    first = f'<i class="dot"></i>{word}'
    if view.frame is not None:
        first += f" · step {view.frame.step:,}"
        if view.frame.note:
            first += f" · {escape(view.frame.note)}"
    if view.state == "failed":
        first = f'<i class="dot"></i>{escape(view.message)}'
    parts = [(f' class="{view.state}"', first)]
    if view.device:
        parts.append(("", _device(view.device) + _speed(*view.speed)))
    parts.append(("", seeds(view.settings or settings)))
    if view.source == "shipped":
        meanwhile = "" if view.state == "failed" else ", while the run is computed here"
        parts.append(("", f"a film that ships with the code{meanwhile}"))
    if view.state == "done":
        parts.append(("", f"{'from the store' if view.source == 'store' else 'live'}, {view.seconds:.1f} s"))
    if view.recorded > 1:
        parts.append(("", f"frame {view.position + 1} of {view.recorded}"))
    parts.append((' class="last"', f"place {view.queue_place} in the queue" if view.queue_place else _waiting(view)))
    return parts


def _lacking(view: View, settings: Settings) -> list[tuple[str, str]]:
    first = f'<i class="dot"></i>{LACKS}'
    return [(' class="lacks"', first), ("", seeds(settings)), (' class="last"', _waiting(view))]


def _waiting(view: View) -> str:
    return f"{view.waiting} waiting" if view.waiting else "no one waiting"


def seeds(settings: Settings) -> str:
    """'seed 0' or 'seeds 0 to 3'."""
    values = settings.values()
    first, count = values.get("seed", 0), values.get("seeds", 1) if settings.relevant("seeds") else 1
    return f"seed {first}" if count == 1 else f"seeds {first} to {first + count - 1}"


def _device(device: Mapping[str, object]) -> str:
    threads = device.get("threads")
    return escape(str(device.get("name") or device.get("kind", "cpu"))) + (
        f", {threads} thread{'s' * (threads != 1)}" if threads else ""
    )


def _speed(rate: float, unit: str) -> str:
    if rate <= 0:
        return ""
    return f" · {rate / 1000:.0f} k {escape(unit)}/s" if rate >= 1000 else f" · {rate:.0f} {escape(unit)}/s"
