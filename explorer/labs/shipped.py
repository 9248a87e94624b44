"""The frames of a lab's default preset, which ship with the code: a first visit sees them at once.

`python -m explorer.labs.shipped` computes them anew; a test compares what ships with what the code computes.
"""

import logging
import lzma
import struct
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from importlib import resources
from pathlib import Path

import numpy as np

from explorer.frames import Columns, Frame, Tables, decode, encode, frame_from, frame_to_bytes
from explorer.labs import Lab, labs
from explorer.settings import Settings

log = logging.getLogger(__name__)

FILE = "shipped.xz"
LIMIT = 300_000  # bytes a lab: the wheel stays light


@cache
def read(lab: Lab) -> tuple[tuple[Frame, ...], dict[str, np.ndarray]]:
    """The shipped frames, last one last, and the closer look with them, if any; both empty when none ship.

    A file that is broken ships nothing: the page computes what it would have shown.
    """
    path = resources.files(lab.package).joinpath(FILE)
    if not path.is_file():
        return (), {}
    try:
        return unpack(path.read_bytes())
    except ValueError as error:
        log.warning("%s of %s cannot be read: %s", FILE, lab.name, error)
        return (), {}


def unpack(content: bytes) -> tuple[tuple[Frame, ...], dict[str, np.ndarray]]:
    """The inverse of `pack`. Raises ValueError for what it cannot have written."""
    try:
        *film, (_, look) = (decode(message) for message in _split(lzma.decompress(content)))
        return tuple(frame_from(head, arrays) for head, arrays in film), look
    except (lzma.LZMAError, EOFError, struct.error, KeyError, TypeError) as error:
        raise ValueError(f"not what a lab ships: {error!r}") from error


def film(lab: Lab, settings: Settings) -> tuple[Frame, ...]:
    """The shipped frames if these settings are those of the default preset; none otherwise."""
    frames, _ = read(lab)
    return frames if frames and settings.same_run(first(lab)) else ()


def begins(lab: Lab, settings: Settings, tables: Tables) -> bool:
    """Whether these tables are the first of the shipped film, seen with the settings it ships with."""
    frames, _ = read(lab)
    return bool(frames) and tables is frames[0].tables and settings == settings.viewed_as(first(lab))


@cache
def first(lab: Lab) -> Settings:
    """The settings of the default preset."""
    return lab.settings.make(**lab.presets[0].settings)


def pack(frames: list[Frame], look: Columns) -> bytes:
    """Frames without their arrays, and a closer look, as one compressed file: nothing is rounded."""
    messages = [*(frame_to_bytes(replace(frame, arrays={})) for frame in frames), encode({}, look)]
    return lzma.compress(b"".join(struct.pack("<Q", len(m)) + m for m in messages), preset=9 | lzma.PRESET_EXTREME)


def compute(lab: Lab) -> tuple[list[Frame], Columns]:
    """The frames of the default preset and the closer look that the page asks for first (imports torch)."""
    from explorer.device import pick

    settings = first(lab)
    frames = [each for each in lab.stream(settings, pick("cpu"), lambda: False) if isinstance(each, Frame)]
    closer = lab.panel(settings).closer
    return frames, lab.inspect(settings, frames[-1].arrays, **closer(settings)) if closer else {}


def _split(content: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(content):
        (size,) = struct.unpack_from("<Q", content, at)
        yield content[at + 8 : at + 8 + size]
        at += 8 + size


def main() -> None:
    """Write every lab's shipped frames into the source tree."""
    for lab in labs():
        content = pack(*compute(lab))
        if len(content) > LIMIT:
            raise SystemExit(f"{lab.name}: {len(content)} bytes are more than {LIMIT}")
        path = Path(str(resources.files(lab.package).joinpath(FILE)))
        path.write_bytes(content)
        print(f"{path}: {len(content)} bytes")


if __name__ == "__main__":
    main()
