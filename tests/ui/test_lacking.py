"""A page whose settings ask for a data set that is not here: what is drawn is marked, until the set has come."""

from pathlib import Path

import pytest

from explorer.data.public import PUBLIC_SETS
from explorer.frames import Frame
from explorer.labs import find
from explorer.labs.universal.capacity import CAPACITY
from explorer.runtime.fetching import Report
from explorer.ui.origin import Moment, Origin, lag
from explorer.ui.view import LabView
from tests.ui.stage import Now, OneViewer, Seen
from tests.ui.test_data_box import Slow
from tests.ui.test_view import lags

UNIVERSAL = find("universal")
ROWS = CAPACITY.filled(
    data="digits",
    params=[1210] * 5,
    width=16,
    seed=list(range(5)),
    clean=0.5,
    robust=0.3,
    eps=0.1,
    n=500,
    tested=100,
    d=64,
    d_pca=29.0,
    d_neighbours=10.0,
)
OLD = "of the run before: data = digits"


class Same(Seen):
    """As the true viewer, where the run that is on the page is asked for again: there is nothing new to see."""

    def request(self, lab, settings, *, replay=False) -> None:  # type: ignore[no-untyped-def]
        if self.view.settings is None or not settings.same_run(self.view.settings):
            super().request(lab, settings, replay=replay)


@pytest.fixture
def seen() -> Same:
    return Same()


@pytest.fixture
def slow() -> Slow:
    return Slow()


@pytest.fixture
def view(seen: Same, slow: Slow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> LabView:
    """A capacity panel whose run of the digits is done; the data folder is empty."""
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path))
    settings = UNIVERSAL.settings.make(panel="capacity")
    view = LabView(UNIVERSAL, settings, OneViewer(seen), Now(), page=True, fetching=slow)
    view.start()
    seen.films(Frame(1, 1, {"capacity": ROWS}, {}, ""), state="done")
    assert lags(view) == {}
    assert word(view) == "done"
    return view


def word(view: LabView) -> str:
    """The first of the status line."""
    return view._status.object.partition("</i>")[2].partition("<")[0].partition(" ·")[0]


def bring(name: str, folder: Path) -> None:
    for file in PUBLIC_SETS[name].files:
        (folder / file.path).parent.mkdir(exist_ok=True)
        (folder / file.path).write_bytes(b"")


def test_what_is_drawn_is_grey_and_says_of_which_run_it_is(view: LabView, seen: Same) -> None:
    drawn = set(view.scene.figures)
    view.session.change("data", "mnist")
    assert seen.view.settings.of_panel().data == "digits"  # nothing was asked for
    assert drawn <= lags(view).keys()
    assert set(lags(view).values()) == {OLD}
    assert word(view) == "needs data"
    seen.has(seconds=1.0)  # something of the run before
    assert set(lags(view).values()) == {OLD}
    assert word(view) == "needs data"
    view.session.change("theme", "dark")
    assert set(lags(view).values()) == {OLD}
    view.session.change("seed", 3)
    assert set(lags(view).values()) == {"of the run before: data = digits, seed = 0"}
    assert "seeds 3 to" in view._status.object


def test_what_is_drawn_of_the_very_settings_is_of_no_run_before() -> None:
    """As where a set goes while its run is on the page."""
    settings, tables = UNIVERSAL.settings.make(panel="capacity", data="mnist"), {"capacity": ROWS}
    assert lag(Origin(settings, tables), Moment(settings, tables, awaits=settings)) == ""


def test_other_data_take_the_mark_away(view: LabView) -> None:
    view.session.change("data", "mnist")
    assert lags(view)
    view.session.change("data", "digits")  # back to the run that is on the page
    assert lags(view) == {}
    assert word(view) == "done"
    assert view._data_box.offer == {}


def test_a_set_that_has_come_takes_the_mark_away(view: LabView, seen: Same, slow: Slow, tmp_path: Path) -> None:
    view.session.change("data", "mnist")
    view._data_box._handle_msg({"do": "download"})
    assert word(view) == "needs data"
    bring("mnist", tmp_path)
    slow.waiting[0](Report("done", 1.0))
    assert seen.view.settings.of_panel().data == "mnist"
    assert word(view) == "waiting"
    assert set(lags(view).values()) == {OLD}  # until the first frame
    seen.films(Frame(1, 1, {"capacity": CAPACITY.filled(**ROWS | {"data": "mnist"})}, {}, ""), state="done")
    assert lags(view) == {}
    assert word(view) == "done"


def test_what_is_kept_as_run_a_meanwhile_is_whole(view: LabView) -> None:
    view.session.change("data", "mnist")
    view.toggle_pin()
    assert view.scene._pinned_whole


def test_a_run_that_failed_before_is_not_told_of_again(view: LabView, seen: Same) -> None:
    seen.has(state="failed", message="no memory")
    assert view._notices.view.visible
    view.session.change("data", "mnist")
    assert not view._notices.view.visible
    assert word(view) == "needs data"


def test_a_download_goes_on_behind_another_tab(view: LabView, slow: Slow) -> None:
    view.session.change("data", "mnist")
    view._data_box._handle_msg({"do": "download"})
    view.session.take_panel("noise")
    assert (len(slow.waiting), view._data_box.visible, word(view)) == (1, False, "waiting")
    slow.waiting[0](Report("running", 0.5))
    view.session.take_panel("capacity")
    assert (view._data_box.offer["state"], view._data_box.offer["share"], word(view)) == ("running", 0.5, "needs data")


def test_a_set_that_comes_behind_another_tab_has_nothing_asked_for(
    view: LabView, seen: Same, slow: Slow, tmp_path: Path
) -> None:
    view.session.change("data", "mnist")
    view._data_box._handle_msg({"do": "download"})
    view.session.take_panel("noise")
    version = seen.view.version
    bring("mnist", tmp_path)
    slow.waiting[0](Report("done", 1.0))
    assert (seen.view.version, seen.view.settings.panel) == (version, "noise")
    view.session.take_panel("capacity")
    assert (view._data_box.offer, seen.view.settings.of_panel().data) == ({}, "mnist")


def test_with_the_page_the_download_ends(view: LabView, slow: Slow) -> None:
    view.session.change("data", "mnist")
    view._data_box._handle_msg({"do": "download"})
    view.session.take_panel("noise")
    view.close()
    assert slow.waiting == []
