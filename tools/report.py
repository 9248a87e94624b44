"""What a failure of a page needs to be understood. For tests."""

from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Error, Page

SHOWN = Path(__file__).with_suffix(".js").read_text("utf-8")
TAIL = 60  # lines of log and console that a failure shows


def report(page: Page, console: Sequence[str], folder: Path) -> str:
    """Address, words and end of the console; the picture goes into `folder`."""
    if page.is_closed():
        return "\n".join([f"page: {page.url}, closed", "console:", *console[-TAIL:]])
    picture = folder / f"page-{len(list(folder.glob('page-*')))}.png"
    page.screenshot(path=picture)
    return "\n".join([f"page: {page.url}", f"screenshot: {picture}", *shown(page), "console:", *console[-TAIL:]])


def shown(page: Page) -> list[str]:
    """Status line, notices and sentences as they stand there; texts and figures that are not what their models say.

    Those a view has lost. What the models lack, too, the server has not decided, or it was lost on the way.
    """
    try:
        return page.evaluate(f"() => {{ {SHOWN}\n return report() }}")
    except Error as error:  # a page that never came as far
        return [f"what the page shows cannot be read: {error.message.splitlines()[0]}"]
