"""Users' own files, as far as they are kept: those used last, of bounded size, and whatever an open page uses.

A file in use is locked by the process that uses it, so that no other removes it either; the system lets go of the lock
when that process ends, however it does.
"""

import os
import re
import time
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

try:
    import fcntl
except ImportError:  # Windows does not remove a file that somebody has open
    fcntl = None  # type: ignore[assignment]

LIMIT = 1 << 30  #: bytes in a folder: a hundred sets of points, or eight networks, of the largest size
ABANDONED = 3600.0  # seconds: an older temporary file has lost its writer

PART = ".part"  # the ending of a temporary file
KEPT = re.compile(r"(own|net)-[0-9a-f]{16}\.npz")


def hold(path: Path) -> BinaryIO | None:
    """Keep a file from being removed until what is returned is closed; None if it is not there."""
    with suppress(OSError):
        file = open(path, "rb")  # noqa: SIM115, closed by whoever asked
        if fcntl is not None:
            with suppress(OSError):  # a file system without locks
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        used(path)
        return file
    return None


def used(path: Path) -> None:
    """Note that a file was used just now: the last to be removed."""
    with suppress(OSError):  # a folder that we may only read
        os.utime(path)


def tidy(folder: Path, fresh: Path, limit: int | None = None) -> bool:
    """Remove files that were not used for longest until the rest is within `limit` bytes (LIMIT by default).

    `fresh`, and what is in use, stays. Returns whether the limit is kept.
    """
    limit = LIMIT if limit is None else limit
    files = sorted(_files(folder))
    total = sum(size for _, size, path in files if path.suffix != PART)
    for used_at, size, path in files:
        if path.suffix == PART:
            if time.time() - used_at > ABANDONED:
                _remove(path)
        elif total > limit and path != fresh and _remove(path):
            total -= size
    return total <= limit


def _files(folder: Path) -> list[tuple[float, int, Path]]:
    """When each was used, its size, and where it is."""
    found = []
    with suppress(OSError):
        for path in folder.iterdir():
            if KEPT.fullmatch(path.name) or path.suffix == PART:
                with suppress(OSError):  # removed meanwhile
                    state = path.lstat()
                    found.append((state.st_mtime, state.st_size, path))
    return found


def _remove(path: Path) -> bool:
    """Remove a file unless it is in use; whether it has gone."""
    try:
        with open(path, "rb") as file:
            if fcntl is not None:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # fails where somebody holds it
                path.unlink()
        if fcntl is None:
            path.unlink()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True
