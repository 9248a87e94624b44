"""One session: its position in the film, and its closer looks."""

from collections.abc import Callable

import numpy as np
import psutil
import pytest

from explorer.data import shelf
from explorer.labs.live.overview import LiveSettings
from explorer.runtime.scheduler import Scheduler

Make = Callable[..., LiveSettings]


def stopped(scheduler: Scheduler) -> psutil.Process:
    """The worker, which answers nothing until it is resumed."""
    worker = psutil.Process(scheduler.health()["pid"])
    worker.suspend()
    while worker.status() != psutil.STATUS_STOPPED:  # the signal is on its way
        pass
    return worker


def test_a_session_that_asked_for_nothing_is_idle(session) -> None:
    view = session.viewer.look()
    assert (view.state, view.frame, view.version) == ("idle", None, 0)


def test_a_finished_run_is_replayed_from_its_first_frame(session, short: Make) -> None:
    done = session.finish(short(seed=50))
    assert done.recorded > 2
    assert (done.position, done.playing, done.replaying) == (done.recorded - 1, False, False)
    session.viewer.reset()
    view = session.viewer.look()
    assert (view.position, view.playing) == (0, False)
    session.viewer.play()
    seen = []
    while (view := session.viewer.look()).replaying:
        assert view.playing
        seen.append(view.position)
        session.viewer.tick()
    assert seen == list(range(done.recorded - 1))
    assert session.viewer.look().frame is done.frame


def test_step_shows_the_next_frame(session, short: Make) -> None:
    session.finish(short(seed=51))
    session.viewer.reset()
    first = session.viewer.look().frame
    session.viewer.step()
    view = session.viewer.look()
    assert view.position == 1
    assert view.frame.step > first.step


def test_every_move_that_changes_the_view_wakes_and_no_other(scheduler: Scheduler, short: Make) -> None:
    wakes = []
    viewer = scheduler.viewer(lambda: wakes.append(viewer.look().version))
    for move in (viewer.play, viewer.pause, viewer.step, viewer.reset, viewer.tick):
        move()
    assert wakes == []
    session_done = short(seed=52)
    viewer.request("live", session_done)
    assert wakes
    viewer.pause()
    version = viewer.look().version
    viewer.pause()
    viewer.tick()
    assert viewer.look().version == version
    viewer.close()


def test_a_new_request_shows_the_newest_frame_and_the_same_one_stays_in_place(session, short: Make) -> None:
    session.finish(short(seed=53))
    session.viewer.reset()
    session.request(short(seed=53, k_shown=4))  # the k slider: another look at the same run
    view = session.viewer.look()
    assert (view.position, view.settings.k_shown) == (0, 4)
    view = session.finish(short(seed=54))
    assert view.position == view.recorded - 1


def test_a_closer_look(session, short: Make) -> None:
    session.finish(short(seed=55))
    before = session.viewer.look()
    assert before.inspection is None
    session.viewer.inspect(k=4, seed=55)
    view = session.until(lambda view: view.inspection_version > before.inspection_version)
    assert view.inspection_problem == ""
    assert view.inspection["f"].ndim == 2
    assert view.inspection_query == {"k": 4, "seed": 55}


def test_a_closer_look_waits_for_the_weights(session, short: Make) -> None:
    session.request(short(seed=56))
    session.viewer.inspect(k=4, seed=56)
    assert session.until(lambda view: view.inspection).state in ("running", "done")


def test_of_many_questions_the_newest_is_answered_and_few_others(scheduler: Scheduler, session, short: Make) -> None:
    session.finish(short(seed=57, widths=tuple(range(2, 14))))
    before = session.viewer.look().inspection_version
    worker = stopped(scheduler)
    for k in range(2, 14):
        session.viewer.inspect(k=k, seed=57)
    session.viewer.inspect(k=99, seed=57)
    worker.resume()
    view = session.until(lambda view: view.inspection_problem)
    assert "99" in view.inspection_problem
    assert view.inspection_version == before + 2  # the first, which was under way, and the last
    assert view.inspection_query == {"k": 99, "seed": 57}


def test_an_answer_about_another_run_is_dropped(session, short: Make) -> None:
    session.finish(short(seed=58))
    session.viewer.inspect(k=4, seed=58)
    session.request(short(seed=59))
    session.viewer.inspect(k=4, seed=59)
    view = session.until(lambda view: view.inspection or view.inspection_problem)
    assert view.inspection_problem == ""  # seed 58 is not among the networks of this run
    assert view.settings.seed == 59


def test_a_question_that_is_no_json_is_refused_at_once(session, short: Make) -> None:
    session.finish(short(seed=60))
    with pytest.raises(Exception, match="k"):
        session.viewer.inspect(k=object())
    session.viewer.inspect(k=4, seed=60)
    assert session.until(lambda view: view.inspection).inspection_problem == ""


def test_a_worker_that_dies_over_a_question_is_replaced_for_the_next(
    scheduler: Scheduler, session, short: Make
) -> None:
    session.finish(short(seed=61))
    worker = stopped(scheduler)
    session.viewer.inspect(k=4, seed=61)
    worker.kill()
    view = session.until(lambda view: view.inspection_problem)
    assert "SIGKILL" in view.inspection_problem
    assert view.state == "done"
    session.viewer.inspect(k=4, seed=61)
    assert session.until(lambda view: view.inspection).inspection_problem == ""


def test_points_that_a_session_looks_at_are_kept(session, short: Make, tmp_path, monkeypatch) -> None:
    files = []
    for seed in range(3):
        table = "\n".join(",".join(map(str, row)) for row in np.random.default_rng(seed).standard_normal((8, 3)))
        raw = LiveSettings.take_in({"data": table.encode()})
        files.append((LiveSettings.make(**short().values() | raw).files()[0], raw))
    folder = files[0][0].parent
    session.request(LiveSettings.make(**short().values() | files[0][1]))
    monkeypatch.setattr(shelf, "LIMIT", 0)
    shelf.tidy(folder, files[2][0])
    assert [path.is_file() for path, _ in files] == [True, False, True]
    session.request(short(seed=62))  # looks elsewhere
    shelf.tidy(folder, files[2][0])
    assert [path.is_file() for path, _ in files] == [False, False, True]
    session.request(LiveSettings.make(**short().values() | files[2][1]))
    shelf.tidy(folder, files[0][0])
    assert files[2][0].is_file()
    session.viewer.close()
    shelf.tidy(folder, files[0][0])
    assert not files[2][0].is_file()
