"""What share gives to others: ticks make the query, the query the link, the link the code."""

import re
from typing import Any

import pytest
import segno

from explorer.labs import Lab, labs
from explorer.settings import Settings
from explorer.ui.share import Room, lesson, link, locks, qr, shared
from explorer.ui.share_box import ShareBox
from tests.ui.stage import LIVE

BASE = "http://192.0.2.17:8000/live"
FOLDED = "widths,norm,eps_max,attack_steps,scope,prune_tolerance,prune_rule,seeds,seed,tolerance,max_steps,init"


def live(**values: Any) -> Settings:
    return LIVE.settings.make(**values)


def on(settings: Settings) -> set[str]:
    return {tick.name for tick in (*locks(settings), *lesson(settings)) if tick.on}


def test_the_first_sliders_may_be_locked_and_all_that_is_folded() -> None:
    ticks = [(tick.name, tick.symbol, tick.word) for tick in locks(live())]
    assert ticks == [
        ("n", "n", "points"),
        ("d", "d", "dimension"),
        ("k_shown", "k", "width looked at"),
        ("p", "p", "activation degree"),
        ("folded", "", "everything that is folded"),
    ]
    assert on(live()) == set()


@pytest.mark.parametrize(
    ("ticked", "query"),
    [
        ([], ""),
        (["d", "p"], "lock=d,p"),
        (["p", "d", "quiz"], "quiz=on&lock=d,p"),
        (["story"], "story=off"),
        (["folded"], f"lock={FOLDED}"),
        (["theme", "seed", "no-such", "lock"], ""),  # no tick of the box
    ],
)
def test_ticks_make_the_query(ticked: list[str], query: str) -> None:
    assert shared(live(), ticked).to_query() == query


def test_what_is_on_view_goes_along_and_a_hidden_control_is_not_offered() -> None:
    settings = live(n=50, hide="p,norm", lock="family,seed,d")
    assert [tick.name for tick in locks(settings)] == ["n", "d", "k_shown", "folded"]
    assert on(settings) == {"d"}
    again = shared(settings, on(settings))
    assert again.changed(lock=()) == settings.changed(lock=())
    assert set(again.lock) == set(settings.lock)
    assert set(shared(settings, ["n"]).lock) == {"n", "family", "seed"}  # no tick stands for the last two alone
    every = shared(settings, ["folded"])
    assert "norm" not in every.lock
    assert on(every) == {"folded"}
    assert set(shared(every, []).lock) == {"family"}


@pytest.mark.parametrize("lab", labs(), ids=lambda lab: lab.name)
def test_every_lab_s_link_has_what_was_ticked(lab: Lab) -> None:
    for preset in lab.presets:
        settings = lab.settings.make(**preset.settings)
        ticked = {tick.name for tick in (*locks(settings), *lesson(settings))}
        assert ticked > {"folded", "quiz", "story"}
        found, problems = lab.settings.from_query(link(BASE, shared(settings, ticked)).partition("?")[2])
        assert problems == []
        assert on(found) == ticked
        assert found.values() == settings.values()


def test_a_link_carries_the_token_of_a_class_last() -> None:
    assert link(BASE, live()) == BASE
    assert link(BASE, live(n=50)) == f"{BASE}?n=50"
    assert link(BASE, live(n=50), "maple-42") == f"{BASE}?n=50&token=maple-42"
    assert link(BASE, live(), "maple-42") == f"{BASE}?token=maple-42"


def test_the_code_is_black_on_white_with_its_quiet_zone() -> None:
    text = link(BASE, live(n=50, lock="d,p"), "maple-42")
    code = qr(text)
    size = segno.make_qr(text, error="l").symbol_size(border=4)[0]
    assert f'viewBox="0 0 {size} {size}"' in code
    assert f'fill="#fff" d="M0 0h{size}v{size}h-{size}z"' in code
    assert 'stroke="#000" d="M4 4.5h7' in code  # the first finder, four modules in
    assert re.match(r"<svg [^<>]*><path [^<>]*/><path [^<>]*/></svg>\s*$", code)  # and nothing else in it
    assert qr("x" * 5000) == ""


# The box ------------------------------------------------------------------------------------------------------


@pytest.fixture
def sent() -> list[dict]:
    return []


def boxed(
    sent: list[dict], monkeypatch: pytest.MonkeyPatch, room: Room | None = None, run_a: Settings | None = None
) -> ShareBox:
    box = ShareBox(lambda: live(n=50, lock="d"), lambda: run_a, lambda call: call(), room)
    monkeypatch.setattr(box, "_send_msg", sent.append)
    return box


def test_the_box_opens_on_what_is_on_view_and_answers_its_ticks(
    sent: list[dict], monkeypatch: pytest.MonkeyPatch
) -> None:
    box = boxed(sent, monkeypatch)
    box.open()
    assert [tick["name"] for tick in sent[0]["open"]["locks"] if tick["on"]] == ["d"]
    box._handle_msg({"base": "https://lab.example/prefix/live", "ticked": ["p", "quiz", 3, None]})
    address = "https://lab.example/prefix/live?n=50&quiz=on&lock=p"
    assert sent[1:] == [{"shared": {"link": address, "qr": qr(address)}}]
    assert "explorer with --class" in box.here


def test_run_a_goes_along_unless_its_tick_is_off(sent: list[dict], monkeypatch: pytest.MonkeyPatch) -> None:
    box = boxed(sent, monkeypatch, run_a=live(n=70, theme="dark"))
    box.open()
    assert [tick["name"] for tick in sent[0]["open"]["compared"] if tick["on"]] == ["run-a"]
    for ticked in (["d", "run-a"], ["d"]):
        box._handle_msg({"base": BASE, "ticked": ticked})
    assert [told["shared"]["link"] for told in sent[1:]] == [f"{BASE}?n=50&lock=d&beside=n%3D70", f"{BASE}?n=50&lock=d"]
    alone = boxed(sent, monkeypatch)
    alone.open()
    assert sent[-1]["open"]["compared"] == []


def test_a_class_gets_the_address_of_the_room(sent: list[dict], monkeypatch: pytest.MonkeyPatch) -> None:
    box = boxed(sent, monkeypatch, Room("http://192.0.2.17:8000", "maple-42"))
    box._handle_msg({"base": "http://localhost:8000/live", "ticked": ["d"]})
    assert sent[0]["shared"]["link"] == f"{BASE}?n=50&lock=d&token=maple-42"
    assert box.here == ""


@pytest.mark.parametrize(
    "message",
    [
        {}, [], "base", None, {"base": 1, "ticked": []}, {"base": "x"}, {"base": "x", "ticked": "d"},
        {"base": "x" * 5000, "ticked": []}, {"base": "x", "ticked": ["d"] * 5000},
    ],
)  # fmt: skip
def test_what_is_not_heard(sent: list[dict], monkeypatch: pytest.MonkeyPatch, message: Any) -> None:
    boxed(sent, monkeypatch)._handle_msg(message)
    assert sent == []
