"""The plane is touched: an attack is dragged, and neurons fade as weights go."""

from urllib.parse import parse_qs, urlsplit

import pytest

from tools.pages import Tab, until

#: What share of a path is drawn so many ms after it came, `before` ms after another one; on a clock of our own.
WALKED = """([moments, before]) => {
  const source = explorer.source('f:path')
  const drawn = Bokeh.documents.flatMap((doc) => [...doc.all_models])
    .find((model) => model.type === 'GlyphRenderer' && model.name === 'f:path').glyph.x.transform
  const { performance } = window
  const start = 1e9
  let now = start
  Object.defineProperty(window, 'performance', { value: { now: () => now }, configurable: true, writable: true })
  try {
    source.walk = { data: null, came: start - before }
    return moments.map((moment) => {
      now = start + moment
      const xs = source.data.x
      return Array.from(drawn.v_compute(xs)).filter(Number.isFinite).length / xs.length
    })
  } finally {
    Object.defineProperty(window, 'performance', { value: performance, configurable: true, writable: true })
    source.walk = { data: source.data, came: 0, until: 0, asked: new Set() }
  }
}"""

#: The browser's own time goes by until Bokeh would take a hand for one that presses, and then some.
RESTS = "() => new Promise((done) => setTimeout(done, 301))"


def place(tab: Tab) -> list[float]:
    """Where the attack starts, as the browser's address says: Playwright's copy lags while nobody asks anything."""
    query = tab.page.evaluate("() => location.search.slice(1)")
    return [float(part) for part in parse_qs(query)["at"][0].split(",")]


def test_a_dragged_attack_starts_where_it_was_dropped_and_the_link_says_so(tab: Tab) -> None:
    with tab.changes("f:path", "slope:path", "neurons:path"), tab.keeps("f:image", "f:pair", "training:all"):
        tab.drag("plane", (0.5, 0.5), (0.75, 0.25))
    tab.page.wait_for_url("**at=*")
    tab.page.locator(".ex-card-plane:not(.ex-lags)", has_text="At the place picked here f is").wait_for()
    half = tab.data("f:image")["dw"][0] / 2
    # it is dropped at about 0.55 half either way; the place before, which the address may have first, is at 0.4
    until(lambda: min(place(tab)) > 0.45 * half, "the address of where it was dropped")
    x, y = place(tab)
    start = pytest.approx((x, y), abs=1e-3)
    until(lambda: tuple(tab.data("f:path")[axis][0] for axis in "xy") == start, "an attack from there")
    tab.page.locator(".ex-card-plane:not(.ex-lags)").wait_for()
    dropped = tab.data("f:path")
    tab.turn(urlsplit(tab.page.url).query)
    assert tab.data("f:path") == dropped


def test_a_hand_that_rests_before_it_drags_drags_all_the_same(tab: Tab) -> None:
    figure = tab.page.locator(".ex-card-plane .bk-Figure").first
    figure.scroll_into_view_if_needed()
    tab.page.wait_for_function("() => settled()")
    box = figure.bounding_box()
    assert box is not None
    x, y = box["x"] + 0.5 * box["width"], box["y"] + 0.5 * box["height"]
    with tab.changes("f:path"):
        tab.page.mouse.move(x, y)
        tab.page.mouse.down()
        tab.page.evaluate(RESTS)
        tab.page.mouse.move(x + 0.25 * box["width"], y)
        tab.page.mouse.up()
    tab.page.wait_for_url("**at=*")


def test_a_tap_moves_the_attack_and_going_back_gives_the_pair_back(tab: Tab) -> None:
    ringed = tab.page.locator(".ex-card-plane:not(.ex-lags)", has_text="The ringed points")
    ringed.wait_for()  # the attack of the test before has gone
    pair = tab.data("f:path")
    with tab.changes("f:path"):
        tab.drag("plane", (0.3, 0.7))
    tab.page.wait_for_url("**at=*")
    with tab.changes("f:path"):
        tab.page.go_back()
    ringed.wait_for()
    assert tab.data("f:path") == pair


def test_neurons_fade_as_weights_go_and_the_error_is_told(tab: Tab) -> None:
    tab.page.locator(".ex-card-plane:not(.ex-lags)", has_text="The ringed points").wait_for()
    assert {*tab.data("neurons:neurons")["left"]} == {1}
    with tab.changes("neurons:neurons", "pruning:kept"), tab.keeps("f:image", "pruning:all", "training:all"):
        tab.turn(f"{urlsplit(tab.page.url).query}&kept=0.4")
    tab.page.locator(".ex-card-plane:not(.ex-lags)", has_text="With 40% of the weights kept").wait_for()
    neurons = tab.data("neurons:neurons")
    assert min(neurons["left"]) < 1
    assert min(neurons["alpha"]) < max(neurons["alpha"])
    assert tab.data("pruning:handle")["x"] == [0.4]


def test_a_drag_in_the_pruning_curve_prunes_the_network(tab: Tab) -> None:
    box = tab.page.locator(".ex-card-pruning .bk-Figure").bounding_box()
    assert box is not None
    with tab.changes("neurons:neurons"):
        tab.page.mouse.click(box["x"] + 0.5 * box["width"], box["y"] + 0.5 * box["height"])
    tab.page.wait_for_url("**kept=0.*")


def test_a_path_is_drawn_as_it_goes_unless_a_hand_drags_it_or_nothing_is_to_move(tab: Tab) -> None:
    moments, walked, there = [0, 500, 1000], [2 / 21, pytest.approx(0.5, abs=0.1), 1], [1, 1, 1]
    tab.page.emulate_media(reduced_motion="no-preference")
    try:
        assert tab.page.evaluate(WALKED, [moments, 500]) == walked
        assert tab.page.evaluate(WALKED, [moments, 100]) == there
    finally:
        tab.page.emulate_media(reduced_motion="reduce")
    assert tab.page.evaluate(WALKED, [moments, 500]) == there
