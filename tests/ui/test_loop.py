"""Wakes coalesce; in a notebook ticks run where messages come in, never beside one; on a server a tick looks through
the models of its page only if one came or went."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from queue import Queue

import pytest
from bokeh.document import Document
from bokeh.document.events import DocumentPatchedEvent
from bokeh.document.models import DocumentModelManager
from bokeh.model import Model
from bokeh.models import Column, Div
from bokeh.protocol.messages.patch_doc import patch_doc

from explorer.ui.loop import Latest, Wake
from explorer.ui.notebook_loop import NotebookLoop
from explorer.ui.server_loop import ServerLoop
from tests.ui.stage import Now


def test_of_what_a_hand_tells_between_two_moments_the_newest_wins() -> None:
    loop, told = Now(), []
    latest = Latest(loop, lambda name, value: told.append((name, value)))
    for value in range(5):
        latest("at", value)
    latest("kept", 0.5)
    assert told == [("at", 0)]  # at once; the rest when the moment is over
    loop.waiting.pop()()
    assert told == [("at", 0), ("at", 4), ("kept", 0.5)]
    loop.waiting.pop()()
    assert loop.waiting == []
    latest("at", 7)
    assert told[-1] == ("at", 7)


def test_a_call_that_fails_does_not_silence_the_next() -> None:
    loop, told = Now(), []

    def tell(name: str, value: object) -> None:
        told.append(value)
        if value == 1:
            raise ValueError(name)

    latest = Latest(loop, tell)
    with pytest.raises(ValueError, match="at"):
        latest("at", 1)
    latest("at", 2)
    loop.waiting.pop()()
    assert told == [1, 2]


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


def test_what_is_done_apart_is_told_where_ticks_run(shell: Callable[[], Shell]) -> None:
    main = shell()
    loop = main(lambda: NotebookLoop(lambda: None))
    told: Future[tuple[int, int]] = Future()
    loop.apart(threading.get_ident, lambda worker: told.set_result((worker, threading.get_ident())))
    worker, teller = told.result(10)
    assert teller == main.ident != worker


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
        self.pushed: Queue[list[tuple[str, str]]] = Queue()

    def tick(self) -> None:
        self.told.append(("tick", threading.current_thread().name))

    def push(self) -> None:
        told, self.told = self.told, []
        self.pushed.put([*told, ("push", threading.current_thread().name)])

    def wait(self) -> list[tuple[str, str]]:
        """What was told until the next push, whatever was told since."""
        return self.pushed.get(timeout=10)


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


class Page:
    """A document as a server has it, and beside it what the browser was told of it."""

    def __init__(self, root: Model, monkeypatch: pytest.MonkeyPatch) -> None:
        self.doc = Document()
        self.doc.add_root(root)
        self.seen = Document.from_json(self.doc.to_json())
        self.walks = 0
        recompute = DocumentModelManager.recompute

        def counted(models: DocumentModelManager) -> None:
            self.walks += models is self.doc.models
            recompute(models)

        monkeypatch.setattr(DocumentModelManager, "recompute", counted)
        self.doc.on_change(self._send)

    def _send(self, event: DocumentPatchedEvent) -> None:
        self.seen.apply_json_patch(patch_doc.create([event]).content)  # one by one, as a session sends them
        self.doc.models.flush_synced()

    def names(self) -> tuple[set[str], set[str]]:
        """The names of all models, here and in the browser."""
        here, there = ({model.name for model in doc.models} for doc in (self.doc, self.seen))
        return here, there


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> Page:
    return Page(Column(children=[Div(name="a"), Div(name="b")], name="root"), monkeypatch)


@pytest.fixture
def served(page: Page, shell: Callable[[], Shell]) -> ServerLoop:
    return shell()(lambda: ServerLoop(page.doc))


def test_no_tick_runs_before_the_page_is_there(page: Page, shell: Callable[[], Shell]) -> None:
    there, asked = shell(), []
    served = there(lambda: ServerLoop(page.doc))
    page.doc.add_next_tick_callback = asked.append
    first, second, third = (lambda: None for _ in range(3))
    served.soon(first)
    served.soon(second)
    assert there(lambda: list(asked)) == []  # a call in its loop comes after what was asked for before
    there(served.open)
    assert asked == [first, second]
    served.soon(third)
    assert there(lambda: list(asked)) == [first, second, third]


def test_a_tick_that_only_writes_looks_through_no_models(page: Page, served: ServerLoop) -> None:
    first = page.doc.roots[0].children[0]
    with served.held():
        first.text = "new"
        with served.held():
            first.width = 7
        assert page.seen.get_model_by_name("a").text == ""
    assert page.seen.get_model_by_name("a").text == "new"
    assert page.walks == 0


def test_models_that_come_and_go_in_a_tick_are_known_and_forgotten(page: Page, served: ServerLoop) -> None:
    root = page.doc.roots[0]
    gone = root.children[0]
    with served.held():
        root.children = [*root.children, Column(children=[Div(name="c"), Div(name="d")], name="box")]
        root.children = root.children[1:]
        root.children[-1].children[0].text = "written in the tick it came in"
        with page.doc.models.freeze():
            root.children = [*root.children, Div(name="e")]
    assert page.names() == ({"root", "b", "box", "c", "d", "e"},) * 2
    assert page.seen.get_model_by_name("c").text == "written in the tick it came in"
    assert gone.document is None
    assert page.walks == 1
    with served.held():
        page.doc.get_model_by_name("c").text = "later"
    assert page.seen.get_model_by_name("c").text == "later"
    assert page.walks == 1


def test_what_a_failed_tick_did_is_not_lost(page: Page, served: ServerLoop) -> None:
    def fail() -> None:
        with served.held():
            page.doc.roots[0].children.append(Div(name="c"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert page.names() == ({"root", "a", "b", "c"},) * 2
    page.doc.roots[0].children.append(Div(name="d"))  # outside of a tick Bokeh does as always
    assert page.names() == ({"root", "a", "b", "c", "d"},) * 2


def test_a_freeze_around_a_tick_ends_it(page: Page, served: ServerLoop) -> None:
    root = page.doc.roots[0]
    with page.doc.models.freeze():
        with served.held():
            root.children = root.children[:1]
        assert page.walks == 0
    assert page.names()[0] == {"root", "a"}
    assert page.walks == 1
