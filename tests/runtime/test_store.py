import json
import math
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from explorer.frames import FINISHED, Frame
from explorer.labs.live.overview import LiveSettings
from explorer.runtime import result
from explorer.runtime.result import Result, Unreadable
from explorer.runtime.store import Store


def make(seed: int = 0, size: int = 10) -> Result:
    """A finished run made up for the purpose, with every kind of column."""
    rng = np.random.default_rng(seed)
    k = np.arange(3)
    table = {"k": k, "fits": k > 1, "name": np.array(["a", "bc", "größer"]), "upper": np.array([1.5, np.nan, np.inf])}
    film = tuple(Frame(step, 2, {"lipschitz": table, "empty": {"k": k[:0]}}, note=f"step {step}") for step in range(3))
    return Result(
        lab="live",
        settings=LiveSettings.make(seed=seed, widths=(8, 64)),
        device={"kind": "cpu", "threads": 1},
        source="computed",
        seconds=1.25,
        versions={"explorer": "0"},
        frames=film,
        arrays={"X": rng.standard_normal((size, 2)), "k8_s0_W": rng.standard_normal((2, 8)).astype(np.float32)},
    )


def alike(a: Result, b: Result) -> None:
    """Equal but for where they came from."""
    assert (a.lab, a.settings, a.device, a.seconds, a.versions) == (b.lab, b.settings, b.device, b.seconds, b.versions)
    assert len(a.frames) == len(b.frames)
    for one, other in zip(a.frames, b.frames, strict=True):
        assert (one.step, one.total, one.note) == (other.step, other.total, other.note)
        assert one.tables.keys() == other.tables.keys()
        for table in one.tables:
            same(one.tables[table], other.tables[table])
    same(a.arrays, b.arrays)


def same(a: result.Columns, b: result.Columns) -> None:
    assert a.keys() == b.keys()
    for name in a:
        assert a[name].dtype == b[name].dtype
        np.testing.assert_array_equal(a[name], b[name])


def test_a_run_comes_back_as_it_was(store: Store) -> None:
    store.save("key", make())
    found = store.load("key")
    assert found is not None
    assert found.source == "store"
    alike(found, make())


def test_other_programs_can_read_it(tmp_path: Path) -> None:
    make().save(tmp_path / "new" / "folder")
    table = pd.read_parquet(tmp_path / "new" / "folder" / "lipschitz.parquet")
    pd.testing.assert_frame_equal(table, make().tables["lipschitz"])
    with np.load(tmp_path / "new" / "folder" / "arrays.npz", allow_pickle=False) as arrays:
        same(dict(arrays), make().arrays)
    head = json.loads((tmp_path / "new" / "folder" / "run.json").read_text("utf-8"))
    assert head["settings"]["widths"] == [8, 64]
    assert head["device"] == {"kind": "cpu", "threads": 1}


def test_json_has_null_for_what_is_unknown() -> None:
    shown = json.loads(make().to_json(), parse_constant=lambda word: pytest.fail(f"{word} is not JSON"))
    assert set(shown) == {"lab", "settings", "device", "source", "seconds", "versions", "tables"}
    assert shown["tables"]["lipschitz"] == {
        "k": [0, 1, 2],
        "fits": [False, False, True],
        "name": ["a", "bc", "größer"],
        "upper": [1.5, None, None],
    }
    assert math.isclose(shown["seconds"], 1.25)


def test_what_is_not_there_is_none(store: Store) -> None:
    assert store.load("key") is None
    assert store.kept("key") == {}


FILES = ("run.json", "lipschitz.parquet", "empty.parquet", "arrays.npz", "frames.bin")


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("damage", ["truncated", "emptied", "removed", "overwritten"])
def test_a_damaged_run_is_never_shown_and_goes_away(
    store: Store, name: str, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    store.save("key", make())
    path = store.root / "key" / name
    whole = path.read_bytes()
    if damage == "removed":
        path.unlink()
    else:
        changed = {"truncated": whole[: len(whole) // 2], "emptied": b"", "overwritten": b"\x80" * len(whole)}
        path.write_bytes(changed[damage])
    assert store.load("key") is None
    assert "computed anew" in caplog.text
    assert not (store.root / "key").exists()
    store.save("key", make())
    assert store.load("key") is not None


def test_every_flipped_bit_of_a_table_is_noticed(store: Store) -> None:
    store.save("key", make())
    path = store.root / "key" / "lipschitz.parquet"
    whole = path.read_bytes()
    for at in range(0, len(whole), 97):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        with pytest.raises(Unreadable):
            result.load(store.root / "key")


def test_trained_networks_are_found_whatever_was_measured(store: Store) -> None:
    store.save("train-eps1", make(1))
    store.save("other-eps1", make(2))
    (found,) = store.kept("train").items()
    assert found[0] == FINISHED
    same(found[1], make(1).arrays)
    assert store.kept("trai") == {}


def test_the_newer_run_of_a_key_stays(store: Store) -> None:
    store.save("key", make(1))
    store.save("key", make(2))
    found = store.load("key")
    assert found is not None
    assert found.settings.seed == 2
    assert [path.name for path in store.root.iterdir()] == ["key"]


def test_what_was_not_used_for_longest_goes_first(store: Store) -> None:
    for i, key in enumerate("abc"):
        store.save(key, make(size=1000))
        os.utime(store.root / key, (i, i))
    size = sum(path.stat().st_size for path in (store.root / "a").iterdir())
    assert store.load("a") is not None  # used just now
    Store(store.root, limit=int(3.5 * size)).save("d", make(size=1000))
    assert {path.name for path in store.root.iterdir()} == {"a", "c", "d"}


def test_an_abandoned_half_written_run_is_swept_away(store: Store) -> None:
    store.root.mkdir()
    old, new = store.root / ".part-old", store.root / ".part-new"
    old.mkdir()
    new.mkdir()
    os.utime(old, (0, 0))
    store.save("key", make())
    assert not old.exists()
    assert new.exists()


def test_a_full_disk_leaves_nothing_behind(
    store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(self: Result, folder: str | Path) -> None:
        (Path(folder) / "arrays.npz").write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Result, "save", full)
    store.save("key", make())
    assert "No space left" in caplog.text
    assert list(store.root.iterdir()) == []


WRITER = """
import sys; sys.path.insert(0, sys.argv[1])
from test_store import make, Store
store = Store(sys.argv[2])
for _ in range(10):
    store.save("key", make())
    found = store.load("key")
    assert found is None or found.seconds == 1.25
"""


def test_two_processes_write_the_same_key(store: Store) -> None:
    command = [sys.executable, "-c", WRITER, str(Path(__file__).parent), str(store.root)]
    writers = [subprocess.Popen(command) for _ in range(2)]
    assert [writer.wait() for writer in writers] == [0, 0]
    found = store.load("key")
    assert found is not None
    alike(found, make())
    assert [path.name for path in store.root.iterdir()] == ["key"]
