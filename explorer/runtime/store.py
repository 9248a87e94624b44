"""Runs on disk, shared by every process of a user: a folder a finished run, named by its key; and cells of others."""

import errno
import logging
import os
import shutil
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import platformdirs

from explorer.frames import FINISHED, Cell
from explorer.runtime import cells, keys, result
from explorer.runtime.result import Result

log = logging.getLogger(__name__)

LIMIT = 2 * 2**30  # bytes: some thousand default runs of half a megabyte, and no burden on a laptop's disk
ABANDONED = 3600.0  # seconds: writing a run takes one or two, so an older temporary folder has lost its writer

PARTS = 64  # of the limit: by so much cells of one process may exceed it

#: What to rename a folder says where there is a run, or a file, of that name.
TAKEN = (errno.EEXIST, errno.ENOTEMPTY, errno.ENOTDIR)

TEMPORARY = ".part-"
CELLS = ".cells"


def folder() -> Path:
    """Where runs are kept: under EXPLORER_CACHE, or in the user's cache folder."""
    return Path(os.environ.get("EXPLORER_CACHE") or platformdirs.user_cache_dir("explorer")) / "runs"


class Store:
    """Runs by key (see `keys.run_key`). Several processes may use one folder at once.

    A run is written under a temporary name and renamed, so that a reader sees all of it or nothing. A damaged run
    counts as absent and is removed; one that cannot be read just now counts as absent and stays. Beyond `limit` bytes
    the runs that were not used for longest are removed.
    Cells of a training (see `frames.Cell`) lie side by side in one folder, which counts as a run, until a run of that
    training is stored.
    """

    def __init__(self, root: str | Path | None = None, limit: int = LIMIT) -> None:
        self.root = Path(root) if root is not None else folder()
        self._limit = limit
        self._grown = 0  # by cells, since the last look at all

    def load(self, key: str) -> Result | None:
        """The run of this key; None when there is none, or none that is whole."""
        path = self.root / key
        while (folder_read := _identity(path)) is not None:
            try:
                found = result.load(path)
            except (result.Unreadable, *result.GONE) as error:
                if _identity(path) != folder_read:
                    continue  # another process has just replaced it: read that one
                log.warning("removing the stored run %s, which will be computed anew: %s", key, error)
                self._discard(path)
                return None
            except (OSError, MemoryError) as error:  # full of open files or of memory: it may be whole
                log.warning("the stored run %s cannot be read now: %s", key, result.in_a_line(error))
                return None
            with suppress(OSError):  # a folder that we may only read
                os.utime(path)  # used just now: the last to be removed
            return found
        return None

    def kept(self, training_key: str) -> dict[str, dict[str, np.ndarray]]:
        """What there is of this training: as `FINISHED` data and weights of any run, whatever was measured; cells."""
        runs = (path.name for path in self._entries() if path.name.startswith(f"{training_key}-"))
        finished = next((found for key in runs if (found := self.load(key)) is not None), None)
        folder = self._cells(training_key)
        if _identity(folder) is not None and not folder.is_dir():
            self._discard(folder)
        kept = cells.read(folder)
        with suppress(OSError):  # used just now; or there are none
            os.utime(folder)
        return kept if finished is None else {FINISHED: dict(finished.arrays), **kept}

    def keep(self, training_key: str, cell: Cell) -> None:
        """Keep a finished cell of a run that goes on. Whatever prevents it is a line in the log."""
        try:
            self._grown += cells.write(self._cells(training_key), cell)
            if self._grown > self._limit / PARTS:  # to look at every run for every cell would take longer than some do
                self._prune()
                self._grown = 0
        except Exception as error:
            log.warning("the cell %s could not be kept: %s", cell.name, result.in_a_line(error))

    def forget(self, training_key: str) -> None:
        """Remove the cells of a training."""
        self._discard(self._cells(training_key))

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
                self.forget(keys.training_of(key))
            finally:
                shutil.rmtree(part, ignore_errors=True)
            self._prune()
        except Exception as error:
            log.warning("the run %s could not be stored: %s", key, result.in_a_line(error))

    def _cells(self, training_key: str) -> Path:
        return self.root / f"{training_key}{CELLS}"

    def _publish(self, part: Path, path: Path) -> None:
        try:
            part.rename(path)
        except OSError as error:
            if error.errno not in TAKEN:
                raise
            self._discard(path)
            try:
                part.rename(path)
            except OSError:  # and another process has just put its own there: as good as ours
                if not path.is_dir():
                    raise

    def _discard(self, path: Path) -> None:
        """Remove a run: first its name, in one step, then the files."""
        if _identity(path) is None:
            return
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
