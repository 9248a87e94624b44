"""CIFAR-10's records: pixels and labels where they belong, and files of another length refused."""

from pathlib import Path

import numpy as np
import pytest

from explorer.data import cifar
from explorer.data.files import BadFile


def records(labels: list[int], seed: int = 0) -> np.ndarray:
    rows = np.random.default_rng(seed).integers(0, 256, (len(labels), cifar.RECORD)).astype(np.uint8)
    rows[:, 0] = labels
    return rows


def test_pixels_are_where_they_belong(tmp_path: Path) -> None:
    first, second = records([3, 9]), records([0], 1)
    for name, rows in (("a", first), ("b", second)):
        (tmp_path / name).write_bytes(rows.tobytes())
    X, y = cifar.read([tmp_path / "a", tmp_path / "b"])
    assert y.tolist() == [3, 9, 0]
    assert X.shape == (3, 32, 32, 3)
    for colour, row, column in ((0, 0, 0), (1, 5, 7), (2, 31, 31)):
        assert X[1, row, column, colour] == first[1, 1 + 1024 * colour + 32 * row + column]
        assert X[2, row, column, colour] == second[0, 1 + 1024 * colour + 32 * row + column]


@pytest.mark.parametrize(
    ("content", "count", "reason"),
    [
        (records([1, 2]).tobytes()[:-1], None, "6,145 bytes; expected records of 3,073"),
        (records([1, 2]).tobytes(), 10_000, "6,146 bytes; expected 10,000 records of 3,073"),
        (b"", None, "0 bytes; expected records"),
        (records([1, 10]).tobytes(), 2, "record 2 has the label 10; expected 0 to 9"),
    ],
)
def test_other_files_are_refused(content: bytes, count: int | None, reason: str, tmp_path: Path) -> None:
    (tmp_path / "batch").write_bytes(content)
    with pytest.raises(BadFile, match=reason):
        cifar.records(tmp_path / "batch", count)


def test_a_huge_file_is_refused_unread(tmp_path: Path) -> None:
    with open(tmp_path / "batch", "wb") as file:
        file.truncate(200_000 * cifar.RECORD)  # of holes
    with pytest.raises(BadFile, match="at most 293 MiB"):
        cifar.records(tmp_path / "batch")


def test_the_names_of_classes(tmp_path: Path) -> None:
    (tmp_path / "meta").write_text("\n".join(cifar.CLASSES) + "\n\n")
    cifar.check_names(tmp_path / "meta")
    (tmp_path / "meta").write_text("cat\ndog\n")
    with pytest.raises(BadFile, match="does not hold the names"):
        cifar.check_names(tmp_path / "meta")
