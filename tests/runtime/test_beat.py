"""Signs of life: what is a hang, and what is not."""

import os
import threading
from collections.abc import Iterator
from io import RawIOBase
from queue import SimpleQueue

import psutil
import pytest
import torch

from explorer import frames
from explorer.runtime import messages
from explorer.runtime.process import WorkerProcess
from explorer.runtime.worker import Output


class Pipe:
    """A pipe of which a test reads the other end."""

    def __init__(self) -> None:
        read, write = os.pipe()
        self.source: RawIOBase = os.fdopen(read, "rb", buffering=0)
        self.sink: RawIOBase = os.fdopen(write, "wb", buffering=0)

    def hear(self) -> dict:
        message = messages.read(self.source)
        assert message is not None
        return frames.decode(message)[0]


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    made = Pipe()
    yield made
    made.source.close()
    made.sink.close()


LONG = {  # each a second or more in one call of a library
    "eigenvalues": lambda A: torch.linalg.eigvalsh(A),
    "singular values": lambda A: torch.linalg.svdvals(A),
    "product": lambda A: A @ A,
    "solve": lambda A: torch.linalg.solve(A, A),
    "numpy": lambda A: __import__("numpy").linalg.eigvalsh(A.numpy()),
}


@pytest.mark.parametrize("call", LONG)
def test_a_long_call_of_a_library_is_no_hang(pipe: Pipe, call: str) -> None:
    """The interpreter is left to the heart meanwhile: beats come from the call's own time."""
    done = threading.Event()
    beats: list[int] = []

    def count() -> None:
        while not done.is_set():
            pipe.hear()
            beats.append(1)

    A = torch.randn(1500, 1500, dtype=torch.float64)
    A = A @ A.T + torch.eye(1500, dtype=torch.float64)
    heart = threading.Thread(target=Output(pipe.sink).beat, args=(0.001,), daemon=True)
    listener = threading.Thread(target=count)
    heart.start()
    listener.start()
    LONG[call](A)
    during = len(beats)
    done.set()
    listener.join()
    assert during > 10
    pipe.source.close()  # and with nobody listening the heart stops, without a word
    heart.join()
    pipe.source = open(os.devnull, "rb", buffering=0)  # noqa: SIM115, closed by the fixture


def test_a_worker_that_hangs_is_killed_and_then_told() -> None:
    """Nobody is told before the process is gone, whose jobs another one takes over."""
    heads: SimpleQueue[dict] = SimpleQueue()
    told: SimpleQueue[str] = SimpleQueue()
    stopped = threading.Event()  # until then it is not busy, so that a slow start is no hang
    worker = WorkerProcess("cpu", lambda head, _: heads.put(head), told.put, busy=stopped.is_set, silence=0.5)
    process = psutil.Process(heads.get()["pid"])
    try:
        process.suspend()
        stopped.set()
        assert "the worker hung" in told.get(timeout=60)
        assert not process.is_running()
    finally:
        if process.is_running():
            process.kill()
        worker.close()


def test_messages_of_several_threads_arrive_whole(pipe: Pipe) -> None:
    output = Output(pipe.sink)
    large = {"X": torch.zeros(100_000).numpy()}  # more than a pipe holds
    senders = [
        threading.Thread(target=lambda i=i: [output.send({"kind": i}, large) for _ in range(5)]) for i in range(3)
    ]
    for sender in senders:
        sender.start()
    heard = [pipe.hear()["kind"] for _ in range(15)]
    for sender in senders:
        sender.join()
    assert sorted(heard) == [0] * 5 + [1] * 5 + [2] * 5
