"""The settings of a page: every way to change them, what is asked for then, and what the browser's history says."""

import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import pytest

from explorer.settings import Problem, Settings
from explorer.ui.reading import READING
from explorer.ui.session import Session
from tests.ui.stage import LIVE, Now, Seen


class Told:
    """A screen that writes down what it is told."""

    def __init__(self, seen: Seen) -> None:
        self._seen = seen
        self.shown: list[Settings] = []
        self.said: list[str] = []
        self.absent: dict[str, str] = {}  # data sets that are not here, and what they are called
        self.asks = self.kept = self.let = 0
        self.written: list[tuple[str, bool]] = []  # queries for the address, and whether each is a new entry

    def show(self, settings: Settings) -> None:
        self.shown.append(settings)

    def request(self, settings: Settings, *, replay: bool = False) -> None:
        self._seen.request("live", settings, replay=replay)

    def ask(self) -> None:
        self.asks += 1

    def keep(self) -> None:
        self.kept += 1

    def let_go(self) -> None:
        self.let += 1

    def refuse(self, problems: Iterable[Problem]) -> None:
        self.said.extend(map(str, problems))

    def lacks(self, settings: Settings) -> str:
        return self.absent.get(settings.data, "")

    def say(self, text: str, *, also: bool = False) -> None:
        if not (also and text in self.said):
            self.said.append(text)

    def take_back(self, text: str) -> None:
        if text in self.said:
            self.said.remove(text)

    def clear(self) -> None:
        self.said.clear()

    def remember(self, query: str, *, step: bool) -> None:
        self.written.append((query, step))


@pytest.fixture
def seen() -> Seen:
    return Seen()


@pytest.fixture
def screen(seen: Seen) -> Told:
    return Told(seen)


@pytest.fixture
def loop() -> Now:
    return Now()


@pytest.fixture
def session(seen: Seen, screen: Told, loop: Now) -> Session:
    """One whose first run is asked for."""
    session = Session(LIVE, LIVE.settings.make(n=100), seen, screen, loop)
    session.start()
    return session


def steps(screen: Told) -> list[bool]:
    return [step for _, step in screen.written]


def test_it_is_imported_without_panel_or_torch() -> None:
    script = "import explorer.ui.session, sys; print({'torch', 'panel', 'bokeh', 'holoviews'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_a_change_is_shown_asked_for_and_remembered(session: Session, screen: Told, seen: Seen) -> None:
    session.change("n", 150)
    assert [settings.n for settings in screen.shown] == [150]
    assert seen.view.settings is session.settings is screen.shown[0]
    assert screen.written == [("n=150", True)]


def test_what_only_looks_asks_for_no_run(session: Session, screen: Told, seen: Seen) -> None:
    version = seen.view.version
    session.change("k_shown", 8)
    assert (session.settings.k_shown, seen.view.version) == (8, version)
    assert screen.shown == [session.settings]


def test_a_refused_value_changes_nothing_and_the_next_good_one_clears_the_word(session: Session, screen: Told) -> None:
    session.change("n", 10**9)
    assert (session.settings.n, screen.shown, screen.written) == (100, [], [])
    assert len(screen.said) == 1
    assert screen.said[0].startswith("n = 1000000000: ")
    session.change("n", 150)
    assert screen.said == []


def test_a_slider_that_comes_back_leaves_no_preview_behind(session: Session, seen: Seen, loop: Now) -> None:
    """Also when the browser tells a value that it was told: it has no release."""
    session.change("n", 150, final=False)
    session.change("n", 100, final=False)
    while loop.waiting:
        loop.waiting.pop(0)()
    assert seen.view.settings == session.settings
    session.change("n", 150, final=False)
    loop.waiting.pop(0)()
    assert seen.view.settings.n == 150
    assert session.previews
    session.change("n", 100, final=False)
    assert seen.view.settings == session.settings


def test_a_preview_stands_only_while_a_hand_is_on_the_slider(
    session: Session, seen: Seen, screen: Told, loop: Now
) -> None:
    """A drag that becomes a scroll, or a value that a busy browser tells by itself, is followed by no release."""

    def rests() -> None:
        for call in [loop.waiting.pop(0) for _ in loop.waiting[:]]:
            call()

    session.hold(True)
    session.change("n", 150, final=False)
    rests()
    rests()
    assert session.previews
    session.hold(False)
    session.hold(True)
    rests()
    assert session.previews  # taken up again
    session.hold(False)
    rests()
    assert seen.view.settings == session.settings == screen.shown[-1]
    session.change("n", 200, final=False)  # by no hand
    rests()
    assert session.previews
    rests()
    assert seen.view.settings == session.settings
    assert (session.settings.n, screen.written, loop.waiting) == (100, [], [])


def test_a_preview_whose_value_is_taken_is_not_taken_back(session: Session, seen: Seen, loop: Now) -> None:
    session.hold(True)
    session.change("n", 150, final=False)
    loop.waiting.pop(0)()
    session.hold(False)
    session.change("n", 150)
    version = seen.view.version
    while loop.waiting:
        loop.waiting.pop(0)()
    assert (seen.view.settings, seen.view.version) == (session.settings, version)
    assert session.settings.n == 150


def test_a_preset_is_an_entry_of_the_history_and_so_are_the_moves_of_one_control(
    session: Session, screen: Told
) -> None:
    for k in (8, 12, 16):
        session.change("k_shown", k, final=k == 16)
    session.change("theme", "dark")
    session.change("n", 150)
    session.change("n", 200)
    session.new_seed()
    session.take_preset(LIVE.preset("polynomial"))
    session.change("n", 10**9)  # refused
    session.change("n", 150)
    assert steps(screen) == [True, False, False, False, True, False, True, True, True]
    assert screen.written[0][0] == "n=100&k_shown=8"


def test_a_preset_leaves_what_belongs_to_the_page(session: Session) -> None:
    session.change_many({"theme": "dark", "lock": ("n",), "projector": "on"})
    session.take_preset(LIVE.preset("polynomial"))
    settings = session.settings
    assert (settings.theme, settings.lock, settings.projector) == ("dark", ("n",), "on")
    assert settings.family == "polynomial"


def test_what_is_locked_stays_whatever_asks(session: Session, screen: Told) -> None:
    session.change_many({"lock": ("n", "k_shown", "seed", "widths"), "widths": (8, 64)})
    before = session.settings
    for value in (before.n, "100"):  # told again by a browser that was told
        session.change("n", value)
    session.change("widths", "8,64")
    assert screen.said == []
    session.change("n", 150, final=False)
    session.change("n", 150)
    session.pick("k_shown", 8)
    session.new_seed()
    assert session.settings == before
    assert screen.said[-2:] == ["k width looked at: set by your teacher", "seed: set by your teacher"]
    assert screen.shown[-1] == before
    session.change("d", 7)
    assert session.settings.d == 7


def test_what_is_moved_after_going_back_is_another_step(session: Session, screen: Told) -> None:
    session.change("n", 150)
    session.take_address("?n=100")
    session.change("n", 200)
    session.change("n", 250)
    assert steps(screen) == [True, False, True, False]


def test_a_slider_let_go_where_it_was_is_no_step(session: Session, seen: Seen, screen: Told, loop: Now) -> None:
    session.change("n", 150, final=False)
    loop.waiting.pop()()
    session.change("n", 100)
    assert (screen.written, seen.view.settings) == ([], session.settings)
    session.change("n", 150)
    assert steps(screen) == [True]


def test_an_address_that_is_returned_to_is_shown_and_its_faults_are_told(session: Session, screen: Told) -> None:
    session.take_address("?n=70&p=2.5&d=7")
    assert (session.settings.n, session.settings.d, session.settings.p) == (70, 7, 1)
    assert screen.said == ["p = '2.5': use a whole number from 1 to 6"]
    assert steps(screen) == [False]


def test_what_is_pointed_at_in_a_figure_is_the_nearest_that_there_is(session: Session) -> None:
    session.pick("k_shown", 13.9)
    assert session.settings.k_shown == 12
    session.pick("k_shown", 1e9)
    assert session.settings.k_shown == max(session.settings.widths)


def test_a_new_seed_is_the_first_after_those_in_use(session: Session) -> None:
    session.change_many({"seed": 2**31 - 2, "seeds": 2})
    session.new_seed()
    assert session.settings.seed == 0
    session.new_seed()
    assert session.settings.seed == 2


def test_a_file_is_looked_at_and_how_it_was_read_is_said(session: Session, screen: Told, seen: Seen) -> None:
    session.take_file(b"x0,x1,label\n0,0,no\n1,0,yes\n0,1,no\n1,1,yes\n")
    assert session.settings.data not in ("sphere", "gaussian", "digits")
    assert seen.view.settings == session.settings
    assert "\n".join(screen.said) == "\n".join(session.settings.remarks()) != ""
    before = session.settings
    session.take_file(b"\x89PNG\r\n\x1a\n nothing of the kind")
    assert session.settings is before
    assert screen.said


def test_a_file_is_read_apart_and_the_page_goes_on(seen: Seen, screen: Told) -> None:
    class Later(Now):
        """A loop in which what is done apart ends when a test says so."""

        def apart(self, work: Callable[[], Any], then: Callable[[Any], None]) -> None:
            ended.append(lambda: then(work()))

    ended: list[Callable[[], None]] = []
    loop = Later()
    session = Session(LIVE, LIVE.settings.make(), seen, screen, loop)
    session.take_file(b"x0,x1,label\n0,0,no\n1,0,yes\n0,1,no\n1,1,yes\n")
    session.change("p", 2)
    loop.waiting.pop()()
    assert screen.said == [READING]
    ended.pop()()
    assert (session.settings.p, session.settings.n) == (2, 4)
    assert READING not in screen.said
    session.take_file(b"nothing of the kind")
    ended.pop()()
    refused = list(screen.said)
    assert refused
    loop.waiting.pop()()  # it was read before there was anything to say
    assert screen.said == refused


@pytest.mark.parametrize("still", [False, True])
def test_the_first_run_is_seen_from_its_start_unless_nothing_is_to_move(seen: Seen, screen: Told, still: bool) -> None:
    session = Session(LIVE, LIVE.settings.make(n=100), seen, screen, Now())
    session.playback.prefer_still(still)
    session.start()
    assert ("replay" in seen.moves) is not still
    session.change("n", 150)
    assert seen.moves.count("replay") == (not still)  # a change is seen at its newest frame


@pytest.fixture
def pair(seen: Seen, screen: Told, loop: Now) -> Session:
    """One whose link has a run A."""
    beside = LIVE.settings.make(n=50)
    session = Session(LIVE, LIVE.settings.make(n=100), seen, screen, loop, beside=beside)
    session.start()
    return session


def test_a_run_a_comes_first_and_is_kept_when_it_is_whole(pair: Session, seen: Seen, screen: Told) -> None:
    assert seen.view.settings.n == 50
    assert screen.said == ["Run A of this link comes first: n = 50."]
    running = replace(seen.view, state="running", position=0, recorded=1)
    earlier = replace(seen.view, state="done", position=0, recorded=2)
    for view in (seen.view, running, earlier, replace(running, settings=LIVE.settings.make(n=51))):
        pair.follow(view)
    assert (screen.kept, seen.view.settings.n) == (0, 50)
    pair.change("k_shown", 8)  # only looks
    assert seen.view.settings.n == 50
    pair.follow(replace(seen.view, state="done", position=1, recorded=2))
    assert (screen.kept, seen.view.settings.n, screen.said) == (1, 100, [])
    pair.follow(replace(seen.view, state="done", position=1, recorded=2))
    assert screen.kept == 1


def test_a_run_a_that_fails_holds_nothing_up(pair: Session, seen: Seen, screen: Told) -> None:
    pair.follow(replace(seen.view, state="failed", message="no memory"))
    assert (screen.kept, seen.view.settings.n) == (0, 100)


def test_who_moves_on_does_not_wait_for_run_a(pair: Session, seen: Seen, screen: Told) -> None:
    before = seen.view
    pair.change("n", 150)
    pair.follow(replace(before, state="done", position=1, recorded=2))
    assert (screen.kept, seen.view.settings.n) == (0, 150)


def test_in_a_quiz_there_is_no_run_a(seen: Seen, screen: Told, loop: Now) -> None:
    settings = LIVE.settings.make(**LIVE.presets[0].settings, quiz="on")
    session = Session(LIVE, settings, seen, screen, loop, beside=LIVE.settings.make(n=50))
    session.start()
    asks = session.course.asked is not None
    assert (seen.view.settings is None) == asks
    session.answer("")
    assert seen.view.settings.same_run(settings)


def test_who_wants_rest_sees_the_newest_frame(session: Session, seen: Seen) -> None:
    seen.moves.clear()
    session.playback.prefer_still(False)
    assert seen.moves == []
    session.playback.prefer_still(True)
    assert seen.moves == ["end"]


def test_play_and_the_steps_move_in_the_frames(session: Session, seen: Seen, monkeypatch: pytest.MonkeyPatch) -> None:
    moves: list[tuple[object, ...]] = []
    for name in ("play", "pause", "step", "seek", "reset"):
        monkeypatch.setattr(seen, name, lambda *at, name=name: moves.append((name, *at)))
    for playing in (True, False):
        seen.view = replace(seen.view, playing=playing, position=4)
        session.playback.toggle()
    session.playback.back()
    session.playback.step()
    session.playback.seek(7)
    session.playback.reset()
    assert moves == [("pause",), ("play",), ("seek", 3), ("step",), ("seek", 7), ("reset",)]


def test_the_story_folds_and_unfolds(session: Session) -> None:
    for story in ("off", "on"):
        session.toggle_story()
        assert session.settings.story == story


def test_what_a_link_to_try_asks_for_wrongly_is_told(session: Session, screen: Told) -> None:
    session.try_out("?n=150&p=2.5")
    assert session.settings.n == 150
    assert screen.said == ["p = '2.5': use a whole number from 1 to 6"]
