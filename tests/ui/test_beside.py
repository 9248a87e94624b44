"""Run A in a link: what an address says of it, and what is made of that."""

import pytest

from explorer.labs import find
from explorer.ui import beside
from explorer.ui.page import read_query
from explorer.ui.share import link
from tests.ui.stage import LIVE

LAW = find("law")


def opened(lab, query: str):
    settings, problems = read_query(lab, query)
    run, faults = beside.read(lab, query, settings)
    return settings, run, [*problems, *faults]


def test_a_link_gives_both_runs_back_and_the_view_of_the_one_on_screen() -> None:
    shown = LIVE.settings.make(n=50, widths="4,8", k_shown=4, theme="dark", lock="d")
    first = LIVE.settings.make(n=100, data="gaussian", widths="4,8,16", k_shown=16, quiz="on")
    address = link("http://localhost/live", shown, "maple-42", first)
    assert address.endswith("&token=maple-42")
    query = address.partition("?")[2].removesuffix("&token=maple-42")  # which the door keeps
    settings, run, problems = opened(LIVE, query)
    assert problems == []
    assert settings == shown
    assert run is not None
    assert run.same_run(first)
    assert (run.k_shown, run.theme, run.quiz, run.lock) == (4, "dark", "off", ("d",))


def test_a_run_of_defaults_stands_beside_too() -> None:
    _, run, problems = opened(LIVE, link("", LIVE.settings.make(n=50), run_a=LIVE.settings.make()).partition("?")[2])
    assert problems == []
    assert run is not None
    assert run.same_run(LIVE.settings.make())


def test_an_address_without_one_has_none() -> None:
    assert opened(LIVE, "n=50")[1:] == (None, [])


@pytest.mark.parametrize(
    ("lab", "query", "says"),
    [
        (LIVE, "n=50&beside=n%3D0", "run A is left out: n = '0'"),
        (LIVE, "n=50&beside=%3Cscript%3E", "run A is left out"),
        (LIVE, "n=50&beside=beside%3Dn", "run A is left out"),
        (LIVE, "beside=n%3D" + "9" * 5000, "run A is left out"),
        (LAW, "panel=circle&beside=panel%3Dladder", "it is of another panel"),
    ],
)
def test_what_cannot_be_taken_is_left_out_and_told(lab, query: str, says: str) -> None:
    _, run, (problem,) = opened(lab, query)
    assert run is None
    assert says in str(problem)
    assert len(str(problem)) < 600
