"""Finished cells of runs that are not, on disk: a folder a training, a file a cell."""

import hashlib
import logging
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

import numpy as np

from explorer.frames import Cell, decode, encode
from explorer.runtime.result import GONE, Unreadable, checksum, content_of, in_a_line

log = logging.getLogger(__name__)

SUM = len(checksum(b""))  # bytes of the checksum that a file begins with


def write(folder: Path, cell: Cell) -> int:
    """Write a cell into the folder of its training, under a temporary name that is then changed; its size in bytes.

    Raises OSError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    content = encode({"cell": cell.name}, cell.arrays)
    number, part = tempfile.mkstemp(dir=folder)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(checksum(content).encode())
            file.write(content)
        os.replace(part, folder / _file(cell.name))
    finally:
        with suppress(OSError):  # it has its own name by now
            os.unlink(part)
    return SUM + len(content)


def read(folder: Path) -> dict[str, dict[str, np.ndarray]]:
    """The arrays of the cells in a folder, by name.

    A damaged cell is removed, one that cannot be read just now is left out: a line in the log.
    """
    kept = {}
    for path in sorted(folder.glob("*.cell")):
        try:
            cell = _read(path)
        except Exception as error:  # as many kinds as there are ways to spoil a file
            if not os.path.lexists(path):  # another process has finished the run
                continue
            if isinstance(error, OSError | MemoryError) and not isinstance(error, GONE):
                log.warning("the kept cell %s cannot be read now: %s", path, in_a_line(error))
                continue
            log.warning("removing the kept cell %s, which will be computed anew: %s", path, in_a_line(error))
            _remove(path)
            continue
        kept[cell.name] = {name: array.copy() for name, array in cell.arrays.items()}  # a lab may want to write
    return kept


def _file(name: str) -> str:
    """Whatever a cell is called, a name that every file system takes."""
    return f"{hashlib.blake2b(name.encode(), digest_size=12).hexdigest()}.cell"


def _read(path: Path) -> Cell:
    content = memoryview(content_of(path))  # of which parts are no copies
    if checksum(content[SUM:]).encode() != content[:SUM]:
        raise Unreadable("it is not what was written")
    head, arrays = decode(content[SUM:])
    if _file(head["cell"]) != path.name:
        raise Unreadable(f"it is the cell {head['cell']}")
    return Cell(head["cell"], arrays)


def _remove(path: Path) -> None:
    with suppress(OSError):  # another process was faster, or we may only read
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
