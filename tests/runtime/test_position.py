"""Positions in a recording, as a person at the buttons sees them."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.frames import Frame
from explorer.labs import find
from explorer.runtime.job import Job, Recording
from explorer.runtime.position import Position


def film(count: int, most: int = 400) -> Recording:
    return Recording((Frame(i, count, {}) for i in range(count)), most)


def frame(step: int) -> Frame:
    return Frame(step, 9, {})


def steps(recording: Recording) -> list[int]:
    return [frame.step for frame in recording.frames]


@given(st.integers(1, 300), st.integers(2, 30))
def test_a_recording_keeps_first_and_newest_and_thins_out_evenly(count: int, most: int) -> None:
    recording = film(count, most)
    kept = steps(recording)
    assert kept[0] == 0
    assert kept[-1] == count - 1 == recording.newest
    assert len(kept) <= most
    gaps = np.diff(kept)
    if len(gaps) > 1:
        assert len(set(gaps[:-1])) == 1  # even ...
        assert gaps[-1] <= gaps[0]  # ... up to the newest
    assert len(kept) >= min(count, most // 2)


@given(st.integers(1, 300), st.integers(2, 20), st.integers(0, 400))
def test_a_frame_thinned_out_is_stood_for_by_the_one_before(count: int, most: int, number: int) -> None:
    recording = film(count, most)
    kept = steps(recording)
    assert kept[recording.index(number)] == max(k for k in kept if k <= number)
    assert recording.after(number) == min((k for k in kept if k > number), default=recording.newest)


def test_arrays_are_not_recorded() -> None:
    recording = Recording([Frame(0, 0, {}, {"W": np.ones(3)})])
    assert recording[0].arrays == {}


def test_a_new_session_follows_the_newest_frame() -> None:
    recording = film(3)
    assert Position().number(recording) == 2
    recording.add(Frame(3, 3, {}))
    assert Position().number(recording) == 3
    assert Position().number(film(0)) == -1


def test_pause_stays_while_the_run_goes_on_and_play_joins_it_again() -> None:
    recording = film(5)
    here = Position().pause(recording)
    for i in range(5, 9):
        recording.add(Frame(i, 9, {}))
    assert here.number(recording) == 4
    assert not here.playing
    here = here.play(recording, over=False)
    seen = [here.number(recording)]
    while here.replaying:
        here = here.tick(recording, over=False)
        seen.append(here.number(recording))
    assert seen == [4, 5, 6, 7, 8]
    assert here == Position()  # follows again


def test_step_goes_one_frame_on_and_stays_at_the_end() -> None:
    recording = film(3)
    here = Position().reset()
    seen = []
    for _ in range(4):
        here = here.step(recording)
        seen.append((here.number(recording), here.playing))
    assert seen == [(1, False), (2, False), (2, False), (2, False)]


@pytest.mark.parametrize("start", [Position(), Position(0, playing=False)])
def test_play_of_a_finished_run_shows_it_from_the_start(start: Position) -> None:
    recording = film(4)
    here = start.play(recording, over=True)
    seen = [here.number(recording)]
    while here.replaying:
        here = here.tick(recording, over=True)
        seen.append(here.number(recording))
    assert seen == [0, 1, 2, 3]
    assert not here.playing


def test_a_replay_survives_thinning() -> None:
    recording = film(10, most=10)
    here = Position(5, playing=False).play(recording, over=False)
    for i in range(10, 40):
        recording.add(Frame(i, 40, {}))
    seen = []
    while here.replaying:
        here = here.tick(recording, over=False)
        seen.append(here.number(recording))
    assert seen == sorted(seen)
    assert seen[-1] == 39


def test_pause_before_the_first_frame_stays_at_it() -> None:
    here = Position().pause(film(0))
    assert here.number(film(3)) == 0


def test_tick_moves_nobody_who_is_paused_or_follows() -> None:
    recording = film(3)
    for here in (Position(), Position(1, playing=False)):
        assert here.tick(recording, over=False) is here


def test_seek_goes_to_any_kept_frame_and_stays() -> None:
    recording = film(1000, 50)
    for index in (0, 7, len(recording) - 1):
        there = Position().seek(recording, index)
        assert recording.index(there.number(recording)) == index
        assert not there.playing
    assert Position().seek(recording, -5).number(recording) == 0
    assert Position().seek(recording, 10**6).number(recording) == recording.newest
    assert Position().seek(Recording(), 3).number(Recording()) == -1


@pytest.mark.parametrize("stride", [1, 3, 100])
def test_a_replay_in_strides_comes_to_the_newest_frame(stride: int) -> None:
    recording = film(57)
    at, seen = Position(0), [0]
    while at.replaying:
        at = at.tick(recording, True, stride)
        seen.append(at.number(recording))
    assert seen == [*range(0, 56, stride), 56]


def test_a_replay_waits_for_its_first_frame() -> None:
    assert Position(0).tick(Recording(), False) == Position(0)


def test_a_run_that_is_foreseen_has_its_frames_at_once_and_takes_the_last_as_it_comes() -> None:
    job = Job(1, find("live"), find("live").settings.make(), "key")
    job.foresee([frame(step) for step in range(5)])
    assert ([each.step for each in job.recording.frames], job.source) == ([0, 1, 2, 3, 4], "shipped")
    job.add(frame(2), 1.0)
    assert (len(job.recording), job.source, job.speed) == (5, "shipped", (0.0, ""))
    last = replace(frame(4), note="of this machine", arrays={"X": np.ones(2)})
    job.add(last, 2.0)
    assert [each.step for each in job.recording.frames] == [2, 4]  # none of another machine's is left
    assert (job.recording[-1].note, job.source) == ("of this machine", "computed")
    assert job.arrays.keys() == {"X"}
    job.foresee([])  # nothing ships for these
    assert len(job.recording) == 2
