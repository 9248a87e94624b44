"""The app as a user has it: a server in a process of its own, and its pages in a browser. For tests."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import ProxyHandler, build_opener

from playwright.sync_api import Browser, BrowserContext, Locator, Page

from tools import labels
from tools.report import TAIL, report

ROOT = Path(__file__).parents[1]
PATIENCE = float(os.environ.get("PATIENCE", 300))  # seconds until a wait is a failure; nothing is expected to come near
DESK = {"width": 1440, "height": 900}  # a page, unless a test says otherwise

#: Reads the figures' data: what a page shows is compared by its columns, never by its pixels.
READER = """
window.explorer = {
  models() {  // those that are there: `all_models` keeps what has left a page for half a minute (Bokeh 3.9.2)
    const roots = (window.Bokeh?.documents ?? []).flatMap((doc) => doc.roots())
    return [...new Set(roots.flatMap((root) => [...root.references()]))]
  },
  source(name) {
    const found = explorer.models().filter((model) => model.name === name && model.type === 'ColumnDataSource')
    return found.length > 1 ? found.find(explorer.seen()) ?? found[0] : found[0]
  },
  seen() {  // a notebook may have several views
    const sources = new Set(), look = (view) => {
      if (view.model.type === 'Figure' && view.el.checkVisibility())
        for (const renderer of view.model.renderers) sources.add(renderer.data_source)
      for (const child of view.children()) look(child)
    }
    for (const root of Bokeh.index) look(root)
    return (source) => sources.has(source)
  },
  data(name) {
    const plain = (key, value) => ArrayBuffer.isView(value) ? Array.from(value) : value
    return JSON.stringify(explorer.source(name)?.data ?? null, plain)
  },
  rows(name) {
    const columns = Object.values(explorer.source(name)?.data ?? {})
    return columns.length ? columns[0].length : 0
  },
  colour(name) {
    const renderer = explorer.models().find((model) => model.name === name && model.type === 'GlyphRenderer')
    return renderer?.glyph.line_color.value
  },
  ranges() {
    const figures = explorer.models().filter(({ type }) => type === 'Figure')
    const ends = ({ x_range: x, y_range: y }) => [x.start, x.end, y.start, y.end]
    return Object.fromEntries(figures.map((figure) => [figure.name, ends(figure)]))
  },
  blur() {
    let focused = document.activeElement
    while (focused?.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement
    focused?.blur()
  },
  fingerprint(names) {
    return names.map((name) => {
      let hash = 2166136261
      for (const char of explorer.data(name)) hash = Math.imul(hash ^ char.charCodeAt(0), 16777619)
      return hash
    })
  },
}
"""

#: Somebody comes back to an address, by way of another that only looks different: so that there is always something to
#: be written, also where the page has been at that address all the time.
TURN = """(query) => {
  for (const address of [`${query}&lock=seed`, query]) {
    history.replaceState(null, '', `${location.pathname}?&${address}`)
    dispatchEvent(new PopStateEvent('popstate'))
  }
}"""
#: The page writes the address anew, in its own order and without the first "&", together with all else that it shows
#: at once, which is there two of the browser's frames later.
TURNED = "(query) => location.search.replace(/^[?]/, '') === query"
PAINTED = "async () => { for (const _ of [1, 2]) await new Promise(requestAnimationFrame) }"


class Server:
    """`explorer serve` on a free port, with a cache of its own. Everything it says goes to `log`."""

    def __init__(
        self, folder: Path, *options: str, program: tuple[str, ...] = ("-m", "explorer"), cwd: Path = ROOT
    ) -> None:
        self.log = folder / "server.log"
        self.cache = folder / "cache"
        # bytes-for-byte what a user types; the environment of a test run must not change what is served
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("BOKEH_", "PANEL_"))}
        environment |= {
            "PYTHONPATH": os.pathsep.join([str(ROOT), environment.get("PYTHONPATH", "")]).rstrip(os.pathsep)
        }
        environment |= {"EXPLORER_CACHE": str(self.cache), "OMP_WAIT_POLICY": "PASSIVE"}
        with self.log.open("wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-u", *program, "serve", "--port", "0", *options],
                cwd=cwd,
                env=environment,
                stdout=out,
                stderr=subprocess.STDOUT,
            )
        self.address = until(lambda: self._address(), f"address in {self.log}")
        self.until(lambda health: health["worker"] == "ready", "a worker")

    def _address(self) -> str | None:
        found = re.search(r"explorer is at (http://\S+)/ ", self.said())
        if found is None and self.process.poll() is not None:
            raise AssertionError(f"the server ended: {self.said()}")
        return found and found[1]

    def said(self) -> str:
        """The log so far."""
        return self.log.read_text("utf-8", "replace")

    def health(self) -> dict[str, Any]:
        """What /health answers."""
        with build_opener(ProxyHandler({})).open(f"{self.address}/health", timeout=PATIENCE) as answer:
            return json.load(answer)

    def until(self, condition: Callable[[dict[str, Any]], object], what: str) -> dict[str, Any]:
        """The first health for which `condition` holds."""

        def look() -> dict[str, Any] | None:
            health = self.health()
            return health if condition(health) else None

        return until(look, f"{what}; health: {self.health()}")

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: object) -> None:
        """End the server."""
        self.process.terminate()
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise


class Tab:
    """A page of the app in a browser context."""

    def __init__(self, server: Server, context: BrowserContext) -> None:
        self.server = server
        self.console: list[str] = []
        self.requested: list[str] = []
        self.page: Page = context.new_page()
        self.page.set_default_timeout(PATIENCE * 1000)
        self.page.add_init_script(READER)
        self.page.on("console", lambda message: self.console.append(f"{message.type}: {message.text}"))
        self.page.on("pageerror", lambda error: self.console.append(f"uncaught: {error}"))
        self.page.on("request", lambda request: self.requested.append(request.url))
        self.page.on("websocket", lambda socket: self.requested.append(socket.url))

    def open(self, query: str = "", lab: str = "live") -> "Tab":
        """Go to a lab and wait until its first run is done."""
        self.go(query, lab)
        return self.until_done()

    def go(self, query: str = "", lab: str = "live") -> "Tab":
        """Go to a lab and wait until the page works."""
        self.page.goto(f"{self.server.address}/{lab}?{query}")
        self.page.locator(".status").wait_for()
        return self

    def turn(self, query: str) -> "Tab":
        """Show another address of the lab in place, as `show` does, and wait until its run is done."""
        return self.show(query).until_done()

    def show(self, query: str) -> "Tab":
        """Go to another address of the lab in place, as the way back in the browser's history does.

        Takes a fraction of what loading does. Not for points that somebody brought: only the server has them.
        """
        from explorer.labs import find
        from explorer.ui.page import read_query

        settings, _ = read_query(find(urlsplit(self.page.url).path.strip("/")), query)
        self.page.evaluate(TURN, query)
        self.until(TURNED, settings.to_query())
        self.page.evaluate(PAINTED)
        return self

    def until_done(self) -> "Tab":
        """Wait until the run that was asked for last is complete, and not only a preview of it."""
        self.page.locator(".status:not(:has-text('preview')) .done").wait_for()
        return self

    def until(self, condition: str, argument: Any = None) -> None:
        """Wait until the JavaScript function holds; Playwright would take a promise for true, whatever comes of it."""
        assert not condition.startswith("async"), condition
        self.page.wait_for_function(condition, arg=argument)

    def fingerprint(self, *sources: str) -> list[int]:
        """One number a source; it changes with the data that its figure shows."""
        return self.page.evaluate("(names) => explorer.fingerprint(names)", sources)

    def data(self, source: str) -> dict[str, Any]:
        """The columns of a source."""
        return json.loads(self.page.evaluate("(name) => explorer.data(name)", source))

    def rows(self, source: str) -> int:
        """How many rows a source has."""
        return self.page.evaluate("(name) => explorer.rows(name)", source)

    @contextmanager
    def changes(self, *sources: str) -> Iterator[None]:
        """What is done inside changes the data of every one of these sources; waits until it has."""
        before = self.fingerprint(*sources)
        yield
        self.until(
            "([names, before]) => explorer.fingerprint(names).every((print, i) => print !== before[i])",
            [list(sources), before],
        )

    @contextmanager
    def keeps(self, *sources: str) -> Iterator[None]:
        """What is done inside leaves the data of these sources as they are."""
        before = self.fingerprint(*sources)
        yield
        assert self.fingerprint(*sources) == before

    @contextmanager
    def sized(self, width: int, height: int) -> Iterator[None]:
        """What is done inside is done on a page of this size, its figures painted anew."""
        before = self.page.viewport_size or DESK
        self.page.set_viewport_size({"width": width, "height": height})
        self.page.wait_for_function("() => settled()")
        yield
        self.page.set_viewport_size(before)

    def control(self, name: str) -> Locator:
        """A control by the name of its setting."""
        return self.page.locator(f".ex-{name}")

    def slider(self, name: str) -> Locator:
        """The handle of a slider."""
        return self.control(name).locator("input[type=range]")

    def press(self, name: str, *keys: str) -> None:
        """Keys on a slider."""
        self.slider(name).focus()
        for key in keys:
            self.page.keyboard.press(key)

    def drag(self, card: str, *places: tuple[float, float], steps: int = 3) -> None:
        """Across the first picture of a card, through these places: shares of its width and height. One is tapped."""
        figure = self.page.locator(f".ex-card-{card} .bk-Figure").first
        figure.scroll_into_view_if_needed()
        self.page.wait_for_function("() => settled()")  # else it may move away meanwhile
        box = figure.bounding_box()
        assert box is not None
        (x, y), *rest = [(box["x"] + across * box["width"], box["y"] + down * box["height"]) for across, down in places]
        if not rest:  # at once: a finger that stays for a quarter of a second does not tap
            self.page.mouse.click(x, y)
            return
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        for place in rest:
            self.page.mouse.move(*place, steps=steps)
        self.page.mouse.up()

    def choose(self, name: str, title: str) -> None:
        """The option of a list whose text holds the title."""
        options = self.control(name).locator("select")
        label = next(text for text in options.locator("option").all_inner_texts() if title in text)
        options.select_option(label=label)

    def key(self, key: str) -> None:
        """A key while nothing has the focus."""
        self.page.evaluate("() => explorer.blur()")
        self.page.keyboard.press(key)

    def click(self, name: str) -> None:
        """A button of the bar."""
        self.control(name).locator("button").click()

    @property
    def status(self) -> str:
        """The status line."""
        return self.page.locator(".status").inner_text()

    @property
    def notice(self) -> str:
        """The notice over the figures."""
        return "\n".join(self.page.locator(".ex-notices .notice").all_inner_texts())

    def report(self, folder: Path) -> str:
        """What a failure needs to be understood; the picture goes into `folder`."""
        return report(self.page, self.console, folder)


class Tabs:
    """Every page that a test has open. A test that goes wrong tells what they showed."""

    def __init__(self, browser: Browser, server: Server) -> None:
        self._browser, self._server = browser, server
        self._open: list[Tab] = []
        self._shared: dict[str, Tab] = {}

    def new(self, **options: Any) -> Tab:
        """A tab in a browser context of its own, as another visitor has; `options` are Playwright's of a context."""
        self._open.append(self._made(**options))
        return self._open[-1]

    @contextmanager
    def lent(self, **options: Any) -> Iterator[Tab]:
        """A new tab for several tests; closed in the end."""
        tab = self.new(**options)
        yield tab
        self._open.remove(tab)
        tab.page.context.close()
        self._check(tab)

    def shared(self, query: str, lab: str = "live") -> Tab:
        """The page of a lab that tests share, its labels to be read, showing this address and its complete run.

        It is opened once, and anew after a test that failed.
        """
        if lab in self._shared:
            return self._shared[lab].turn(query)
        tab = self._shared[lab] = self._made()
        tab.page.add_init_script(labels.RECORDER)
        return tab.open(query, lab)

    def close(self) -> None:
        """Close all. None may have failed silently or called for another host."""
        everything = [*self._open, *self._shared.values()]
        self._open.clear()
        self._shared.clear()
        for tab in everything:
            tab.page.context.close()
        for tab in everything:
            self._check(tab)

    @contextmanager
    def watched(self, failures: Callable[[], int], folder: Path) -> Iterator[None]:
        """A test: tabs it opens are closed after it; if it fails, all are reported first."""
        before, kept = failures(), len(self._open)
        yield
        mine = self._open[kept:]
        if failures() > before:
            print(*(tab.report(folder) for tab in [*self._open, *self._shared.values()]), sep="\n")
            print("server:", *self._server.said().splitlines()[-TAIL:], sep="\n")
            mine += self._shared.values()
            self._shared.clear()
        del self._open[kept:]
        for tab in mine:
            tab.page.context.close()
        for tab in [*mine, *self._open, *self._shared.values()]:
            self._check(tab)

    def _made(self, **options: Any) -> Tab:
        options = {"viewport": DESK, "reduced_motion": "reduce"} | options
        return Tab(self._server, self._browser.new_context(**options))

    def _check(self, tab: Tab) -> None:
        """What a page has said and asked for since it was looked at last."""
        failed = [line for line in tab.console if line.startswith(("uncaught", "error"))]
        hosts = {urlsplit(url).netloc for url in tab.requested}
        tab.console.clear()
        tab.requested.clear()
        assert not failed, failed
        assert hosts <= {urlsplit(self._server.address).netloc, ""}


def until(look: Callable[[], Any], what: str) -> Any:
    """The first true value of `look`."""
    deadline = time.monotonic() + PATIENCE
    while not (found := look()):
        if time.monotonic() > deadline:
            raise AssertionError(f"waited in vain for {what}")
        time.sleep(0.05)
    return found
