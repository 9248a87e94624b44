"""The table of public sets, and the data folder."""

import subprocess
import sys
from pathlib import Path

import pytest

from explorer.data import folder
from explorer.data.public import PUBLIC_SETS
from tests.data import sites


def test_every_entry_is_complete() -> None:
    paths = [file.path for entry in PUBLIC_SETS.values() for file in entry.files]
    assert len(paths) == len(set(paths)) == 4 + 4 + 7 + 6
    for name, entry in PUBLIC_SETS.items():
        assert entry.name == name
        assert entry.licence
        assert entry.cite
        assert {path for paths in entry.parts.values() for path in paths} <= {file.path for file in entry.files}
        assert (entry.kind == "images") == (entry.read is not None) == bool(entry.parts)
        assert len(entry.classes) == (10 if entry.kind == "images" else 2)
        for download in entry.downloads:
            assert all(address.startswith("http") for address in download.addresses)
            assert bool(download.archive) == (len(download.files) > 1)
            for file in download.files:
                assert not Path(file.path).is_absolute()
                if not download.archive:
                    assert all(address.endswith(f"/{file.name}") for address in download.addresses)
        if entry.kind == "images":
            assert all(len(each.addresses) == 2 for each in entry.downloads)
            assert all(each.archive_md5 or each.files[0].md5 for each in entry.downloads)


def test_the_table_loads_neither_torch_nor_what_downloads() -> None:
    heavy = "{'torch', 'torch_geometric', 'pooch', 'requests', 'sklearn', 'pandas'}"
    code = f"import explorer.data.images, explorer.data.download, sys; print(sorted({heavy} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_where(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(folder.VARIABLE, str(tmp_path))
    assert folder.folder() == tmp_path
    monkeypatch.setenv(folder.VARIABLE, "")
    assert folder.folder().name == "explorer"
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv(folder.VARIABLE, "~/sets")
    assert folder.folder() == tmp_path / "sets"
    monkeypatch.setenv(folder.VARIABLE, "~nobody-of-this-name/sets")  # as a shell takes it
    assert folder.folder() == Path("~nobody-of-this-name/sets")


def test_states(tmp_path: Path) -> None:
    entry, made = sites.tiny(())
    assert folder.state(entry, tmp_path).word == "absent"
    (tmp_path / "tiny").mkdir()
    (tmp_path / "tiny/images.gz").write_bytes(made["tiny/images.gz"])
    found = folder.state(entry, tmp_path)
    assert (found.word, found.missing) == ("partial", ("tiny/labels.gz",))
    (tmp_path / "tiny/labels.gz").write_bytes(b"damaged")
    found = folder.state(entry, tmp_path)
    assert (found.word, found.whole) == ("corrupt", ("tiny/images.gz",))
    assert found.problems[0].startswith(f"{tmp_path}/tiny/labels.gz: ")
    (tmp_path / "tiny/labels.gz").write_bytes(made["tiny/labels.gz"])
    assert folder.state(entry, tmp_path).word == "here"


def test_nothing_is_written_to_look(tmp_path: Path) -> None:
    for entry in PUBLIC_SETS.values():
        folder.state(entry, tmp_path / "data")
        folder.version(entry, tmp_path / "data")
    assert list(tmp_path.iterdir()) == []


def test_every_set_stands_on_its_page() -> None:
    page = (Path(__file__).parents[2] / "docs/data.md").read_text("utf-8")
    for name, entry in PUBLIC_SETS.items():
        (row,) = [line for line in page.splitlines() if line.startswith(f"| `{name}` |")]
        assert row.endswith(f"| {folder.megabytes(entry.size)} | {entry.licence} |")
        if entry.kind == "graphs":
            assert f"{entry.said.split(', ')[1].partition(' graphs')[0]} graphs" in row
