"""A file of shipped frames that is cut, altered or of something else ships nothing, and runs nothing."""

import lzma
import struct
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np
import pytest

from explorer.frames import Frame, encode
from explorer.labs import labs, shipped

LAB = next(lab for lab in labs() if lab.name == "prunability")
WHOLE = shipped.pack([Frame(3, 9, {"t": {"k": np.arange(50)}}, {}, "a note")], {"f": np.ones(2)})


def message(head: Mapping, **arrays: np.ndarray) -> bytes:
    found = encode(head, arrays)
    return struct.pack("<Q", len(found)) + found


def text(said: str) -> bytes:
    """A message without arrays, in JSON of one's own."""
    found = struct.pack("<Q", len(said)) + said.encode()
    return struct.pack("<Q", len(found)) + found


NO_FRAMES = {
    "nothing": b"",
    "text": b"hello",
    "no message": lzma.compress(b""),
    "half a length": lzma.compress(b"abc"),
    "a length of all": lzma.compress(struct.pack("<Q", 1 << 63) + b"abc"),
    "no head": lzma.compress(struct.pack("<Q", 8) + b"\xff" * 8),
    "a head that is no table": lzma.compress(text('{"head": [1, 2], "arrays": []}') + message({})),
    "a head without a step": lzma.compress(message({"note": ""}) + message({})),
    "an array of objects": lzma.compress(
        text('{"head": {"step": 0, "total": 1, "note": ""}, "arrays": [{"name": "a", "dtype": "O", "shape": [0]}]}')
        + message({})
    ),
    "a pickle": b"\x80\x04cos\nsystem\n.",
    "columns of two lengths": lzma.compress(
        message({"step": 0, "total": 1, "note": ""}, **{"table/t/a": np.ones(2), "table/t/b": np.ones(3)}) + message({})
    ),
}


@pytest.fixture
def put(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[bytes], None]]:
    monkeypatch.setattr(shipped.resources, "files", lambda package: tmp_path)

    def put(content: bytes) -> None:
        (tmp_path / shipped.FILE).write_bytes(content)
        shipped.read.cache_clear()

    yield put
    shipped.read.cache_clear()


def test_what_is_whole_is_read(put: Callable[[bytes], None]) -> None:
    put(WHOLE)
    (frame,), look = shipped.read(LAB)
    assert (frame.step, frame.note, frame.tables["t"]["k"].tolist()) == (3, "a note", list(range(50)))
    assert look["f"].tolist() == [1, 1]


@pytest.mark.parametrize("content", NO_FRAMES.values(), ids=NO_FRAMES)
def test_what_is_no_film_ships_nothing(
    content: bytes, put: Callable[[bytes], None], caplog: pytest.LogCaptureFixture
) -> None:
    put(content)
    assert shipped.read(LAB) == ((), {})
    assert shipped.film(LAB, LAB.settings.make()) == ()
    assert "cannot be read" in caplog.text


def test_a_file_that_was_cut_or_of_which_a_bit_was_turned_ships_nothing(put: Callable[[bytes], None]) -> None:
    for at in range(0, len(WHOLE), 7):
        turned = bytearray(WHOLE)
        turned[at] ^= 1 << at % 8
        for content in (WHOLE[:at], bytes(turned)):
            put(content)
            assert shipped.read(LAB) == ((), {}), at
