"""What leaves the machine (nothing), and what happens when the connection breaks."""

from pathlib import Path
from urllib.parse import urlsplit

from tools.pages import Tabs

#: Keeps the page's websockets where a test can close them.
SOCKETS = """
const Socket = WebSocket
window.sockets = []
window.WebSocket = class extends Socket { constructor(...given) { super(...given); window.sockets.push(this) } }
"""


def test_a_visit_asks_nothing_of_another_host_and_loads_no_torch(tabs: Tabs, small: str) -> None:
    tab = tabs.new().open(small)
    tab.click("theme")
    tab.click("export")
    with tab.changes("f:image"):
        tab.press("k_shown", "ArrowRight")
    assert len(tab.requested) > 5
    assert {urlsplit(url).netloc for url in tab.requested} <= {urlsplit(tab.server.address).netloc, ""}
    maps = Path(f"/proc/{tab.server.process.pid}/maps")
    if maps.exists():  # Linux tells which libraries a process has loaded
        assert "libtorch" not in maps.read_text()
        assert "libtorch" in Path(f"/proc/{tab.server.health()['pid']}/maps").read_text()


def test_a_page_that_lost_its_server_comes_back_as_it_was(tabs: Tabs, small: str) -> None:
    tab = tabs.new()
    tab.page.add_init_script(SOCKETS)
    tab.open(small)
    shown = ["lipschitz:upper", "attack:all", "f:image"]
    with tab.changes(*shown):
        tab.press("n", "ArrowRight")
    tab.until("() => location.search.includes('n=50')")
    tab.until_done()
    before = tab.fingerprint(*shown)
    with tab.page.expect_navigation():
        tab.page.evaluate("() => sockets.at(-1).close()")
    tab.until("([names, before]) => explorer.fingerprint(names).join() === before.join()", [shown, before])
    with tab.changes("lipschitz:upper"):
        tab.press("n", "ArrowRight")
