"""The keys: space, arrow right, r, s and ?, which a focused slider keeps to itself."""

from collections.abc import Iterator

import pytest

from tools.pages import Tab, Tabs


@pytest.fixture(scope="module")
def running(tabs: Tabs, film: str) -> Iterator[Tab]:
    """A page whose run goes on."""
    with tabs.lent() as tab:
        tab.go(film).page.locator(".status .running").wait_for()
        tab.until(f"() => ({FRAMES})?.[1] > 8")
        yield tab


#: Place and number of the recorded frames, from the status line.
FRAMES = """(() => {
  const inside = (node) => [...node.querySelectorAll('*')].flatMap((e) => [e, ...deeper(e)])
  const deeper = (element) => element.shadowRoot ? inside(element.shadowRoot) : []
  const line = inside(document).find((element) => element.className === 'status')?.textContent ?? ''
  return line.match(/frame (\\d+) of (\\d+)/)?.slice(1).map(Number)
})()"""  # fmt: skip


def frames(tab: Tab) -> tuple[int, int]:
    """Which frame is shown, of how many."""
    place, count = tab.page.evaluate(f"() => {FRAMES}")
    return place, count


def until_frame(tab: Tab, place: int) -> None:
    """Wait until this frame is shown."""
    tab.until(f"(place) => ({FRAMES})?.[0] === place", place)


def test_space_pauses_the_page_and_not_the_run_and_plays_on(running: Tab) -> None:
    running.key("Space")
    running.control("play").get_by_text("play").wait_for()
    place, count = frames(running)
    with running.keeps("training:all"):
        running.until(f"(count) => ({FRAMES})[1] > count + 1", count)
    assert frames(running)[0] == place
    assert "paused" in running.status
    with running.changes("training:all"):
        running.key("Space")
    running.control("play").get_by_text("pause").wait_for()
    running.until(f"() => {{ const [place, count] = {FRAMES}; return place === count }}")


def test_r_goes_to_the_first_frame_and_the_arrow_one_on(running: Tab) -> None:
    with running.changes("training:all"):
        running.key("r")
        until_frame(running, 1)
    for place in (2, 3):
        running.key("ArrowRight")
        until_frame(running, place)
    assert "paused" in running.status


def test_the_buttons_do_what_the_keys_do(running: Tab) -> None:
    running.click("reset")
    until_frame(running, 1)
    running.click("step")
    until_frame(running, 2)
    running.click("play")
    running.until(f"() => ({FRAMES})[0] > 3")


def test_a_focused_slider_keeps_its_keys(running: Tab) -> None:
    running.slider("n").focus()
    for key in ("s", "r", "?", "Space"):
        running.page.keyboard.press(key)
    running.key("?")  # keys arrive in order: had one of the others counted, it would show by now
    running.page.locator(".ex-notices", has_text="new seed").wait_for()
    assert "seed=" not in running.page.url


def test_s_draws_new_points(running: Tab) -> None:
    with running.changes("lipschitz:upper", "attack:all"):
        running.key("s")
        running.until("() => location.search.includes('seed=16')")
    assert "seeds 16 to 31" in running.status
