"""Several visitors, one server: who sees what, what is computed for whom, and what is left when they go."""

import asyncio
import os
import re
import signal
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psutil
import pytest
from playwright.sync_api import Route

from tools.pages import Server, Tab, Tabs, until
from tools.visits import SMALL, Visit, connect, get, token_of

#: A run that takes minutes: sixteen seeds make its steps slow, but only the first is measured.
LONG = "n=400&d=20&widths=32,64&k_shown=64&seeds=16&max_steps=100000&tolerance=1e-12"


@pytest.fixture(scope="module")
def two(tabs: Tabs) -> tuple[Tab, Tab]:
    """The pages of two visitors, from which each test goes where it wants to."""
    return tabs.new().go(LONG), tabs.new().go(SMALL)


def watch(tab: Tab, query: str) -> Tab:
    """Go to a run that goes on, and see its first frames."""
    tab.show(query)
    tab.page.locator(".status .running").wait_for()
    tab.page.locator(".ex-card-training:not(.ex-lags)").wait_for()
    tab.until("() => explorer.data('training:all').length > 200")
    return tab


def points(tab: Tab) -> int:
    """How many points the run on the page was trained on, from its law sqrt(n / k)."""
    law = tab.data("lipschitz:law")
    return round(law["y"][0] ** 2 * law["x"][0])


def test_two_visitors_do_not_see_each_others_runs(two: tuple[Tab, Tab], server: Server) -> None:
    one, other = watch(two[0], LONG), watch(two[1], LONG.replace("n=400", "n=300"))
    assert (points(one), points(other)) == (400, 300)
    assert server.health()["running"] == 2
    one.key("Space")
    one.control("play").get_by_text("play").wait_for()
    with one.keeps("training:all"), other.changes("training:all"):
        pass
    other.press("k_shown", "Home")
    other.until("() => explorer.source('lipschitz:k').data.x[0] === 32")
    assert one.data("lipschitz:k")["x"] == [64, 64]
    assert (points(one), points(other)) == (400, 300)


def test_of_twelve_quick_moves_the_last_one_runs_alone(two: tuple[Tab, Tab], server: Server) -> None:
    two[0].turn(SMALL)
    tab = watch(two[1], LONG)
    tab.press("n", *["ArrowLeft"] * 4, *["ArrowRight"] * 8)
    last = int(tab.slider("n").get_attribute("aria-valuetext") or 0)
    assert last > 400
    tab.until(f"() => location.search.includes('n={last}&')")
    server.until(lambda health: health["running"] == 1 and not health["waiting"], "one run")
    tab.until("(law) => Math.abs(explorer.source('lipschitz:law').data.y[0] - law) < 1e-9", (last / 32) ** 0.5)
    with tab.changes("training:all"):  # and goes on
        pass
    assert server.health()["running"] == 1
    assert points(tab) == last


def test_a_killed_worker_is_told_of_and_the_next_move_works(two: tuple[Tab, Tab], server: Server) -> None:
    one, other = watch(two[1], LONG), two[0].turn(SMALL)
    before = server.health()
    with other.keeps("lipschitz:upper", "f:image"):
        os.kill(before["pid"], signal.SIGKILL)
        one.page.locator(".ex-notices", has_text="the worker process died (SIGKILL)").wait_for()
        assert "the worker process died" in one.status
        assert "done" in other.status
    assert other.page.locator(".ex-notices").is_hidden()
    with one.changes("training:all", "lipschitz:upper"):
        one.press("n", "ArrowLeft")
    assert one.page.locator(".ex-notices").is_hidden()
    assert server.health()["pid"] != before["pid"]
    with other.changes("f:image"):  # whose run ended before: its networks are still there to be looked at
        other.press("k_shown", "Home")


def test_two_visitors_with_equal_settings_share_one_run_until_the_last_has_gone(
    two: tuple[Tab, Tab], server: Server
) -> None:
    """Pages are closed here: it is the last test of these two."""
    started = server.health()["started"]
    query = LONG + "&seed=7"
    one = watch(two[0], query)
    other = watch(two[1], query + "&theme=dark")  # how a page looks has no part in what is computed
    health = server.until(lambda health: health["running"] == 1, "the runs that were left to stop")
    assert (health["started"], health["viewers"]) == (started + 1, 2)
    one.key("Space")
    one.control("play").get_by_text("play").wait_for()
    with one.keeps("training:all"), other.changes("training:all"):
        pass
    one.page.close()
    server.until(lambda health: health["viewers"] == 1, "one visitor")
    with other.changes("training:all"):  # the run goes on for the one who stays
        pass
    assert server.health()["running"] == 1
    other.page.close()
    server.until(lambda health: not (health["viewers"] or health["running"]), "rest")


def do(work: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine in another thread: Playwright has a loop running in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


def test_visitors_leave_nothing_behind(server: Server) -> None:
    def empty() -> bool:
        said = server.said()
        gone = re.findall(r"a session has gone; views alive: (\d+)", said)
        return len(gone) == said.count("a session has come") and gone[-1:] in ([], ["0"])

    def visit(times: int) -> None:
        do(visits(server, times))
        until(empty, "all sessions to go")

    visit(2)
    process = psutil.Process(server.process.pid)
    threads, files = process.num_threads(), process.num_fds()
    visit(5)
    assert server.health()["viewers"] == 0
    assert process.num_threads() <= threads + 2  # the interpreter may have opened something; a session may not
    assert process.num_fds() <= files + 2


def test_a_page_that_connects_after_its_time_is_made_anew_from_its_own_address(server: Server) -> None:
    async def late() -> str:
        page = await get(f"{server.address}/live?{SMALL}&seed=77")
        await asyncio.to_thread(server.until, lambda health: not health["viewers"], "the page to go")
        async with connect(server.address, token_of(page)) as socket:
            found = Visit(socket)
            await found.read()
            return str(await found.ask("PULL-DOC-REQ", {}))

    document = do(late())
    assert f"'?{SMALL}&seed=77'" in document
    assert not re.search(r"'url': 'https?:", document)


def test_a_page_that_connects_after_its_time_asks_nobody_else_for_its_styles(tabs: Tabs, server: Server) -> None:
    """`watched` looks at what it has asked for, and at what the browser did not let it."""

    def late(route: Route) -> None:
        server.until(lambda health: not health["viewers"], "the page to go")
        route.continue_()

    tab = tabs.new()
    tab.page.route("**/bokeh.min.js*", late)  # without which no page connects
    tab.open(f"{SMALL}&seed=78")
    tab.click("theme")
    tab.until("() => location.search.includes('theme=dark')")
    tab.press("n", "ArrowRight")
    tab.until_done()


async def visits(server: Server, times: int) -> None:
    """Come and go without a browser: fetch the page, connect, leave."""
    for _ in range(times):
        page = await get(f"{server.address}/live?{SMALL}")
        async with connect(server.address, token_of(page)) as socket:
            assert "ACK" in str(await socket.read_message())
