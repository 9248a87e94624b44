"""Who watches which run: several sessions, one scheduler, one real worker."""

import itertools
import os
import random
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest

from explorer.labs import UnknownName, find
from explorer.labs.live.overview import LiveSettings
from explorer.runtime.run import run
from explorer.runtime.scheduler import Scheduler
from explorer.runtime.store import Store
from explorer.runtime.viewer import View

Make = Callable[..., LiveSettings]
UNUSED = itertools.count(10_000)  # seeds of runs that no other test asks for


def widths(view: View) -> set[int]:
    """The widths in the frame shown."""
    assert view.frame is not None
    return set(view.frame.tables["training"]["k"].tolist())


def idle_after(session, short: Make) -> dict:
    """The scheduler's health once a run that was asked for now is done: whatever had to stop before has stopped.

    The worker hears of a stop before it hears of this run, and gives every job a turn between two frames of another.
    """
    assert session.finish(short(seed=next(UNUSED))).state == "done"
    return session.scheduler.health()


def test_two_sessions_do_not_see_each_others_runs(open_session, short: Make) -> None:
    one, other = open_session(), open_session()
    one.request(short(widths=(2, 4)))
    other.request(short(widths=(3, 5)))
    for session, expected in ((one, {2, 4}), (other, {3, 5})):
        view = session.until(lambda view: view.state == "done")
        assert view.settings.widths == tuple(sorted(expected))
        assert set(view.frame.tables["lipschitz"]["k"].tolist()) == expected
        assert {name for name in view.arrays if name.endswith("_W")} == {f"k{k}_s0_W" for k in expected}


def test_equal_settings_share_one_run(scheduler: Scheduler, open_session, endless: Make) -> None:
    before = scheduler.health()["started"]
    sessions = [open_session() for _ in range(5)]
    for i, session in enumerate(sessions):
        session.request(endless(seed=11, k_shown=(2, 3, 4)[i % 3]))  # what they look at is their own affair
    views = [session.until(lambda view: view.frame) for session in sessions]
    assert scheduler.health()["started"] == before + 1
    assert [view.settings.k_shown for view in views] == [2, 3, 4, 2, 3]


def test_a_run_stops_when_the_last_of_its_viewers_has_left(
    scheduler: Scheduler, open_session, endless: Make, short: Make
) -> None:
    one, other, third = open_session(), open_session(), open_session()
    one.request(endless(seed=12))
    other.request(endless(seed=12))
    one.until(lambda view: view.frame)
    one.viewer.close()
    reached = other.viewer.look().frame
    other.until(lambda view: view.frame and (reached is None or view.frame.step > reached.step))
    assert scheduler.health()["running"] == 1
    other.viewer.close()
    assert idle_after(third, short)["running"] == 0


def test_pausing_is_ones_own_affair(open_session, endless: Make) -> None:
    one, other = open_session(), open_session()
    for session in (one, other):
        session.request(endless(seed=13))
    one.until(lambda view: view.frame)
    one.viewer.pause()
    paused = one.viewer.look()
    assert not paused.playing
    later = other.until(lambda view: view.frame and view.frame.step > paused.frame.step)
    assert later.playing
    now = one.viewer.look()
    assert now.frame.step == paused.frame.step
    assert now.state == "running"
    assert now.recorded > paused.position + 1


def test_twelve_quick_moves_leave_one_running_job_the_last(scheduler: Scheduler, session, endless: Make) -> None:
    for seed in range(100, 112):
        session.request(endless(seed=seed, widths=(2, seed)))
    view = session.until(lambda view: view.frame)
    assert view.settings.seed == 111
    assert widths(view) == {2, 111}
    # stops were sent in order before the last run was: by its first frame all others have had their last turn
    health = scheduler.health()
    assert (health["running"], health["waiting"]) == (1, 0)


def test_a_superseded_run_is_never_shown(scheduler: Scheduler, open_session, short: Make) -> None:
    """Sessions move controls at random from threads of their own; every view is of what was asked for last."""
    wrong: list[View] = []

    def visitor(number: int) -> None:
        rng, session = random.Random(number), open_session()
        for _ in range(15):
            settings = short(seed=rng.randrange(3), widths=(2, 3 + rng.randrange(3)), eps_max=rng.choice([0.1, 0.2]))
            session.request(settings)
            for _ in range(rng.randrange(4)):
                rng.choice([session.viewer.pause, session.viewer.play, session.viewer.step, session.viewer.tick])()
                view = session.viewer.look()
                if view.settings != settings or (view.frame and not widths(view) <= set(settings.widths)):
                    wrong.append(view)
            if rng.random() < 0.3:
                view = session.until(lambda view: view.state == "done")
                eps = view.frame.tables["attack"]["eps"].max()
                if widths(view) != set(settings.widths) or eps != settings.eps_max:
                    wrong.append(view)
        session.viewer.close()

    visitors = [threading.Thread(target=visitor, args=(number,)) for number in range(6)]
    for thread in visitors:
        thread.start()
    for thread in visitors:
        thread.join()
    assert wrong == []
    assert idle_after(open_session(), short)["running"] == 0


def test_a_new_eps_does_not_train_again(scheduler: Scheduler, session, short: Make) -> None:
    first = session.finish(short(seed=15, eps_max=0.1))
    anew = session.finish(short(seed=15, eps_max=0.3))
    assert (anew.state, anew.source, anew.recorded) == ("done", "computed", 1)  # no film: nothing was trained
    assert anew.speed == (0, "")
    for column, values in first.frame.tables["training"].items():
        np.testing.assert_array_equal(anew.frame.tables["training"][column], values)
    for name in ("k2_s15_W", "k4_s15_a", "X"):
        np.testing.assert_array_equal(anew.arrays[name], first.arrays[name])
    assert anew.frame.tables["attack"]["eps"].max() == 0.3


def test_measuring_anew_gives_the_bits_of_a_run_from_the_start(session, short: Make, tmp_path) -> None:
    session.finish(short(seed=16, eps_max=0.1))
    anew = session.finish(short(seed=16, eps_max=0.3, scope="layerwise"))
    whole = run(find("live"), short(seed=16, eps_max=0.3, scope="layerwise"), store=Store(tmp_path))
    assert len(whole.frames) > 1
    assert whole.frame.tables.keys() == anew.frame.tables.keys()
    for name, columns in whole.frame.tables.items():
        for column, values in columns.items():
            np.testing.assert_array_equal(anew.frame.tables[name][column], values, err_msg=f"{name}.{column}")


def test_a_board_replays_what_was_stored(session, short: Make, tmp_path) -> None:
    first = run(find("live"), short(seed=17), store=Store(tmp_path))
    with Scheduler(store=Store(tmp_path), warm=False) as scheduler:
        visitor = session.on(scheduler)
        again = visitor.finish(short(seed=17))
        assert again.source == "store"
        assert scheduler.health()["worker"] == "none"  # nothing was computed
        assert (again.recorded, again.seconds) == (len(first.frames), first.seconds)
        anew = visitor.finish(short(seed=17, eps_max=0.3))  # trained networks come from the disk
        assert (anew.source, anew.recorded) == ("computed", 1)
    there = run(find("live"), short(seed=17, eps_max=0.3), store=Store(tmp_path))  # and the result has gone there
    assert there.source == "store"
    np.testing.assert_array_equal(there.frame.tables["attack"]["success"], anew.frame.tables["attack"]["success"])


def test_going_back_is_instant(scheduler: Scheduler, session, short: Make) -> None:
    first = session.finish(short(seed=18))
    session.finish(short(seed=19))
    session.request(short(seed=18))
    view = session.viewer.look()
    assert view.state == "done"
    assert view.frame is first.frame


def test_a_killed_worker_is_named_and_the_next_move_works(
    scheduler: Scheduler, open_session, endless: Make, short: Make
) -> None:
    one, other, idle = open_session(), open_session(), open_session()
    finished = idle.finish(short(seed=20))
    one.request(endless(seed=20))
    other.request(endless(seed=21))
    for session in (one, other):
        session.until(lambda view: view.frame)
    os.kill(scheduler.health()["pid"], signal.SIGKILL)
    for session in (one, other):
        view = session.until(lambda view: view.state == "failed")
        assert view.message == "the worker process died (SIGKILL); move a control to start again"
        assert view.frame is not None  # what was there stays in sight
    assert idle.viewer.look() == finished
    one.request(endless(seed=20))
    assert one.until(lambda view: view.frame).state == "running"


def test_jobs_that_wait_survive_the_worker(scheduler: Scheduler, open_session, endless: Make) -> None:
    sessions = [open_session("one visitor") for _ in range(6)]
    for i, session in enumerate(sessions):
        session.request(endless(seed=30 + i))
    first, last = sessions[0], sessions[-1]
    view = last.until(lambda view: view.queue_place)
    assert (view.state, view.frame) == ("queued", None)
    assert view.queue_place <= view.waiting
    first.until(lambda view: view.frame)
    os.kill(scheduler.health()["pid"], signal.SIGKILL)
    first.until(lambda view: view.state == "failed")
    assert last.until(lambda view: view.frame).state == "running"


def test_a_job_that_waits_enters_for_another_who_wants_it(scheduler: Scheduler, open_session, endless: Make) -> None:
    sessions = [open_session("who has many") for _ in range(5)]
    for i, session in enumerate(sessions):
        session.request(endless(seed=36 + i))
    sessions[-1].until(lambda view: view.queue_place == 1)
    other = open_session("another")
    assert other.until_running(endless(seed=40)).state == "running"
    assert sessions[-1].until(lambda view: view.frame).queue_place == 0


def test_a_session_that_cannot_be_woken_is_closed(
    scheduler: Scheduler, open_session, endless: Make, short: Make
) -> None:
    woken = threading.Event()

    def dead() -> None:
        woken.set()
        raise RuntimeError("this document is gone")

    viewers = scheduler.health()["viewers"]
    gone = scheduler.viewer(dead)
    gone.request("live", endless(seed=44))
    assert woken.is_set()
    assert scheduler.health()["viewers"] == viewers
    assert gone.look().state == "idle"
    session = open_session()
    assert idle_after(session, short)["running"] == 0


def test_what_is_asked_of_a_closed_session_is_nothing(scheduler: Scheduler, open_session, endless: Make) -> None:
    session = open_session()
    started = scheduler.health()["started"]
    session.viewer.close()
    session.request(endless(seed=41))
    for move in (session.viewer.play, session.viewer.pause, session.viewer.step, session.viewer.reset):
        move()
    session.viewer.inspect(k=2, seed=0)
    assert session.viewer.look().state == "idle"
    assert scheduler.health()["started"] == started


def test_an_unknown_lab_is_refused_and_what_runs_is_not_lost(session, endless: Make) -> None:
    session.request(endless(seed=42))
    with pytest.raises(UnknownName, match="did you mean live"):
        session.viewer.request("life", endless(seed=42))
    assert session.until(lambda view: view.frame).state == "running"


def test_a_device_that_is_not_there_is_named(session, short: Make, tmp_path) -> None:
    with Scheduler("tpu", Store(tmp_path)) as scheduler:
        view = session.on(scheduler).finish(short())
    assert view.state == "failed"
    assert "use cpu or cuda" in view.message


def test_closing_a_board_ends_its_worker_in_mid_run(session, endless: Make, tmp_path, monkeypatch) -> None:
    for name in ("random.py", "torch.py", "explorer.py"):  # nor is a file here taken for a library
        (tmp_path / name).write_text("raise SystemExit('the wrong file')", "utf-8")
    monkeypatch.chdir(tmp_path)
    with Scheduler(store=Store(tmp_path)) as scheduler:
        session.on(scheduler).until_running(endless(seed=43))
        worker = psutil.Process(scheduler.health()["pid"])
    assert not worker.is_running()


@pytest.fixture
def impatient(tmp_path: Path) -> Iterator[Scheduler]:
    """A scheduler of its own whose worker counts as hung after five seconds."""
    with Scheduler(store=Store(tmp_path / "impatient"), silence=5.0) as scheduler:
        yield scheduler


def test_a_worker_that_hangs_is_named_and_replaced(impatient: Scheduler, session, endless: Make, short: Make) -> None:
    one, other, third = (session.on(impatient, visitor) for visitor in "abc")
    one.until_running(endless(seed=80))
    other.until_running(endless(seed=81))
    third.finish(short(seed=82))
    hung = impatient.health()["pid"]
    os.kill(hung, signal.SIGSTOP)
    for stopped in (one, other):
        view = stopped.until(lambda view: view.state == "failed")
        assert view.message == (
            "the worker hung (no sign of life for 5 s) and was ended; move a control to start again"
        )
        assert view.frame is not None  # what was there stays in sight
    assert not psutil.pid_exists(hung)
    assert third.viewer.look().state == "done"
    assert one.until_running(endless(seed=80)).state == "running"
    assert impatient.health()["pid"] != hung


def test_a_worker_that_hangs_over_a_question_is_named(impatient: Scheduler, session, short: Make) -> None:
    asking = session.on(impatient)
    asking.finish(short(seed=83))
    os.kill(impatient.health()["pid"], signal.SIGSTOP)
    asking.viewer.inspect(k=4, seed=83)
    view = asking.until(lambda view: view.inspection_problem)
    assert "the worker hung" in view.inspection_problem
    assert view.state == "done"
