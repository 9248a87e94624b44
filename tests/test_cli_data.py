"""`explorer data`: what it lists, brings and refuses, with its exit codes."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import MappingProxyType

import click
import pytest
import typer
from typer.testing import CliRunner, Result

from explorer.cli import app
from explorer.cli.exits import errors_reported
from explorer.data import download, folder, public, transfer
from explorer.data.files import BadFile
from explorer.data.folder import Absent
from explorer.data.public import PUBLIC_SETS
from tests.data import sites
from tests.data.sites import Answer, Site

Call = Callable[..., Result]


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setenv("NO_PROXY", "*")
    with sites.serving() as started:
        yield started


@pytest.fixture
def root(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The data folder of this test, which is not there yet."""
    monkeypatch.setenv(folder.VARIABLE, str(tmp_path / "data"))
    monkeypatch.delenv(download.VARIABLE, raising=False)
    return tmp_path / "data"


@pytest.fixture
def tiny(site: Site, monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """The files of the set `tiny`, which is among the others and had from the site."""
    entry, made = sites.tiny((f"{site.address}bad/", site.address))
    site.has(made)
    monkeypatch.setattr(public, "PUBLIC_SETS", MappingProxyType({"tiny": entry, **PUBLIC_SETS}))
    return made


def call(*words: str) -> Result:
    return CliRunner().invoke(app, ["data", *words])


def test_where(root: Path) -> None:
    assert call("where").stdout == f"{root}\n"
    assert not root.exists()


def test_list_names_every_set(root: Path) -> None:
    done = call("list")
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["digits", *PUBLIC_SETS]
    assert all("absent" in line for line in lines[1:])
    assert "11.6 MB" in lines[1]
    assert "CC BY-SA 3.0" in lines[1]
    assert done.stderr == f"in {root}\n"
    assert not root.exists()


def test_list_says_what_is_damaged(root: Path) -> None:
    (root / "tu/MUTAG.zip").mkdir(parents=True)
    (root / "mnist").mkdir()
    (root / "mnist/t10k-labels-idx1-ubyte.gz").write_bytes(b"x")
    found = {each["name"]: each for each in json.loads(call("list", "--json").stdout)}
    assert list(found) == list(PUBLIC_SETS)
    assert found["MUTAG"]["state"] == "corrupt"
    assert found["MUTAG"]["problems"] == [f"{root}/tu/MUTAG.zip: a folder where a file should be"]
    assert found["mnist"]["state"] == "corrupt"
    assert len(found["mnist"]["missing"]) == 3
    assert found["DD"]["state"] == "absent"
    assert found["mnist"]["where"] == str(root)
    assert "a folder where a file should be" in call("list").stdout


def test_a_set_is_fetched_from_its_second_address_and_said(root: Path, tiny: dict[str, bytes], site: Site) -> None:
    done = call("fetch", "tiny")
    assert done.exit_code == 0, done.output
    assert done.stdout == ""
    assert done.stderr.splitlines() == [
        f"Tiny: 0.2 MB in 2 files to {root} (none)",
        f"2 files came; tiny is in {root}",
    ]
    assert {path: (root / path).read_bytes() for path in tiny} == tiny
    assert [path for path, _ in site.asked] == [at + path for path in tiny for at in ("bad/", "")]
    assert call("fetch", "tiny").stderr == f"tiny is in {root}, whole\n"
    (first,) = [each for each in json.loads(call("list", "--json").stdout) if each["name"] == "tiny"]
    assert first["state"] == "here"


@pytest.mark.parametrize(
    ("name", "part"),
    [("mnst", "did you mean mnist?"), ("digits", "they come with explorer"), ("", "known: mnist"), ("../x", "known:")],
)
def test_an_unknown_set_is_a_mistake(name: str, part: str, root: Path) -> None:
    done = call("fetch", name)
    assert done.exit_code == 2
    (line,) = done.stderr.splitlines()
    assert part in line


def test_without_a_network_the_embedded_data_are_offered(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.setenv(download.VARIABLE, sites.nowhere())
    done = call("fetch", "mnist")
    assert done.exit_code == 3
    assert "connection refused" in done.stderr
    assert "data=digits (8x8 digits) needs no download" in done.stderr.splitlines()[-1]
    assert "digits" not in call("fetch", "MUTAG").stderr
    assert [path for path in root.rglob("*") if not path.is_dir()] == []


def test_a_corrupt_download_is_a_failure(
    root: Path, tiny: dict[str, bytes], site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(download.VARIABLE, f"{site.address}copy")
    site.has({f"copy/{path}": body[:-1] + b"x" for path, body in tiny.items()})
    done = call("fetch", "tiny")
    assert done.exit_code == 1
    assert "not the publisher's" in done.stderr
    assert [path for path in root.rglob("*") if not path.is_dir()] == []


def test_a_mirror_that_is_no_address_is_a_mistake(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(download.VARIABLE, "localhost:8000")
    done = call("fetch", "mnist")
    assert done.exit_code == 2
    assert "begins with http://" in done.stderr


def test_a_folder_that_cannot_be_written_is_a_failure(root: Path, tiny: dict[str, bytes]) -> None:
    root.write_text("a file")
    done = call("fetch", "tiny")
    assert done.exit_code == 1
    assert done.stderr.splitlines()[-1].endswith("cannot be written (not a directory)")


def test_ctrl_c_leaves_nothing_half_written_and_the_next_call_goes_on(root: Path, site: Site) -> None:
    (file, *_) = PUBLIC_SETS["mnist"].files
    body = bytes(file.size)
    site.answers[file.path] = [Answer(body, cut=20 * transfer.CHUNK, held=True), Answer(body, cut=0)]
    heeded = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"  # a job of a shell may ignore it
    code = f"{heeded}; from explorer.cli import main; main()"
    command = [sys.executable, "-c", code, "data", "fetch", "mnist"]
    environment = {**os.environ, download.VARIABLE: site.address}
    running = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    site.sent.wait()
    running.send_signal(signal.SIGINT)
    said = running.communicate()[1]
    assert running.returncode == 130
    assert said.splitlines()[0].startswith("MNIST, handwritten digits, 28x28: 11.6 MB in 4 files to ")
    assert "stopped; what came so far is kept" in said
    assert "Traceback" not in said
    left = {path.name: path.stat().st_size for path in root.rglob("*") if not path.is_dir()}
    assert set(left) <= {f".{file.name}.part"}
    assert call_with_mirror(site).exit_code == 3
    kept = left.get(f".{file.name}.part")
    assert site.asked[1] == (file.path, f"bytes={kept}-" if kept else None)


def call_with_mirror(site: Site) -> Result:
    return CliRunner().invoke(app, ["data", "fetch", "mnist"], env={download.VARIABLE: site.address})


@pytest.mark.parametrize("name", ["mnist", "MUTAG", "IMDB-BINARY"])
def test_the_real_sets_come_from_a_mirror(
    name: str, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Path(os.environ.get(folder.VARIABLE, ""))
    entry = PUBLIC_SETS[name]
    if not all((real / file.path).is_file() for file in entry.files):
        pytest.skip("EXPLORER_DATA names no folder with the real data sets")
    made = {file.path: (real / file.path).read_bytes() for file in entry.files}
    site.has(made)
    monkeypatch.setenv(folder.VARIABLE, str(tmp_path))
    monkeypatch.setenv(download.VARIABLE, site.address)
    done = call("fetch", name)
    assert done.exit_code == 0, done.output
    assert {path: (tmp_path / path).read_bytes() for path in made} == made


@pytest.mark.parametrize(("error", "code"), [(Absent("not here"), 3), (BadFile(Path("x"), "damaged"), 1)])
def test_a_run_without_its_data_ends_with_a_line(error: Exception, code: int, capsys: pytest.CaptureFixture) -> None:
    with pytest.raises((typer.Exit, click.exceptions.Exit)) as left, errors_reported():
        raise error
    assert left.value.exit_code == code
    assert capsys.readouterr().err == f"{error}\n"
