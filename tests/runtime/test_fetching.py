"""Downloads that pages ask for: one for all who wait, each is told, and it stops when nobody waits any more."""

from collections.abc import Iterator
from pathlib import Path
from queue import Queue
from threading import Event
from threading import enumerate as enumerate_threads

import pytest

from explorer.data import folder
from explorer.runtime.fetching import Fetching, Report
from tests.data import sites
from tests.data.sites import Site

PATIENCE = 60  # seconds until a wait is a failure


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Site]:
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path))
    monkeypatch.delenv("EXPLORER_DATA_SOURCE", raising=False)
    with sites.serving() as started:
        yield started


def told(reports: "Queue[Report]") -> list[Report]:
    """All reports up to the last one."""
    found = [reports.get(timeout=PATIENCE)]
    while found[-1].state == "running":
        found.append(reports.get(timeout=PATIENCE))
    return found


class Held:
    """Who waits, and holds the download up at its first bytes until he is let go."""

    def __init__(self) -> None:
        self.reports: Queue[Report] = Queue()
        self.under_way, self.on = Event(), Event()

    def __call__(self, report: Report) -> None:
        self.reports.put(report)
        if report.share and report.state == "running":
            self.under_way.set()
            assert self.on.wait(PATIENCE)


def test_a_set_comes_once_for_all_who_ask_and_each_is_told(site: Site, tmp_path: Path) -> None:
    entry, made = sites.tiny((site.address,))
    site.has(made)
    fetching, one, two = Fetching(), Held(), Queue()
    fetching.begin(entry, one)
    assert one.under_way.wait(PATIENCE)
    fetching.begin(entry, two.put)
    one.on.set()
    for reports in (told(one.reports), told(two)):
        assert reports[0].state == "running"
        assert reports[-1] == Report("done", 1.0)
        shares = [report.share for report in reports]
        assert shares == sorted(shares)
    assert folder.state(entry, tmp_path).word == "here"
    assert len(site.asked) == len(made)


def test_it_stops_when_nobody_waits_and_goes_on_later(site: Site, tmp_path: Path) -> None:
    entry, made = sites.tiny((site.address,), count=2000)
    site.has(made)
    fetching, one = Fetching(), Held()
    leave = fetching.begin(entry, one)
    assert one.under_way.wait(PATIENCE)
    (thread,) = (each for each in enumerate_threads() if each.name == "explorer-fetch-tiny")
    leave()
    leave()  # twice does no harm
    one.on.set()
    thread.join(PATIENCE)
    assert folder.state(entry, tmp_path).word == "absent"
    again: Queue[Report] = Queue()
    fetching.begin(entry, again.put)
    assert told(again)[-1] == Report("done", 1.0)
    assert any(ranges for _, ranges in site.asked)  # from where it was


def test_why_it_failed_is_told_and_it_can_be_tried_again(site: Site) -> None:
    entry, made = sites.tiny((site.address,))
    fetching, reports = Fetching(), Queue()
    fetching.begin(entry, reports.put)
    end = told(reports)[-1]
    assert end.state == "failed"
    assert site.address in end.why
    site.has(made)
    fetching.begin(entry, reports.put)
    assert told(reports)[-1].state == "done"


def test_who_has_gone_is_told_no_more(site: Site) -> None:
    entry, made = sites.tiny((site.address,))
    site.has(made)

    def gone(report: Report) -> None:
        if report.share:
            raise RuntimeError("the page has gone")

    fetching, reports = Fetching(), Queue()
    fetching.begin(entry, gone)
    fetching.begin(entry, reports.put)
    assert told(reports)[-1].state == "done"
