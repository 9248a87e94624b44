"""Files of which nothing is believed: opened only where they are files, and refused in one line that names them."""

import errno
import hashlib
import os
import stat
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from io import BufferedIOBase, BufferedReader
from pathlib import Path

CHUNK = 1 << 20  # bytes that are read at a time: no more is given to a file than it really holds


class BadFile(ValueError):
    """A file that is not what it should be."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path, self.reason = path, reason


class CannotWrite(Exception):
    """A place that takes no more, or nothing."""

    def __init__(self, path: Path, error: OSError, more: str = "") -> None:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        why = "there is no space left" if full else f"cannot be written ({(error.strerror or str(error)).lower()})"
        super().__init__(f"{path}: {why}{more}")
        self.full = full


@contextmanager
def opened(path: Path) -> Iterator[BufferedReader]:
    """A regular file, for reading. Raises BadFile, also for what goes wrong while it is read."""
    try:
        # a pipe would wait for somebody who writes
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except OSError as error:
        raise BadFile(path, _reason(path, error)) from error
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise BadFile(path, _kind(path))
        with open(descriptor, "rb", closefd=False) as file:
            yield file
    except (EOFError, zlib.error) as error:
        raise BadFile(path, f"damaged or cut short ({error})") from error
    except OSError as error:
        raise BadFile(path, _reason(path, error)) from error
    finally:
        os.close(descriptor)


def upto(file: BufferedIOBase, most: int) -> bytearray:
    """What a file holds, or its first `most` bytes; memory is taken as they come."""
    found = bytearray()
    while len(found) < most and (more := file.read(min(CHUNK, most - len(found)))):
        found += more
    return found


def write(path: Path, chunks: Iterable[bytes]) -> None:
    """Write a new file, which is removed if that fails. Raises CannotWrite: what is read meanwhile is not blamed."""
    try:
        try:
            clear(path)
            file = open(path, "wb")  # noqa: SIM115, closed below
        except OSError as error:
            raise CannotWrite(path, error) from error
        with file:
            for chunk in chunks:
                try:
                    file.write(chunk)
                    file.flush()
                except OSError as error:
                    raise CannotWrite(path, error) from error
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def clear(path: Path) -> None:
    """Remove what lies at a place of ours and is no file: a link would have us write elsewhere, and a pipe wait.

    Raises OSError.
    """
    with suppress(FileNotFoundError):
        if not stat.S_ISREG(path.lstat().st_mode):
            path.unlink()


def digest(path: Path, how: str = "blake2b") -> str:
    """A hash of what a file holds, in hexadecimal digits. Raises BadFile."""
    with opened(path) as file:
        state = os.fstat(file.fileno())
    return _digest(path, how, state.st_ino, state.st_size, state.st_mtime_ns)


def there(path: Path) -> bool:
    """Whether anything is there, a broken link too."""
    return os.path.lexists(path)


@lru_cache(maxsize=256)
def _digest(path: Path, how: str, *version: int) -> str:
    with opened(path) as file:
        return hashlib.file_digest(file, how).hexdigest()


def _reason(path: Path, error: OSError) -> str:
    if error.errno == errno.ELOOP:
        return "a loop of links"
    if error.errno is None:  # gzip's own
        return str(error).lower()
    return _kind(path) if os.path.isdir(path) else (error.strerror or str(error)).lower()


def _kind(path: Path) -> str:
    return f"a {'folder' if os.path.isdir(path) else 'device or pipe'} where a file should be"
