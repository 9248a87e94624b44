"""How often an array is copied on its way from a worker to a file, and from there to the worker that goes on."""

import io
import os
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from explorer.frames import Cell, decode, encode
from explorer.runtime import cells, messages

ARRAY = np.arange(1 << 19, dtype=np.float64)
SIZE = ARRAY.nbytes


class Nowhere(io.RawIOBase):
    """Takes everything, keeps nothing."""

    def write(self, message: object) -> int:
        return len(message)  # type: ignore[arg-type]


def copies(work: Callable[[], object]) -> float:
    """The most memory that this takes at once, in arrays."""
    tracemalloc.start()
    try:
        found = work()  # noqa: F841  is counted
        return tracemalloc.get_traced_memory()[1] / SIZE
    finally:
        tracemalloc.stop()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    cells.write(tmp_path / "train.cells", Cell("0", {"W": ARRAY}))
    return tmp_path / "train.cells"


def test_a_message_is_one_copy_and_goes_as_it_is() -> None:
    assert copies(lambda: encode({}, {"W": ARRAY})) < 1.1
    message = encode({}, {"W": ARRAY})
    assert copies(lambda: messages.write(Nowhere(), message)) < 0.1


def test_what_comes_is_read_once_and_not_copied() -> None:
    class Message(io.RawIOBase):
        """As from a pipe."""

        def __init__(self) -> None:
            self._rest = memoryview(messages.LENGTH.pack(len(message)) + message)

        def readinto(self, buffer: memoryview) -> int:
            part = self._rest[: len(buffer)]
            buffer[: len(part)], self._rest = part, self._rest[len(part) :]
            return len(part)

    message = encode({}, {"W": ARRAY})
    source = Message()
    assert copies(lambda: decode(messages.read(source))) < 1.1


def test_a_cell_is_written_as_one_copy_and_read_as_two(folder: Path) -> None:
    """That of the file, and one that a lab may write to."""
    assert copies(lambda: cells.write(folder, Cell("1", {"W": ARRAY}))) < 1.1
    os.unlink(min(folder.iterdir()))
    assert copies(lambda: cells.read(folder)) < 2.1


@pytest.mark.parametrize(
    "array",
    [np.zeros((3, 0)), np.array(2.5), np.array(["", ""]), np.array([], "<U0"), ARRAY.reshape(2, -1).T, ARRAY[::-2]],
    ids=["empty", "a number", "empty texts", "no texts", "columns", "backwards"],
)
def test_every_layout_of_an_array_comes_out_as_it_went_in(array: np.ndarray) -> None:
    found = decode(memoryview(encode({}, {"a": array})))[1]["a"]
    assert (found.dtype, found.shape) == (array.dtype, array.shape)
    np.testing.assert_array_equal(found, array)
    assert not found.flags.writeable
