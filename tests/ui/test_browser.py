"""What the browser is told and what it may tell: anything else that comes over the socket is not heard."""

from typing import Any

import pytest

from explorer.ui.browser import Browser


class Heard:
    """Keeps what it hears."""

    def __init__(self) -> None:
        self.told: list[tuple[str, Any]] = []

    def press(self, name: str) -> None:
        self.told.append(("press", name))

    def lead(self, figure: int) -> None:
        self.told.append(("lead", figure))

    def take_panel(self, slug: str) -> None:
        self.told.append(("panel", slug))

    def try_out(self, query: str) -> None:
        self.told.append(("try", query))

    def prefer_still(self, still: bool) -> None:
        self.told.append(("still", still))

    def prefer_dark(self, dark: bool) -> None:
        self.told.append(("dark", dark))

    def prefer_taps(self, coarse: bool) -> None:
        self.told.append(("taps", coarse))

    def hold(self, held: bool) -> None:
        self.told.append(("hold", held))

    def return_to(self, query: str) -> None:
        self.told.append(("return", query))


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def component(heard: Heard) -> Browser:
    return Browser(heard)


@pytest.fixture
def sent(component: Browser, monkeypatch: pytest.MonkeyPatch) -> list[dict]:
    messages: list[dict] = []
    monkeypatch.setattr(component, "_send_msg", messages.append)
    return messages


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ({"key": "r"}, ("press", "reset")),
        ({"dark": True}, ("dark", True)),
        ({"figure": 2}, ("lead", 2)),
        ({"panel": "ladder"}, ("panel", "ladder")),
        ({"link": "?n=50"}, ("try", "?n=50")),
        ({"still": True}, ("still", True)),
        ({"coarse": True}, ("taps", True)),
        ({"held": True}, ("hold", True)),
        ({"address": "?n=50", "returns": 1}, ("return", "?n=50")),
    ],
)
def test_what_is_heard(component: Browser, heard: Heard, message: dict, told: tuple) -> None:
    component._handle_msg(message)
    assert heard.told == [told]


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"key": "x"},
        {"key": ["r"]},
        {"dark": "yes"},
        {"held": 1},
        {"address": 5, "returns": 1},
        {"address": "?n=50"},
        {"address": "?n=50", "returns": "1"},
        [],
        "key",
        None,
    ],
)
def test_what_is_not_heard(component: Browser, heard: Heard, message: Any) -> None:
    component._handle_msg(message)
    assert heard.told == []


def test_what_is_written_says_how_often_somebody_had_gone_back(component: Browser, sent: list[dict]) -> None:
    component.remember("n=50", step=False)
    component._handle_msg({"address": "?n=40", "returns": 3})
    component.remember("", step=True)
    assert [message["remember"] for message in sent] == [
        {"query": "?n=50", "step": False, "returns": 0},
        {"query": "", "step": True, "returns": 3},
    ]
