"""A finished run: its tables, its weights, and the frames it was made of. One folder on disk."""

import hashlib
import json
import math
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from explorer import frames
from explorer.frames import Columns, Frame
from explorer.labs import find
from explorer.runtime.messages import LENGTH
from explorer.settings import Settings

HEAD, FILM, ARRAYS = "run.json", "frames.bin", "arrays.npz"


#: What to open something raises that is not what was written; any other OSError tells nothing of what is there.
GONE = (FileNotFoundError, IsADirectoryError, NotADirectoryError)


class Unreadable(ValueError):
    """A folder that does not hold a whole run."""


@dataclass(frozen=True)
class Result:
    """A finished run.

    Args:
        lab: its name.
        settings: what was run.
        device: where, in words (see `device.describe`); of a run that was taken up again, where its last part was.
        source: "computed" or "store".
        seconds: compute time when it was computed; of a run that was taken up again, since then.
        versions: of explorer, Python, torch and numpy when it was computed.
        frames: those recorded on the way, without arrays; the last is complete.
        arrays: data and weights.
    """

    lab: str
    settings: Settings
    device: Mapping[str, object]
    source: str
    seconds: float
    versions: Mapping[str, str]
    frames: tuple[Frame, ...]
    arrays: Columns

    @property
    def frame(self) -> Frame:
        """The complete frame."""
        return self.frames[-1]

    @cached_property
    def tables(self) -> dict[str, pd.DataFrame]:
        """The tables by name."""
        return {name: pd.DataFrame(dict(columns)) for name, columns in self.frame.tables.items()}

    def to_json(self) -> str:
        """One JSON object: lab, settings, device, source, seconds, versions, tables; unknown numbers are null."""
        tables = {
            name: {column: [_plain(value) for value in values.tolist()] for column, values in columns.items()}
            for name, columns in self.frame.tables.items()
        }
        return json.dumps({**self._head(), "source": self.source, "tables": tables}, allow_nan=False)

    def save(self, folder: str | Path) -> None:
        """Write run.json, NAME.parquet for every table, arrays.npz, and frames.bin, the film of the run.

        Raises OSError, and then leaves what was there before.
        """
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        files: dict[str, bytes] = {}
        for name, columns in self.frame.tables.items():
            sink = BytesIO()
            pq.write_table(pa.table({column: pa.array(values) for column, values in columns.items()}), sink)
            files[f"{name}.parquet"] = sink.getvalue()
        sink = BytesIO()
        np.savez(sink, allow_pickle=False, **self.arrays)
        files[ARRAYS] = sink.getvalue()
        film = [frames.frame_to_bytes(frame) for frame in self.frames]
        files[FILM] = b"".join(LENGTH.pack(len(frame)) + frame for frame in film)
        head = {**self._head(), "files": {name: checksum(content) for name, content in files.items()}}
        files[HEAD] = json.dumps({**head, "checksum": _sum(head)}, indent=1).encode()
        parts = {name: folder / f"{name}.part" for name in files}
        try:
            for name, content in files.items():
                parts[name].write_bytes(content)
            for name, part in parts.items():
                part.replace(folder / name)
        except OSError:
            for part in parts.values():
                with suppress(OSError):
                    part.unlink()
            raise

    def _head(self) -> dict[str, object]:
        return {
            "lab": self.lab,
            "settings": self.settings.values(),
            "device": dict(self.device),
            "seconds": self.seconds,
            "versions": dict(self.versions),
        }


def load(folder: str | Path) -> Result:
    """The run that `save` wrote.

    The tables come from frames.bin, whose last frame holds them; the .parquet files are for other programs, but
    they too must be whole. Anybody may have written here, and disks fail: nothing is believed, whatever the checksums
    say.

    Raises:
        FileNotFoundError: if there is no such folder, or a file of it is missing.
        Unreadable: if a file is not what was written; in one line.
        OSError, MemoryError: if this cannot be told, for it could not be read just now.
    """
    folder = Path(folder)
    try:
        return _read(folder)
    except (OSError, MemoryError):
        raise
    except Exception as error:  # as many kinds as there are ways to spoil a file, a RecursionError among them
        raise Unreadable(f"{folder} is damaged: {in_a_line(error)}") from error


def checksum(content: bytes | memoryview) -> str:
    """A hash that tells a damaged file from a whole one."""
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def content_of(path: Path) -> bytes:
    """The bytes of a file.

    Raises:
        Unreadable: for what is none: reading a pipe or a device may never end.
        OSError, MemoryError: if it is missing (one of `GONE`), or cannot be read just now.
    """
    if path.exists() and not path.is_file():
        raise Unreadable(f"{path.name} is not a file")
    return path.read_bytes()


def in_a_line(error: BaseException) -> str:
    """What an error says, for a line in a log."""
    return " ".join(str(error).split())[:200] or type(error).__name__


def _read(folder: Path) -> Result:
    head: dict[str, Any] = json.loads(_content(folder, HEAD))
    if head.pop("checksum") != _sum(head):
        raise Unreadable(f"{HEAD} is not what was written")
    files = {name: _content(folder, name) for name in head["files"]}
    for name, content in files.items():
        if checksum(content) != head["files"][name]:
            raise Unreadable(f"{name} is not what was written")
    film, arrays = tuple(_film(files[FILM])), _arrays(files[ARRAYS])
    if {f"{name}.parquet" for name in film[-1].tables} != set(files) - {FILM, ARRAYS}:
        raise Unreadable(f"{FILM} has other tables than there are files")
    seconds = head["seconds"]
    if isinstance(seconds, bool) or not (isinstance(seconds, int | float) and 0 <= seconds < math.inf):
        raise Unreadable(f"seconds = {seconds!r} in {HEAD}")
    if not all(isinstance(text, str) for text in head["versions"].values()):
        raise Unreadable(f"versions in {HEAD} are no texts")
    if not all(isinstance(word, str | int) for word in head["device"].values()):
        raise Unreadable(f"device in {HEAD} is not one")
    return Result(
        lab=head["lab"],
        settings=find(head["lab"]).settings.make(**head["settings"]),
        device=head["device"],
        source="store",
        seconds=seconds,
        versions=head["versions"],
        frames=film,
        arrays=arrays,
    )


def _sum(head: Mapping[str, object]) -> str:
    """The checksum of run.json, whose numbers would else be believed whatever a disk has made of them."""
    return checksum(json.dumps(head, sort_keys=True).encode())


def _content(folder: Path, name: str) -> bytes:
    path = folder / name
    if path.parent != folder:
        raise Unreadable(f"{name} is not in the folder of the run")
    return content_of(path)


def _film(content: bytes) -> list[Frame]:
    film, at = [], 0
    while at < len(content):
        (size,) = LENGTH.unpack_from(content, at)
        at += LENGTH.size + size
        if at > len(content):
            raise Unreadable(f"{FILM} is cut short")
        frame = frames.frame_from(*frames.decode(content[at - size : at]))
        if type(frame.step) is not int or type(frame.total) is not int or not isinstance(frame.note, str):
            raise Unreadable(f"{FILM} has a frame without step, total or note")
        film.append(frame)
    if not film:
        raise Unreadable(f"{FILM} is empty")
    return film


def _arrays(content: bytes) -> Columns:
    try:
        with np.load(BytesIO(content), allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
    except OSError as error:  # no disk's: bz2 calls its own so
        raise Unreadable(f"{ARRAYS} cannot be unpacked") from error
    return Frame(0, 0, {}, arrays).arrays  # which looks at their kinds


def _plain(value: object) -> object:
    return None if isinstance(value, float) and not math.isfinite(value) else value
