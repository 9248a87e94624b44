"""The film of a page to hand in: every frame is what the page would draw, each state is there once."""

import numpy as np
import pytest
from bokeh.models.widgets import Div, Slider

from explorer.figures.look import Look
from explorer.frames import Frame, few
from explorer.labs import Lab, labs, shipped
from explorer.labs.sheets import sheet
from explorer.ui.figures import Figures, same
from explorer.ui.playable import MOST, Shot, _states, moving, player, shots

LABS = [lab for lab in labs() if shipped.read(lab)[0]]


def film(lab: Lab, frames: list[Frame] | None = None) -> list[Shot]:
    first = shipped.first(lab)
    found = few(shipped.read(lab)[0], MOST) if frames is None else frames
    return shots(sheet(lab, lab.panels[0]), found, Look(first.of_panel()))


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.name)
def test_every_frame_is_as_it_would_be_drawn(lab: Lab) -> None:
    found = film(lab)
    assert 5 < len(found) <= MOST
    names = moving(found)
    assert names
    for name in {name for shot in found for name in shot.patch}:
        states = _states(found, name)
        assert (name in names) == (len(states["columns"]) > 1)
        for shot, which in zip(found, states["which"], strict=True):
            assert same(states["columns"][which], shot.patch.get(name, {key: [] for key in states["columns"][which]}))
        assert all(not same(a, b) for a, b in zip(states["columns"], states["columns"][1:], strict=False))


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.name)
def test_the_player_stands_at_the_frame_on_the_page_and_holds_only_what_moves(lab: Lab) -> None:
    found, figures = film(lab), Figures(sheet(lab, lab.panels[0]))
    says = {name: Div() for name in figures.models}
    renderers = {each.name: each for model in figures.models.values() for each in model.renderers}
    (made,) = player(found, 3, renderers, says, "white")
    (slider,) = made.select({"type": Slider})
    assert (slider.start, slider.value, slider.end) == (0, 3, len(found) - 1)
    (moved,) = slider.js_property_callbacks["change:value"]
    assert moved.args["states"].keys() == set(moving(found)) & renderers.keys()
    assert moved.args["captions"][3] == moved.args["caption"].text == found[3].caption
    assert all(len(texts) == len(found) for texts in moved.args["said"].values())
    assert moved.args["said"].keys() <= says.keys()


def test_a_film_of_one_frame_has_no_player() -> None:
    found = film(LABS[0])[:1]
    assert player(found, 0, {}, {}, "white") == player([], 0, {}, {}, "white") == []


def test_the_note_of_a_frame_is_text() -> None:
    """A `Div` takes HTML; the caption is escaped where it stands at first, and where the slider brings it."""
    found = [Shot({}, {}, f"step {i}, <b>{i}</b> & more") for i in range(2)]
    (made,) = player(found, 1, {}, {}, "white")
    (slider,) = made.select({"type": Slider})
    (moved,) = slider.js_property_callbacks["change:value"]
    escaped = [f"step {i}, &lt;b&gt;{i}&lt;/b&gt; &amp; more" for i in range(2)]
    assert moved.args["captions"] == escaped
    assert moved.args["caption"].text == escaped[1]


def test_what_is_not_yet_drawn_is_empty() -> None:
    found = [Shot({}, {}, "step 0"), Shot({"a:b": {"x": np.arange(3)}}, {"a": "said"}, "step 1")]
    states = _states(found, "a:b")
    assert states["which"] == [0, 1]
    assert len(states["columns"][0]["x"]) == 0
