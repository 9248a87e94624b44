"""Finished runs on disk, shared by every process of a user: a folder a run, named by its key."""

import logging
import os
import shutil
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import platformdirs

from explorer.runtime import result
from explorer.runtime.result import Result

log = logging.getLogger(__name__)

LIMIT = 2 * 2**30  # bytes: some thousand default runs of half a megabyte, and no burden on a laptop's disk
ABANDONED = 3600.0  # seconds: writing a run takes one or two, so an older temporary folder has lost its writer

TEMPORARY = ".part-"


def folder() -> Path:
    """Where runs are kept: under EXPLORER_CACHE, or in the user's cache folder."""
    return Path(os.environ.get("EXPLORER_CACHE") or platformdirs.user_cache_dir("explorer")) / "runs"


class Store:
    """Runs by key (see `keys.run_key`). Several processes may use one folder at once.

    A run is written under a temporary name and renamed, so that a reader sees all of it or nothing. A damaged run
    counts as absent and is removed. Beyond `limit` bytes the runs that were not used for longest are removed.
    """

    def __init__(self, root: str | Path | None = None, limit: int = LIMIT) -> None:
        self.root = Path(root) if root is not None else folder()
        self._limit = limit

    def load(self, key: str) -> Result | None:
        """The run of this key; None when there is none, or none that is whole."""
        path = self.root / key
        while (folder_read := _identity(path)) is not None:
            try:
                found = result.load(path)
            except (result.Unreadable, OSError) as error:
                if _identity(path) != folder_read:
                    continue  # another process has just replaced it: read that one
                log.warning("removing the stored run %s, which will be computed anew: %s", key, error)
                self._discard(path)
                return None
            with suppress(OSError):  # a folder that we may only read
                os.utime(path)  # used just now: the last to be removed
            return found
        return None

    def trained(self, training_key: str) -> dict[str, np.ndarray] | None:
        """Data and weights of any run of this training, whatever was measured."""
        for path in self._entries():
            if path.name.startswith(f"{training_key}-") and (found := self.load(path.name)) is not None:
                return dict(found.arrays)
        return None

    def save(self, key: str, run: Result) -> None:
        """Keep a run, in the place of an older one of this key.

        Whatever prevents it (a full disk, a file where the folder should be) is a line in the log: the run is no worse
        for not being stored.
        """
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            part = Path(tempfile.mkdtemp(prefix=TEMPORARY, dir=self.root))
            try:
                run.save(part)
                self._publish(part, self.root / key)
            finally:
                shutil.rmtree(part, ignore_errors=True)
            self._prune()
        except Exception as error:
            log.warning("the run %s could not be stored: %s", key, " ".join(str(error).split()))

    def _publish(self, part: Path, path: Path) -> None:
        try:
            part.rename(path)
        except OSError:  # there is a run of this key
            self._discard(path)
            try:
                part.rename(path)
            except OSError:  # and another process has just put its own there: as good as ours
                if not path.is_dir():
                    raise

    def _discard(self, path: Path) -> None:
        """Remove a run: first its name, in one step, then the files."""
        with suppress(OSError):  # another process was faster, or we may only read
            waste = Path(tempfile.mkdtemp(prefix=TEMPORARY, dir=self.root))
            try:
                path.rename(waste / path.name)
            finally:
                shutil.rmtree(waste, ignore_errors=True)

    def _prune(self) -> None:
        now, total = time.time(), 0
        for path in sorted(self._entries(), key=_used, reverse=True):
            if path.name.startswith(TEMPORARY):
                if now - _used(path) > ABANDONED:
                    shutil.rmtree(path, ignore_errors=True)
            elif path.is_dir():  # a file is nobody's run, and not ours to remove
                total += _size(path)
                if total > self._limit:
                    self._discard(path)

    def _entries(self) -> list[Path]:
        try:
            return list(self.root.iterdir())
        except OSError:  # no folder yet, or something else of its name
            return []


def _identity(path: Path) -> int | None:
    try:
        return path.lstat().st_ino
    except OSError:
        return None


def _used(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:  # removed by another process while we look
        return 0.0


def _size(path: Path) -> int:
    """Bytes of the files in a folder; 0 where we may not look."""
    with suppress(OSError):
        return sum(entry.stat(follow_symlinks=False).st_size for entry in os.scandir(path))
    return 0
