"""Several visitors, one server: who sees what, what is computed for whom, and what is left when they go."""

import asyncio
import os
import re
import signal
from concurrent.futures import ThreadPoolExecutor

import psutil
from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.websocket import websocket_connect

from tools.pages import PATIENCE, Server, Tab, Tabs, until

SMALL = "n=40&d=5&widths=4,8&k_shown=8&seeds=1&trainer=gauss-newton&max_steps=50"
#: A run that takes minutes: sixteen seeds make its steps slow, but only the first is measured.
LONG = "n=400&d=20&widths=32,64&k_shown=64&seeds=16&max_steps=100000&tolerance=1e-12"


def watch(tab: Tab, query: str) -> Tab:
    """Go to a run that goes on, and see its first frame."""
    tab.go(query)
    tab.page.locator(".status .running").wait_for()
    tab.until("() => explorer.data('training:all').length > 200")
    return tab


def points(tab: Tab) -> int:
    """How many points the run on the page was trained on, from its law sqrt(n / k)."""
    law = tab.data("lipschitz:law")
    return round(law["y"][0] ** 2 * law["x"][0])


def test_two_visitors_do_not_see_each_others_runs(tabs: Tabs, server: Server) -> None:
    one, other = watch(tabs.new(), LONG), watch(tabs.new(), LONG.replace("n=400", "n=300"))
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


def test_two_visitors_with_equal_settings_share_one_run_until_the_last_has_gone(tabs: Tabs, server: Server) -> None:
    started = server.health()["started"]
    query = LONG + "&seed=7"
    one = watch(tabs.new(), query)
    other = watch(tabs.new(), query + "&theme=dark")  # how a page looks has no part in what is computed
    health = server.health()
    assert (health["started"], health["running"], health["viewers"]) == (started + 1, 1, 2)
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


def test_of_twelve_quick_moves_the_last_one_runs_alone(tabs: Tabs, server: Server) -> None:
    tab = watch(tabs.new(), LONG)
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


def test_a_killed_worker_is_told_of_and_the_next_move_works(tabs: Tabs, server: Server) -> None:
    one, other = watch(tabs.new(), LONG), tabs.new().open(SMALL)
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


def test_visitors_leave_nothing_behind(tabs: Tabs, server: Server) -> None:
    def empty() -> bool:
        said = server.said()
        gone = re.findall(r"a session has gone; views alive: (\d+)", said)
        return len(gone) == said.count("a session has come") and gone[-1:] in ([], ["0"])

    def visit(times: int) -> None:
        with ThreadPoolExecutor(1) as thread:  # Playwright has a loop running in this one
            thread.submit(asyncio.run, visits(server, times)).result()
        until(empty, "all sessions to go")

    visit(2)
    process = psutil.Process(server.process.pid)
    threads, files = process.num_threads(), process.num_fds()
    visit(10)
    assert server.health()["viewers"] == 0
    assert process.num_threads() <= threads + 2  # the interpreter may have opened something; a session may not
    assert process.num_fds() <= files + 2


async def visits(server: Server, times: int) -> None:
    """Come and go without a browser: fetch the page, connect, leave."""
    for _ in range(times):
        page = await AsyncHTTPClient().fetch(f"{server.address}/live?{SMALL}", request_timeout=PATIENCE)
        (token,) = re.findall(r'"token":"([^"]+)"', page.body.decode())
        address = f"{server.address}/live/ws".replace("http", "ws", 1)
        socket = await websocket_connect(
            HTTPRequest(address, headers={"Origin": server.address}), subprotocols=["bokeh", token]
        )
        assert "ACK" in str(await socket.read_message())
        socket.close()
