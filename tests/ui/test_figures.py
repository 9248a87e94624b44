"""The figures of one session: copies of what was rendered once, sharing nothing with another session's."""

from copy import copy

import numpy as np
from bokeh.events import Pan, Tap
from bokeh.models.glyphs import Glyph, Text

from explorer.figures.figure import Axis, Figure
from explorer.figures.layout import Part, Sheet, Slot
from explorer.figures.look import Look
from explorer.figures.marks import Image, ShadedDots
from explorer.figures.palette import colour
from explorer.frames import Tables
from explorer.labs import find
from explorer.labs.live.overview import figure as live
from explorer.labs.sheets import sheet
from explorer.ui.figures import Figures


def ids(figures: Figures) -> set[str]:
    """Of every model of these figures."""
    return {model.id for figure in figures.models.values() for model in figure.references()}


def column(figures: Figures, source: str) -> list:
    """The column x of a source."""
    found = [r.data_source for figure in figures.models.values() for r in figure.renderers if r.name == source]
    return list(found[0].data["x"])


def test_no_model_is_shared_by_two_sessions() -> None:
    assert not ids(Figures(live.SHEET)) & ids(Figures(live.SHEET))  # two cells of one notebook live in one document


def test_a_mark_is_one_glyph() -> None:
    """HoloViews gives it four, of which three are never drawn: a fifth of the models of a page."""
    for figure in Figures(live.SHEET).models.values():
        glyphs = [model for model in figure.references() if isinstance(model, Glyph)]
        assert len(glyphs) == len(figure.renderers)


def test_what_one_session_draws_no_other_sees() -> None:
    one, other = Figures(live.SHEET), Figures(live.SHEET)
    patch = {"lipschitz:upper": {"x": np.array([8.0, 16.0]), "y": np.array([2.0, 1.0])}}
    assert one.apply(patch) == ["lipschitz:upper"]
    assert one.apply(patch) == []  # nothing new, nothing sent
    assert (column(one, "lipschitz:upper"), column(other, "lipschitz:upper")) == ([8.0, 16.0], [])


def test_what_is_the_same_is_not_sent_again_also_where_it_is_unknown() -> None:
    figures, half, words = Figures(live.SHEET), np.array([1.0, np.nan]), np.array(["nan", "b"])
    patch = {
        "lipschitz:upper": {"x": [1, 2], "y": half},
        "attack:all": {"xs": [half, half[:1]], "ys": [[1.0, np.nan], [2.0]], "color": ["#fff", "#000"]},
        "training:text": {"x": half, "text": words, "color": ["a", "b"]},
    }
    sent = []
    for figure in figures.models.values():
        for renderer in figure.renderers:
            renderer.data_source.on_change("data", lambda attr, old, new: sent.append(new))
    for turn in range(3):
        again = {name: {c: copy(values) for c, values in columns.items()} for name, columns in patch.items()}
        assert figures.apply(again) == ([] if turn else list(patch))
    assert len(sent) == 3
    assert figures.apply({"lipschitz:upper": {"x": [1, 2], "y": [np.nan, 1.0]}}) == ["lipschitz:upper"]
    assert figures.apply({"training:text": {"x": half, "text": ["b", "nan"], "color": ["a", "b"]}}) == ["training:text"]


def test_a_picture_comes_with_the_ends_of_its_colours_whoever_draws_it() -> None:
    picture = Image("image", np.ones((2, 2)), 0, 0, 1, 1, limits=(-3.0, 5.0))

    def draw(tables: Tables, look: Look) -> list[Figure]:
        return [Figure("map", [picture if tables else Image("image")])]

    part = Part(("map",), draw)
    figures = Figures(Sheet((Slot("map", "", ""),), (part,), draw({}, Look(None))))
    mapper = figures.models["map"].renderers[0].glyph.color_mapper
    figures.apply(part.patch({"t": {}}, Look(None)))
    assert (mapper.low, mapper.high) == (-3, 5)
    figures.apply(part.patch({}, Look(None)))
    assert (mapper.low, mapper.high) == (-3, 5)  # of nothing there are none


def test_a_tap_or_a_drag_picks_the_nearest_of_the_mark_that_is_picked_from() -> None:
    figures, picked = Figures(live.SHEET), []
    figures.on_pick(lambda setting, value: picked.append((setting, value)))
    model = figures.models["lipschitz"]

    def at(x: object, event: type[Tap | Pan]) -> list:
        picked.clear()
        model._trigger_event(event(model, x=x, y=1.0))
        return list(picked)

    assert at(8.0, Tap) == []  # nothing is drawn so far
    figures.apply({"lipschitz:lower": {"x": np.array([4, 64, 512])}})
    for event in (Tap, Pan):
        assert at(17.0, event) == [("k_shown", 64)]  # on a logarithmic axis
        assert at(15.0, event) == [("k_shown", 4)]
        assert at(-3.0, event) == [("k_shown", 4)]
        assert [at(x, event) for x in (None, "8", float("nan"), float("inf"))] == [[]] * 4
    other = figures.models["attack"]
    other._trigger_event(Tap(other, x=8.0, y=1.0))
    assert at(600.0, Tap) == [("k_shown", 512)]


def test_a_tap_or_a_drag_in_the_plane_picks_the_place_itself() -> None:
    figures, picked = Figures(live.SHEET), []
    figures.on_pick(lambda setting, value: picked.append((setting, value)))
    for name in ("f", "slope", "neurons"):
        for event in (Tap, Pan):
            model = figures.models[name]
            model._trigger_event(event(model, x=0.123456, y=-1))
    assert picked == [("at", (0.123, -1.0))] * 6
    for x, y in ((None, 0.0), (0.0, "1"), (float("nan"), 0.0), (0.0, float("inf"))):
        model._trigger_event(Tap(model, x=x, y=y))
    assert len(picked) == 6


def test_a_tap_chooses_the_dot_that_is_nearest_in_both_directions() -> None:
    dots = ShadedDots("dots", tip=[("network", "@net")])

    def draw(tables: Tables, look: Look) -> list[Figure]:
        return [Figure("cloud", [dots], Axis(), Axis(log=True), choose={"dots": "net"})]

    figures, picked = Figures(Sheet((Slot("cloud", "", ""),), (), draw({}, Look(None)))), []
    figures.on_pick(lambda setting, value: picked.append((setting, value)))
    model = figures.models["cloud"]

    def at(x: object, y: object) -> list:
        picked.clear()
        model._trigger_event(Tap(model, x=x, y=y))
        return list(picked)

    assert at(0.5, 1.0) == []  # nothing is drawn so far
    place = {"x": np.array([0.0, 1.0, 1.0, np.nan]), "y": np.array([1.0, 1.0, 100.0, 10.0])}
    figures.apply({"cloud:dots": place | {"net": np.array([7, 8, 9, 10]), "color": ["#000000"] * 4}})
    assert [at(x, y) for x, y in ((0.4, 1.0), (0.6, 9.0), (0.9, 11.0), (0.1, 50.0))] == [
        [("net", net)] for net in (7, 8, 9, 7)
    ]
    assert [at(*p) for p in ((None, 1.0), (0.5, "1"), (float("nan"), 1.0), (0.5, -1.0))] == [[]] * 4


def test_a_drag_in_the_pruning_curve_picks_the_share_that_is_kept() -> None:
    figures, picked = Figures(live.SHEET), []
    figures.on_pick(lambda setting, value: picked.append((setting, value)))
    figures.apply({"pruning:chosen": {"x": np.array([0.0, 0.5, 1.0])}})
    figures.models["pruning"]._trigger_event(Pan(figures.models["pruning"], x=0.7, y=1.0))
    assert picked == [("kept", 0.5)]


def test_what_has_two_colours_keeps_both_under_either_theme() -> None:
    figures = Figures(live.SHEET)
    for theme in ("dark", "light"):
        figures.paint(theme)
        glyphs = {r.name: r.glyph for figure in figures.models.values() for r in figure.renderers}
        ring, label = glyphs["lipschitz:unfit"], glyphs["f:minus"]
        assert (ring.line_color, ring.fill_color) == (colour("found", theme), colour("paper", theme))
        assert (label.line_color, label.fill_color) == (colour("paper", theme), colour("minus", theme))


def test_where_fingers_touch_a_drag_swipes_and_only_a_tap_picks() -> None:
    figures, picked = Figures(live.SHEET), []
    figures.on_pick(lambda *told: picked.append(told))
    model = figures.models["f"]
    for taps, events in ((False, 2), (True, 3)):
        figures.taps_only = taps
        for kind in (Tap, Pan):
            model._trigger_event(kind(model, sx=0, sy=0, x=0.1, y=0.2))
        assert len(picked) == events


def test_rows_too_close_for_them_lose_their_labels() -> None:
    law = find("law")
    panel = next(panel for panel in law.panels if panel.slug == "ladder")
    figures = Figures(sheet(law, panel))
    texts = {name: [r for r in figures.models[name].renderers if isinstance(r.glyph, Text)] for name in figures.models}
    assert texts["ladder"]
    for height, seen in ((140, {"ladder": False, "ladder-gaps": True}), (420, dict.fromkeys(texts, True))):
        for name in texts:
            figures.resize(name, height)
            assert {text.visible for text in texts[name]} == {seen[name]}
