"""Zips of graphs: checked without being believed, unpacked by base names into a folder of our own."""

import os
import stat
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest

from explorer.data import tu
from explorer.data.files import BadFile
from tests.data.sites import COUNTS, GRAPHS, zipped


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "TOY.zip"


@pytest.mark.parametrize("folder", ["", "TOY/", "TOY//", "some/where/"])
def test_a_set_is_unpacked_by_base_names(folder: str, path: Path, tmp_path: Path) -> None:
    path.write_bytes(zipped(GRAPHS | {"README.txt": b"x", "OTHER_A.txt": b"x"}, folder))
    tu.check(path, "TOY", COUNTS)
    found = tu.unpack(path, tmp_path / "cache")
    assert {each.name: each.read_bytes() for each in found.iterdir()} == GRAPHS
    assert os.listdir(tmp_path / "cache") == [found.name]
    before = found.stat().st_mtime_ns
    assert tu.unpack(path, tmp_path / "cache") == found
    assert found.stat().st_mtime_ns == before


def test_another_zip_of_that_name_is_unpacked_elsewhere(path: Path, tmp_path: Path) -> None:
    path.write_bytes(zipped(GRAPHS))
    first = tu.unpack(path, tmp_path / "cache")
    path.write_bytes(zipped(GRAPHS | {"TOY_A.txt": b"1, 2\n"}))
    assert tu.unpack(path, tmp_path / "cache") != first


@pytest.mark.parametrize("name", ["../TOY_A.txt", "/TOY_A.txt", "a/../../TOY_A.txt", "..\\TOY_A.txt", "C:\\TOY_A.txt"])
def test_what_would_leave_the_folder_is_refused(name: str, path: Path, tmp_path: Path) -> None:
    path.write_bytes(zipped({name: b"", **GRAPHS}, ""))
    for call in (lambda: tu.check(path, "TOY", COUNTS), lambda: tu.unpack(path, tmp_path / "cache")):
        with pytest.raises(BadFile, match="would be written outside the folder"):
            call()
    assert not list((tmp_path / "cache").iterdir())


def test_a_link_is_refused(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        info = zipfile.ZipInfo("TOY_A.txt")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    with pytest.raises(BadFile, match="is a link"):
        tu.check(path, "TOY", COUNTS)


def test_a_bomb_is_refused_packed(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.write_bytes(zipped(GRAPHS | {"TOY_node_labels.txt": bytes(10**6)}))
    monkeypatch.setattr(tu, "MOST", 10**5)
    with pytest.raises(BadFile, match="unpacks to more than"):
        tu.check(path, "TOY", COUNTS)


def test_a_member_that_lies_about_its_size_is_refused(path: Path) -> None:
    content = zipped(GRAPHS | {"TOY_node_labels.txt": bytes(10**6)})
    size = (10**6).to_bytes(4, "little")
    assert content.count(size) == 2
    path.write_bytes(content.replace(size, (10).to_bytes(4, "little")))
    with pytest.raises(BadFile, match="not a readable zip file"):
        tu.check(path, "TOY", COUNTS)


def test_too_many_members_are_refused(path: Path) -> None:
    path.write_bytes(zipped(GRAPHS | {f"{i}": b"" for i in range(200)}))
    with pytest.raises(BadFile, match="203 members"):
        tu.check(path, "TOY", COUNTS)


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"TOY_graph_labels.txt": b"1\n1\n"}, r"graphs by label: 2 of 1; expected 1 of -1, 2 of 1"),
        ({"TOY_graph_labels.txt": b""}, r"graphs by label: none"),
        ({"TOY_graph_labels.txt": b"\xff"}, "not a readable zip"),
        ({"TOY_graph_indicator.txt": b"1\n"}, "1 nodes; expected 5"),
        ({"TOY_A.txt": b""}, "no edges"),
    ],
)
def test_another_set_is_refused(files: dict[str, bytes], reason: str, path: Path) -> None:
    path.write_bytes(zipped(GRAPHS | files))
    with pytest.raises(BadFile, match=reason):
        tu.check(path, "TOY", COUNTS)


def test_two_members_of_one_name_are_refused(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for folder in ("a/", "b/"):
            archive.writestr(f"{folder}TOY_A.txt", "1, 2\n")
    with pytest.raises(BadFile, match=r"two members are called TOY_A\.txt"):
        tu.check(path, "TOY", COUNTS)


def test_a_spoilt_zip_is_refused_wherever_it_is_spoilt(path: Path) -> None:
    content = zipped(GRAPHS)
    for at in range(len(content)):
        for spoilt in (content[:at], content[:at] + bytes([content[at] ^ 0x55]) + content[at + 1 :]):
            path.write_bytes(spoilt)
            with suppress(BadFile):  # some bytes, as of a date, do not matter
                tu.check(path, "TOY", COUNTS)
