"""How long the page takes to answer a key, as a multiple of the least that a Panel page with three figures can take.

A real server, a real Chromium. Time is taken inside the page: from the key's event to the second animation frame after
the last of the awaited data sources changed, when the first has been painted.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Page, sync_playwright

from benchmarks.table import Missing, Row
from tools import browser

PRESSES = 3  # for each of the rounds asked for
K_TARGET, N_TARGET = 1.5, 4.0
PATIENCE = 60_000  # ms
REST = 300  # ms after everything has arrived, so that nothing of one press falls into the next

OURS_K = ["lipschitz:k", "attack:chosen", "pruning:chosen"]
OURS_N = ["lipschitz:upper"]  # certificates of other networks: it changes only when newly trained ones are measured
BARE = ["bare:0", "bare:1", "bare:2"]
BARE_SCRIPT = str(Path(__file__).with_name("_bare.py"))

PROBE = """
window.probe = {
  source(name) {
    for (const doc of Bokeh.documents)
      for (const model of doc.all_models)
        if (model.name === name && model.type === 'ColumnDataSource') return model
    return null
  },
  arm([names, patience]) {
    window.pressed = new Promise((resolve, reject) => {
      let start = 0
      setTimeout(() => reject(new Error(`still waiting for ${[...waiting]}`)), patience)
      const waiting = new Set(names)
      for (const event of ['keydown', 'click'])
        addEventListener(event, () => { start ||= performance.now() }, { capture: true, once: true })
      for (const name of names) {
        const signal = probe.source(name).properties.data.change
        const changed = () => {
          if (start === 0 || !waiting.delete(name)) return
          signal.disconnect(changed)
          if (waiting.size === 0)
            requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now() - start)))
        }
        signal.connect(changed)
      }
    })
  },
}
"""


@contextmanager
def serving(*command: str) -> Iterator[tuple[str, int]]:
    """A server process, started with Python; gives its address, which it prints, and its id."""
    with tempfile.TemporaryDirectory() as cache:
        process = subprocess.Popen(
            [sys.executable, *command],
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[1],
            env=os.environ | {"EXPLORER_CACHE": cache, "PYTHONUNBUFFERED": "1"},
        )
        try:
            assert process.stdout
            said = (word for line in process.stdout for word in line.split() if word.startswith("http"))
            yield next((word for word in said if word.endswith("/")), "a server that has ended"), process.pid
        finally:
            process.terminate()
            process.wait()


@contextmanager
def chromium() -> Iterator[Any]:
    """A browser context in which a hidden tab is not slowed down."""
    path = browser.find() or browser.downloaded()
    if path is None:
        raise Missing("benchmark page needs Chromium")
    awake = ["--disable-renderer-backgrounding", "--disable-background-timer-throttling"]
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=[*browser.arguments(), *awake])
        try:
            yield running.new_context(viewport={"width": 1440, "height": 900})
        finally:
            running.close()


def visit(context: Any, url: str, names: list[str]) -> Page:
    """A tab with the page, once the sources have data."""
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(url)
    page.wait_for_function("() => window.Bokeh?.documents?.length > 0")
    page.evaluate(PROBE)
    page.wait_for_function("names => names.every((name) => probe.source(name)?.data?.x?.length > 0)", arg=names)
    return page


def answer(page: Page, names: list[str], act: Callable[[], object]) -> float:
    """Milliseconds from a key or click until all named sources have changed and are painted."""
    page.evaluate("what => probe.arm(what)", [names, PATIENCE])
    act()
    return page.evaluate("() => window.pressed")


def press(page: Page, slider: str, key: str, names: list[str]) -> float:
    """The answer to a key on a slider."""
    page.bring_to_front()
    page.locator(slider).focus()
    return answer(page, names, lambda: page.keyboard.press(key))


def rest(page: Page) -> None:
    """Until the run whose first frame has been drawn is done, and the page has drawn that, too."""
    page.locator(".ex-status .done").wait_for()
    page.wait_for_timeout(REST)


def points(page: Page) -> int:
    """The number of points that the figure's line of the law, sqrt(n/k), belongs to."""
    x, y = page.evaluate("() => { const { x, y } = probe.source('lipschitz:law').data; return [x[0], y[0]] }")
    return round(y**2 * x)


def rows(rounds: int) -> Iterator[Row]:
    """Two rows, k and n, each over the bare page of the same minutes."""
    bare_ms: list[float] = []
    k_ms: list[float] = []
    n_ms: list[float] = []
    shown: list[int] = []
    with (
        serving("-m", "explorer", "serve", "--port", "0") as (address, _),
        serving(BARE_SCRIPT) as (bare_address, _),
        chromium() as context,
    ):
        bare = visit(context, bare_address, BARE)
        ours = visit(context, f"{address}live?trainer=gauss-newton", [*OURS_K, *OURS_N])
        rest(ours)
        for i in range(1 + PRESSES * rounds):  # the first press of each warms up
            key = ("ArrowRight", "ArrowLeft")[i % 2]
            bare_ms.append(press(bare, ".bare input[type=range]", key, BARE))
            bare.wait_for_timeout(REST)
            k_ms.append(press(ours, ".ex-k_shown input[type=range]", key, OURS_K))
            rest(ours)
            n_ms.append(press(ours, ".ex-n input[type=range]", key, OURS_N))
            shown.append(points(ours))
            rest(ours)
            # other points and labels: going back to the n before then trains anew, too
            answer(ours, OURS_N, ours.locator(".ex-seed button").click)
            rest(ours)
    bare_ms, k_ms, n_ms = bare_ms[1:], k_ms[1:], n_ms[1:]
    detail = {"presses": len(bare_ms), "bare_ms": median(bare_ms)}
    yield Row(
        name="key press on k until the three figures show it",
        peer="bare Panel page, three raw Bokeh figures",
        ratio=median(k_ms) / median(bare_ms),
        target=K_TARGET,
        agreement=f"the sources {', '.join(OURS_K)} changed at each of {len(k_ms)} presses",
        agrees=True,
        detail={**detail, "ours_ms": median(k_ms)},
        slower=True,
    )
    alternate = all(before != after for before, after in pairwise(shown))
    yield Row(
        name="key press on n until the certificate of a newly trained network is drawn",
        peer="bare Panel page, three raw Bokeh figures",
        ratio=median(n_ms) / median(bare_ms),
        target=N_TARGET,
        agreement=f"the figure belongs to n = {' and '.join(map(str, sorted(set(shown))))} in turn",
        agrees=alternate and len(set(shown)) == 2,
        detail={**detail, "ours_ms": median(n_ms)},
        slower=True,
    )
