"""Somebody's own points, as CSV."""

import pytest
from playwright.sync_api import Locator, expect

from tools.pages import Tab


def csv(rows: int, spoil: str = "") -> bytes:
    """Points in three dimensions with labels."""
    lines = [f"{i / rows:.3f},{(i * 7 % rows) / rows:.3f},{(i * 3 % rows) / rows:.3f},{i % 2}" for i in range(rows)]
    return "\n".join(["a,b,c,y", *lines, *([spoil] if spoil else [])]).encode()


def upload(tab: Tab, content: bytes) -> None:
    """Choose a file of one's own."""
    tab.control("own").locator("input[type=file]").set_input_files(
        [{"name": "points.csv", "mimeType": "text/csv", "buffer": content}]
    )


def test_own_points_are_looked_at_and_a_damaged_file_loses_nothing(tab: Tab) -> None:
    with tab.changes("lipschitz:upper", "attack:all", "f:image"):
        upload(tab, csv(20))
    tab.until_done()
    tab.until("() => /data=own-[0-9a-f]{16}/.test(location.search)")
    assert tab.slider("d").get_attribute("aria-valuetext") == "3"
    assert tab.slider("n").get_attribute("aria-valuetext") == "20"
    with tab.keeps("lipschitz:upper", "attack:all", "f:image"):
        upload(tab, csv(20, spoil="0.1,nan,0.2,1"))
        tab.page.locator(".ex-notices", has_text="expected finite numbers").wait_for()
    assert "data" in tab.notice
    upload(tab, csv(20, spoil="0.1,0.2,1"))
    tab.page.locator(".ex-notices", has_text="line 22 of the CSV has 3 values; expected 4").wait_for()
    assert "own-" in tab.page.url
    with tab.changes("lipschitz:upper"):
        tab.press("p", "ArrowRight")


CONTRADICTION = b"a,b,y\n1,2,1\n1,2,-1\n3,4,1\n"
ANIMALS = b",a,b,kind\n" + b"".join(
    b"%d,%d,%d,%s\n" % (i, i, i * 5 % 13, (b"cat", b"dog", b"emu")[i % 3]) for i in range(14)
)


def chip(tab: Tab, word: str) -> Locator:
    return tab.control("data").get_by_role("button", name=word, exact=True)


def test_a_contradicting_pair_is_said_and_the_page_goes_on(tab: Tab) -> None:
    with tab.changes("lipschitz:upper", "f:image"):
        upload(tab, CONTRADICTION)
    tab.until_done()
    tab.page.locator(".remark", has_text="1 contradicting pair of points: points 1 and 2 are equal").wait_for()
    tab.page.locator(".ex-card", has_text="no function fits both").first.wait_for()
    with tab.changes("lipschitz:upper", "f:image"):
        tab.press("p", "ArrowRight")
    tab.until_done()


def test_own_points_have_a_chip_of_their_own_that_leads_back_to_them(tab: Tab) -> None:
    chip(tab, "sphere").click()
    tab.until("() => !/data=/.test(location.search)")
    upload(tab, csv(20))
    tab.until("() => /data=own-[0-9a-f]{16}/.test(location.search)")
    mine = tab.page.url
    expect(chip(tab, "mine")).to_have_attribute("aria-pressed", "true")
    expect(chip(tab, "sphere")).to_have_attribute("aria-pressed", "false")
    chip(tab, "sphere").click()
    tab.until("() => !/data=/.test(location.search)")
    expect(chip(tab, "sphere")).to_have_attribute("aria-pressed", "true")
    chip(tab, "mine").click()
    tab.page.wait_for_url(mine)
    chip(tab, "sphere").click()
    tab.until("() => !/data=/.test(location.search)")
    upload(tab, csv(20))  # the same file again is news
    tab.page.wait_for_url(mine)


def test_what_labels_mean_is_said_and_two_others_can_be_chosen(tab: Tab) -> None:
    upload(tab, ANIMALS)
    said = tab.page.locator(".remark")
    said.filter(has_text="cat is −1, dog is +1").wait_for()
    said.filter(has_text="the first column is an index and left out").wait_for()
    tab.page.locator(".ex-notices .notice", has_text="3 labels: cat (5), dog (5), emu (4)").wait_for()
    assert tab.slider("n").get_attribute("aria-valuetext") == "10"
    field = tab.control("labels").locator("input")
    field.fill("emu,dog")
    field.press("Enter")
    said.filter(has_text="emu is −1, dog is +1").wait_for()
    tab.until("() => new URLSearchParams(location.search).get('labels') === 'emu,dog'")
    assert tab.slider("n").get_attribute("aria-valuetext") == "9"
    field.fill("emu,cow")
    field.press("Enter")
    tab.page.locator(".ex-notices", has_text="use two of cat, dog, emu").wait_for()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"a,b,y\n1,2,1\n", "found 1 point in 2 dimensions"),
        (b"a,y\n1,1\n2,-1\n3,1\n", "found 3 points in 1 dimension"),
        (b"a,b,y\n1,2,1e308\n2,3,-1e308\n3,1,1e307\n", "labels out of range"),
        (b"a,b,y\n1,2,cat\n3,4,cat\n", "all 2 labels are cat"),
        (b"a,b,<img src=x onerror=alert(1)>\nx,2,1\n3,4,0\n", "line 2, column 'a' of the CSV is 'x'"),
    ],
)
def test_a_file_that_cannot_be_used_is_a_notice(tab: Tab, content: bytes, said: str) -> None:
    address = tab.page.url
    upload(tab, content)
    tab.page.locator(".ex-notices", has_text=said).wait_for()
    assert tab.page.url == address
