"""Somebody's own points, as CSV."""

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
