"""No label of a figure leaves its figure, is cut off, or crosses another: on a desk's screen and on a phone's."""

import holoviews as hv
import pytest
from bokeh.embed import file_html
from bokeh.resources import INLINE

from explorer.figures.marks import Axis, Figure, Line
from explorer.figures.render import overlay
from explorer.figures.texts import Labels
from explorer.labs.law import LAB as LAW
from explorer.labs.live import LAB as LIVE
from tests.browser.test_law import CASES
from tools import labels
from tools.pages import Tab, Tabs

DESK, PHONE = (1440, 900), (390, 844)
SIZES = (DESK, (1280, 720), (1024, 768), PHONE)
PRESETS = [(lab.name, preset.name) for lab in (LIVE, LAW) for preset in lab.presets]


@pytest.fixture(scope="module")
def read(tabs: Tabs) -> Tab:
    """A page whose labels can be read."""
    tab = tabs.new()
    tab.page.add_init_script(labels.RECORDER)
    return tab


def faults(tab: Tab, *sizes: tuple[int, int]) -> list[str]:
    """What is wrong on the page as it is, at each of these sizes."""
    found = []
    for width, height in sizes:
        tab.page.set_viewport_size({"width": width, "height": height})
        texts = labels.read(tab.page)
        assert all(texts[name] for name in texts if name not in ("f", "slope"))  # every figure has ticks at least
        found += [f"{width}: {name}: {fault}" for name in texts for fault in labels.faults(texts[name])]
        found += [f"{width}: heading {words!r} is cut off" for words in labels.cut_headings(tab.page)]
    return found


def test_the_checker_sees_what_is_cut_off_and_what_crosses() -> None:
    clip = (0.0, 0.0, 100.0, 50.0)
    whole, cut, crossing = ((5, 5, 40, 15), (80, 5, 120, 15), (30, 10, 60, 20))
    texts = [labels.Text(text, box, clip) for text, box in (("a", whole), ("b", cut), ("c", crossing))]
    assert labels.faults(texts) == ["'b' is cut off by 20 px", "'a' crosses 'c'"]


@pytest.mark.parametrize(("rows", "kept"), [(1, 1), (5, 5), (100, 5)])
def test_labels_of_one_point_stand_below_each_other_and_those_without_room_go(tabs: Tabs, rows: int, kept: int) -> None:
    drawn = hv.render(overlay(Figure("x", [Line("line"), Labels("text")], Axis("x"))), backend="bokeh")
    sources = {renderer.name: renderer.data_source for renderer in drawn.renderers}
    sources["x:line"].data = {"x": [0.0, 1.0], "y": [0.0, 1.0]}
    columns = {"x": 1.0, "y": 1.0, "text": "a long name", "color": "black", "align": "left", "dx": 8.0, "dy": 0.0}
    sources["x:text"].data = {name: [value] * rows for name, value in columns.items()}
    page = tabs.new(viewport={"width": 400, "height": 300}).page
    page.add_init_script(labels.RECORDER)
    page.goto("about:blank")
    page.set_content(file_html(drawn, INLINE))
    texts = labels.read(page)["x"]
    assert labels.faults(texts) == []
    assert sum(text.text == "a long name" for text in texts) == kept


def test_what_a_first_visitor_of_live_sees(read: Tab) -> None:
    read.open("", "live")
    texts = labels.read(read.page)
    assert set(texts) == {"lipschitz", "attack", "pruning", "f", "slope", "training"}
    assert {"≤ certified", "≥ found", "width k"} <= {each.text for each in texts["lipschitz"]}
    (found,) = (each for each in texts["lipschitz"] if each.text == "≥ found")
    assert found.clip[0] < found.box[0] < found.box[2] < found.clip[2]
    assert 30 < found.box[2] - found.box[0] < 80  # a word of seven letters, 11 px high
    assert faults(read, DESK, PHONE) == []


def test_what_a_first_visitor_of_law_sees(read: Tab) -> None:
    read.open("", "law")
    assert faults(read, DESK, PHONE) == []


@pytest.mark.parametrize("slug", [slug for slug in CASES if slug != "overview"])
def test_every_panel(read: Tab, slug: str) -> None:
    read.open(f"panel={slug}&{CASES[slug].query}", "law")
    assert faults(read, DESK, PHONE) == []


@pytest.mark.walk
@pytest.mark.parametrize(("lab", "preset"), PRESETS, ids=["-".join(each) for each in PRESETS])
def test_every_preset(read: Tab, lab: str, preset: str) -> None:
    read.open(f"preset={preset}", lab)
    assert faults(read, *SIZES) == []
