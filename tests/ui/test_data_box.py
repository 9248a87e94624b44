"""A page that needs a data set says what it would download and asks; the box says what came of it."""

from collections.abc import Callable
from pathlib import Path

import param
import pytest

from explorer.data.public import PUBLIC_SETS, PublicSet
from explorer.runtime.fetching import Fetching, Report
from explorer.settings import Settings
from explorer.ui.data_box import DataBox, lacking

MNIST = PUBLIC_SETS["mnist"]


class Images(Settings):
    """Settings of images."""

    data = param.Selector(default="digits", objects=["digits", "mnist"])


class Slow(Fetching):
    """Downloads that end when a test says so."""

    def __init__(self) -> None:
        self.waiting: list[Callable[[Report], None]] = []

    def begin(self, entry: PublicSet, tell: Callable[[Report], None]) -> Callable[[], None]:
        self.waiting.append(tell)
        tell(Report("running"))
        return lambda: self.waiting.remove(tell)


class Desk:
    """A box, and what it had done."""

    def __init__(self, fetching: Slow | None) -> None:
        self.done: list[str] = []
        self.fetching = fetching
        self.box = DataBox(
            lambda call: call(), fetching, lambda: self.done.append("there"), lambda: self.done.append("instead")
        )

    def press(self, what: str) -> None:
        self.box._handle_msg({"do": what})

    @property
    def state(self) -> str:
        return self.box.offer.get("state", "")


@pytest.fixture
def desk() -> Desk:
    desk = Desk(Slow())
    desk.box.ask(MNIST, other=True)
    return desk


def test_settings_lack_a_set_that_is_not_here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path))
    assert lacking(Images(data="mnist")) is MNIST
    assert lacking(Images()) is None
    assert lacking(Settings()) is None
    for file in MNIST.files:
        (tmp_path / file.path).parent.mkdir(exist_ok=True)
        (tmp_path / file.path).write_bytes(b"")
    assert lacking(Images(data="mnist")) is None  # what is wrong with it says the run


def test_nothing_is_said_where_nothing_lacks(desk: Desk) -> None:
    desk.box.ask(None)
    assert (desk.box.offer, desk.box.visible) == ({}, False)


def test_it_says_what_would_come_from_where_and_does_it_only_when_it_is_told(desk: Desk) -> None:
    offer = desk.box.offer
    assert desk.box.visible
    assert (offer["state"], offer["title"], offer["size"], offer["other"]) == ("offered", MNIST.said, "11.6 MB", True)
    assert offer["licence"] == MNIST.licence
    assert desk.fetching.waiting == []
    desk.press("download")
    desk.press("download")  # twice
    assert len(desk.fetching.waiting) == 1
    desk.fetching.waiting[0](Report("running", 0.4))
    assert (desk.state, desk.box.offer["share"]) == ("running", 0.4)
    desk.fetching.waiting[0](Report("done", 1.0))
    assert (desk.done, desk.fetching.waiting) == (["there"], [])


def test_it_says_why_it_failed_and_can_be_tried_again(desk: Desk) -> None:
    desk.press("download")
    desk.fetching.waiting[0](Report("failed", 0.2, "<b>no such host</b>"))
    assert (desk.state, desk.box.offer["why"]) == ("failed", "<b>no such host</b>")
    assert desk.done == []
    desk.press("download")
    assert desk.state == "running"


@pytest.mark.parametrize(
    ("lines", "told"),
    [(1, "0"), (2, "0\n1"), (3, "0\n1\nand 1 more"), (8, "0\n1\nand 6 more")],
)
def test_of_many_addresses_that_failed_two_are_told(lines: int, told: str, desk: Desk) -> None:
    desk.press("download")
    desk.fetching.waiting[0](Report("failed", 0.0, "\n".join(map(str, range(lines)))))
    assert desk.box.offer["why"] == told


def test_a_download_that_is_stopped_tells_nothing_more(desk: Desk) -> None:
    desk.press("download")
    (tell,) = desk.fetching.waiting
    desk.press("stop")
    assert (desk.state, desk.fetching.waiting) == ("offered", [])
    tell(Report("done", 1.0))
    assert desk.done == []
    desk.press("stop")  # there is nothing to stop
    assert desk.state == "offered"


def test_who_looks_at_something_else_meanwhile_stops_no_download(desk: Desk) -> None:
    desk.press("download")
    (tell,) = desk.fetching.waiting
    tell(Report("running", 0.2))
    desk.box.ask(None)
    assert (desk.box.offer, desk.box.visible, desk.fetching.waiting) == ({}, False, [tell])
    tell(Report("running", 0.4))
    assert (desk.box.offer, desk.box.visible) == ({}, False)
    desk.box.ask(MNIST, other=True)
    assert (desk.state, desk.box.offer["share"], desk.box.offer["other"], desk.box.visible) == (
        "running",
        0.4,
        True,
        True,
    )
    desk.press("download")  # it is under way
    assert desk.fetching.waiting == [tell]
    tell(Report("done", 1.0))
    assert (desk.done, desk.fetching.waiting) == (["there"], [])


@pytest.mark.parametrize("turned_to", [None, PUBLIC_SETS["cifar-10"]])
def test_a_set_that_comes_when_it_is_not_asked_for_has_nothing_done(desk: Desk, turned_to: PublicSet | None) -> None:
    desk.press("download")
    (tell,) = desk.fetching.waiting
    desk.box.ask(turned_to)
    shown = desk.box.offer
    assert shown.get("state") == (turned_to and "offered")
    tell(Report("done", 1.0))
    assert (desk.box.offer, desk.done, desk.fetching.waiting) == (shown, [], [])


def test_what_failed_meanwhile_is_told_when_it_is_asked_for_again(desk: Desk) -> None:
    desk.press("download")
    (tell,) = desk.fetching.waiting
    desk.box.ask(None)
    tell(Report("failed", 0.3, "no such host"))
    assert (desk.box.offer, desk.fetching.waiting) == ({}, [])
    desk.box.ask(MNIST)
    assert (desk.state, desk.box.offer["why"]) == ("failed", "no such host")
    desk.press("download")
    assert (desk.state, len(desk.fetching.waiting), desk.box.offer["why"]) == ("running", 1, "")


def test_two_sets_come_side_by_side_and_each_is_stopped_by_itself(desk: Desk) -> None:
    desk.press("download")
    desk.box.ask(PUBLIC_SETS["cifar-10"])
    desk.press("download")
    first, second = desk.fetching.waiting
    second(Report("running", 0.7))
    first(Report("running", 0.1))
    assert (desk.box.offer["title"], desk.box.offer["share"]) == (PUBLIC_SETS["cifar-10"].said, 0.7)
    desk.press("stop")
    assert (desk.state, desk.fetching.waiting) == ("offered", [first])
    desk.box.ask(MNIST)
    assert (desk.state, desk.box.offer["share"]) == ("running", 0.1)


def test_what_is_told_of_a_download_that_was_stopped_is_not_of_the_next(desk: Desk) -> None:
    desk.press("download")
    (old,) = desk.fetching.waiting
    desk.press("stop")
    desk.press("download")
    old(Report("failed", 0.1, "stopped"))
    assert desk.state == "running"
    assert len(desk.fetching.waiting) == 1


def test_with_the_page_all_interest_ends(desk: Desk) -> None:
    desk.press("download")
    desk.box.ask(PUBLIC_SETS["cifar-10"])
    desk.press("download")
    tells = list(desk.fetching.waiting)
    desk.box.close()
    assert desk.fetching.waiting == []
    for tell in tells:  # under way already
        tell(Report("done", 1.0))
    assert desk.done == []


def test_the_embedded_digits_will_do(desk: Desk) -> None:
    desk.press("instead")
    assert desk.done == ["instead"]
    desk.box.ask(MNIST, other=False)
    desk.press("instead")  # of which nothing is offered
    desk.box.ask(None, other=True)
    desk.press("instead")
    assert desk.done == ["instead"]


def test_in_a_class_the_page_only_says_what_whoever_runs_it_can_do() -> None:
    desk = Desk(None)
    desk.box.ask(MNIST, other=True)
    assert (desk.state, desk.box.offer["command"]) == ("refused", "explorer data fetch mnist")
    assert desk.box.offer["where"] == ""  # a folder of the server is nobody's business
    desk.press("download")
    assert desk.state == "refused"


def test_what_no_box_says_does_nothing(desk: Desk) -> None:
    for strange in ("download", {"do": "format"}, {"do": ["download"]}, None, {"do": {}}):
        desk.box._handle_msg(strange)
    assert (desk.state, desk.done) == ("offered", [])
