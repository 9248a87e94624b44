"""A lesson that can be touched: it asks, shows and judges; runs play; one figure is large; what was, stays beside."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import WebSocketRoute

from explorer.labs.live import LAB
from tools.pages import Tab, Tabs, until

FIRST, SECOND = LAB.presets[:2]
SMALL = "&seeds=1"


@pytest.fixture(scope="module")
def pupil(tabs: Tabs) -> Iterator[Tab]:
    """A page on which things move."""
    with tabs.lent(reduced_motion="no-preference") as tab:
        yield tab


class Late:
    """One message of a page to its server, known by a word in it, that arrives only when it is let."""

    def __init__(self, word: str) -> None:
        self.word, self.held, self._parts = word, [], []

    def between(self, page: WebSocketRoute) -> None:
        """Stand between a page and its server."""
        self._server = page.connect_to_server()
        page.on_message(self._said)

    def _said(self, part: str | bytes) -> None:
        self._parts.append(part)
        if len(self._parts) < 3:  # a message of Bokeh's has a header, metadata and content
            return
        message, self._parts = self._parts, []
        if self.word in str(message[-1]):
            self.held = message
        else:
            self._send(message)

    def arrive(self) -> None:
        """Let it."""
        self._send(self.held)

    def _send(self, message: list[str | bytes]) -> None:
        for part in message:
            self._server.send(part)


def said(tab: Tab) -> str:
    """What the bar asks, claims or judges."""
    return tab.page.locator(".ex-lesson .said").inner_text()


def frame(tab: Tab) -> int:
    """The frame on which the scrub bar stands."""
    return int(tab.page.locator(".ex-scrub span").last.inner_text().split()[1])


def test_the_first_second_plays_the_shipped_run_on_axes_that_stand_still(pupil: Tab) -> None:
    pupil.go()
    pupil.page.locator(".ex-scrub", has_text="of 57").wait_for()
    first, ranges = frame(pupil), pupil.page.evaluate("() => explorer.ranges()")
    assert first < 57
    pupil.page.locator(".ex-scrub", has_text="frame 57 of 57").wait_for()
    assert pupil.page.evaluate("() => explorer.ranges()") == ranges
    pupil.until_done()


VEIL = """() => {
  const veil = document.querySelector('#loader')
  veil.style.display = 'flex'  // as while the page comes
  const { backgroundColor, pointerEvents } = getComputedStyle(veil)
  const spinner = getComputedStyle(veil.querySelector('.spinner')).display
  veil.style.display = 'none'
  const cards = getComputedStyle(document.body, '::before').backgroundImage
  return [backgroundColor, pointerEvents, spinner, cards.includes('gradient')]
}"""


def test_before_that_the_cards_stand_there_empty_under_no_veil(pupil: Tab) -> None:
    assert pupil.page.evaluate(VEIL) == ["rgba(0, 0, 0, 0)", "none", "none", True]


def test_the_scrub_bar_goes_to_any_frame_and_tells_it(pupil: Tab) -> None:
    bar = pupil.page.get_by_role("slider", name="frame of the run")
    with pupil.changes("training:all", "lipschitz:lower"):
        bar.fill("10")
        pupil.page.locator(".ex-scrub", has_text="frame 11 of 57").wait_for()
    assert "paused" in pupil.status
    assert (bar.get_attribute("aria-valuetext") or "").startswith("frame 11 of 57, step ")
    pupil.key("ArrowLeft")
    pupil.page.locator(".ex-scrub", has_text="frame 10 of 57").wait_for()
    bar.focus()
    pupil.page.keyboard.press("End")
    pupil.page.locator(".ex-scrub", has_text="frame 57 of 57").wait_for()


def test_a_click_on_its_number_or_its_key_makes_a_figure_large(pupil: Tab) -> None:
    large = pupil.page.locator(".ex-hero")
    assert large.count() == 1
    assert "ex-card-lipschitz" in (large.get_attribute("class") or "")
    before = pupil.page.locator(".ex-card-attack .bk-Figure").bounding_box()
    pupil.page.locator(".ex-card-attack .number").click()
    pupil.page.locator(".ex-hero.ex-card-attack").wait_for()
    after = pupil.page.locator(".ex-card-attack .bk-Figure").bounding_box()
    assert before is not None
    assert after is not None
    assert after["height"] > 1.5 * before["height"]
    pupil.key("4")
    pupil.page.locator(".ex-hero.ex-card-plane").wait_for()
    pupil.key("1")
    pupil.page.locator(".ex-hero.ex-card-lipschitz").wait_for()


def test_next_asks_and_an_answer_shows_the_step_beside_the_run_before(pupil: Tab) -> None:
    address = pupil.page.url
    pupil.page.locator(".ex-lesson .next").click()
    pupil.page.locator(".ex-lesson .count", has_text="2 of 8").wait_for()
    assert said(pupil).startswith("Before it runs: ")
    pupil.page.locator(".ex-drawn.ex-waits").wait_for()  # what is drawn is of the step before
    assert pupil.page.url == address
    assert pupil.page.locator(".ex-lesson .answer").all_inner_texts() == list(SECOND.predict.answers)
    snapshot = pupil.page.locator(".ex-lesson").aria_snapshot()
    for answer in SECOND.predict.answers:
        assert f'button "{answer}"' in snapshot
    pupil.page.locator(".ex-lesson .answer", has_text=SECOND.predict.answers[0]).click()
    pupil.page.locator(".ex-drawn:not(.ex-waits)").wait_for()
    pupil.until("() => location.search.includes('n=300')")
    pupil.until_done()
    until(lambda: "It runs" not in said(pupil), "the verdict")
    assert "as you said" in said(pupil) or "You said" in said(pupil)
    line = pupil.page.locator(".difference").inner_text()
    assert "200 → 300" in line
    assert "at k = " in line
    pupil.page.locator(".difference button").click()
    pupil.page.locator(".difference").wait_for(state="hidden")
    assert pupil.rows("lipschitz:pin") == 0


def test_a_wrong_answer_says_what_was_said_and_what_came(pupil: Tab) -> None:
    pupil.page.goto(f"{pupil.server.address}/live?quiz=on")
    pupil.page.locator(".ex-lesson .answer").first.wait_for()
    assert pupil.page.locator(".status .done").count() == 0  # nothing runs, nothing is shown
    assert pupil.rows("lipschitz:lower") == 0
    pupil.page.locator(".ex-lesson .answer", has_text="flatter").click()
    pupil.until_done()
    until(lambda: said(pupil).startswith("You said “flatter”; it came out “steeper”."), "the verdict")
    assert pupil.page.locator(".ex-lesson .came").inner_text() == "✓ steeper"


def test_who_is_quicker_than_the_page_is_answered_when_it_is_there(tabs: Tabs) -> None:
    late = Late("document_ready")
    with tabs.lent(reduced_motion="no-preference") as tab:
        tab.page.route_web_socket(lambda url: True, late.between)
        tab.page.goto(f"{tab.server.address}/live?quiz=on")
        tab.page.locator(".ex-lesson .answer", has_text="flatter").click()
        until(lambda: tab.page.title() and late.held, "the message")  # Playwright tells it while it is asked something
        late.arrive()
        tab.until_done()
        until(lambda: said(tab).startswith("You said “flatter”; it came out “steeper”."), "the verdict")


def test_a_question_is_passed_over(pupil: Tab) -> None:
    pupil.page.locator(".ex-lesson .next").click()
    pupil.page.get_by_role("button", name="just show it").click()
    pupil.until("() => location.search.includes('n=300')")
    pupil.until_done()
    assert pupil.page.locator(".ex-lesson .given").count() == 0
    assert pupil.page.locator(".difference").is_hidden()


def test_a_link_to_try_is_taken_in_place_and_the_run_before_stays_beside(pupil: Tab) -> None:
    pupil.page.evaluate("() => { window.same = true }")
    pupil.page.locator(".ex-caption a", has_text="d = 20").click()
    pupil.until("() => !location.search.includes('d=')")  # 20 is its default
    pupil.until_done()
    assert pupil.page.evaluate("() => window.same")
    pupil.page.locator(".difference", has_text="d 10 → 20").wait_for()
    assert pupil.rows("lipschitz:pin") > 0
    pupil.page.locator(".ex-lesson", has_text="You have left this step").wait_for()
    pupil.page.get_by_role("button", name="back to step 2").click()
    pupil.until("() => location.search.includes('d=10')")
