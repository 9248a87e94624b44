"""What a browser tells: of the lesson bar, the scrub bar and whatever is pressed in a text, and nothing else."""

from typing import Any

import pytest

from explorer.runtime.viewer import View
from explorer.ui.lesson_bar import LessonBar
from explorer.ui.pressed import take_press
from explorer.ui.scrub_bar import ScrubBar
from tests.ui.stage import FILM
from tests.ui.test_course import FIRST, SECOND, Way, made


class Heard:
    """Writes down what it is told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, object]] = []

    def __getattr__(self, name: str) -> Any:
        return lambda what: self.told.append((name, what))


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ({"press": "pin"}, ("press", "pin")),
        ({"still": True}, ("prefer_still", True)),
        ({"still": False}, ("prefer_still", False)),
        ({"figure": 2}, ("lead", 2)),
        ({"panel": "overview"}, ("take_panel", "overview")),
        ({"link": "?n=50"}, ("try_out", "?n=50")),
    ],
)
def test_what_is_pressed_comes_to_whom_it_is_for(message: dict[str, object], told: tuple[str, object]) -> None:
    heard = Heard()
    take_press(message, heard)
    assert heard.told == [told]


@pytest.mark.parametrize(
    "message", [{}, [], None, "pin", {"press": "theme"}, {"still": 1}, {"figure": "2"}, {"link": 3}]
)
def test_what_is_none_of_these_is_not_heard(message: object) -> None:
    heard = Heard()
    take_press(message, heard)
    assert heard.told == []


def test_the_lesson_bar_goes_where_it_is_told_and_no_further() -> None:
    way = Way(made(FIRST))
    bar = LessonBar(way.session, lambda call: call())

    def shown() -> tuple[int, bool]:
        bar.show(way.place)
        return bar.place["step"], bar.place["waits"]

    assert shown() == (0, False)
    assert bar.titles == [preset.title for preset in way.session.course.presets]
    for message in ({"by": 2}, {"by": "1"}, {"go": "1"}, {"answer": 1}, {}, None):
        bar._handle_msg(message)
        assert shown() == (0, False)
    bar._handle_msg({"by": 1})
    assert shown() == (1, True)
    bar._handle_msg({"answer": SECOND.predict.answers[0]})
    assert shown() == (1, False)
    assert (bar.answered, bar.place["given"]) == ([1], SECOND.predict.answers[0])
    bar._handle_msg({"by": -1})
    assert shown() == (0, False)
    bar._handle_msg({"go": 2})
    assert shown() == (2, True)


def test_the_scrub_bar_stands_where_the_view_does_and_seeks_where_it_is_dragged() -> None:
    sought: list[int] = []
    bar = ScrubBar(sought.append, lambda call: call())
    bar.show(View(frame=FILM[2], position=2, recorded=10))
    assert bar.at == {"step": FILM[2].step, "position": 2, "recorded": 10}
    bar.show(View())
    assert bar.at == {"step": 0, "position": -1, "recorded": 0}
    for message in ({"to": 7}, {"to": "7"}, {"at": 7}, None):
        bar._handle_msg(message)
    assert sought == [7]
