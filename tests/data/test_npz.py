"""Headers of arrays that numpy lets pass, and that are no arrays."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from explorer.data import networks, npz, own


def packed(shape: str, **others: str) -> bytes:
    """An .npz of arrays of zeros whose headers claim these shapes; X has the first."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, claimed in {"X": shape, **others}.items():
            head = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {claimed}}}".ljust(117) + "\n"
            content = b"\x93NUMPY\x01\x00" + len(head).to_bytes(2, "little") + head.encode() + bytes(8)
            archive.writestr(f"{name}.npy", content)
    return file.getvalue()


@pytest.mark.parametrize("shape", ["(True, 1)", "(1, True)", "(True,)", "(False, 1)"])
def test_a_length_that_is_a_truth_value_is_refused(shape: str) -> None:
    with pytest.raises(ValueError, match=r"shape .*(True|False).* expected whole numbers"):
        npz.arrays(packed(shape), ("X",), 1000)


@pytest.mark.parametrize(
    ("ingest", "file"),
    [
        (own.ingest, packed("(True, 1)", y="(1,)")),
        (own.ingest, packed("(1, 1)", y="(True,)")),
        (networks.ingest, packed("(1, 1)", W="(True, 1)", b="(1,)", a="(1,)")),
    ],
)
def test_nor_is_it_taken_from_a_file_of_somebody(ingest: Callable, file: bytes, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="expected whole numbers"):
        ingest(file, tmp_path)
    assert list(tmp_path.iterdir()) == []
