"""What a view shows belongs to one frame: what lags is grey and says what it is of; and no fault stops the rest."""

import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from explorer.labs import labs
from explorer.labs.sheets import sheet
from explorer.ui.cards import Card
from explorer.ui.downloads import PageState
from explorer.ui.view import LabView
from tests.ui.stage import CLOSER, FILM, LIVE, Now, OneViewer, Seen

CURVES = {"lipschitz", "attack", "pruning", "training"}


def opened(seen: Seen) -> LabView:
    """A view of the live lab that has seen nothing yet."""
    view = LabView(LIVE, LIVE.settings.make(n=100), OneViewer(seen), Now(), page=True)
    view.start()
    return view


@pytest.fixture(scope="module")
def shared() -> tuple[LabView, Seen]:
    """One for all tests: the figures of a view take a while."""
    seen = Seen()
    return opened(seen), seen


@pytest.fixture
def seen(shared: tuple[LabView, Seen]) -> Seen:
    return shared[1]


@pytest.fixture
def view(shared: tuple[LabView, Seen], seen: Seen) -> LabView:
    """A view whose run is done and looked at."""
    view = shared[0]
    view.session.change_many({"n": 101})
    view.session.turn_to(LIVE.settings.make(n=100))
    if view.scene.pinned:
        view.toggle_pin()
    seen.finishes(FILM[-1])
    seen.answers(seen.asked[-1])
    assert lags(view) == {}
    return view


def cards(view: LabView) -> Iterator[tuple[str, Card]]:
    yield from view.scene._cards._cards.items()


def lags(view: LabView) -> dict[str, str]:
    """What the grey cards say."""
    return {name: said(card) for name, card in cards(view) if "ex-lags" in card.view.attributes.get("class", "")}


def said(card: Card) -> str:
    """The line over a card's figure."""
    return card._lag.object.removeprefix('<p class="lag">').removesuffix("</p>")


def sentence(view: LabView, name: str) -> str:
    return dict(cards(view))[name]._say.object


def column(view: LabView, source: str, name: str = "y") -> list[float]:
    """A column of a figure."""
    return list(view.scene._cards.figures._renderers[source].data_source.data[name])


def test_a_run_without_a_frame_leaves_the_one_before_grey_and_named(view: LabView, seen: Seen) -> None:
    before = column(view, "lipschitz:law"), sentence(view, "lipschitz")
    view.session.change("n", 150)
    assert lags(view) == dict.fromkeys([*CURVES, "plane"], "of the run before: n = 100")
    assert (column(view, "lipschitz:law"), sentence(view, "lipschitz")) == before
    view.toggle_theme()  # whatever is drawn anew meanwhile is still of the run before
    assert column(view, "lipschitz:law") == before[0]
    assert lags(view).keys() == {*CURVES, "plane"}
    seen.films(FILM[0])
    assert lags(view) == {"plane": "of the run before: n = 100"}
    assert column(view, "lipschitz:law") != before[0]
    seen.finishes(FILM[-1])
    assert lags(view) == {"plane": "of the run before: n = 100"}
    seen.answers(seen.asked[-1])
    assert lags(view) == {}


#: Where one of these changes, Bokeh lays the whole page out anew.
LAID_OUT = ("css_classes", "stylesheets", "visible", "width", "height", "min_height", "margin", "sizing_mode")


def test_neither_a_key_nor_a_frame_lays_the_page_out_anew(view: LabView, seen: Seen) -> None:
    changed: list[Any] = []
    watched = []
    for part in view.__panel__().select():
        names = [name for name in LAID_OUT if name in part.param]
        watched.append((part, part.param.watch(lambda *events: changed.extend(events), names)))
    view.session.change("k_shown", 8)
    assert lags(view)
    seen.answers(seen.asked[-1])
    view.session.change("n", 150)
    seen.films(FILM[0])
    seen.films(FILM[5])
    seen.finishes(FILM[-1])
    seen.answers(seen.asked[-1])
    assert lags(view) == {}
    for part, watcher in watched:
        part.param.unwatch(watcher)
    assert len(watched) > 50
    assert [(event.obj, event.name, event.new) for event in changed] == []


def test_a_preset_names_what_it_changed(view: LabView) -> None:
    view.session.take_preset(LIVE.preset("polynomial"))
    assert set(lags(view).values()) == {"of the run before: n = 100, d = 20, p = 1 ..."}


def test_a_frame_before_the_last_greys_what_needs_the_finished_networks(view: LabView, seen: Seen) -> None:
    seen.films(FILM[0], 0, 10, state="done", playing=False)
    assert lags(view) == {"plane": f"of the finished networks; the curves are at step {FILM[0].step}"}
    seen.films(FILM[5], 5, 10, state="done")
    assert lags(view) == {"plane": f"of the finished networks; the curves are at step {FILM[5].step}"}
    seen.films(FILM[-1], 9, 10, state="done")
    assert lags(view) == {}


def test_another_k_greys_the_closer_look_until_it_is_of_that_k(view: LabView, seen: Seen) -> None:
    before = view.session.settings.k_shown
    view.session.change("k_shown", 8)
    view.session.change("k_shown", 512)
    assert lags(view) == {"plane": f"of k = {before}"}
    seen.answers(seen.asked[-2])  # of k = 8, which nobody looks at any more
    assert lags(view) == {"plane": "of k = 8"}
    seen.answers(seen.asked[-1])
    assert lags(view) == {}


def test_a_run_that_is_come_back_to_is_looked_at_again(view: LabView, seen: Seen) -> None:
    view.session.change("n", 150)
    view.session.change("n", 100)
    asked = len(seen.asked)
    seen.finishes(FILM[-1])
    assert seen.asked[asked - 1] == LIVE.panels[0].closer(view.session.settings)
    seen.answers(seen.asked[-1])
    assert lags(view) == {}


def test_a_closer_look_that_failed_is_told(view: LabView, seen: Seen) -> None:
    view.session.change("k_shown", 8)
    seen.has(inspection=None, inspection_problem="the worker was killed", inspection_version=99)
    plane = dict(cards(view))["plane"]
    assert said(plane).startswith("the closer look failed: the worker was killed; of k = ")
    seen.has(inspection_problem="")
    seen.answers(seen.asked[-1])
    assert said(plane) == ""


def test_a_table_that_a_frame_lacks_leaves_its_card_grey(view: LabView, seen: Seen) -> None:
    view.session.change("n", 150)
    seen.films(replace(FILM[0], tables={"training": FILM[0].tables["training"]}))
    assert lags(view).keys() == {"lipschitz", "attack", "pruning", "plane"}


def test_what_is_saved_is_of_one_run(view: LabView, seen: Seen) -> None:
    def saved() -> tuple[PageState, set[str]]:
        shown = view._page_state()
        return shown, set(shown.figures)

    whole, figures = saved()
    assert (whole.settings.n, whole.tables, whole.arrays.keys()) == (100, FILM[-1].tables, {"X"})
    assert figures == {*CURVES, "f", "slope", "neurons"}
    view.session.change("n", 150)
    assert saved() == (whole, figures)
    seen.films(FILM[0])
    part, figures = saved()
    assert (part.settings.n, part.tables, part.arrays) == (150, FILM[0].tables, {})
    assert figures == CURVES


def test_a_run_is_pinned_with_its_own_settings(view: LabView, seen: Seen) -> None:
    view.session.change("n", 150)
    view.toggle_pin()
    assert view.scene._pinned[1].n == 100
    seen.films(FILM[0])
    assert view.scene._pinned[0] is FILM[-1].tables


def test_numbers_are_compared_once_the_run_is_at_its_end(view: LabView, seen: Seen) -> None:
    """And not before, though nothing else is drawn then."""
    view.toggle_pin()
    view.session.change("n", 150)
    numbers = view.scene._difference
    frame = replace(FILM[-1], tables=dict(FILM[-1].tables))
    seen.films(frame, 9, 10)
    assert "n 100 → 150" in re.sub("<[^>]*>", "", numbers.object)
    assert "Lip" not in numbers.object
    seen.films(frame, 9, 10, state="done")
    assert "Lip" in numbers.object


def test_nothing_is_pinned_where_nothing_is_drawn() -> None:
    new = opened(seen := Seen())
    new.toggle_pin()
    assert not new.scene.pinned
    seen.films(FILM[0])
    assert lags(new) == {}


def test_a_preview_is_followed_by_the_whole_run(view: LabView, seen: Seen) -> None:
    view.session.change("n", 150, final=False)
    view._loop.waiting.pop()()
    assert seen.view.settings.n == 150
    assert all(line.startswith("of the run before: n = 100, widths = 8,12,16,") for line in lags(view).values())
    assert lags(view).keys() == {*CURVES, "plane"}
    seen.films(FILM[0])
    assert lags(view).keys() == {"plane"}


@pytest.fixture
def notices(view: LabView, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is said over the figures."""
    said: list[str] = []
    monkeypatch.setattr(view._notices, "refuse", lambda problems: said.extend(map(str, problems)))
    for name in ("fail", "say"):
        monkeypatch.setattr(view._notices, name, said.append)
    return said


def test_what_is_shared_is_what_is_on_view(view: LabView, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[dict] = []
    monkeypatch.setattr(view._share, "_send_msg", sent.append)
    view.session.change("n", 150)
    view.share()
    assert "open" in sent[0]
    view._share._handle_msg({"base": "http://localhost/live", "ticked": []})
    assert sent[1]["shared"]["link"] == f"http://localhost/live?{view.session.settings.to_query()}"


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any, str], None]:
    """Makes a part of every tick fail."""

    def fail(*_: object) -> None:
        raise ZeroDivisionError("by nothing")

    return lambda place, name: monkeypatch.setattr(place, name, fail)


def test_a_figure_that_fails_stops_no_other(view: LabView, seen: Seen, caplog: pytest.LogCaptureFixture) -> None:
    without = {name: values for name, values in FILM[-1].tables["attack"].items() if name != "success"}
    bad = {**FILM[-1].tables, "attack": without}
    with caplog.at_level(logging.ERROR):
        seen.finishes(replace(FILM[-1], tables=bad))
        seen.films(replace(FILM[-1], tables=dict(bad)), 9, 10, state="done")
    assert [record.getMessage() for record in caplog.records].count(
        "the figure of attack failed; the rest of the view goes on"
    ) == 1
    shown = dict(cards(view))
    assert said(shown["attack"]).startswith("this figure could not be drawn")
    assert all(column(view, source) for source in ("lipschitz:upper", "pruning:chosen", "training:chosen"))
    assert "done" in view._status.object
    seen.finishes(FILM[-1])
    assert said(shown["attack"]) == ""


def test_a_status_line_that_fails_stops_nothing_and_is_told(
    view: LabView, seen: Seen, broken: Callable, notices: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    broken(view._bar, "follow")
    before = column(view, "lipschitz:law")
    view.session.change("n", 150)
    with caplog.at_level(logging.ERROR):
        for frame in FILM[:3]:
            seen.films(frame)
    assert column(view, "lipschitz:law") != before
    assert notices == ["A fault of ours: the status line failed. The rest of the page goes on."]
    assert len(caplog.records) <= 1
    assert view._follower._seen == seen.view.version


def test_a_sentence_that_fails_leaves_its_figure_and_no_old_words(view: LabView, seen: Seen) -> None:
    view.session.change("k_shown", 8)
    query = seen.asked[-1]
    version = seen.view.inspection_version + 1
    seen.has(inspection={**CLOSER, "distance": np.empty(0)}, inspection_query=query, inspection_version=version)
    plane = dict(cards(view))["plane"]
    assert said(plane) == "this figure could not be put into words"
    assert plane._say.object == '<div class="say"></div>'
    assert lags(view) == {}
    seen.answers(query)
    assert said(plane) == ""


def test_every_card_of_a_sheet_is_filled_by_a_part() -> None:
    for lab in labs():
        for panel in lab.panels:
            shown = sheet(lab, panel)
            filled = [slot for part in shown.parts for slot in part.slots]
            filled += shown.closer.slots if shown.closer else ()
            assert set(filled) == {slot.name for slot in shown.slots}
