"""A class by the address of its room: the question, a wrong and the right token, and what teacher and student share."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from explorer.server.network import own_addresses
from tests.browser.test_share import link, opened
from tools.pages import ROOT, Server, Tab, Tabs

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    program = (str(ROOT / "tests/web/in_class.py"),)
    with Server(tmp_path_factory.mktemp("class"), "--class", program=program) as server:
        address = next((one for one in own_addresses() if ":" not in one), "127.0.0.2")
        server.address = server.address.replace("localhost", address)
        yield server
        assert "Traceback" not in server.said()


@pytest.fixture(scope="module")
def tabs(browser: Browser, server: Server) -> Iterator[Tabs]:
    tabs = Tabs(browser, server)
    yield tabs
    tabs.close()


@pytest.fixture(scope="module")
def token(server: Server) -> str:
    found = re.search(r"token +(\S+)\n", server.said())
    assert found
    return found[1]


def enter(tab: Tab, token: str) -> None:
    tab.page.get_by_label("Token").fill(token)
    tab.page.get_by_role("button", name="Open the page").click()


def test_a_phone_is_asked_and_let_in_to_the_page_it_wanted(tabs: Tabs, small: str, token: str) -> None:
    tab = tabs.new(**PHONE)
    tab.page.goto(f"{tab.server.address}/live?{small}&lock=d")
    enter(tab, "word-10")
    tab.page.get_by_role("alert").get_by_text("That is not the token of this class.").wait_for()
    enter(tab, token.replace("-", " ").capitalize())
    tab.until_done()
    assert "token" not in tab.page.url
    assert tab.slider("d").is_disabled()
    assert {line for line in tab.console if line.startswith(("error", "uncaught"))} == {
        "error: Failed to load resource: the server responded with a status of 403 (Forbidden)"
    }
    tab.console.clear()  # the question, asked twice
    tab.page.reload()
    tab.until_done()


def test_a_teacher_shares_the_room_s_address_with_the_token(tabs: Tabs, small: str, token: str) -> None:
    teacher = tabs.new().go(f"{small}&token={token}").until_done()
    box = opened(teacher)
    assert link(box).startswith(f"{teacher.server.address}/live?")
    assert link(box).endswith(f"&token={token}")
    assert not box.get_by_text("on this computer only").is_visible()
    student = tabs.new()
    student.page.goto(link(box))
    student.until_done()
    assert token not in student.page.url


def test_without_script_the_question_works_too(tabs: Tabs, small: str, token: str) -> None:
    tab = tabs.new(java_script_enabled=False)
    tab.page.goto(f"{tab.server.address}/law?{small}")
    enter(tab, token)
    tab.page.wait_for_url(f"{tab.server.address}/law?*")
    assert tab.page.title() == "explorer: law"
    tab.console.clear()
