"""What tests read is on the page; a report of one that goes wrong tells what of it is not what the browser was told."""

from tests.browser.test_law import CASES
from tools.pages import Tabs
from tools.report import shown

LOST = ("a text shows", "never drawn", "lipschitz:")
#: A row of a source goes, and no view hears of it.
SILENT = """() => {
  const source = explorer.source('lipschitz:upper')
  const data = Object.fromEntries(Object.entries(source.data).map(([name, column]) => [name, column.slice(1)]))
  source.setv({ data }, { silent: true })
}"""


def test_a_report_has_the_words_of_a_page_and_what_its_views_have_lost(tabs: Tabs, small: str) -> None:
    page = tabs.new().open(small).page
    said = page.locator(".ex-say-lipschitz .say")
    lead = said.locator("b").inner_text()
    lines = shown(page)
    assert any(line.startswith("status: done") for line in lines)
    assert any(line.startswith(f"ex-say-lipschitz: {lead}") for line in lines)
    assert [line for line in lines if line.startswith(LOST)] == []
    said.evaluate("(node) => { node.textContent = 'of another run' }")
    page.evaluate(SILENT)
    text, source = sorted(line for line in shown(page) if line.startswith(LOST))
    assert text.startswith('a text shows "of another run", its model p')
    assert lead in text
    assert source == "lipschitz:upper has drawn 3 rows of 2"


def test_what_has_left_a_page_is_not_read(tabs: Tabs) -> None:
    one, other = CASES["grouped"], CASES["ladder"]
    tab = tabs.shared(f"panel=grouped&{one.query}", "law")
    assert tab.rows(one.sources[0]) > 0
    tab.turn(f"panel=ladder&{other.query}")
    assert tab.rows(other.sources[0]) > 0
    assert tab.rows(one.sources[0]) == 0
    assert not any(line.startswith(LOST) for line in shown(tab.page))
