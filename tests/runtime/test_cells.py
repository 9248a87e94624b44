"""Finished cells outlive their run: a killed worker, a stop, a restart, Ctrl-C; each is computed once."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as search
from hypothesis import strategies as st

from explorer.frames import FINISHED, Cell, Columns, Frame, decode, encode, pack, unpack
from explorer.labs import Lab, find
from explorer.labs.law.heat_map import compute as heat_map
from explorer.runtime import keys
from explorer.runtime.keeper import Keeper
from explorer.runtime.result import checksum
from explorer.runtime.run import run
from explorer.runtime.scheduler import Scheduler
from explorer.runtime.store import Store
from explorer.runtime.viewer import View
from explorer.settings import Settings
from tests.runtime.conftest import PATIENCE, Session
from tests.runtime.test_healing import BYTES, FOR_NOW, HOW, damage, one_line, refuse
from tests.runtime.test_shares import Hub
from tests.runtime.test_store import make, same

PRETEND = Path(__file__).parents[1] / "pretend"
MANY = 12


class Coins:
    """A sweep of twelve coins, a cell each, in any process; `hold` says how many may be thrown for now."""

    def __init__(self, lab: Lab, folder: Path) -> None:
        self.lab = lab
        self.settings = lab.settings.make(seeds=MANY, throws=50)
        self.ledger, self._hold = folder / "ledger", folder / "hold"

    def hold(self, most: int | None) -> None:
        if most is None:
            self._hold.unlink()
        else:
            self._hold.write_text(str(most), "utf-8")

    @property
    def thrown(self) -> list[int]:
        """The seed of every coin that was thrown, as often as it was."""
        return sorted(int(line) for line in self.ledger.read_text("utf-8").split())

    def is_whole(self, view: View) -> bool:
        """Whether a finished run is that of all coins, as nobody broke off."""
        table = view.frame.tables["coins"]
        heads = [np.random.default_rng(seed).binomial(50, 0.5) for seed in range(MANY)]
        return table["seed"].tolist() == list(range(MANY)) and table["heads"].tolist() == heads


@pytest.fixture
def coins(coin: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Coins:
    monkeypatch.syspath_prepend(PRETEND)  # workers are started with it
    found = Coins(coin, tmp_path)
    monkeypatch.setenv("COIN_LEDGER", str(found.ledger))
    monkeypatch.setenv("COIN_HOLD", str(tmp_path / "hold"))
    return found


@pytest.fixture
def own_board(coins: Coins, store: Store) -> Iterator[Scheduler]:
    """A scheduler whose worker knows coins."""
    with Scheduler(store=store, warm=False) as scheduler:
        yield scheduler


def throw(session: Session, coins: Coins, most: int) -> None:
    """Request the sweep and wait until so many coins are thrown and all others wait."""
    coins.hold(most)
    session.viewer.request("coin", coins.settings)
    session.until(lambda view: view.frame and view.frame.step == most)


def finish(session: Session, coins: Coins, settings: Settings | None = None) -> View:
    session.viewer.request("coin", settings or coins.settings)
    return session.until(lambda view: view.state == "done")


# Left runs ----------------------------------------------------------------------------------------------------------


def test_a_killed_worker_costs_no_finished_cell(own_board: Scheduler, coins: Coins, store: Store) -> None:
    visitor = Session(own_board)
    throw(visitor, coins, 5)
    os.kill(own_board.health()["pid"], signal.SIGKILL)
    assert "died" in visitor.until(lambda view: view.state == "failed").message
    coins.hold(None)
    assert coins.is_whole(finish(visitor, coins))
    assert coins.thrown == list(range(MANY))
    own_board.close()
    assert [path.name for path in store.root.iterdir()] == [keys.run_key(coins.lab, coins.settings)]  # no cells


def test_who_leaves_and_comes_back_finds_what_was_finished(own_board: Scheduler, coins: Coins) -> None:
    for most in (3, 7):
        visitor = Session(own_board)
        throw(visitor, coins, most)
        visitor.viewer.close()
        other = coins.lab.settings.make(seeds=1, seed=90 + most)  # of which the worker hears after the stop
        assert finish(Session(own_board), coins, other).state == "done"
    coins.hold(None)
    assert coins.is_whole(finish(Session(own_board), coins))
    assert coins.thrown == [*range(MANY), 93, 97]


def test_another_server_goes_on(own_board: Scheduler, coins: Coins, store: Store) -> None:
    throw(Session(own_board), coins, 5)
    own_board.close()
    coins.hold(None)
    with Scheduler(store=Store(store.root), warm=False) as scheduler:
        view = finish(Session(scheduler), coins)
        assert coins.is_whole(view)
        assert view.speed == (0, "")
    assert coins.thrown == list(range(MANY))


def test_ctrl_c_costs_no_finished_cell(coins: Coins, store: Store) -> None:
    command = [sys.executable, "-m", "explorer", "run", "coin", f"--set=seeds={MANY}", "--set=throws=50", "--json"]
    env = os.environ | {"EXPLORER_CACHE": str(store.root.parent), "PYTHONPATH": str(PRETEND)}
    coins.hold(5)
    # a shell that starts the tests in the background has their children deaf to Ctrl-C, but for who listens himself
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    first = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    signal.signal(signal.SIGINT, before)
    deadline = time.monotonic() + PATIENCE
    while len(list(store.root.glob("*.cells/*.cell"))) < 5:
        assert first.poll() is None, first.stderr.read()
        assert time.monotonic() < deadline
        time.sleep(0.01)
    first.send_signal(signal.SIGINT)
    assert "Traceback" not in first.communicate(timeout=PATIENCE)[1]
    assert first.returncode != 0
    coins.hold(None)
    subprocess.run(command, env=env, check=True, stdout=subprocess.DEVNULL)
    assert coins.thrown == list(range(MANY))


def test_fresh_throws_all_again(coins: Coins, store: Store) -> None:
    give_up_after(3, coins.lab, coins.settings, store)
    run(coins.lab, coins.settings, store=store, fresh=True)
    assert coins.thrown == sorted([0, 1, 2, *range(MANY)])


def test_a_fresh_run_that_is_broken_off_is_gone_on_with_from_its_own_cells(coins: Coins, store: Store) -> None:
    """Who does not trust what is kept never gets it back."""
    key = keys.training_key(coins.lab, coins.settings)
    for i in range(MANY):
        store.keep(key, Cell(f"coin {i}", {"heads": np.array(-1)}))
    give_up_after(3, coins.lab, coins.settings, store, fresh=True)
    again = run(coins.lab, coins.settings, store=store)
    assert again.frame.tables["coins"]["heads"].min() > 0
    assert coins.thrown == list(range(MANY))


def give_up_after(frames: int, lab: Lab, settings: Settings, store: Store, *, fresh: bool = False) -> None:
    """A run that is broken off in its own process."""
    seen: list[Frame] = []

    def progress(frame: Frame) -> None:
        seen.append(frame)
        if len(seen) == frames:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(lab, settings, store=store, progress=progress, fresh=fresh)


HEAT_MAP = {"panel": "heat-map", "ns": (6, 10), "widths": (2, 5), "d": 4, "max_steps": 60, "seeds": 4}


def test_a_heat_map_that_was_broken_off_is_that_of_one_run(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    law, whole = find("law"), Store(tmp_path / "whole")
    settings = law.settings.make(**HEAT_MAP)
    first = run(law, settings, store=whole)
    half = next(i for i, frame in enumerate(first.frames, start=1) if frame.step >= 2 * settings.max_steps)
    give_up_after(half, law, settings, store)
    assert sorted(store.kept(keys.training_key(law, settings))) == ["seed 0", "seed 1"]
    trained: list[int] = []
    begin = heat_map.networks
    monkeypatch.setattr(heat_map, "networks", lambda settings, seed: trained.append(seed) or begin(settings, seed))
    again = run(law, settings, store=store)
    assert trained == [2, 3]
    same(again.frame.tables["trained"], first.frame.tables["trained"])
    same(again.arrays, first.arrays)
    assert [path.name for path in store.root.iterdir()] == [keys.run_key(law, settings)]


def test_cells_of_another_training_are_computed_anew(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    """Whoever has written them: right checksums, wrong contents."""
    law = find("law")
    settings = law.settings.make(**HEAT_MAP)
    store.keep(keys.training_key(law, settings), Cell("seed 0", {"X": np.zeros(3)}))
    found = run(law, settings, store=store)
    assert "computing it anew" in one_line(caplog)
    assert set(found.frame.tables["trained"]["seed"]) == {0, 1, 2, 3}


def test_a_misfit_behind_the_first_frame_is_computed_anew_too(
    coins: Coins, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    """Frames go on where they were: no step falls."""
    key = keys.training_key(coins.lab, coins.settings)
    give_up_after(4, coins.lab, coins.settings, store)
    store.keep(key, Cell("coin 2", {}))
    found = run(coins.lab, coins.settings, store=store)
    assert "computing it anew" in one_line(caplog)
    assert [frame.step for frame in found.frames] == [1, 2, *range(2, MANY + 1)]
    assert coins.thrown == sorted([*range(4), *range(MANY)])


@pytest.mark.parametrize(
    "error", [RuntimeError("CUDA out of memory"), MemoryError(), TypeError("a bug"), KeyError("k")]
)
def test_an_error_of_another_kind_computes_nothing_anew(
    coins: Coins, store: Store, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cells stay for another try, and a bug is seen."""
    give_up_after(3, coins.lab, coins.settings, store)

    def fails(settings, device, stop, kept=None):
        raise error
        yield

    with monkeypatch.context() as patch:
        patch.setattr(import_module(coins.lab.panels[0].compute), "stream", fails)
        with pytest.raises(type(error)):
            run(coins.lab, coins.settings, store=store)
    run(coins.lab, coins.settings, store=store)
    assert coins.thrown == list(range(MANY))


def test_a_stream_that_yields_nothing_gives_way_and_changes_nothing(
    coins: Coins, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """None is neither a frame nor a cell: nobody is told of it, in a run of one's own or in the worker."""
    compute = import_module(coins.lab.panels[0].compute)
    whole, throw_ = run(coins.lab, coins.settings, store=Store(tmp_path / "whole")), compute.stream

    def slowly(settings, device, stop, kept=None):
        for found in throw_(settings, device, stop, kept):
            yield None
            yield found
        yield None

    monkeypatch.setattr(compute, "stream", slowly)
    told: list[Frame] = []
    found = run(coins.lab, coins.settings, store=store, progress=told.append)
    assert [frame.step for frame in told] == [frame.step for frame in whole.frames]
    same(found.frame.tables["coins"], whole.frame.tables["coins"])
    hub = Hub()
    hub.inbox.take(
        {"kind": "run", "job": 1, "lab": "coin", "settings": coins.settings.values(), "kept": []}
        | {"activations": "", "visitors": [""]},
        {},
    )
    hub.until("done", 1)
    assert {kind for kind, job in hub.said if job == 1} == {"cell", "frame", "done"}


# On disk ------------------------------------------------------------------------------------------------------------


def cell(name: str = "k = 8, seed 0", seed: int = 0, size: int = 5) -> Cell:
    rng = np.random.default_rng(seed)
    words = np.array(["a", "größer"])
    return Cell(
        name, {"W": rng.standard_normal((2, size)), "b": rng.random(size) > 0.5, "step": np.array(3), "w": words}
    )


def test_cells_come_back_as_they_were(store: Store) -> None:
    assert store.kept("train") == {}
    names = ["k = 8", "../up", "a/b", "größer", "", "x" * 1000, "NUL"]
    for i, name in enumerate(names):
        store.keep("train", cell(name, i))
    store.keep("train", cell("k = 8", 99))  # the newer one stays
    store.keep("other", cell("k = 9"))
    kept = store.kept("train")
    assert set(kept) == set(names)
    for i, name in enumerate(names[1:], start=1):
        same(kept[name], cell(name, i).arrays)
    same(kept["k = 8"], cell("k = 8", 99).arrays)
    assert all(array.flags.writeable for arrays in kept.values() for array in arrays.values())
    assert {path.name for path in store.root.iterdir()} == {"train.cells", "other.cells"}


def test_a_finished_run_takes_the_place_of_its_cells(store: Store) -> None:
    store.keep("train", cell())
    store.keep("trai", cell())
    store.save("train-eps1", make())
    assert list(store.kept("train")) == [FINISHED]
    assert {path.name for path in store.root.iterdir()} == {"train-eps1", "trai.cells"}


def test_cells_go_with_the_runs_that_were_not_used_for_longest(store: Store) -> None:
    for i, key in enumerate("ab"):
        store.keep(key, cell(size=1000))
        store.keep(key, cell("second", size=1000))
        store.save(f"{key}{key}", make(size=1000))
        for name in (f"{key}.cells", f"{key}{key}"):
            os.utime(store.root / name, (i, i))
    assert set(store.kept("a")) == {"k = 8, seed 0", "second"}  # used just now
    size = sum(path.stat().st_size for path in (store.root / "aa").iterdir())
    cells = sum(path.stat().st_size for path in (store.root / "a.cells").iterdir())
    Store(store.root, limit=int(size + 2.5 * cells)).keep("c", cell(size=1000))
    assert {path.name for path in store.root.iterdir()} == {"a.cells", "c.cells", "bb"}


def test_more_cells_than_there_is_room_for_are_not_kept(store: Store) -> None:
    small = Store(store.root, limit=20_000)
    for i in range(20):
        small.keep("train", cell(f"{i}", size=1000))
        assert sum(path.stat().st_size for path in store.root.glob("*.cells/*")) <= 20_000


@search(max_examples=100)
@given(how=st.sampled_from((*HOW, "rename")), at=st.integers(0, 1 << 16), content=BYTES)
def test_a_damaged_cell_is_removed_and_the_others_stay(
    tmp_path_factory: pytest.TempPathFactory, how: str, at: int, content: bytes
) -> None:
    store = Store(tmp_path_factory.mktemp("runs"))
    for i in range(3):
        store.keep("train", cell(f"{i}", i))
    paths = sorted((store.root / "train.cells").iterdir())
    path = paths[at % 3]
    if how == "rename":
        path.rename(path.with_name(f"another{path.name}"))
    elif how == "remove":
        path.unlink()
    else:
        damage(path, how, at, content)
    kept = store.kept("train")
    assert 2 <= len(kept) <= 3  # an inserted nothing does no harm
    for name, arrays in kept.items():
        same(arrays, cell(name, int(name)).arrays)
    assert len(list((store.root / "train.cells").iterdir())) == len(kept)
    for i in range(3):
        store.keep("train", cell(f"{i}", i))
    assert len(store.kept("train")) == 3
    shutil.rmtree(store.root)


SPOILT: dict[str, bytes] = {
    "nothing": b"",
    "no cell": encode({}, {}),
    "a name that is none": encode({"cell": 3}, {}),
    "objects": encode({"cell": "0"}, {"W": np.zeros(2)}).replace(b"<f8", b"|O8"),
    "nested deep": b"[" * 100_000,
}


@pytest.mark.parametrize("case", SPOILT)
def test_a_spoilt_cell_under_a_right_checksum_is_one_line(
    store: Store, case: str, caplog: pytest.LogCaptureFixture
) -> None:
    store.keep("train", cell("0"))
    (path,) = (store.root / "train.cells").iterdir()
    path.write_bytes(checksum(SPOILT[case]).encode() + SPOILT[case])
    assert store.kept("train") == {}
    assert "will be computed anew" in one_line(caplog)
    assert list((store.root / "train.cells").iterdir()) == []


@pytest.mark.parametrize("error", FOR_NOW, ids=repr)
def test_a_cell_that_cannot_be_read_now_is_found_later(
    store: Store, error: Exception, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for name in "01":
        store.keep("train", cell(name))
    path = min((store.root / "train.cells").iterdir())
    with monkeypatch.context() as patch:
        refuse(patch, path.name, error)
        assert len(store.kept("train")) == 1
    assert "cannot be read now" in one_line(caplog)
    assert set(store.kept("train")) == {"0", "1"}


def test_a_file_in_the_place_of_the_cells_is_replaced(store: Store) -> None:
    store.root.mkdir()
    (store.root / "train.cells").write_text("a file", "utf-8")
    assert store.kept("train") == {}
    store.keep("train", cell())
    assert len(store.kept("train")) == 1


def test_a_full_disk_is_one_line_and_leaves_nothing(
    store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(one: str, other: str) -> None:
        raise OSError(28, "No space left on device")

    store.keep("train", cell("0"))
    monkeypatch.setattr(os, "replace", full)
    store.keep("train", cell("1"))
    assert "No space left" in one_line(caplog)
    assert list(store.kept("train")) == ["0"]
    assert len(list((store.root / "train.cells").iterdir())) == 1


# On their way -------------------------------------------------------------------------------------------------------


def test_what_is_not_written_yet_is_found_too(store: Store) -> None:
    class Late(ThreadPoolExecutor):
        """Does nothing until it is told to."""

        def __init__(self) -> None:
            super().__init__(1)
            self.later: list[Callable[[], object]] = []

        def submit(self, work, /, *args):  # type: ignore[override]
            self.later.append(lambda: work(*args))

    writer = Late()
    keeper = Keeper(store, writer)
    keeper.keep("train", cell("0", 0))
    keeper.keep("train", cell("1", 1))
    keeper.keep("other", cell("2", 2))
    for written in range(4):
        kept = keeper.kept("train")
        assert set(kept) == {"0", "1"}
        same(kept["1"], cell("1", 1).arrays)
        assert len(store.kept("train")) == min(written, 2)
        if written < 3:
            writer.later[written]()
    assert keeper._waiting == {}
    for seed in (3, 4):  # the newer one is found, whatever is on disk
        keeper.keep("train", cell("1", seed))
    for write in writer.later[3:]:
        same(keeper.kept("train")["1"], cell("1", 4).arrays)
        write()
        same(keeper.kept("train")["1"], cell("1", 4).arrays)
    assert keeper._waiting == {}


@given(st.dictionaries(st.text(max_size=8), st.dictionaries(st.text(max_size=8), st.integers(0, 9)), max_size=4))
def test_cells_in_one_message(shapes: dict[str, dict[str, int]]) -> None:
    kept: dict[str, Columns] = {n: {a: np.arange(size) for a, size in each.items()} for n, each in shapes.items()}
    names, arrays = pack(kept)
    head, received = decode(encode({"kept": names}, arrays))
    found = unpack(head["kept"], received)
    assert list(found) == list(kept)
    for name, each in kept.items():
        same(found[name], each)


def test_a_cell_of_objects_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot travel"):
        Cell("0", {"W": np.array([None])})
