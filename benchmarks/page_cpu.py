"""What a page costs the server in processor time, as a multiple of what opening a bare Panel page costs it.

Real servers, a real Chromium; the worker, which computes the runs, is a process of its own and is not counted.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Page

from benchmarks.page import BARE, BARE_SCRIPT, OURS_K, OURS_N, chromium, press, rest, serving, visit
from benchmarks.table import Missing, Row

TABS = ("Grouped", "Ladder")  # two figures each
CARDS = {"Grouped": ".ex-card-grouped", "Ladder": ".ex-card-ladder"}
PLAYED = re.compile(r"frame (\d+) of \1(?!\d)")
FILLED = """() => Bokeh.documents.flatMap((doc) => [...doc.all_models])
  .filter((model) => model.type === 'ColumnDataSource' && Object.values(model.data)[0]?.length)
  .map((model) => model.name ?? '').sort().join(' ')"""
#: The most that was asked for: a third of what each took when the bars were set.
OPEN, TAB, MOVE = 3.0, 1.2, 3.6


def spent(pid: int) -> float:
    """Seconds of processor time that a process has taken so far, all its threads together."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    except FileNotFoundError:
        raise Missing("benchmark page_cpu reads /proc, which is not here") from None
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def filled(page: Page) -> str:
    """The names of the sources that have rows."""
    return page.evaluate(FILLED)


def opened(context: Any, url: str, names: list[str], pid: int) -> tuple[Page, float]:
    """A page, and what opening it has cost until all stands still."""
    before = spent(pid)
    page = visit(context, url, names)
    if names is BARE:
        page.wait_for_timeout(1000)
    else:
        page.locator(".status", has_text=PLAYED).wait_for()
        rest(page)
    return page, spent(pid) - before


def turned(page: Page, tab: str, pid: int) -> float:
    """What it costs to turn to a tab."""
    before = spent(pid)
    page.get_by_role("tab", name=tab).click()
    page.locator(CARDS[tab]).wait_for()
    rest(page)
    return spent(pid) - before


def moved(page: Page, key: str, pid: int) -> float:
    """What a press on n costs until the new networks are drawn, trained with Adam."""
    before = spent(pid)
    press(page, ".ex-n input[type=range]", key, OURS_N)
    rest(page)
    return spent(pid) - before


def rows(rounds: int) -> Iterator[Row]:
    """Four rows, each over the bare page opened in the same minutes."""
    cost: dict[str, list[float]] = {name: [] for name in ("bare", "law", "live", "tab", "move")}
    drawn: dict[str, list[str]] = {name: [] for name in cost}
    with (
        serving("-m", "explorer", "serve", "--port", "0") as (address, pid),
        serving(BARE_SCRIPT) as (bare_address, bare_pid),
        chromium() as context,
    ):
        for i in range(1 + rounds):  # the first of each warms up
            bare, seconds = opened(context, bare_address, BARE, bare_pid)
            cost["bare"].append(seconds)
            drawn["bare"].append(filled(bare))
            bare.close()
            law, seconds = opened(context, f"{address}law", [], pid)
            cost["law"].append(seconds)
            drawn["law"].append(filled(law))
            cost["tab"].append(median(turned(law, tab, pid) for tab in TABS))
            drawn["tab"].append(filled(law))
            law.close()
            live, seconds = opened(context, f"{address}live", [*OURS_K, *OURS_N], pid)
            cost["live"].append(seconds)
            drawn["live"].append(filled(live))
            live.close()
            other, _ = opened(context, f"{address}live?seed={i + 1}", [*OURS_K, *OURS_N], pid)
            cost["move"].append(moved(other, "ArrowRight", pid))  # of that seed nothing is in the store
            drawn["move"].append(filled(other))
            other.close()
    floor = median(cost["bare"][1:])
    parts = {
        "live": ("a page of live is opened, its film played", OPEN),
        "law": ("a page of law is opened, its film played", OPEN),
        "tab": ("a tab of law is turned to", TAB),
        "move": ("n is moved in live, and Adam trains", MOVE),
    }
    for name, (what, target) in parts.items():
        yield Row(
            name=f"server's processor time when {what}",
            peer="opening a bare Panel page, three raw Bokeh figures",
            ratio=median(cost[name][1:]) / floor,
            target=target,
            agreement=f"the same {len(drawn[name][0].split())} sources have rows in each of {rounds} rounds",
            agrees=bool(drawn[name][0]) and len({*drawn[name]}) == 1,
            detail={"ours_s": median(cost[name][1:]), "bare_s": floor},
            slower=True,
        )
