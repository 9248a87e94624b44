"""The zip files of the TU collection of graphs: checked, and unpacked into a folder of our own.

A set NAME is a few texts: NAME_A.txt has a line an edge, NAME_graph_indicator.txt one a node, NAME_graph_labels.txt one
a graph. Its zip may have them in a folder, and a doubled slash in their names: members go by their base name, and
nothing is ever written to a place that a zip names. Graphs are made of the texts elsewhere, with torch_geometric.
"""

import os
import shutil
import stat
import struct
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from explorer.data.files import CHUNK, BadFile, CannotWrite, digest, opened, write

MOST = 1 << 28  #: bytes that a zip may unpack to: ten times the largest, DD
LABELS = 1 << 24  # bytes of the labels of graphs: a thousand times the largest
MEMBERS = 100
SPOILT = (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, struct.error, OverflowError)
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
NEEDED = ("A", "graph_indicator", "graph_labels")


@dataclass(frozen=True)
class Counts:
    """What a set has: how many graphs of each label as its text writes it, and nodes in all of them."""

    labels: Mapping[str, int]
    nodes: int

    @property
    def graphs(self) -> int:
        return sum(self.labels.values())


def check(path: Path, name: str, expected: Counts) -> None:
    """That a zip holds the set `name`, whole. Raises BadFile.

    Every member is unpacked, which checks the sums that the zip gives; what an edge list holds is not read.
    """
    with _members(path, name) as (archive, members):
        lines = dict.fromkeys(NEEDED, 0)
        labels: Counter[str] = Counter()
        for text, info in members.items():
            part = text.removeprefix(f"{name}_").removesuffix(".txt")
            chunks = _chunks(archive, info)
            if part == "graph_labels":
                if info.file_size > LABELS:
                    raise BadFile(path, f"{text} has {info.file_size:,} bytes, more than it should")
                labels.update(b"".join(chunks).decode("ascii").split())
            else:
                ends = sum(chunk.count(b"\n") for chunk in chunks)
                if part in NEEDED:
                    lines[part] = ends
    if labels != Counter(expected.labels):
        has, needs = (", ".join(f"{n:,} of {word}" for word, n in sorted(c.items())) for c in (labels, expected.labels))
        raise BadFile(path, f"graphs by label: {has or 'none'}; expected {needs}"[:300])
    if lines["graph_indicator"] != expected.nodes:
        raise BadFile(path, f"{lines['graph_indicator']:,} nodes; expected {expected.nodes:,}")
    if not lines["A"]:
        raise BadFile(path, "no edges")


def unpack(path: Path, into: Path | None = None) -> Path:
    """The folder with the texts of a zip, below `into` (our cache, where none is given), unpacked where it is not yet.

    It is named after what the zip holds, and appears whole or not at all. Raises BadFile, CannotWrite.
    """
    into = folder() if into is None else into
    target = into / f"{path.stem}-{digest(path)[:16]}"
    if target.is_dir():
        return target
    try:
        into.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(dir=into, prefix=".part-"))
    except OSError as error:
        raise CannotWrite(into, error) from error
    try:
        with _members(path, path.stem) as (archive, members):
            for text, info in members.items():
                write(part / text, _chunks(archive, info))
        try:
            os.rename(part, target)
        except OSError as error:
            if not target.is_dir():  # else somebody else was quicker
                raise CannotWrite(target, error) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return target


def folder() -> Path:
    """Where texts are unpacked to: in $EXPLORER_CACHE, else in the user's cache folder."""
    return Path(os.environ.get("EXPLORER_CACHE") or platformdirs.user_cache_dir("explorer")) / "tu"


@contextmanager
def _members(path: Path, name: str) -> Iterator[tuple[zipfile.ZipFile, dict[str, zipfile.ZipInfo]]]:
    """A zip and its members that belong to the set, by base name; their sizes are within what is read."""
    with opened(path) as file:
        try:
            with zipfile.ZipFile(file) as archive:
                yield archive, _looked_through(path, name, archive.infolist())
        except BadFile:
            raise
        except SPOILT as error:
            raise BadFile(path, f"not a readable zip file ({error})") from error


def _looked_through(path: Path, name: str, infos: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    found: dict[str, zipfile.ZipInfo] = {}
    if len(infos) > MEMBERS:
        raise BadFile(path, f"{len(infos):,} members; at most {MEMBERS} are read")
    if sum(info.file_size for info in infos) > MOST:
        raise BadFile(path, f"unpacks to more than {MOST >> 20} MiB, the most that is read")
    for info in infos:
        said = ascii(info.filename)[:80]
        parts = info.filename.replace("\\", "/").split("/")
        if ".." in parts or parts[0] == "" or ":" in info.filename:
            raise BadFile(path, f"its member {said} would be written outside the folder")
        if stat.S_ISLNK(info.external_attr >> 16):
            raise BadFile(path, f"its member {said} is a link")
        text = parts[-1]
        if not (text.startswith(f"{name}_") and text.endswith(".txt") and text.isascii()):
            continue  # a folder, a README
        if text in found:
            raise BadFile(path, f"two members are called {text}")
        if info.flag_bits & 1 or info.compress_type not in METHODS:
            raise BadFile(path, f"its member {said} is packed in a way that is not read")
        found[text] = info
    for part in NEEDED:
        if f"{name}_{part}.txt" not in found:
            raise BadFile(path, f"has no {name}_{part}.txt")
    return found


def _chunks(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """What a member holds; a zip file yields no more of it than the size that its directory claims."""
    with archive.open(info) as member:
        while chunk := member.read(CHUNK):
            yield chunk
