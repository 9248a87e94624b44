"""Images and labels in idx files packed by gzip, as MNIST and Fashion-MNIST have them.

The header is believed only as far as the bytes behind it go: what it claims is compared with what is allowed before
anything is unpacked, and with what is there before an array is made of it.
"""

import gzip
import math
import struct
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from jaxtyping import Int64, UInt8

from explorer.data.files import BadFile, opened, upto

MOST = 1 << 28  #: bytes of one array: five times MNIST
UNSIGNED_BYTE = 0x08


def read(path: Path, dims: int, shape: Sequence[int] | None = None) -> UInt8[np.ndarray, "..."]:
    """The array of bytes in a file, of `dims` dimensions, and of this `shape` where one is given.

    Raises:
        BadFile: if it is not such a file.
    """
    with opened(path) as packed, gzip.GzipFile(fileobj=packed, mode="rb") as file:
        head = upto(file, 4 + 4 * dims)
        if len(head) < 4 or head[:3] != bytes([0, 0, UNSIGNED_BYTE]) or head[3] != dims:
            wanted = bytes([0, 0, UNSIGNED_BYTE, dims]).hex()
            raise BadFile(path, f"begins with {head[:4].hex() or 'nothing'}, an idx file of {dims} dimensions {wanted}")
        if len(head) < 4 + 4 * dims:
            raise BadFile(path, "cut short within its header")
        claimed = struct.unpack(f">{dims}I", head[4:])
        if shape is not None and claimed != tuple(shape):
            raise BadFile(path, f"says that it holds {_times(claimed)} bytes; expected {_times(shape)}")
        size = math.prod(claimed)
        if size > MOST:
            raise BadFile(path, f"says that it holds {_times(claimed)} bytes; at most {MOST >> 20} MiB are read")
        found = upto(file, size)
        if len(found) < size:
            raise BadFile(path, f"cut short: {len(found):,} of {size:,} bytes")
        if file.read(1):  # the end of the file: what gzip says of the sum of all is checked here
            raise BadFile(path, f"holds more than the {size:,} bytes that it says")
    return np.frombuffer(found, np.uint8).reshape(claimed)


def labels(path: Path, count: int | None = None, classes: int = 10) -> Int64[np.ndarray, " n"]:
    """The labels in a file, 0 .. classes-1. Raises BadFile."""
    found = read(path, 1, None if count is None else (count,))
    wrong = np.flatnonzero(found >= classes)
    if len(wrong):
        raise BadFile(path, f"label {wrong[0] + 1:,} is {found[wrong[0]]}; expected 0 to {classes - 1}")
    return found.astype(np.int64)


def pair(paths: Sequence[Path]) -> tuple[UInt8[np.ndarray, "n h w"], Int64[np.ndarray, " n"]]:
    """Images and their labels, from one file of each. Raises BadFile, also where their numbers differ."""
    images, those = paths
    X, y = read(images, 3), labels(those)
    if len(X) != len(y):
        raise BadFile(those, f"{len(y):,} labels for the {len(X):,} images of {images.name}")
    return X, y


def _times(shape: Sequence[int]) -> str:
    return " x ".join(f"{length:,}" for length in shape)
