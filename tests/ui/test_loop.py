"""Wakes coalesce; in a notebook ticks run where messages come in, never beside one."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from explorer.ui.loop import NotebookLoop, Wake


class Shell(threading.Thread):
    """A thread with an event loop: a kernel has one for its cells, and more for the messages of comms."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.start()

    def run(self) -> None:
        self.loop.run_forever()
        self.loop.close()

    def later(self, call: Callable[[], object]) -> "Future[object]":
        """What `call` will return in the loop."""
        answer: Future[object] = Future()
        self.loop.call_soon_threadsafe(lambda: answer.set_result(call()))
        return answer

    def __call__(self, call: Callable[[], object]) -> object:
        """What `call` returns in the loop."""
        return self.later(call).result(10)

    def end(self) -> None:
        if not self.loop.is_closed():
            self.loop.call_soon_threadsafe(self.loop.stop)
        self.join(10)


@pytest.fixture
def shell() -> Iterator[Callable[[], Shell]]:
    """Starts a shell."""
    shells: list[Shell] = []

    def start() -> Shell:
        shells.append(Shell())
        return shells[-1]

    yield start
    for shell in shells:
        shell.end()


class Ticks:
    """Counts ticks and pushes, and knows the thread of the last of each."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str]] = []
        self.done = threading.Semaphore(0)

    def tick(self) -> None:
        self.told.append(("tick", threading.current_thread().name))

    def push(self) -> None:
        self.told.append(("push", threading.current_thread().name))
        self.done.release()

    def wait(self) -> list[tuple[str, str]]:
        """What was told until the next push."""
        assert self.done.acquire(timeout=10)
        told, self.told = self.told, []
        return told


def message(loop: NotebookLoop, handle: Callable[[], object] = lambda: None) -> None:
    with loop.message():
        handle()


def test_a_tick_runs_in_the_kernels_loop_and_is_pushed(shell: Callable[[], Shell]) -> None:
    kernel, ticks = shell(), Ticks()
    loop = kernel(lambda: NotebookLoop(ticks.push))
    loop.soon(ticks.tick)
    assert ticks.wait() == [("tick", kernel.name), ("push", kernel.name)]
    loop.later(1, ticks.tick)
    assert ticks.wait() == [("push", kernel.name)]  # of the wait itself
    assert ticks.wait() == [("tick", kernel.name), ("push", kernel.name)]


def test_ticks_follow_the_messages_into_their_thread(shell: Callable[[], Shell]) -> None:
    kernel, subshell, ticks = shell(), shell(), Ticks()
    loop = kernel(lambda: NotebookLoop(ticks.push))
    subshell(lambda: message(loop))
    loop.soon(ticks.tick)
    assert ticks.wait() == [("tick", subshell.name), ("push", subshell.name)]


def test_ticks_come_home_when_that_thread_has_ended(shell: Callable[[], Shell]) -> None:
    kernel, subshell, ticks = shell(), shell(), Ticks()
    loop = kernel(lambda: NotebookLoop(ticks.push))
    subshell(lambda: message(loop))
    subshell.end()
    loop.soon(ticks.tick)
    assert ticks.wait() == [("tick", kernel.name), ("push", kernel.name)]


def test_a_tick_of_another_thread_waits_for_the_message(shell: Callable[[], Shell]) -> None:
    kernel, subshell, ticks = shell(), shell(), Ticks()
    loop = kernel(lambda: NotebookLoop(ticks.push))
    begun, ticked = threading.Event(), threading.Event()

    def handle() -> bool:
        begun.set()
        return ticked.wait(0.1)

    kernel.later(lambda: begun.wait(10))  # so that the tick's turn comes while the message is handled
    loop.soon(ticked.set)
    in_between: list[bool] = []
    subshell(lambda: message(loop, lambda: in_between.append(handle())))
    assert in_between == [False]
    assert ticks.wait() == [("push", kernel.name)]
    assert ticked.is_set()


def test_outside_of_a_kernel_there_is_no_loop() -> None:
    # a thread of its own: Playwright leaves a loop running in the one that runs the tests
    with ThreadPoolExecutor(1) as pool, pytest.raises(RuntimeError, match="no running event loop"):
        pool.submit(NotebookLoop, lambda: None).result()


def test_wakes_coalesce_until_their_tick_runs(shell: Callable[[], Shell]) -> None:
    kernel, ticks = shell(), Ticks()
    loop = kernel(lambda: NotebookLoop(ticks.push))
    wake = Wake(loop, ticks.tick)

    def ring_often() -> None:  # in the loop's own thread, which runs no tick meanwhile
        for _ in range(10):
            wake()

    kernel(ring_often)
    assert ticks.wait() == [("tick", kernel.name), ("push", kernel.name)]
    wake()
    assert ticks.wait() == [("tick", kernel.name), ("push", kernel.name)]
