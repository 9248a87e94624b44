"""Images and labels in CIFAR-10's binary records: a byte of label, then 32 x 32 bytes each of red, green and blue."""

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from jaxtyping import Int64, UInt8

from explorer.data.files import BadFile, opened, upto

SIDE, COLOURS = 32, 3
RECORD = 1 + COLOURS * SIDE**2
CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
MOST = 100_000 * RECORD  #: bytes of one file: ten times a batch


def records(path: Path, count: int | None = None) -> UInt8[np.ndarray, "n bytes"]:
    """The records of a file, `count` of them where it is given. Raises BadFile."""
    with opened(path) as file:
        size = os.fstat(file.fileno()).st_size
        if count is not None and size != count * RECORD:
            raise BadFile(path, f"{size:,} bytes; expected {count:,} records of {RECORD:,}")
        if size == 0 or size % RECORD or size > MOST:
            raise BadFile(path, f"{size:,} bytes; expected records of {RECORD:,}, at most {MOST >> 20} MiB")
        found = upto(file, size)
    if len(found) != size:
        raise BadFile(path, f"cut short while it was read: {len(found):,} of {size:,} bytes")
    rows = np.frombuffer(found, np.uint8).reshape(-1, RECORD)
    wrong = np.flatnonzero(rows[:, 0] >= len(CLASSES))
    if len(wrong):
        raise BadFile(path, f"record {wrong[0] + 1:,} has the label {rows[wrong[0], 0]}; expected 0 to 9")
    return rows


def read(paths: Sequence[Path]) -> tuple[UInt8[np.ndarray, "n h w 3"], Int64[np.ndarray, " n"]]:
    """Images and labels of these files, one after the other. Raises BadFile."""
    found = [records(path) for path in paths]
    y = np.concatenate([rows[:, 0] for rows in found]).astype(np.int64)
    X = np.empty((len(y), SIDE, SIDE, COLOURS), np.uint8)
    at = 0
    for rows in found:
        X[at : at + len(rows)] = rows[:, 1:].reshape(-1, COLOURS, SIDE, SIDE).transpose(0, 2, 3, 1)
        at += len(rows)
    return X, y


def check_names(path: Path) -> None:
    """That a file holds the names of the classes, a line each. Raises BadFile."""
    with opened(path) as file:
        found = bytes(upto(file, 1000)).decode("ascii", "replace").split()
    if tuple(found) != CLASSES:
        raise BadFile(path, "does not hold the names of CIFAR-10's ten classes")
