"""The address holds every setting: it sets the page, follows it, and opens the same page elsewhere."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest

from tools.pages import Tab, Tabs

SOURCES = ("lipschitz:upper", "lipschitz:lower", "attack:all", "pruning:all", "training:all", "f:image")


def query(tab: Tab) -> dict[str, str]:
    """The settings in the address."""
    return {name: value for name, (value,) in parse_qs(urlsplit(tab.page.url).query).items()}


@pytest.fixture(scope="module")
def visit(tabs: Tabs) -> Iterator[Tab]:
    """A page that an address with many settings has opened."""
    with tabs.lent(permissions=["clipboard-read", "clipboard-write"]) as tab:
        yield tab.open(
            "n=30&d=6&p=2&k_shown=16&widths=8,16&family=rectified&trainer=gauss-newton&noise=0.5&seeds=1&seed=3&norm=linf"
        )


def test_settings_in_the_address_stand_in_the_controls_and_are_shared(visit: Tab) -> None:
    shown = {name: visit.slider(name).get_attribute("aria-valuetext") for name in ("n", "d", "p", "k_shown", "noise")}
    assert shown == {"n": "30", "d": "6", "p": "2", "k_shown": "16", "noise": "0.5"}
    assert visit.control("trainer").locator("[aria-pressed=true]").inner_text() == "gauss-newton"
    assert "linf" in visit.page.locator(".ex-fold button", has_text="Attack").inner_text()
    assert visit.data("lipschitz:upper")["x"] == [8, 16]
    assert "seed 3" in visit.status
    visit.click("share")
    visit.page.get_by_role("dialog").get_by_role("button", name="copy").click()
    visit.page.get_by_role("dialog").get_by_text("Copied").wait_for()
    shared = visit.page.evaluate("() => navigator.clipboard.readText()")
    path, _, given = shared.partition("?")
    assert path == f"{visit.server.address}/live"
    assert {name: value for name, (value,) in parse_qs(given).items()} == {
        "n": "30", "d": "6", "p": "2", "k_shown": "16", "widths": "8,16", "trainer": "gauss-newton", "noise": "0.5",
        "seeds": "1", "seed": "3", "norm": "linf",
    }  # fmt: skip


def test_a_change_stands_in_the_address_which_opens_the_same_page(tab: Tab, visit: Tab) -> None:
    tab.press("n", "ArrowRight")
    tab.until("() => location.search.includes('n=50')")
    tab.press("k_shown", "ArrowRight")
    tab.until("() => location.search.includes('k_shown=16')")
    tab.until_done()
    tab.until("() => explorer.source('lipschitz:k').data.x[0] === 16")
    wanted = query(tab)
    assert wanted == {
        "n": "50", "d": "5", "k_shown": "16", "widths": "4,8,16", "seeds": "1", "trainer": "gauss-newton",
        "max_steps": "50",
    }  # fmt: skip
    other = visit.open(urlsplit(tab.page.url).query)
    other.until("(image) => explorer.fingerprint(['f:image'])[0] === image", tab.fingerprint("f:image")[0])
    assert other.fingerprint(*SOURCES) == tab.fingerprint(*SOURCES)
    assert query(other) == wanted


def test_of_nine_good_values_and_a_bad_one_the_nine_are_kept(tab: Tab) -> None:
    tab.turn("n=30&d=6&p=2.5&k_shown=16&widths=8,16&seeds=1&seed=3&trainer=gauss-newton&max_steps=40&noise=0.5")
    for part in ("p = '2.5'", "use a whole number from 1 to 6", "using 1"):
        assert part in tab.notice
    tab.press("k_shown", "Home")  # from now on the address says what the page has
    tab.until("() => location.search.includes('k_shown=8')")
    assert query(tab) == {
        "n": "30", "d": "6", "k_shown": "8", "widths": "8,16", "seeds": "1", "seed": "3", "trainer": "gauss-newton",
        "max_steps": "40", "noise": "0.5",
    }  # fmt: skip


def test_every_bad_value_is_named_and_the_page_works(visit: Tab) -> None:
    bad = {"n": "0", "d": "nan", "widths": "8,4", "noise": "-1", "trainer": "sgd", "eps": "1"}
    tab = visit.go("&".join(f"{name}={value}" for name, value in bad.items()) + "&k_shown=7&preset=nosie")
    for name, value in bad.items():
        assert f"{name} = {value!r}" in tab.notice
    assert "k_shown = 7: use one of 8, 12," in tab.notice
    assert "did you mean 4,8?" in tab.notice
    assert "did you mean eps_max?" in tab.notice
    assert "did you mean noise?" in tab.notice
    tab.until("() => explorer.rows('lipschitz:upper') > 0")


def test_a_value_that_the_page_refuses_loses_nothing(tab: Tab) -> None:
    with tab.keeps(*SOURCES):
        tab.page.locator(".ex-fold button", has_text="Widths").click()
        field = tab.control("widths").locator("input")
        field.fill("16,8")
        field.press("Enter")
        tab.page.locator(".ex-notices", has_text="did you mean 8,16?").wait_for()
    assert query(tab)["widths"] == "4,8,16"
    # the field is put back: what is typed before that would go with it
    tab.page.wait_for_function("field => field.value === '4,8,16'", arg=field.element_handle())
    with tab.changes("lipschitz:upper"):
        field.fill("8,16")
        field.press("Enter")
    assert tab.page.locator(".ex-notices").is_hidden()
