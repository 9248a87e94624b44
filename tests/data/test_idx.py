"""idx files: what is written comes back, and whatever else a file holds is refused by name."""

import gzip
import os
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.data import idx
from explorer.data.files import BadFile
from tests.data.sites import idx_bytes

IMAGES = np.arange(24).reshape(2, 3, 4)
HEAD = bytes([0, 0, 8, 3])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "images.gz"


def test_what_was_written_is_read(path: Path) -> None:
    path.write_bytes(idx_bytes(IMAGES))
    found = idx.read(path, 3)
    assert found.dtype == np.uint8
    np.testing.assert_array_equal(found, IMAGES)
    np.testing.assert_array_equal(idx.read(path, 3, (2, 3, 4)), IMAGES)


def test_images_and_labels(path: Path) -> None:
    labels = path.with_name("labels.gz")
    path.write_bytes(idx_bytes(IMAGES))
    labels.write_bytes(idx_bytes(np.array([9, 0])))
    X, y = idx.pair([path, labels])
    assert X.shape == (2, 3, 4)
    assert y.dtype == np.int64
    assert y.tolist() == [9, 0]
    labels.write_bytes(idx_bytes(np.array([9])))
    with pytest.raises(BadFile, match=r"labels\.gz: 1 labels for the 2 images of images\.gz"):
        idx.pair([path, labels])
    labels.write_bytes(idx_bytes(np.array([9, 10])))
    with pytest.raises(BadFile, match="label 2 is 10; expected 0 to 9"):
        idx.pair([path, labels])


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "begins with nothing, an idx file of 3 dimensions 00000803"),
        (bytes([0, 0, 8, 1]) + bytes(20), "begins with 00000801"),
        (bytes([0, 0, 13, 3]) + bytes(20), "begins with 00000d03"),
        (HEAD + bytes(5), "cut short within its header"),
        (HEAD + struct.pack(">3I", 2, 3, 4) + bytes(23), "cut short: 23 of 24 bytes"),
        (HEAD + struct.pack(">3I", 2, 3, 4) + bytes(25), "holds more than the 24 bytes"),
        (HEAD + struct.pack(">3I", *3 * [2**32 - 1]), "at most 256 MiB are read"),
        (HEAD + struct.pack(">3I", 60000, 28, 28), "cut short: 0 of 47,040,000 bytes"),
    ],
)
def test_what_does_not_fit_its_header_is_refused(body: bytes, reason: str, path: Path) -> None:
    path.write_bytes(gzip.compress(body))
    with pytest.raises(BadFile, match=reason) as refusal:
        idx.read(path, 3)
    assert str(path) in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_other_shapes_than_expected_are_refused_before_anything_is_unpacked(path: Path) -> None:
    path.write_bytes(gzip.compress(HEAD + struct.pack(">3I", 2, 3, 4)))
    with pytest.raises(BadFile, match="says that it holds 2 x 3 x 4 bytes; expected 60,000 x 28 x 28"):
        idx.read(path, 3, (60000, 28, 28))


def test_a_bomb_is_unpacked_as_far_as_it_says_and_no_further(path: Path) -> None:
    path.write_bytes(gzip.compress(HEAD + struct.pack(">3I", 1, 1, 1) + bytes(1 << 26)))
    with pytest.raises(BadFile, match="holds more than the 1 bytes"):
        idx.read(path, 3)


@pytest.mark.parametrize(
    "spoil", [lambda b: b[:-1], lambda b: b[:12], lambda b: b[:-5] + b"\0" + b[-4:], lambda b: b"PK" + b]
)
def test_spoilt_gzip_is_refused(spoil, path: Path) -> None:
    path.write_bytes(spoil(idx_bytes(IMAGES)))
    with pytest.raises(BadFile, match=r"images\.gz: "):
        idx.read(path, 3)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "broken").symlink_to("nothing")
    expected = {
        "folder": "a folder where a file should be",
        "pipe": "a device or pipe where a file should be",
        "loop": "a loop of links",
        "broken": "no such file or directory",
        "none": "no such file or directory",
    }
    for name, reason in expected.items():
        with pytest.raises(BadFile) as refusal:
            idx.read(tmp_path / name, 3)
        assert str(refusal.value) == f"{tmp_path / name}: {reason}"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_is_refused(path: Path) -> None:
    path.write_bytes(idx_bytes(IMAGES))
    path.chmod(0)
    with pytest.raises(BadFile, match="permission denied"):
        idx.read(path, 3)


HEADS = st.one_of(
    st.binary(max_size=20),
    st.builds(lambda shape: HEAD + struct.pack(">3I", *shape), st.tuples(*3 * [st.integers(0, 5)])),
    st.builds(lambda shape: HEAD + struct.pack(">3I", *shape), st.tuples(*3 * [st.integers(0, 2**32 - 1)])),
)


@given(head=HEADS, body=st.binary(max_size=130), packed=st.booleans(), cut=st.integers(0, 30))
def test_any_bytes_are_an_array_of_their_shape_or_refused(
    head: bytes, body: bytes, packed: bool, cut: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.gz"
    content = gzip.compress(head + body) if packed else head + body
    path.write_bytes(content[: len(content) - cut])
    refusal, found = "", np.empty(0)
    try:
        found = idx.read(path, 3)
    except BadFile as error:
        refusal = str(error)
    if refusal:
        assert refusal.startswith(f"{path}: ")
        assert len(refusal.splitlines()) == 1
        return
    assert packed
    assert cut == 0
    assert found.shape == struct.unpack(">3I", (head + body)[4:16])
    assert found.tobytes() == (head + body)[16:]
