import json
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from explorer.frames import Frame, decode, encode, frame_from, frame_to_bytes

NAMES = st.text("abcdefghijk_0123456789", min_size=1, max_size=8)
KINDS = st.one_of(
    hnp.boolean_dtypes(),
    hnp.integer_dtypes(endianness="?"),
    hnp.unsigned_integer_dtypes(endianness="?"),
    hnp.floating_dtypes(endianness="?", sizes=(16, 32, 64)),
    hnp.unicode_string_dtypes(endianness="?", min_len=1, max_len=9),
)
ARRAYS = KINDS.flatmap(lambda kind: hnp.arrays(kind, hnp.array_shapes(min_dims=0, min_side=0, max_side=4)))


@st.composite
def tables(draw: st.DrawFn) -> dict[str, dict[str, np.ndarray]]:
    drawn = {}
    for name in draw(st.lists(NAMES, max_size=3, unique=True)):
        rows = draw(st.integers(0, 5))
        column = KINDS.flatmap(lambda kind, rows=rows: hnp.arrays(kind, rows))
        drawn[name] = draw(st.dictionaries(NAMES, column, min_size=1, max_size=3))
    return drawn


def same(ours: np.ndarray, theirs: np.ndarray) -> bool:
    """Equal to the bit: kind, shape and bytes, so that NaN equals NaN."""
    return ours.dtype == theirs.dtype and ours.shape == theirs.shape and ours.tobytes() == theirs.tobytes()


def frame(**tables: dict[str, np.ndarray]) -> Frame:
    return Frame(1, 2, tables)


@given(tables(), st.dictionaries(NAMES, ARRAYS, max_size=3), st.integers(0, 10**9), st.text(max_size=20))
def test_a_frame_comes_back_to_the_bit(tables, arrays, step, note):
    sent = Frame(step, step + 1, tables, arrays, note)
    head, parts = decode(frame_to_bytes(sent, job="j7"))
    got = frame_from(head, parts)
    assert head["job"] == "j7"
    assert (got.step, got.total, got.note) == (step, step + 1, note)
    assert got.tables.keys() == tables.keys()
    for name, columns in tables.items():
        assert list(got.tables[name]) == list(columns), "columns keep their order"
        assert all(same(got.tables[name][key], column) for key, column in columns.items())
    assert list(got.arrays) == list(arrays)
    assert all(same(got.arrays[name], array) for name, array in arrays.items())


def test_an_array_that_is_not_contiguous_comes_back_in_its_order():
    array = np.arange(12.0).reshape(3, 4).T[::2]
    _, arrays = decode(encode({}, {"a": array}))
    np.testing.assert_array_equal(arrays["a"], array)


def test_every_cut_of_a_message_is_refused():
    message = encode({"step": 1}, {"a": np.arange(3), "b": np.ones(2)})
    for length in range(len(message)):
        with pytest.raises(ValueError, match=r"cut short"):
            decode(message[:length])


def test_bytes_to_spare_are_refused():
    with pytest.raises(ValueError, match="longer than"):
        decode(encode({}, {"a": np.arange(3)}) + b"\0")


@pytest.mark.parametrize(
    "array",
    [
        np.array([object()], dtype=object),
        np.array(["a", None], dtype=object),
        np.array([b"bytes"]),
        np.array([1j]),
        np.array(["2026-11-22"], dtype="datetime64[D]"),
        np.zeros(1, dtype=[("x", float)]),
    ],
    ids=lambda array: str(array.dtype),
)
def test_what_only_pickle_could_carry_is_refused(array):
    with pytest.raises(ValueError, match="cannot travel"):
        encode({}, {"a": array})
    with pytest.raises(ValueError, match=r"training\.mse.*cannot travel"):
        frame(training={"mse": array})
    with pytest.raises(ValueError, match="cannot travel"):
        Frame(0, 1, {}, {"a": array})


@pytest.mark.parametrize(
    "entry",
    [
        {"name": "a", "dtype": "|O", "shape": [1]},
        {"name": "a", "dtype": "|V8", "shape": [1]},
        {"name": "a", "dtype": "no such type", "shape": [1]},
        {"name": "a", "dtype": "<f8", "shape": [-1]},
        {"name": "a", "dtype": "<f8", "shape": [-1, -1]},
        {"name": "a", "dtype": "<f8", "shape": [2**40, 2**40]},
        {"name": "a", "dtype": "<f8", "shape": [1.0]},
        {"name": "a", "dtype": "<f8"},
        "a",
    ],
    ids=str,
)
def test_a_message_that_lies_about_its_arrays_is_refused(entry):
    text = json.dumps({"head": {}, "arrays": [entry]}).encode()
    with pytest.raises(ValueError, match=r"no proper head|not allowed|the shape|cut short"):
        decode(struct.pack("<Q", len(text)) + text + b"\0" * 8)


@pytest.mark.parametrize("text", [b"no json", b"[]", b'{"head": {}}', b"\xff\xff"], ids=repr)
def test_a_message_without_a_layout_is_refused(text):
    with pytest.raises(ValueError, match="no proper head"):
        decode(struct.pack("<Q", len(text)) + text)


def test_columns_of_a_table_are_one_dimensional_and_of_one_length():
    with pytest.raises(ValueError, match="lipschitz"):
        frame(lipschitz={"k": np.arange(3), "upper": np.ones(2)})
    with pytest.raises(ValueError, match="lipschitz"):
        frame(lipschitz={"k": np.ones((3, 1))})
