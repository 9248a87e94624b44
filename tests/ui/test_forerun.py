"""Run A that comes first: it is waited for only while it comes, and nothing that was asked or said is lost by it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from explorer.data.public import PUBLIC_SETS, PublicSet
from explorer.labs import Lab, find
from explorer.runtime.fetching import Fetching, Report
from explorer.settings import Settings
from explorer.ui import beside
from explorer.ui.page import read_query
from explorer.ui.session import Session
from explorer.ui.view import LabView
from tests.ui.stage import FILM, LIVE, Now, OneViewer, Seen
from tests.ui.test_course import Way, made
from tests.ui.test_session import Told

UNIVERSAL = find("universal")
MNIST = PUBLIC_SETS["mnist"]
FIRST = "Run A of this link comes first: n = 60."


class Slow(Fetching):
    """Downloads that end when a test says so."""

    def __init__(self) -> None:
        self.tell: Callable[[Report], None] = lambda report: None

    def begin(self, entry: PublicSet, tell: Callable[[Report], None]) -> Callable[[], None]:
        self.tell = tell
        return lambda: None


class Pair:
    """A session whose link has a run A."""

    def __init__(self, own: Settings, first: Settings, absent: dict[str, str] | None = None) -> None:
        self.seen, self.loop = Seen(), Now()
        self.screen = Told(self.seen)
        self.screen.absent = absent or {}
        self.session = Session(LIVE, own, self.seen, self.screen, self.loop, beside=first)
        self.session.start()

    def rest(self) -> None:
        """The hand that drags rests."""
        while self.loop.waiting:
            self.loop.waiting.pop(0)()

    def ends(self) -> None:
        """The run on view is done, and seen at its last frame."""
        self.seen.view = replace(self.seen.view, state="done", position=1, recorded=2)
        self.session.follow(self.seen.view)

    @property
    def n(self) -> int:
        """Of the run that was asked for last."""
        return self.seen.view.settings.n


@pytest.fixture
def pair() -> Pair:
    return Pair(LIVE.settings.make(n=100), LIVE.settings.make(n=60))


@pytest.mark.parametrize("final", [True, False])
def test_a_slider_that_comes_back_asks_for_run_a_again(pair: Pair, final: bool) -> None:
    pair.session.change("n", 150, final=False)
    pair.rest()
    assert pair.n == 150
    pair.ends()  # the preview, which is no run A
    assert (pair.n, pair.screen.kept) == (150, 0)
    pair.session.change("n", 100, final=final)
    assert (pair.n, pair.screen.said) == (60, [FIRST])
    pair.ends()
    assert (pair.n, pair.screen.kept, pair.screen.said) == (100, 1, [])


def test_who_only_looks_disturbs_neither_run_a_nor_what_is_said_of_it(pair: Pair) -> None:
    version = pair.seen.view.version
    pair.session.change("k_shown", 8)
    assert (pair.seen.view.version, pair.screen.said) == (version, [FIRST])


def test_a_run_a_that_is_the_run_itself_is_none() -> None:
    pair = Pair(LIVE.settings.make(n=60), LIVE.settings.make(n=60, k_shown=8))
    assert (pair.seen.view.settings, pair.screen.said) == (pair.session.settings, [])
    assert "replay" in pair.seen.moves
    pair.ends()
    assert pair.screen.kept == 0


def test_a_run_a_whose_set_is_not_here_is_left_out_and_what_was_asked_for_comes() -> None:
    pair = Pair(LIVE.settings.make(n=100), LIVE.settings.make(data="gaussian"), {"gaussian": "a Gaussian cloud"})
    assert (pair.seen.view.settings, pair.screen.kept) == (pair.session.settings, 0)
    assert "replay" in pair.seen.moves
    assert pair.screen.said == ["Run A is left out: its data set is not here (a Gaussian cloud)."]
    assert pair.screen.let == 1  # what was kept before is not what this is to be compared with
    pair.session.change("n", 150)
    assert (pair.n, pair.screen.said) == (150, [])


def test_a_set_that_goes_while_run_a_is_away_holds_nothing_up(pair: Pair) -> None:
    pair.session.change("n", 150, final=False)
    pair.rest()
    pair.screen.absent = {"sphere": "a sphere"}
    pair.session.change("n", 100)
    assert (pair.n, pair.screen.said) == (100, ["Run A is left out: its data set is not here (a sphere)."])


@pytest.mark.parametrize(
    "half", [{"state": "queued"}, {"state": "running", "position": 4, "recorded": 5}, {"state": "done", "recorded": 5}]
)
def test_a_step_stands_beside_one_that_is_whole_and_waits_for_it(half: dict[str, object]) -> None:
    first, second = LIVE.presets[:2]
    way = Way(made(first))
    way.seen.view = replace(way.seen.view, **half)
    way.session.go_to(1)
    way.session.answer(second.predict.answers[0])
    assert (way.runs, way.session.settings, way.screen.kept) == (made(first), made(second), 0)
    assert way.seen.moves[-1] == "end"  # who stands at an earlier frame would wait for ever
    way.ends()
    assert (way.runs, way.screen.kept) == (made(second), 1)


# On a page ----------------------------------------------------------------------------------------------------


def opened(lab: Lab, query: str, fetching: Fetching | None = None) -> tuple[LabView, Seen]:
    """What a browser has of this address."""
    settings, problems = read_query(lab, query)
    first, faults = beside.read(lab, query, settings)
    told, seen = [*problems, *faults], Seen()
    view = LabView(lab, settings, OneViewer(seen), Now(), page=True, problems=told, beside=first, fetching=fetching)
    view.start()
    return view, seen


def lines(view: LabView) -> list[str]:
    """What is said over the figures."""
    notices = view._notices
    return notices._text.object.replace("</p>", "").split('<p class="notice">')[1:] if notices.view.visible else []


def test_what_is_wrong_with_an_address_is_told_before_and_after_run_a() -> None:
    view, seen = opened(LIVE, "n=100&d=7&p=2.5&beside=n%3D60%26d%3D7")
    said = lines(view)
    assert (len(said), said[-1]) == (2, FIRST)
    assert said[0].startswith("p = ")
    assert view._notices._alert.severity == "warning"
    seen.finishes(FILM[-1])
    assert seen.view.settings == view.session.settings
    assert (lines(view), view.scene.run_a.n) == (said[:1], 60)


def test_a_word_of_run_a_goes_when_it_has_come_and_one_that_was_closed_stays_closed() -> None:
    view, seen = opened(LIVE, "n=100&p=2.5&beside=n%3D60")
    view._notices._alert.closed = True
    seen.finishes(FILM[-1])
    assert view._notices._alert.closed
    alone, seen = opened(LIVE, "n=100&beside=n%3D60")
    assert lines(alone) == [FIRST]
    seen.finishes(FILM[-1])
    assert not alone._notices.view.visible  # nor is an empty box left


def test_what_was_closed_does_not_come_back_with_a_word_of_run_a() -> None:
    view, _ = opened(LIVE, "n=100&p=2.5&beside=n%3D60")
    assert len(lines(view)) == 2
    view._notices._alert.closed = True
    view.say(FIRST, also=True)
    assert lines(view) == [FIRST]


def test_a_page_leaves_out_a_run_a_of_a_set_that_is_not_here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path))
    view, seen = opened(UNIVERSAL, "panel=capacity&foo=1&beside=panel%3Dcapacity%26data%3Dmnist", Slow())
    assert seen.view.settings == view.session.settings
    assert view._data_box.offer == {}
    said = lines(view)
    assert said[0].startswith("foo = ")
    assert said[1:] == [f"Run A is left out: its data set is not here ({MNIST.said})."]


@pytest.mark.parametrize("dragged", [False, True])
def test_after_a_download_comes_what_was_asked_for_last(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, dragged: bool
) -> None:
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path))
    slow = Slow()
    view, seen = opened(UNIVERSAL, "panel=capacity&data=mnist", slow)
    assert seen.view.settings is None
    if dragged:
        view.session.change("seed", 3, final=False)
        view._loop.waiting.pop()()
    view._data_box._handle_msg({"do": "download"})
    for file in MNIST.files:
        (tmp_path / file.path).parent.mkdir(exist_ok=True)
        (tmp_path / file.path).write_bytes(b"")
    slow.tell(Report("done", 1.0))
    assert view._data_box.offer == {}
    if dragged:
        assert seen.view.settings.seed == 3
        view.session.change("seed", 0)
    assert seen.view.settings.same_run(view.session.settings)
    assert ("replay" in seen.moves) is not dragged
