"""How a preset is chosen on a page."""

from tools.pages import Tab


def choose(tab: Tab, title: str) -> None:
    """A preset of the lesson, by its title, its question passed over; wait for its caption."""
    tab.choose("lesson", title)
    tab.page.get_by_role("button", name="just show it").click()
    tab.page.locator(".ex-caption h3", has_text=title).wait_for()
