"""What of users' own files is kept, and what has to go."""

import io
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from explorer.data import networks, own, shelf
from explorer.labs.law.settings import LawSettings
from explorer.labs.live.settings import LiveSettings
from explorer.settings import Settings


def points(seed: int) -> bytes:
    file = io.BytesIO()
    rng = np.random.default_rng(seed)
    np.savez(file, X=rng.standard_normal((20, 3)), y=rng.standard_normal(20))
    return file.getvalue()


def network(seed: int) -> bytes:
    file = io.BytesIO()
    rng = np.random.default_rng(seed)
    np.savez(file, W=rng.standard_normal((3, 8)), b=np.zeros(8), a=rng.standard_normal(8))
    return file.getvalue()


KINDS = pytest.mark.parametrize(("kind", "make"), [(own, points), (networks, network)], ids=["points", "networks"])


def limited(monkeypatch: pytest.MonkeyPatch, folder: Path, files: float) -> None:
    """Room for so many files of the size of the one that is there."""
    (only,) = folder.iterdir()
    monkeypatch.setattr(shelf, "LIMIT", int(files * only.stat().st_size))


def aged(folder: Path, *names: str) -> None:
    """As if used long ago, in this order."""
    for i, name in enumerate(names):
        os.utime(folder / f"{name}.npz", (i, i))


def there(folder: Path) -> set[str]:
    return {path.stem for path in folder.iterdir()}


@KINDS
def test_what_was_not_used_for_longest_goes_first(kind, make: Callable, tmp_path, monkeypatch) -> None:
    first = kind.ingest(make(0), tmp_path)
    limited(monkeypatch, tmp_path, 3.5)
    second, third = (kind.ingest(make(seed), tmp_path) for seed in (1, 2))
    aged(tmp_path, first, second, third)
    kind.load(first, tmp_path)  # used just now
    fourth = kind.ingest(make(3), tmp_path)
    assert there(tmp_path) == {first, third, fourth}
    with pytest.raises(FileNotFoundError, match="or none any more; load the file with them again"):
        kind.load(second, tmp_path)
    assert kind.ingest(make(1), tmp_path) == second  # as it says


@KINDS
def test_however_much_comes_no_more_is_kept_than_there_is_room_for(kind, make: Callable, tmp_path, monkeypatch) -> None:
    kind.ingest(make(0), tmp_path)
    limited(monkeypatch, tmp_path, 4.5)
    for seed in range(1, 30):
        newest = kind.ingest(make(seed), tmp_path)
        assert newest in there(tmp_path)
        assert len(there(tmp_path)) <= 4


@KINDS
def test_what_is_in_use_stays_and_when_all_is_the_new_one_is_refused(
    kind, make: Callable, tmp_path, monkeypatch
) -> None:
    names = [kind.ingest(make(0), tmp_path)]
    limited(monkeypatch, tmp_path, 2.5)
    names.append(kind.ingest(make(1), tmp_path))
    aged(tmp_path, *names)
    held = [shelf.hold(tmp_path / f"{name}.npz") for name in names]
    with pytest.raises(ValueError, match="in use by open pages"):
        kind.ingest(make(2), tmp_path)
    assert there(tmp_path) == set(names)
    assert kind.ingest(make(0), tmp_path) == names[0]  # what is there needs no room, and stays locked
    held[0].close()
    newest = kind.ingest(make(2), tmp_path)
    assert there(tmp_path) == {names[1], newest}
    held[1].close()


HOLDER = """
import sys
from pathlib import Path
from explorer.data import shelf
held = shelf.hold(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


def test_another_process_keeps_what_it_uses_until_it_ends(tmp_path, monkeypatch) -> None:
    first = own.ingest(points(0), tmp_path)
    limited(monkeypatch, tmp_path, 2.5)
    command = [sys.executable, "-c", HOLDER, str(tmp_path / f"{first}.npz")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout.readline() == "held\n"
        aged(tmp_path, first)
        second, third = (own.ingest(points(seed), tmp_path) for seed in (1, 2))
        assert there(tmp_path) == {first, third}
        assert second not in there(tmp_path)
        holder.kill()
    aged(tmp_path, first)
    fourth = own.ingest(points(3), tmp_path)
    assert there(tmp_path) == {third, fourth}


def test_files_that_are_none_of_ours_are_left_alone(tmp_path, monkeypatch) -> None:
    first = own.ingest(points(0), tmp_path)
    limited(monkeypatch, tmp_path, 1.5)
    for name in ("notes.txt", "mine.npz", "new.part", "old.part"):
        (tmp_path / name).write_bytes(bytes(100_000))
    (tmp_path / "a folder").mkdir()
    os.utime(tmp_path / "old.part", (0, 0))
    aged(tmp_path, first)
    second = own.ingest(points(1), tmp_path)
    assert there(tmp_path) == {second, "notes", "mine", "new", "a folder"}


def test_a_damaged_file_is_replaced_by_the_same_points(tmp_path) -> None:
    name = own.ingest(points(0), tmp_path)
    path = tmp_path / f"{name}.npz"
    path.write_bytes(path.read_bytes()[:100])
    assert own.ingest(points(0), tmp_path) == name
    assert own.load(name, tmp_path).X.shape == (20, 3)


@pytest.mark.parametrize(("kind", "field", "make"), [(LiveSettings, "data", points), (LawSettings, "network", network)])
def test_settings_name_their_files_and_a_link_to_what_has_gone_says_so(kind: type[Settings], field, make) -> None:
    assert kind().files() == ()
    settings = kind.make(**kind.take_in({field: make(7)}))
    (path,) = settings.files()
    assert path.is_file()
    path.unlink()
    instead, problems = kind.from_query(settings.to_query())
    assert any("load the file with them again" in str(problem) for problem in problems)
    assert instead.values()[field] == kind.param[field].default
