"""A finished run: its tables, its weights, and the frames it was made of. One folder on disk."""

import hashlib
import json
import math
from collections.abc import Mapping
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
from explorer.labs import UnknownName, find
from explorer.runtime import messages
from explorer.settings import Settings, SettingsError


class Unreadable(ValueError):
    """A folder that does not hold a whole run."""


@dataclass(frozen=True)
class Result:
    """A finished run.

    Args:
        lab: its name.
        settings: what was run.
        device: where, in words (see `device.describe`).
        source: "computed" or "store".
        seconds: compute time when it was computed.
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
        """Write run.json, NAME.parquet for every table, arrays.npz, and frames.bin, the film of the run."""
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        files: dict[str, bytes] = {}
        for name, columns in self.frame.tables.items():
            sink = BytesIO()
            pq.write_table(pa.table({column: pa.array(values) for column, values in columns.items()}), sink)
            files[f"{name}.parquet"] = sink.getvalue()
        sink = BytesIO()
        np.savez(sink, allow_pickle=False, **self.arrays)
        files["arrays.npz"] = sink.getvalue()
        film = [frames.frame_to_bytes(frame) for frame in self.frames]
        files["frames.bin"] = b"".join(messages.LENGTH.pack(len(frame)) + frame for frame in film)
        for name, content in files.items():
            (folder / name).write_bytes(content)
        sums = {name: checksum(content) for name, content in files.items()}
        (folder / "run.json").write_text(json.dumps({**self._head(), "files": sums}, indent=1), "utf-8")

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
    they too must be whole.

    Raises:
        FileNotFoundError: if there is no such folder, or a file of it is missing.
        Unreadable: if a file is not what was written.
    """
    folder = Path(folder)
    text = (folder / "run.json").read_bytes()
    try:
        head: dict[str, Any] = json.loads(text)
        files = {name: (folder / name).read_bytes() for name in head["files"]}
        for name, content in files.items():
            if checksum(content) != head["files"][name]:
                raise Unreadable(f"{folder / name} is damaged")
        return Result(
            lab=head["lab"],
            settings=find(head["lab"]).settings.make(**head["settings"]),
            device=head["device"],
            source="store",
            seconds=head["seconds"],
            versions=head["versions"],
            frames=tuple(_film(files["frames.bin"])),
            arrays=_arrays(files["arrays.npz"]),
        )
    except (KeyError, TypeError, json.JSONDecodeError, UnicodeDecodeError, SettingsError, UnknownName) as error:
        raise Unreadable(f"{folder / 'run.json'} is damaged: {error!r}") from error


def checksum(content: bytes) -> str:
    """A hash that tells a damaged file from a whole one."""
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def _film(content: bytes) -> list[Frame]:
    stream, film = BytesIO(content), []
    while (message := messages.read(stream)) is not None:
        film.append(frames.frame_from(*frames.decode(message)))
    if not film:
        raise Unreadable("frames.bin is empty")
    return film


def _arrays(content: bytes) -> dict[str, np.ndarray]:
    with np.load(BytesIO(content), allow_pickle=False) as archive:
        return {name: archive[name] for name in archive.files}


def _plain(value: object) -> object:
    return None if isinstance(value, float) and not math.isfinite(value) else value
