"""The worker process, spoken to directly."""

import os
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from explorer import frames
from explorer.labs.live.overview import LiveSettings
from explorer.nets import families
from explorer.runtime import messages
from explorer.runtime.process import environment

Make = Callable[..., LiveSettings]

OWN = ",".join(f"{name.lower()}=misbehaving:{name}" for name in ("Printing", "Hungry", "Wrong", "Fatal"))


class Worker:
    """A worker and its two pipes."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "explorer.runtime.worker", "--device", "cpu"]
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115, closed by leave
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": self._errors}
        self.process = subprocess.Popen(command, **pipes, bufsize=0, env=environment())
        self.ready, _ = self.hear()

    @property
    def errors(self) -> str:
        """What it has written on standard error so far."""
        return os.pread(self._errors.fileno(), 1 << 20, 0).decode()

    def say(self, kind: str, arrays: frames.Columns | None = None, **head: object) -> None:
        head = {"kind": kind, "activations": OWN, "visitors": [f"visitor {head.get('job')}"], **head}
        messages.write(self.process.stdin, frames.encode(head, arrays or {}))

    def run(self, job: int, settings: LiveSettings, kept: frames.Kept | None = None, lab: str = "live") -> None:
        names, arrays = frames.pack(kept or {})
        self.say("run", arrays, job=job, lab=lab, settings=settings.values(), kept=names)

    def hear(self) -> tuple[dict, frames.Columns]:
        while True:
            message = messages.read(self.process.stdout)
            assert message is not None, self.errors
            head, arrays = frames.decode(message)
            if head["kind"] != "beat":
                return head, arrays

    def hear_until(self, kind: str) -> list[tuple[dict, frames.Columns]]:
        """All that the worker says up to the next message of a kind."""
        heard = [self.hear()]
        while heard[-1][0]["kind"] != kind:
            heard.append(self.hear())
        return heard

    def leave(self) -> int:
        """End the worker's input; its exit code."""
        self.process.stdin.close()
        self.process.stdout.close()
        self._errors.close()
        return self.process.wait()


@pytest.fixture(scope="module", autouse=True)
def own_activations() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(Path(__file__).parent / "misbehaving")
        patch.setenv(families.VARIABLE, OWN)
        yield


@pytest.fixture(scope="module")
def shared(own_activations: None) -> Iterator[Worker]:
    worker = Worker()
    yield worker
    assert worker.leave() == 0  # whatever the tests have done to it


def test_a_run_is_frames_and_then_done(shared: Worker, short: Make) -> None:
    shared.run(1, short())
    *film, (done, _) = shared.hear_until("done")
    assert {head["job"] for head, _ in film} == {1} == {done["job"]}
    steps = [head["step"] for head, _ in film]
    assert steps == sorted(steps)
    assert len(steps) > 2
    assert all(not frames.frame_from(*message).arrays for message in film[:-1])
    assert "X" in frames.frame_from(*film[-1]).arrays
    seconds = [head["seconds"] for head, _ in film]
    assert seconds == sorted(seconds)


def test_the_same_settings_give_the_same_bits(shared: Worker, short: Make) -> None:
    films = []
    for job in (2, 3):
        shared.run(job, short(seeds=2))
        *film, _ = shared.hear_until("done")
        films.append([(head["step"], arrays) for head, arrays in film])
    assert len(films[0]) == len(films[1])
    for (step, arrays), (step_again, arrays_again) in zip(*films, strict=True):
        assert step == step_again
        assert arrays.keys() == arrays_again.keys()
        assert all(arrays[name].tobytes() == arrays_again[name].tobytes() for name in arrays)


def test_jobs_advance_in_turn(shared: Worker, endless: Make) -> None:
    for job in (4, 5, 6):
        shared.run(job, endless(seed=job))
    heard: Counter[int] = Counter()
    while min(heard[job] for job in (4, 5, 6)) < 3:  # all three get on
        heard[shared.hear()[0]["job"]] += 1
    for job in (4, 5, 6):
        shared.say("stop", job=job)
    stopped = [shared.hear_until("stopped")[-1][0]["job"] for _ in range(3)]
    assert sorted(stopped) == [4, 5, 6]


def test_of_a_stopped_job_no_frame_comes_after_the_word(shared: Worker, endless: Make) -> None:
    shared.run(7, endless())
    shared.run(8, endless(seed=8))
    shared.say("stop", job=7)
    shared.hear_until("stopped")
    rest = [shared.hear()[0] for _ in range(3)]
    assert {(head["kind"], head["job"]) for head in rest} == {("frame", 8)}
    shared.say("stop", job=8)
    assert shared.hear_until("stopped")[-1][0]["job"] == 8


def test_what_comes_after_its_end_does_not_disturb(shared: Worker, short: Make) -> None:
    shared.run(9, short())
    shared.hear_until("done")
    shared.say("stop", job=9)
    shared.say("stop", job=999)
    shared.run(10, short())
    assert shared.hear_until("done")[-1][0]["job"] == 10


def test_prints_and_input_of_others_do_not_reach_the_messages(shared: Worker, short: Make) -> None:
    shared.run(20, short(family="printing"))
    assert len(shared.hear_until("done")) > 2
    assert "a line on standard output" in shared.errors
    assert "bytes on descriptor 1" in shared.errors


@pytest.mark.parametrize(
    ("job", "family", "reason"),
    [
        (21, "hungry", "there was not enough memory for this run: choose a smaller one"),
        (23, "wrong", "the computation failed (AttributeError: 'Tensor' object has no attribute 'no_such_method')"),
    ],
)
def test_a_job_that_fails_says_why_and_the_worker_goes_on(
    shared: Worker, short: Make, job: int, family: str, reason: str
) -> None:
    shared.run(job, short(family=family))
    shared.run(job + 1, short())
    failed, _ = shared.hear_until("failed")[-1]
    assert failed["job"] == job
    assert shared.hear_until("done")[-1][0]["job"] == job + 1
    assert reason in failed["reason"]
    assert "Traceback" in shared.errors  # for the log


def test_settings_are_checked_where_they_are_computed(shared: Worker, short: Make) -> None:
    shared.say("run", job=13, lab="live", settings=short().values() | {"n": 0}, kept=[])
    assert "n = 0: use a whole number from 2" in shared.hear()[0]["reason"]
    shared.run(14, short(), lab="life")
    assert "did you mean live" in shared.hear()[0]["reason"]


def test_measuring_anew_starts_from_the_arrays_sent(shared: Worker, short: Make) -> None:
    shared.run(15, short())
    first = frames.frame_from(*shared.hear_until("done")[-2])
    changed = {name: array * 2 if name.endswith("_a") else array for name, array in first.arrays.items()}
    shared.run(16, short(), {frames.FINISHED: changed})
    *film, _ = shared.hear_until("done")
    anew = frames.frame_from(*film[-1])
    assert len(film) == 1
    np.testing.assert_array_equal(anew.arrays["k2_s0_a"], changed["k2_s0_a"])  # no step was taken from there
    lower, doubled = (frame.tables["lipschitz"]["lower"] for frame in (first, anew))
    np.testing.assert_allclose(doubled, 2 * lower, rtol=0.05)  # twice the network, twice as steep


def test_what_is_kept_crosses_the_pipes_to_the_last_bit(shared: Worker, short: Make) -> None:
    chosen = short(trainer="gauss-newton", seeds=2)
    shared.run(30, chosen)
    *whole, _ = shared.hear_until("done")
    cells = {head["name"]: arrays for head, arrays in whole if head["kind"] == "cell"}
    assert whole[0][0]["kind"] == "cell"  # before anything that is made of it
    assert len(cells) > 1
    shared.run(31, chosen, {name: cells[name] for name in list(cells)[:1]})
    *again, _ = shared.hear_until("done")
    assert [head["name"] for head, _ in again if head["kind"] == "cell"] == list(cells)[1:]
    last, other = (frames.frame_from(*film[-1]) for film in (whole, again))
    for name, columns in {**last.tables, "arrays": last.arrays}.items():
        for column, values in columns.items():
            found = other.arrays if name == "arrays" else other.tables[name]
            assert values.tobytes() == found[column].tobytes(), f"{name}.{column}"


def test_questions_are_answered_between_two_frames(shared: Worker, short: Make, endless: Make) -> None:
    shared.run(17, short())
    arrays = frames.frame_from(*shared.hear_until("done")[-2]).arrays
    shared.run(18, endless())
    shared.hear()
    shared.say("inspect", arrays, request=1, lab="live", settings=short().values(), query={"k": 2, "seed": 0})
    shared.say("inspect", arrays, request=2, lab="live", settings=short().values(), query={"k": 3, "seed": 0})
    (answer, found), *_ = reversed(shared.hear_until("inspected"))
    assert (answer["request"], answer["reason"]) == (1, "")
    assert found["f"].ndim == 2
    assert "k3_s0" in shared.hear_until("inspected")[-1][0]["reason"]
    shared.say("stop", job=18)
    shared.hear_until("stopped")


def test_ctrl_c_is_for_the_parent(shared: Worker, short: Make) -> None:
    os.kill(shared.process.pid, signal.SIGINT)
    shared.run(19, short())
    shared.hear_until("done")


def test_threads_are_set_before_torch_and_the_end_of_input_ends_a_job(
    monkeypatch: pytest.MonkeyPatch, endless: Make
) -> None:
    monkeypatch.setenv("EXPLORER_THREADS", "2")
    worker = Worker()
    assert worker.ready["device"] == {"kind": "cpu", "threads": 2}
    worker.run(1, endless())
    worker.hear()
    assert worker.leave() == 0


def test_one_core_is_left_to_the_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("EXPLORER_THREADS", "OMP_NUM_THREADS"):
        monkeypatch.delenv(name, raising=False)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    assert environment()["OMP_NUM_THREADS"] == str(max(1, cores - 1))
    assert environment()["OMP_WAIT_POLICY"] == "PASSIVE"
