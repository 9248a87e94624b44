"""What each view is to somebody who hears it: its parts in their order, and the name of each.

A snapshot names what must be there, in this order; more may stand between. Numbers and sentences are patterns.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

import pytest
from playwright.sync_api import Page, expect

from tools.pages import PATIENCE, Tab, Tabs

#: Whoever hears a page can do nothing with one of these that has no name.
NAMED = ("button", "checkbox", "combobox", "dialog", "heading", "img", "link", "slider", "tab", "textbox")

BAR = """
- heading "explorer" [level=1]
- navigation "labs":
  - link "Live"
  - link "Law"
  - link "Universal"
- button /play|pause/
- button "step"
- button "reset"
- button "new seed"
- slider "frame of the run"
- button "compare"
- button "share"
- button /export/
- button /dark|light/
"""

#: On a phone the scrub bar does what step and reset do. The boxes of the others are laid out as if they were not there
#: (display: contents), which Playwright takes for hidden; the browser's own tree has them, see `heard`.
BAR_OF_A_PHONE = """
- heading "explorer" [level=1]
- navigation "labs":
  - link "Live"
  - link "Law"
  - link "Universal"
- button "compare"
- button "share"
- button /export/
- button /dark|light/
"""

DOTS = """
- navigation "figures":
  - button "Lipschitz constant, figure 1 of 5"
  - button "Training, figure 5 of 5"
  - button /swipe/
"""

SLIDERS = """
- heading "The four sliders" [level=2]
- slider "n points"
- slider "d dimension"
- slider "k width looked at"
- slider "p activation degree"
- heading "Data" [level=2]
- slider "label noise"
- button "own data, .csv or .npz"
- button /Attack/
- button /Pruning/
- button /Widths, seeds, limits/
"""

LESSON = r"""
- region "lesson":
  - text: /\d+ of \d+/
  - combobox "step of the lesson"
  - button "Back, to the step before"
  - button "Next step"
  - paragraph: /./
"""

# each figure under its heading, with the sentence that is under it; of three pictures the first has it
FIGURES = r"""
- heading "Lipschitz constant" [level=2]
- button "Lipschitz constant, large"
- 'img /^Lipschitz constant: Lip of f on the ball\. At k = \d+ .+ at least [\d.]+/'
- heading "Attack success" [level=2]
- button "Attack success, large"
- 'img /^Attack success: share of points flipped\. At k = \d+/'
- heading "Pruning curve" [level=2]
- button "Pruning curve, large"
- 'img /^Pruning curve: MSE\. At k = \d+/'
- heading "The function itself" [level=2]
- button "The function itself, large"
- 'img /^The function itself, picture 1 of 3: .+ [\d.]+ apart/'
- img "The function itself, picture 2 of 3, told with the first"
- img "The function itself, picture 3 of 3, told with the first"
- heading "Training" [level=2]
- button "Training, large"
- 'img /^Training: MSE\. .+\d/'
"""

STORY = """
- heading "What you see" [level=2]
- heading [level=3]
- paragraph
- list:
  - listitem:
    - link
"""

STATUS = r"""
- status: /done · step [\d,]+/
"""


def heard(page: Page) -> list[tuple[str, str]]:
    """Role and name of everything in the browser's own accessibility tree."""
    nodes = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    told = [node for node in nodes if not node.get("ignored")]
    return [(node["role"]["value"], node.get("name", {}).get("value", "")) for node in told]


def holds(page: Page, *parts: str) -> None:
    """The page has these parts, in this order; all in it that needs a name has one, and no level is left out."""
    expect(page.locator("body")).to_match_aria_snapshot("\n".join(parts), timeout=PATIENCE * 1000)
    tree = page.locator("body").aria_snapshot()
    assert nameless(tree) == []
    levels = [int(level) for level in re.findall(r"- heading .*\[level=(\d)\]", tree)]
    assert levels[0] == 1
    assert all(deeper <= level + 1 for level, deeper in pairwise(levels)), levels


def nameless(tree: str) -> list[str]:
    """The lines of a tree that say a role in need of a name and no name."""
    found = rf"^ *- '?(?:{'|'.join(NAMED)})\b(?! \"[^\"]).*$"
    return re.findall(found, tree, re.M)


@pytest.fixture
def live(tabs: Tabs) -> Tab:
    """The shared page of live, as it is at first."""
    return tabs.shared("")


@pytest.fixture(scope="module")
def asked(tabs: Tabs) -> Iterator[Tab]:
    """A page whose lesson asks before it shows: it does so only where it is opened."""
    with tabs.lent(reduced_motion="reduce") as tab:
        tab.page.goto(f"{tab.server.address}/live?quiz=on")
        yield tab


def test_live_has_its_parts_in_the_order_in_which_they_are_read(live: Tab) -> None:
    holds(live.page, BAR, SLIDERS, LESSON, FIGURES, STORY, STATUS)
    assert live.page.locator(".ex-lesson").get_by_role("option").count() == 8


def test_a_choice_has_a_name_and_says_what_is_chosen(live: Tab) -> None:
    expect(live.page.locator(".ex-side")).to_match_aria_snapshot("""
    - group:
      - group "activation":
        - button "rectified" [pressed]
        - button "polynomial" [pressed=false]
        - button "tanh" [pressed=false]
    - group:
      - group "data":
        - button "sphere" [pressed]
    - group:
      - group "trainer":
        - button "adam" [pressed]
    """)


def test_a_phone_has_the_same_parts_and_a_drawer_that_says_whether_it_is_open(live: Tab) -> None:
    drawer = live.page.get_by_role("button", name="controls", exact=True)
    with live.sized(390, 844):
        holds(
            live.page,
            BAR_OF_A_PHONE,
            SLIDERS,
            LESSON,
            FIGURES,
            DOTS,
            STORY,
            STATUS,
            '- button "controls" [expanded=false]',
        )
        told = heard(live.page)
        for role, name in (("button", "play|pause"), ("button", "new seed"), ("slider", "frame of the run")):
            assert [each for kind, each in told if kind == role and re.search(name, each)], name
        assert not [name for _, name in told if name in ("step", "reset")]
        drawer.click()
        holds(live.page, '- button "controls" [expanded]')
        drawer.click()
        holds(live.page, '- button "controls" [expanded=false]')


def test_before_a_class_two_drawers_say_which_of_them_is_open(tabs: Tabs) -> None:
    page = tabs.shared("projector=on").page
    page.locator(".ex-root.ex-projector").wait_for()
    shut = '- button "controls" [expanded=false]\n- button "story" [expanded=false]'
    holds(page, BAR, LESSON, FIGURES, STATUS, shut)
    controls, story = (page.get_by_role("button", name=name, exact=True) for name in ("controls", "story"))
    controls.click()
    holds(page, BAR, SLIDERS, LESSON, STATUS, '- button "controls" [expanded]\n- button "story" [expanded=false]')
    story.click()
    holds(page, BAR, LESSON, STORY, STATUS, '- button "controls" [expanded=false]\n- button "story" [expanded]')
    story.click()
    holds(page, shut)


def test_the_share_box_names_its_link_its_code_and_its_ticks(live: Tab) -> None:
    live.click("share")
    holds(
        live.page,
        r"""
        - dialog "Share what is on screen":
          - heading "Share what is on screen" [level=2]
          - button "close"
          - 'textbox "The link to this view"': /live/
          - status
          - figure "for a phone in the room":
            - img "QR code of the link"
          - group "Locked for students":
            - checkbox "n points" [checked=false]
            - checkbox "d dimension"
            - checkbox "k width looked at"
            - checkbox "p activation degree"
            - checkbox "everything that is folded"
          - group "The lesson":
            - checkbox "ask before it shows (quiz)"
            - checkbox "hide the story"
        """,
    )
    live.page.get_by_role("button", name="close", exact=True).click()
    live.page.get_by_role("dialog").wait_for(state="detached")


def test_a_question_has_its_answers_and_no_figure_gives_one_away(asked: Tab) -> None:
    holds(
        asked.page,
        BAR,
        """
- region "lesson":
  - combobox "step of the lesson"
  - button "Back, to the step before" [disabled]
  - button "Next step"
  - paragraph: /Before it runs. .+/
  - button "steeper"
  - button "about as steep"
  - button "flatter"
  - button "just show it"
- img /^Lipschitz constant. Lip of f on the ball$/
- img /^Attack success. share of points flipped$/
- img /^Pruning curve. MSE$/
- img /^The function itself, picture 1 of 3. .+ Drawn as soon as/
- img /^Training. MSE$/
""",
        STORY,
    )


TABS = """
- tablist:
  - tab "Overview"
  - tab "Grouped"
  - tab "Ladder"
  - tab "Trained"
  - tab "One neuron"
  - tab "Heat map"
  - tab "Degree"
  - tab "Proxy"
  - tab "Circle"
  - tab "Noise"
"""


def test_the_overview_of_law_has_a_figure_of_each_primary_panel(tabs: Tabs) -> None:
    law = tabs.shared("panel=overview&n=24&d=8&widths=8,16,32&k=16&seeds=1", "law")
    figures = """
- heading "n and k" [level=2]
- button "n and k, large"
- 'img /^n and k: .+ cell\\. .+\\d/'
- heading "Grouped construction" [level=2]
- 'img /^Grouped construction: largest gradient\\. ./'
- heading "Ladder" [level=2]
- 'img /^Ladder: .+\\d/'
- heading "Trained networks" [level=2]
- 'img /^Trained networks: .+\\d/'
"""
    shown = TABS.replace('"Overview"', '"Overview" [selected]')
    holds(law.page, BAR, '- heading "The sliders" [level=2]', LESSON, shown, figures, STORY, STATUS)
    expect(law.control("layer")).to_match_aria_snapshot("""
    - group "layer":
      - button "constructions" [pressed=false]
      - button "trained" [pressed]
      - button "floors" [pressed=false]
    """)


def test_a_tab_of_law_has_the_strip_in_words_and_its_figures(tabs: Tabs) -> None:
    law = tabs.shared("panel=ladder&n=30&d=6&k=16", "law")
    shown = TABS.replace('"Ladder"', '"Ladder" [selected]')
    strip = r"""
- img /^n from \d+ to \d+ upwards, k from \d+ to \d+ rightwards$/
- paragraph: /You are here/
- button "open overview"
"""
    figures = r"""
- heading "Ladder" [level=2]
- button "Ladder, large"
- 'img /^Ladder: .+ between [\d.]+ and [\d.]+\./'
- heading "What each step loses" [level=2]
- 'img /^What each step loses: .+ [\d.]+ apart/'
"""
    holds(law.page, BAR, '- heading "The sliders" [level=2]', LESSON, shown, strip, figures, STATUS)
