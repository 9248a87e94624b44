"""The data folder: where public data sets lie, which files are there, and whether they are whole.

Nothing here writes: files that are there and whole are used as they are.
"""

import os
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from explorer.data import files
from explorer.data.public import File, PublicSet

VARIABLE = "EXPLORER_DATA"


class Absent(LookupError):
    """A data set that is needed and not here."""


def folder() -> Path:
    """The data folder: $EXPLORER_DATA where it is set, else the user's data folder."""
    named = os.environ.get(VARIABLE)
    if not named:
        return Path(platformdirs.user_data_dir("explorer"))
    return Path(os.path.expanduser(named))  # ~NAME stays as it is where there is no such user


@dataclass(frozen=True)
class State:
    """How much of a set is here.

    Attributes:
        word: "here" (all files, whole), "absent" (none), "corrupt" (one of them is not what it should be), "partial".
        whole, missing: paths of files. problems: a line for each that is corrupt.
    """

    word: str
    whole: tuple[str, ...]
    missing: tuple[str, ...]
    problems: tuple[str, ...]


def state(entry: PublicSet, root: Path) -> State:
    """How much of a set is in the folder `root`; every file that is there is looked into."""
    whole, missing, problems = [], [], []
    for file in entry.files:
        if not files.there(root / file.path):
            missing.append(file.path)
        elif problem := trouble(file, root / file.path):
            problems.append(problem)
        else:
            whole.append(file.path)
    word = "corrupt" if problems else "here" if not missing else "partial" if whole else "absent"
    return State(word, tuple(whole), tuple(missing), tuple(problems))


def trouble(file: File, path: Path) -> str:
    """What is wrong with a file, in a line; "" if it is whole. One of the publisher's hash need not be unpacked."""
    try:
        if not (file.md5 and files.digest(path, "md5") == file.md5):
            file.check(path)
    except files.BadFile as error:
        return str(error)
    return ""


def read_by(entry: PublicSet, root: Path, part: str | None = None) -> tuple[str, ...]:
    """The files that a run on a set reads, or on one part of it: those that are there. They belong to a run's key.

    Raises Absent where too few are.
    """
    parts = entry.parts or {"": tuple(file.path for file in entry.files)}
    found: list[str] = []
    for name, paths in parts.items():
        if part in (None, name):
            here = [path for path in paths if files.there(root / path)]
            if not here or (len(here) < len(paths) and not entry.batches):
                raise Absent(missing(entry, root, [path for path in paths if path not in here]))
            found += here
    return tuple(found)


def version(entry: PublicSet, root: Path) -> dict[str, str]:
    """Each file that a run on a set reads, with a hash of what it holds; none where the set is not here.

    Raises BadFile.
    """
    try:
        return {path: files.digest(root / path)[:32] for path in read_by(entry, root)}
    except Absent:
        return {}


def missing(entry: PublicSet, root: Path, paths: list[str]) -> str:
    """What to do without a set, in a sentence."""
    lacks = "it" if len(paths) == len(entry.files) else ", ".join(paths)
    instead = "; data=digits (8x8 digits) needs no download" if entry.kind == "images" else ""
    return (
        f"data = {entry.name!r}: {root} does not have {lacks}. `explorer data fetch {entry.name}` downloads it "
        f"({megabytes(entry.size)}){instead}"
    )


def megabytes(size: int) -> str:
    """A size in words."""
    return f"{size / 1e6:.1f} MB" if size >= 1e5 else f"{size / 1e3:.1f} kB"
