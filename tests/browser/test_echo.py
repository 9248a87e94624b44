"""What a component writes back of what it was told before is nobody's wish, and what somebody types is."""

from tools.pages import Tab

#: The server tells these values, one after the other; the component has drawn one of them, and writes that back.
ECHO = """([told, drawn]) => {
  const { data } = explorer.models().find((model) => model.data && model.css_classes.includes('ex-widths'))
  for (const value of told) data.setv({ value, value_input: value }, { sync: false })
  data.setv({ value: drawn })
  return data.value
}"""


def test_a_value_that_is_told_no_more_is_not_taken_for_a_wish(tab: Tab) -> None:
    assert tab.page.evaluate(ECHO, [["4,6", "4,7"], "4,6"]) == "4,7"
    assert tab.page.evaluate(ECHO, [["4,7", "4,6", "4,7"], "4,6"]) == "4,7"
    field = tab.control("widths").locator("input")
    if not field.is_visible():  # whoever was on this page before may have left it open
        tab.page.locator(".ex-fold button", has_text="Widths").click()
    field.fill("4,6")
    field.press("Enter")
    tab.page.wait_for_url("**widths=4,6&**")
    tab.until_done()
