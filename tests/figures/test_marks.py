"""The grammar of figures: what follows from marks alone, and run A drawn by the same function."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import holoviews as hv
import numpy as np
import pytest
from bokeh.models import GlyphRenderer, HoverTool

from explorer.figures.columns import filled, patch, pictures, roles
from explorer.figures.figure import Axis, Figure
from explorer.figures.look import Look
from explorer.figures.marks import (
    Band,
    Dots,
    Image,
    Line,
    Lines,
    Mark,
    Pin,
    PinDots,
    PinStems,
    Rectangles,
    Segments,
    Stems,
)
from explorer.figures.palette import colour, contrast, on_scale, rgb, stops
from explorer.figures.render import overlay
from explorer.figures.tables import dodged
from explorer.figures.texts import Inside, Label, Labels, Margin, PinMargin
from explorer.frames import Tables
from tests.figures import drawn
from tests.figures.fixed import fixed

X, Y = np.array([1.0, 2.0, 4.0]), np.array([3.0, 5.0, np.nan])
TIP = [("seed", "@seed{%d}"), ("found", "@y{%.3g}")]
EVERY: Sequence[Mark] = (
    Rectangles("cells", X, 2 * X, X, 2 * X, [0.0, 1.0, np.nan], tip=TIP, hover={"seed": X, "y": Y}),
    Band("band", X, Y, Y + 1, "found"),
    Line("line", X, Y, "law", dash="dashed"),
    Pin("pin", X, Y),
    Lines("lines", [X, X], [Y, X], shade=[0.0, 1.0]),
    Dots("dots", X, Y, "found", tip=TIP, hover={"seed": np.arange(3), "other": X}),
    Inside("numbers", X, X, ["a", "b", "×"], [0.0, 1.0, np.nan]),
    Labels("text", [Label(X, Y, "end", "law", 9), Label(X, Y * np.nan, "nowhere")]),
    Stems("stems", X, X, Y, "found"),
    PinStems("pin-stems", X, X, Y),
    PinDots("pin-dots", X, Y),
    Margin("margin", [Label(X, Y, "≥ found", "found")]),
    PinMargin("pin-margin", [Label(X, Y, "A, pinned", "pinned")]),
    Segments("segments", X, X, Y, Y, ["plus", "minus", "law"], X, X / 4, tip=TIP[:1], hover={"seed": X}),
)
NAMES = [mark.name for mark in EVERY]


def draw(tables: Tables, look: Look) -> list[Figure]:
    """A line through a table, and its pinned run."""
    table = tables.get("t", {"x": np.zeros(0), "y": np.zeros(0)})
    return [
        Figure("f", [Line("line", table["x"], table["y"], "found"), Pin("pin", table["x"], table["y"] * look.settings)])
    ]


def column(mark: Mark, name: str, theme: str = "light") -> list:
    return list(mark.columns(theme)[name])


@pytest.fixture(scope="module")
def renderers() -> dict[str, GlyphRenderer]:
    fig = hv.render(overlay(Figure("f", EVERY, Axis("x", log=True), Axis(ends=(0, None)))), backend="bokeh")
    assert fig.y_range.start == 0
    return {renderer.name: renderer for renderer in fig.renderers} | {"": fig}


def test_a_figure_declares_the_sources_that_its_marks_fill(renderers: dict[str, GlyphRenderer]) -> None:
    patched = patch(lambda tables, look: [Figure("f", EVERY)], {}, Look(None))
    assert [r.name for r in drawn.marks(renderers[""])] == list(patched) == [f"f:{name}" for name in NAMES]
    for name, columns in patched.items():
        glyph, source = renderers[name].glyph, renderers[name].data_source
        assert source.name == name
        read = {value for prop in glyph.dataspecs() if isinstance(value := getattr(glyph, prop), str)}
        assert read & {*source.column_names} <= columns.keys(), name
        assert len({len(values) for values in columns.values()}) == 1, name


def test_hovering_tells_what_the_tip_names(renderers: dict[str, GlyphRenderer]) -> None:
    tips = {r.name: tool for tool in renderers[""].tools if isinstance(tool, HoverTool) for r in tool.renderers}
    assert tips.keys() == {"f:cells", "f:dots", "f:segments"}
    columns = EVERY[5].columns("light")
    assert {*re.findall(r"@(\w+)", str(tips["f:dots"].tooltips))} == columns.keys() - {"x"}  # no other column is sent


def test_marks_are_drawn_as_they_say() -> None:
    """Beside the defaults, with which nothing else could be told from what is left out."""
    marks = [
        Image("picture", scale="sequential"),
        Line("line", width=3, alpha=0.4, dash="dotted"),
        Lines("lines", width=4),
        Dots("ring", size=9, hollow=True),
        Dots("dot"),
        Dots("bar", marker="dash"),
        Dots("rim", role="plus", edge="paper", fill="found"),
        Image("pale", alpha=0.3),
        Segments("segments"),
        Line("walk", walked=True),
    ]
    fig = hv.render(overlay(Figure("f", marks)), backend="bokeh")
    picture, line, lines, ring, dot, bar, rim, pale, segments, walk = (renderer.glyph for renderer in drawn.marks(fig))
    assert picture.color_mapper.palette == list(stops("sequential", "light"))
    assert (line.line_width, line.line_alpha, line.line_dash) == (3, 0.4, [2, 4])
    assert lines.line_width == 4
    assert (ring.size, ring.fill_alpha, dot.size, dot.fill_alpha) == (9, 0, 5, 1)
    assert (dot.marker, bar.marker) == ("circle", "dash")
    assert (picture.global_alpha, pale.global_alpha) == (1, 0.3)
    assert (segments.line_color, segments.line_width, segments.line_alpha) == ("color", "width", "alpha")
    assert (line.x, line.y) == ("x", "y")
    assert [(spec.field, spec.transform.args["across"]) for spec in (walk.x, walk.y)] == [("x", True), ("y", False)]
    assert (rim.line_color, rim.fill_color) == (colour("paper", "light"), colour("found", "light"))


def test_lines_of_the_grid_stand_where_the_numbers_of_the_axes_do() -> None:
    for x, y in ((Axis("x", log=True), Axis(log=True)), (Axis("x", log=True, ticks=(1, 2)), Axis(names=("a", "b")))):
        fig = hv.render(overlay(Figure("f", [Line("line", X, Y)], x, y)), backend="bokeh")
        assert [grid.ticker for grid in (*fig.xgrid, *fig.ygrid)] == [axis.ticker for axis in (*fig.xaxis, *fig.yaxis)]


def test_a_picture_is_sent_as_it_is() -> None:
    pixels = np.arange(6.0).reshape(2, 3)
    columns = Image("i", pixels, 1, 2, 3, 4).columns("light")
    assert columns.pop("image")[0].tolist() == pixels.tolist()
    assert columns == {"x": [1], "y": [2], "dw": [3], "dh": [4], "limits": [(-1, 1)]}


@pytest.mark.parametrize("kind", [type(mark) for mark in EVERY] + [Image])
def test_a_mark_of_nothing_has_empty_columns(kind: type[Mark]) -> None:
    columns = kind("name").columns("dark")
    assert columns
    assert all(len(values) == 0 for values in columns.values())


@pytest.mark.parametrize("mark", EVERY, ids=NAMES)
def test_tables_change_columns_only(mark: Mark) -> None:
    same = {f: getattr(mark, f) for f in ("role", "dash", "tip") if hasattr(mark, f) and f not in mark.data}
    assert fixed(type(mark)(mark.name, **same)) == fixed(mark)
    assert fixed(type(mark)("other", **same)) != fixed(mark)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_colours_are_those_of_the_theme(theme: str) -> None:
    assert column(Lines("l", [X, X], [Y, Y], shade=[0, 1]), "color", theme) == on_scale([0, 1], "widths", theme)
    assert column(Lines("l", [X, X], [Y, Y], "law"), "color", theme) == [colour("law", theme)] * 2
    assert column(Lines("l", [X, X], [Y, Y], ["law", "ink"]), "color", theme) == [
        colour(r, theme) for r in ("law", "ink")
    ]
    assert column(EVERY[0], "color", theme)[2] == colour("faint", theme)
    assert column(Labels("t", [Label(1, 1, "a", "found"), Label(1, 1, "b", shade=1.0)]), "color", theme) == [
        colour("found", theme),
        on_scale([1.0], "widths", theme)[0],
    ]
    inks = column(EVERY[6], "color", theme)
    behind = on_scale([0.0, 1.0], "sequential", theme)
    assert all(contrast(rgb(ink), rgb(hue)) >= 4.5 for ink, hue in zip(inks[:2], behind, strict=True))
    assert inks[2] == colour("law", theme)


def test_a_label_stands_at_the_last_known_point_of_its_line() -> None:
    columns = EVERY[7].columns("light")
    assert (columns["x"], columns["y"], columns["text"], columns["dy"]) == ([2.0], [5.0], ["end"], [-9])


def test_a_band_goes_along_the_lower_line_and_back_along_the_upper() -> None:
    columns = Band("b", [1, 2], [3, 4], [5, 6]).columns("light")
    assert (columns["x"].tolist(), columns["y"].tolist()) == ([1, 2, 2, 1], [3, 4, 6, 5])


def test_run_a_is_drawn_by_the_same_function_from_its_own_tables_and_settings() -> None:
    shown, kept = ({"t": {"x": x, "y": x}} for x in (X, 2 * X))
    alone = patch(draw, shown, Look(1))
    assert len(alone["f:pin"]["x"]) == 0
    beside = patch(draw, shown, Look(1, "dark", kept, 10))
    assert beside["f:line"]["y"].tolist() == X.tolist()
    assert beside["f:pin"]["y"].tolist() == (20 * X).tolist()
    assert len(patch(draw, {}, Look(1, "light", {}, 10))["f:pin"]["x"]) == 0


def test_whoever_draws_knows_of_one_run_only() -> None:
    seen = []

    def told(tables: Tables, look: Look) -> list[Figure]:
        seen.append((look.settings, look.pinned, look.pinned_settings))
        return draw(tables, look)

    patch(told, {}, Look(1, "light", {}, 10))
    assert sorted(seen) == [(1, None, None), (10, None, None)]


def test_what_is_not_ready_is_left_alone() -> None:
    assert patch(
        lambda tables, look: [Figure("f", EVERY, ready=False), Figure("g", EVERY[:1])], {}, Look(None)
    ).keys() == {"g:cells"}


def test_roles_scales_and_limits_follow_from_the_marks() -> None:
    figures = [Figure("f", EVERY), Figure("g", [Image("i", X[None], limits=(0, 4), scale="sequential")])]
    assert roles(figures) == {"f:band": "found", "f:line": "law", "f:pin": "pinned", "f:dots": "found"} | {
        "f:stems": "found",
        "f:pin-stems": "pinned",
        "f:pin-dots": "pinned",
    }
    assert pictures(figures) == {"g:i": "sequential"}
    assert filled(figures, "light")["g:i"]["limits"] == [(0, 4)]


def test_a_new_kind_of_mark_in_one_role_is_coloured_like_the_others() -> None:
    @dataclass(frozen=True)
    class Bars(Mark):
        role: str = "found"

    assert roles([Figure("f", [Bars("bars"), Bars("loose", "loose")])]) == {"f:bars": "found", "f:loose": "loose"}


def test_names_are_unique_and_picks_are_of_marks() -> None:
    with pytest.raises(ValueError, match="f: two marks have one name"):
        Figure("f", [Line("a"), Dots("a")])
    with pytest.raises(ValueError, match="f: no mark b to pick from"):
        Figure("f", [Line("a")], pick={"b": "k_shown"})
    with pytest.raises(TypeError, match="no way to draw a Mark"):
        overlay(Figure("f", [Mark("a")]))


def test_a_stem_stands_upright() -> None:
    columns = Stems("s", [1, 2], [3, 4], [5, 6]).columns("light")
    assert columns == {"x": [1, 2], "y": [3, 4], "x1": [1, 2], "y1": [5, 6]}


def test_segments_have_each_their_own_colour_width_and_alpha() -> None:
    columns = Segments("s", [1, 2], [3, 4], [5, 6], [7, 8], ["plus", "law"], [1, 4], [0.5, 1]).columns("dark")
    ends = {"x": [1, 2], "y": [3, 4], "x1": [5, 6], "y1": [7, 8]}
    look = {"width": [1, 4], "alpha": [0.5, 1], "color": [colour("plus", "dark"), colour("law", "dark")]}
    assert columns == ends | look


def test_a_square_ends_where_its_picture_does() -> None:
    """A line may lead out of it; where there is no picture everything counts."""
    marks = [Image("i", X[None], 0, 0, 1, 1), Line("l", X, Y)]
    picture, plain = (
        hv.render(overlay(Figure("f", some, square=True)), backend="bokeh") for some in (marks, marks[1:])
    )
    assert [r.name for r in picture.x_range.renderers] == [r.name for r in picture.y_range.renderers] == ["f:i"]
    assert [r.name for r in plain.x_range.renderers] == ["f:l"]
    assert not picture.ygrid[0].visible  # it would shine through a pale picture


def test_marks_of_run_a_are_empty_without_one() -> None:
    figures = [Figure("f", EVERY)]
    pins = {figures[0].source(mark) for mark in EVERY if mark.pinned}
    assert pins == {f"f:{name}" for name in ("pin", "pin-stems", "pin-dots", "pin-margin")}
    alone, beside = filled(figures, "light"), filled(figures, "light", figures)
    for pin in pins:
        assert all(len(values) == 0 for values in alone[pin].values())
        assert all(len(values) > 0 for values in beside[pin].values())


def test_labels_in_the_margin_are_outside_of_the_axes_with_a_line_each(renderers: dict[str, GlyphRenderer]) -> None:
    text = renderers["f:margin"]
    assert text.level == "annotation"  # what stands below is cut off at the axes
    lines = [r for r in renderers[""].renderers if not r.name and r.data_source is text.data_source]
    assert [type(line.glyph).__name__ for line in lines] == ["Segment"]
    assert renderers[""].min_border_right > 80
    assert all(r.level != "annotation" for name, r in renderers.items() if name and "margin" not in name)


def test_networks_of_one_width_stand_beside_each_other_and_of_two_widths_apart() -> None:
    k, seed = np.repeat([8, 12, 512], 3), np.tile([0, 1, 5], 3)
    x = dodged(k, seed)
    assert (np.diff(x) > 0).all()
    assert x[1::3].tolist() == [8, 12, 512]
    gaps = np.diff(np.log(x)).round(9)
    assert len({*gaps[[0, 1, 3, 4, 6, 7]]}) == 1  # one distance within all widths
    assert gaps[2] > gaps[0]
    assert dodged(np.array([4]), np.array([7])).tolist() == [4]
    assert len(dodged(np.zeros(0), np.zeros(0))) == 0


def test_a_line_of_a_family_tells_whose_it_is() -> None:
    tip = [("width k", "@k{%d}"), ("error", "$y{0.00}")]
    mark = Lines("l", [X, X], [X, Y], shade=[0, 1], tip=tip, hover={"k": np.array([8, 16]), "seed": np.arange(2)})
    columns = mark.columns("light")
    assert columns.keys() == {"xs", "ys", "color", "k"}
    assert list(columns["k"]) == [8, 16]
    fig = hv.render(overlay(Figure("f", [mark])), backend="bokeh")
    (tool,) = (tool for tool in fig.tools if isinstance(tool, HoverTool))
    assert tool.renderers == [fig.renderers[0]]
