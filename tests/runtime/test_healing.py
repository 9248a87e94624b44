"""Whatever has happened to the folder of runs: the same result or a new one, a line in the log, never more."""

import errno
import json
import logging
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as search
from hypothesis import strategies as st

from explorer.frames import Frame, frame_to_bytes
from explorer.labs import find
from explorer.labs.live.overview import LiveSettings
from explorer.runtime import keys, result
from explorer.runtime.messages import LENGTH
from explorer.runtime.run import run
from explorer.runtime.store import Store
from tests.runtime.test_store import FILES, alike, make

Make = Callable[..., LiveSettings]


def one_line(caplog: pytest.LogCaptureFixture) -> str:
    """The only line of the log, which is cleared."""
    (record,) = caplog.records
    caplog.clear()
    assert record.levelno == logging.WARNING
    assert record.exc_info is None
    message = record.getMessage()
    assert "\n" not in message
    return message


def seal(folder: Path) -> None:
    """Make the checksums of a run those of its files as they are."""
    head = json.loads((folder / "run.json").read_text("utf-8"))
    head["files"] = {name: result.checksum((folder / name).read_bytes()) for name in head["files"]}
    del head["checksum"]
    head["checksum"] = result.checksum(json.dumps(head, sort_keys=True).encode())
    (folder / "run.json").write_text(json.dumps(head), "utf-8")


def damage(path: Path, how: str, at: int, content: bytes) -> None:
    """Do something to a file."""
    whole = path.read_bytes()
    at %= max(1, len(whole))
    path.unlink()
    match how:
        case "flip":
            path.write_bytes(whole[:at] + bytes([whole[at] ^ (1 + at % 255)]) + whole[at + 1 :])
        case "cut":
            path.write_bytes(whole[:at])
        case "insert":
            path.write_bytes(whole[:at] + content + whole[at:])
        case "replace":
            path.write_bytes(content)
        case "folder":
            path.mkdir()
        case "pipe":
            os.mkfifo(path)
        case "device":
            path.symlink_to("/dev/zero")
        case "nowhere":
            path.symlink_to("nowhere")


HOW = ("flip", "cut", "insert", "replace", "folder", "pipe", "device", "nowhere", "remove")
BYTES = st.binary(max_size=40) | st.sampled_from([b"[" * 100_000, b"null", b"{}", b"PK\x03\x04", b"\xff" * 16])


@search(max_examples=150)
@given(name=st.sampled_from(FILES), how=st.sampled_from(HOW), at=st.integers(0, 1 << 16), content=BYTES)
def test_a_damaged_file_gives_the_same_run_or_none(
    tmp_path_factory: pytest.TempPathFactory, name: str, how: str, at: int, content: bytes
) -> None:
    store = Store(tmp_path_factory.mktemp("runs"))
    store.save("key", make())
    damage(store.root / "key" / name, how, at, content)
    found = store.load("key")
    if found is None:
        assert not (store.root / "key").exists()
        store.save("key", make())
        found = store.load("key")
    assert found is not None
    alike(found, make())
    shutil.rmtree(store.root)


@search(max_examples=150)
@given(
    name=st.sampled_from(("frames.bin", "arrays.npz")),
    how=st.sampled_from(HOW[:4]),
    at=st.integers(0, 1 << 16),
    content=BYTES,
)
def test_a_damaged_file_under_right_checksums_is_a_whole_run_or_none(
    tmp_path_factory: pytest.TempPathFactory, name: str, how: str, at: int, content: bytes
) -> None:
    store = Store(tmp_path_factory.mktemp("runs"))
    store.save("key", make())
    damage(store.root / "key" / name, how, at, content)
    seal(store.root / "key")
    found = store.load("key")
    if found is not None:  # another run than that which was written, but one that can be shown, sent and stored
        found.to_json()
        store.save("other", found)
        assert store.load("other") is not None
    shutil.rmtree(store.root)


def framed(*content: bytes) -> bytes:
    return b"".join(LENGTH.pack(len(each)) + each for each in content)


def message(text: str, body: bytes = b"") -> bytes:
    return LENGTH.pack(len(text)) + text.encode() + body


def npz(**members: bytes) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.npy", content)
    return file.getvalue()


def npy(shape: str, descr: str = "'<f8'", data: bytes = bytes(8)) -> bytes:
    head = f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}}}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + len(head).to_bytes(2, "little") + head.encode() + data


WHOLE = frame_to_bytes(make().frame)
SPOILT = {
    "no frame": ("frames.bin", b""),
    "noise": ("frames.bin", bytes(range(256))),
    "a length beyond memory": ("frames.bin", LENGTH.pack(2**62) + WHOLE),
    "a last frame cut short": ("frames.bin", framed(WHOLE, WHOLE)[:-1]),
    "half a length": ("frames.bin", framed(WHOLE) + b"\0\0"),
    "a frame without tables": ("frames.bin", framed(frame_to_bytes(Frame(1, 1, {})))),
    "a frame that is nested deep": ("frames.bin", framed(message("[" * 100_000))),
    "a head that is a list": ("frames.bin", framed(message('{"head": [], "arrays": []}'))),
    "a step that is a text": (
        "frames.bin",
        framed(message('{"head": {"step": "1", "total": 1, "note": ""}, "arrays": []}')),
    ),
    "a shape of True": (
        "frames.bin",
        framed(
            message(
                '{"head": {"step": 1, "total": 1, "note": ""}, '
                '"arrays": [{"name": "table/a/b", "dtype": "<f8", "shape": [true]}]}',
                bytes(8),
            )
        ),
    ),
    "no npz": ("arrays.npz", b"none"),
    "an npz cut short": ("arrays.npz", npz(X=npy("(1, 1)"))[:-30]),
    "an npz with a shape of True": ("arrays.npz", npz(X=npy("(True, 1)"))),
    "an npz with a shape below zero": ("arrays.npz", npz(X=npy("(-1, 1)"))),
    "an npz of objects": ("arrays.npz", npz(X=npy("(1,)", "'|O'", b"cos\nsystem\n(S'true'\ntR."))),
    "an npz of complex numbers": ("arrays.npz", npz(X=npy("(1,)", "'<c16'", bytes(16)))),
    "an npz of no array": ("arrays.npz", npz(X=b"text")),
    "no table": ("run.json", b"{}"),
    "a list": ("run.json", b"[]"),
    "nested deep": ("run.json", b"[" * 200_000 + b"]" * 200_000),
    "nested deep in objects": ("run.json", b'{"a":' * 200_000),
    "no text": ("run.json", b"\xff\xfe\x00"),
    "a number beyond every float": ("run.json", b"1e999"),
    "a number of many digits": ("run.json", b"9" * 10_000),
}
HEADS = {
    "seconds": ["1.5", None, -1, True, 1e400, []],
    "device": [[], None, {"kind": []}, "cpu"],
    "versions": [[], None, {"torch": 1}],
    "settings": [[], None, {"n": "many"}, {"unknown": 1}, {"n": [[]]}],
    "lab": ["life", None, 1, []],
    "files": [[], {}, None, {"../run.json": "0"}, {"/dev/zero": "0"}],
}


@pytest.mark.parametrize("case", SPOILT)
def test_a_spoilt_file_is_one_line_and_a_new_run(store: Store, case: str, caplog: pytest.LogCaptureFixture) -> None:
    name, content = SPOILT[case]
    store.save("key", make())
    (store.root / "key" / name).write_bytes(content)
    if name != "run.json":
        seal(store.root / "key")
    assert store.load("key") is None
    assert "will be computed anew" in one_line(caplog)
    assert list(store.root.iterdir()) == []


@pytest.mark.parametrize(("entry", "value"), [(entry, value) for entry in HEADS for value in HEADS[entry]])
def test_a_spoilt_entry_is_one_line_and_a_new_run(
    store: Store, entry: str, value: object, caplog: pytest.LogCaptureFixture
) -> None:
    store.save("key", make())
    path = store.root / "key" / "run.json"
    head = json.loads(path.read_text("utf-8")) | {entry: value}
    del head["checksum"]
    head["checksum"] = result.checksum(json.dumps(head, sort_keys=True).encode())
    path.write_text(json.dumps(head), "utf-8")
    assert store.load("key") is None
    assert "will be computed anew" in one_line(caplog)


#: Of which none says anything about what is on the disk.
FOR_NOW = (MemoryError(), OSError(errno.EMFILE, "Too many open files"), PermissionError(errno.EACCES, "Denied"))


@pytest.mark.parametrize("error", FOR_NOW, ids=repr)
@pytest.mark.parametrize("name", FILES)
def test_a_run_that_cannot_be_read_now_is_found_later(
    store: Store, error: Exception, name: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    store.save("key", make())
    with monkeypatch.context() as patch:
        refuse(patch, name, error)
        assert store.load("key") is None
    assert "cannot be read now" in one_line(caplog)
    found = store.load("key")
    assert found is not None
    alike(found, make())


def refuse(patch: pytest.MonkeyPatch, name: str, error: Exception) -> None:
    """Files of this name cannot be read."""
    read_bytes = Path.read_bytes

    def refused(path: Path) -> bytes:
        if path.match(name):
            raise error
        return read_bytes(path)

    patch.setattr(Path, "read_bytes", refused)


def test_a_run_for_which_there_is_no_memory_stays(
    store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Its bytes were read; there was no room for its arrays."""

    def hungry(*_: object, **__: object) -> None:
        raise MemoryError

    store.save("key", make())
    with monkeypatch.context() as patch:
        patch.setattr(np, "load", hungry)
        assert store.load("key") is None
    assert "cannot be read now" in one_line(caplog)
    assert store.load("key") is not None


def test_a_run_that_cannot_be_replaced_stays(
    store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    store.save("key", make())
    rename = Path.rename

    def full(path: Path, target: Path) -> Path:
        if Path(target) == store.root / "key":
            raise OSError(errno.ENOSPC, "No space left on device")
        return rename(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", full)
        store.save("key", make(1))
    assert "could not be stored" in one_line(caplog)
    alike(store.load("key"), make())


def test_another_number_in_the_head_is_noticed(store: Store) -> None:
    store.save("key", make())
    path = store.root / "key" / "run.json"
    path.write_text(path.read_text("utf-8").replace('"seconds": 1.25', '"seconds": 1.75'), "utf-8")
    assert store.load("key") is None


def test_a_file_among_the_runs_is_left_alone_and_stops_nothing(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    store.root.mkdir(parents=True)
    (store.root / "notes.txt").write_text("mine", "utf-8")
    (store.root / ".hidden").write_text("mine too", "utf-8")
    os.utime(store.root / ".hidden", (0, 0))
    for i, key in enumerate("abc"):
        store.save(key, make(size=1000))
        os.utime(store.root / key, (i, i))
    size = sum(path.stat().st_size for path in (store.root / "a").iterdir())
    Store(store.root, limit=int(2.5 * size)).save("d", make(size=1000))
    assert {path.name for path in store.root.iterdir()} == {"notes.txt", ".hidden", "c", "d"}
    assert caplog.records == []


def test_a_file_in_the_place_of_a_run_is_replaced(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    store.root.mkdir(parents=True)
    (store.root / "key").write_text("a file", "utf-8")
    assert store.load("key") is None
    one_line(caplog)
    (store.root / "key").write_text("a file", "utf-8")
    store.save("key", make())
    assert store.load("key") is not None
    assert caplog.records == []


@pytest.mark.parametrize("what", ["runs", "cache", "link"])
def test_a_folder_that_is_a_file_stores_nothing_and_stops_nothing(
    tmp_path: Path, short: Make, what: str, caplog: pytest.LogCaptureFixture
) -> None:
    root = tmp_path / "cache" / "runs"
    if what == "link":
        root.parent.mkdir()
        root.symlink_to(root)
    else:
        file = root if what == "runs" else root.parent
        file.parent.mkdir(exist_ok=True)
        file.write_text("a file", "utf-8")
    for _ in range(2):
        found = run(find("live"), short(), store=Store(root))
        assert found.source == "computed"
        assert "could not be stored" in one_line(caplog)


def test_networks_that_are_not_those_of_the_run_are_trained_again(
    store: Store, short: Make, caplog: pytest.LogCaptureFixture
) -> None:
    live = find("live")
    whole = run(live, short(), store=store)
    folder = store.root / keys.run_key(live, short())
    other = {name: array[:1] for name, array in whole.arrays.items() if not name.startswith("training_k")}
    for arrays in ({}, other, {name: array.astype("U4") for name, array in whole.arrays.items()}):
        file = BytesIO()
        np.savez(file, **arrays)
        (folder / "arrays.npz").write_bytes(file.getvalue())
        seal(folder)
        anew = run(live, short(eps_max=0.5), store=store)
        assert len(anew.frames) == len(whole.frames)
        np.testing.assert_array_equal(anew.frame.tables["training"]["mse"], whole.frame.tables["training"]["mse"])
        assert "computing it anew" in one_line(caplog)
        shutil.rmtree(store.root / keys.run_key(live, short(eps_max=0.5)))


#: No file may become larger than one block of 512 bytes, as if the disk were full. A shell sets it, since
#: `preexec_fn` would fork this process, which may hold threads of libraries that another test imported.
SMALL_FILES = ("sh", "-c", 'ulimit -f 1; exec "$@"', "sh")


def test_out_on_a_full_disk_is_one_line_and_leaves_nothing(tmp_path: Path) -> None:
    words = ["run", "live", *(f"--set={each}" for each in ("n=10", "d=3", "widths=2,4", "k_shown=2", "max_steps=20"))]
    done = subprocess.run(
        [*SMALL_FILES, sys.executable, "-m", "explorer", *words, "--out", str(tmp_path / "out")],
        env=os.environ | {"EXPLORER_CACHE": str(tmp_path / "cache")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    stored, written = done.stderr.splitlines()
    assert "could not be stored" in stored
    assert written == f"--out = {str(tmp_path / 'out')!r}: File too large"
    assert list((tmp_path / "out").iterdir()) == []
    assert list((tmp_path / "cache" / "runs").iterdir()) == []


def test_a_disk_that_fills_up_leaves_the_run_that_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(1).save(tmp_path)
    write = Path.write_bytes

    def full(self: Path, content: bytes) -> int:
        if self.name.startswith("frames.bin"):
            raise OSError(28, "No space left on device")
        return write(self, content)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space left"):
        make(2).save(tmp_path)
    alike(result.load(tmp_path), make(1))
    assert not list(tmp_path.glob("*.part"))
