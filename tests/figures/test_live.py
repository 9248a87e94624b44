"""The live lab's figures: declared once, patched from tables, and put into words."""

import re
from collections.abc import Mapping

import holoviews as hv
import numpy as np
import pytest
from bokeh.models import DataRange1d, GlyphRenderer, HoverTool, Model

from explorer.figures.columns import filled, pictures, roles
from explorer.figures.layout import Key
from explorer.figures.look import Look, Patch
from explorer.figures.palette import ROLES, SCALES, colour, on_scale, spaced
from explorer.figures.render import overlay
from explorer.frames import Columns, Tables
from explorer.labs import shipped
from explorer.labs.live import LAB
from explorer.labs.live.overview import LiveSettings
from explorer.labs.live.overview import figure as live
from explorer.labs.live.overview.closer import draw_plane
from explorer.labs.live.overview.curves import key, threshold
from explorer.labs.live.overview.plane_words import plane_sentence
from explorer.labs.live.overview.words import sentences
from tests.figures.drawn import marks
from tests.figures.fixed import fixed

FILM, CLOSER = shipped.read(LAB)
TABLES = FILM[-1].tables
LOOK = Look(LiveSettings.make())


def patch(tables: Tables, look: Look) -> Patch:
    """New columns of all parts."""
    return {source: columns for part in live.SHEET.parts for source, columns in part.patch(tables, look).items()}


def plane(found: Columns) -> Patch:
    """New columns of the closer look."""
    return filled(draw_plane(found), "light")


@pytest.fixture(scope="module")
def figures() -> dict[str, Model]:
    """Rendered, by slot."""
    return {name: hv.render(overlay(figure), backend="bokeh") for name, figure in live.SHEET.figures.items()}


@pytest.fixture(scope="module")
def renderers(figures: dict[str, Model]) -> dict[str, GlyphRenderer]:
    found = [renderer for figure in figures.values() for renderer in marks(figure)]
    named = {renderer.name: renderer for renderer in found}
    assert len(named) == len(found), "every source has a name of its own"
    return named


def unknown(tables: Tables) -> dict[str, dict[str, np.ndarray]]:
    """The same tables with every measured number unknown."""
    keys = ("k", "seed", "step", "eps", "kept", "law")

    def lost(column: str, values: np.ndarray) -> np.ndarray:
        if column == "fits":
            return np.zeros(len(values), bool)
        return values if column in keys else np.full(len(values), np.nan)

    return {name: {c: lost(c, values) for c, values in table.items()} for name, table in tables.items()}


def only(tables: Tables, k: int, seed: int | None = None) -> dict[str, dict[str, np.ndarray]]:
    """The rows of one width, and one seed."""
    chosen = {n: (t["k"] == k) & ((seed is None) | (t["seed"] == (seed or 0))) for n, t in tables.items()}
    return {name: {c: values[chosen[name]] for c, values in table.items()} for name, table in tables.items()}


def looks() -> list[Look]:
    far = LiveSettings.make(widths=(3, 999), k_shown=999)
    relative = LiveSettings.make(prune_rule="relative", data="gaussian")
    real = LiveSettings.make(data="digits")
    return [
        LOOK,
        Look(LOOK.settings, "dark", TABLES, LOOK.settings),
        Look(far, "dark", unknown(TABLES), far),
        Look(relative),
        Look(real),
    ]


# Sources -----------------------------------------------------------------------------------------------------------


def test_every_slot_has_a_figure_and_every_figure_a_slot(figures: dict[str, Model]) -> None:
    assert sorted(figures) == sorted(figure.name for figure in live.SHEET.blank)
    assert [slot.name for slot in live.SHEET.slots if slot.pending] == ["plane"]


@pytest.mark.parametrize("look", looks(), ids=range(5))
def test_every_source_is_patched_and_every_patch_has_a_source(look: Look, renderers: dict[str, GlyphRenderer]) -> None:
    patched = patch(TABLES, look) | plane(CLOSER)
    assert patched.keys() == renderers.keys()


@pytest.fixture(scope="module")
def read(figures: dict[str, Model], renderers: dict[str, GlyphRenderer]) -> dict[str, set[str]]:
    """The columns of each source that its glyph and its tip read."""
    found = {}
    for name, renderer in renderers.items():
        values = [getattr(renderer.glyph, prop) for prop in renderer.glyph.dataspecs()]
        found[name] = {value for value in values if isinstance(value, str)} & set(renderer.data_source.column_names)
    for tip in (tool for figure in figures.values() for tool in figure.tools if isinstance(tool, HoverTool)):
        for renderer in tip.renderers:
            found[renderer.name] |= set(re.findall(r"@(\w+)", str(tip.tooltips)))
    return found


@pytest.mark.parametrize("look", looks(), ids=range(5))
@pytest.mark.parametrize("tables", [TABLES, FILM[0].tables, unknown(TABLES), only(TABLES, 8), only(TABLES, 512, 1)])
def test_patched_columns_are_those_that_glyphs_read(
    tables: Tables, look: Look, renderers: dict[str, GlyphRenderer], read: dict[str, set[str]]
) -> None:
    for name, columns in patch(tables, look).items():
        assert len({len(values) for values in columns.values()}) == 1, name
        assert {"x", "xs"} & read[name]
        assert read[name] <= columns.keys(), name
        renderers[name].data_source.data = dict(columns)


def test_tables_that_have_not_come_leave_their_figures_alone() -> None:
    assert patch({}, LOOK) == {}
    assert key({}) is None
    part = {"training": TABLES["training"]}
    assert {name.partition(":")[0] for name in patch(part, LOOK)} == {"training"}


def test_every_colour_has_a_role_and_every_picture_a_scale(renderers: dict[str, GlyphRenderer]) -> None:
    found, scales = roles(live.SHEET.blank), pictures(live.SHEET.blank)
    assert set(found.values()) <= ROLES.keys()
    assert set(scales.values()) <= SCALES.keys()
    assert scales.keys() == {name for name, columns in plane(CLOSER).items() if "limits" in columns}
    coloured_by_data = {
        name for name in renderers if name.rpartition(":")[2] in ("all", "text", "pin-text", "handle-text", "neurons")
    }
    assert renderers.keys() == found.keys() | scales.keys() | coloured_by_data


def test_the_plane_is_made_of_the_same_marks_whatever_was_found() -> None:
    assert [*map(fixed, draw_plane({}))] == [*map(fixed, draw_plane(CLOSER))]


def test_ranges_follow_the_data(figures: dict[str, Model]) -> None:
    for slot, figure in figures.items():
        assert isinstance(figure.x_range, DataRange1d), slot
        assert isinstance(figure.y_range, DataRange1d), slot
        assert figure.output_backend == "canvas"
        assert figure.name == slot
        assert not figure.legend


# What is drawn -----------------------------------------------------------------------------------------------------


def drawn(name: str, look: Look = LOOK, tables: Tables = TABLES) -> Mapping:
    return patch(tables, look)[name]


def test_a_stem_a_network_goes_from_found_to_certified() -> None:
    table = TABLES["lipschitz"]
    stems, bars = drawn("lipschitz:stems"), drawn("lipschitz:above")
    assert (stems["y"].tolist(), stems["y1"].tolist()) == (table["lower"].tolist(), table["upper"].tolist())
    assert bars["y"].tolist() == table["upper"].tolist()
    assert stems["x"].tolist() == stems["x1"].tolist() == bars["x"].tolist()
    assert stems["x"] == pytest.approx(table["k"], rel=0.2)
    dots, rings = drawn("lipschitz:dots"), drawn("lipschitz:unfit")
    assert len(rings["x"]) == (~table["fits"]).sum() > 0
    for part, rows in ((dots, table["fits"]), (rings, ~table["fits"])):
        assert part["x"].tolist() == stems["x"][rows].tolist()
        assert part["k"].tolist() == table["k"][rows].tolist()
        assert part["seed"].tolist() == table["seed"][rows].tolist()
        assert part["product"].tolist() == table["product"][rows].tolist()


def test_thin_lines_join_the_means_and_the_law_is_beside_them() -> None:
    table = TABLES["lipschitz"]
    k = np.unique(table["k"])
    for line, column in (("lower", "lower"), ("upper", "upper")):
        means = [table[column][table["k"] == width].mean() for width in k]
        assert drawn(f"lipschitz:{line}")["y"] == pytest.approx(means)
        assert drawn(f"lipschitz:{line}")["x"].tolist() == k.tolist()
    assert drawn("lipschitz:law")["y"] == pytest.approx(np.sqrt(200 / k))
    assert key(TABLES) == Key(f"k = {k[0]}", str(k[-1]), "chosen k")


def test_on_data_of_another_law_only_the_shape_is_claimed() -> None:
    real = Look(LiveSettings.make(data="digits"))
    assert "√(n/k)" in drawn("lipschitz:text")["text"]
    assert "shape √(n/k)" in drawn("lipschitz:text", real)["text"]


def test_bounds_say_their_direction() -> None:
    assert {"≥ found", "≤ certified"} <= set(drawn("lipschitz:text")["text"])


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_families_have_a_line_a_width_in_the_colours_of_the_ramp(theme: str) -> None:
    look = Look(LOOK.settings, theme)
    for name in ("attack:all", "pruning:all", "training:all"):
        family = drawn(name, look)
        assert len(family["xs"]) == len(family["ys"]) == 12
        assert family["color"] == on_scale(spaced(12), "widths", theme)


def test_the_chosen_width_and_the_pinned_run_are_drawn_over_the_family() -> None:
    at = np.unique(TABLES["lipschitz"]["k"]).tolist().index(64)
    for name in ("attack", "pruning"):
        assert drawn(f"{name}:chosen")["y"].tolist() == drawn(f"{name}:all")["ys"][at].tolist()
        assert len(drawn(f"{name}:pin")["x"]) == 0
        pinned = Look(LOOK.settings.changed(k_shown=8), "light", TABLES, LOOK.settings)
        assert drawn(f"{name}:pin", pinned)["y"].tolist() == drawn(f"{name}:chosen")["y"].tolist()
    pinned = Look(LOOK.settings, "light", only(TABLES, 8), LOOK.settings.changed(k_shown=8))
    assert drawn("lipschitz:pin-stems", pinned)["x"] == pytest.approx([8, 8], rel=0.2)
    assert drawn("lipschitz:pin-text", pinned)["text"] == ["A, pinned"]
    assert drawn("lipschitz:pin-text")["text"] == []


def test_the_narrowest_width_is_named_once_when_it_is_the_chosen_one() -> None:
    assert drawn("attack:text")["text"] == ["k = 8", "k = 64"]
    assert drawn("attack:text", Look(LiveSettings.make(k_shown=8)))["text"] == ["k = 8"]


def test_prunability_stands_on_the_line_of_the_tolerance() -> None:
    limit = drawn("pruning:tolerance")["y"]
    marker = drawn("pruning:prunability")
    assert marker["y"].tolist() == [limit[0]]
    fractions = TABLES["prunability"]["fraction"][TABLES["prunability"]["k"] == 64]
    assert marker["x"].tolist() == [pytest.approx(fractions.mean())]
    assert drawn("pruning:prunability", tables=unknown(TABLES))["x"].tolist() == []


def test_the_threshold_is_what_the_rule_says() -> None:
    assert threshold(LiveSettings.make(prune_tolerance=0.2), 0.5) == pytest.approx(0.7)
    assert threshold(LiveSettings.make(prune_tolerance=0.2, prune_rule="relative"), 0.5) == pytest.approx(0.6)


def test_unknown_widths_do_not_hide_the_others() -> None:
    table = {c: v.copy() for c, v in TABLES["lipschitz"].items()}
    lost = table["k"] == 8
    for column in ("at_data", "lower", "formal_lower", "upper", "product"):
        table[column][lost] = np.nan
    line = drawn("lipschitz:k", tables={"lipschitz": table})["y"]
    assert line[0] == np.nanmin([*table["lower"], *table["law"]])
    assert np.nanmax(table["upper"]) < line[-1] < 1.5 * np.nanmax(table["upper"])
    everything_lost = drawn("lipschitz:k", tables=unknown(TABLES))["y"]
    assert everything_lost[0] == table["law"].min()
    assert drawn("lipschitz:handle", tables=unknown(TABLES))["x"].tolist() == [64]
    for k, text, align in ((64, "k = 64 ↔", "left"), (512, "↔ k = 512", "right")):
        label = drawn("lipschitz:handle-text", Look(LiveSettings.make(k_shown=k)))
        assert (label["text"], label["align"]) == ([text], [align])


def test_the_plane_shows_every_point_once_and_the_walk_from_the_ringed_one() -> None:
    patch = plane(CLOSER)
    for name in ("f", "slope", "neurons"):
        assert len(patch[f"{name}:minus"]["x"]) + len(patch[f"{name}:plus"]["x"]) == 200
        assert patch[f"{name}:path"]["x"][0] == pytest.approx(patch[f"{name}:pair"]["x"][0], abs=1e-3)
        assert patch[f"{name}:end"]["x"].tolist() == [patch[f"{name}:path"]["x"][-1]]
        picture = {"neurons": "behind"}.get(name, "image")
        assert patch[f"{name}:{picture}"]["dw"][0] == pytest.approx(2 * CLOSER["half"][0])
    ((low, high),) = patch["f:image"]["limits"]
    assert low == -high <= -1
    assert patch["slope:image"]["limits"] == [(0.0, CLOSER["slope"].max())]


@pytest.mark.parametrize("kept", [0.0, 0.4, 1.0])
def test_what_is_kept_is_an_upright_line_up_to_the_chosen_curve(kept: float) -> None:
    look = Look(LiveSettings.make(kept=kept))
    line, handle, curve = (drawn(f"pruning:{name}", look) for name in ("kept", "handle", "chosen"))
    assert line["x"].tolist() == [kept, kept]
    assert line["y"][1] == pytest.approx(curve["y"][round(40 * kept)])
    assert (handle["x"].tolist(), handle["y"].tolist()) == ([kept], [line["y"][0]])
    assert line["y"][0] <= np.nanmin(curve["y"])
    assert len(patch(unknown(TABLES), look)["pruning:handle"]["x"]) == 0


# Sentences ---------------------------------------------------------------------------------------------------------


def words(tables: Tables, **changes: object) -> dict[str, str]:
    """All that is said, as plain text."""
    return {name: said.text for name, said in sentences(tables, Look(LOOK.settings.changed(**changes))).items()}


def leads(tables: Tables, **changes: object) -> dict[str, str]:
    return {name: said.lead for name, said in sentences(tables, Look(LOOK.settings.changed(**changes))).items()}


def test_every_table_has_its_sentence_and_nothing_else() -> None:
    slots = {slot.name for slot in live.SHEET.slots}
    assert words(TABLES).keys() == slots - {"plane"}
    assert words({}) == {}
    assert words({"training": TABLES["training"]}).keys() == {"training"}


def small(**columns: object) -> Columns:
    return {name: np.array(values) for name, values in columns.items()}


def example() -> dict[str, Columns]:
    return {
        "lipschitz": small(
            k=[4, 64, 64], seed=[0, 0, 1], fits=[False, True, True], lower=[9.0, 2.0, 3.0], upper=[12.0, 3.5, 4.25]
        ),
        "attack": small(k=[4, 4, 64, 64], seed=[0, 0, 0, 0], eps=[0.0, 0.2, 0.0, 0.2], success=[0.0, 1.0, 0.0, 0.8]),
        "pruning": small(k=[64, 64], seed=[0, 0], kept=[0.0, 1.0], loss=[1.0, 0.0]),
        "prunability": small(k=[64, 64], seed=[0, 1], fraction=[0.25, 0.35]),
        "training": small(k=[64, 64, 4], seed=[0, 0, 0], step=[0, 1200, 3000], mse=[1.0, 0.0009, 0.2]),
    }


def test_sentences_say_the_numbers() -> None:
    said, rest = leads(example(), widths=(4, 64)), words(example(), widths=(4, 64))
    assert said["lipschitz"] == "At k = 64 both networks are at least 2 steep somewhere, and nowhere more than 4.25."
    assert said["attack"] == "At k = 64 at least half of the points classified right flip at ε = 0.2."
    assert "At k = 4 it takes ε = 0.2." in rest["attack"]
    assert said["pruning"] == "At k = 64 it is enough to keep 30% of the weights."
    assert rest["pruning"].endswith("With them the error grows by 0.1 or less. The mean; 25% to 35% over the seeds.")
    assert said["training"] == "Width 64 fits after 1,200 steps."
    narrow = leads(example(), widths=(4, 64), k_shown=4)
    assert narrow["lipschitz"] == (
        "At k = 4 the network is at least 9 steep somewhere, and nowhere more than 12 <em>(it does not fit)</em>."
    )
    assert "it takes" not in words(example(), widths=(4, 64), k_shown=4)["attack"]
    assert narrow["training"] == "Width 4 does not fit so far: its error is 0.2 after 3,000 steps."
    assert leads(example(), widths=(4, 7, 64), k_shown=7) == {
        "lipschitz": "Width 7 is not measured so far.",
        "attack": "Width 7 is not attacked so far.",
        "pruning": "Width 7 is not pruned so far.",
        "training": "Width 7 is not trained so far.",
    }


@pytest.mark.parametrize(
    ("errors", "said"),
    [
        ([1e-4, 1e-4, 1e-4], "All 3 networks of width 64 fit after 300 steps."),
        ([1e-4, 1e-4, 0.5], "2 of 3 networks of width 64 fit after 300 steps."),
        ([np.nan, 1e-4, 0.5], "1 of 3 networks of width 64 fits after 300 steps."),
        ([np.nan, 0.4, 0.5], "Width 64 does not fit so far: its error is 0.4 or more after 300 steps."),
        ([np.nan] * 3, "Width 64: the error is not known after 300 steps."),
    ],
)
def test_training_counts_the_networks_that_fit_at_their_last_step(errors: list[float], said: str) -> None:
    seed, last = np.repeat(np.arange(3), 2), np.array([200, 100, 300])
    table = {"k": np.full(6, 64), "seed": seed, "step": np.stack([last, 0 * last], 1).ravel()}  # in any order
    table["mse"] = np.stack([errors, np.ones(3)], 1).ravel()
    assert leads({"training": table})["training"] == said
    assert "seed 1: " in words({"training": table})["training"]


@pytest.mark.parametrize(
    ("upper", "said"),
    [
        ([12.0, 6.0, np.nan], "1 of 2 networks is at least 5 steep somewhere, and nowhere more than 6."),
        ([12.0, 6.0, np.inf], "1 of 2 networks is at least 5 steep somewhere, and nowhere more than 6."),
        ([12.0, np.nan, np.nan], "no bound is known."),
    ],
)
def test_what_is_not_known_of_one_network_is_not_said_of_both(upper: list[float], said: str) -> None:
    tables = example()
    tables["lipschitz"] |= {"lower": np.array([9.0, 5.0, 8.0]), "upper": np.array(upper)}
    assert words(tables, widths=(4, 64))["lipschitz"].startswith(f"At k = 64 {said}")


def test_three_networks_of_four_are_counted() -> None:
    tables = example()
    tables["lipschitz"] = small(
        k=[64] * 4, seed=range(4), fits=[True] * 4, lower=[1.0, 2.0, 3.0, 9.0], upper=[4.0, 5.0, 6.0, np.nan]
    )
    assert "3 of 4 networks are at least 1 steep somewhere, and nowhere more than 6." in words(tables)["lipschitz"]
    tables["lipschitz"]["upper"][3] = 10.0
    assert "all 4 networks are at least 1 steep somewhere, and nowhere more than 10." in words(tables)["lipschitz"]


def test_a_share_of_weights_is_that_of_the_networks_of_which_it_is_known() -> None:
    tables = example()
    tables["prunability"]["fraction"][1] = np.nan
    said = words(tables)["pruning"]
    assert "keep 25% of the weights." in said
    assert said.endswith("1 of 2 networks, of the rest it is not known.")
    tables["prunability"] = small(k=[64] * 3, seed=range(3), fraction=[0.25, 0.35, np.nan])
    assert words(tables)["pruning"].endswith(
        "The mean; 25% to 35% over the seeds. 2 of 3 networks, of the rest it is not known."
    )


def test_an_attack_is_the_mean_of_the_networks_that_classify_points_right() -> None:
    tables = example()
    tables["attack"] = small(k=[64] * 3, seed=range(3), eps=[0.2] * 3, success=[0.8, np.nan, 0.6])
    said = words(tables)["attack"]
    assert "The mean of the 2 of 3 networks that classify any right." in said
    tables["attack"]["success"][1] = 0.7
    assert "The mean of 3 networks." in words(tables)["attack"]


def test_networks_that_do_not_fit_are_told_wherever_a_fit_is_spoken_of() -> None:
    tables = example()
    tables["lipschitz"]["fits"] = np.array([False, True, False])
    said = leads(tables, widths=(4, 64))
    for name in ("lipschitz", "pruning"):
        assert said[name].endswith(" <em>(1 of 2 does not fit)</em>.")
    tables["lipschitz"]["fits"] = np.zeros(3, bool)
    assert leads(tables, widths=(4, 64))["pruning"].endswith(" <em>(they do not fit)</em>.")
    assert "keep the fit" not in str(words(tables, widths=(4, 64)))


def test_a_relative_tolerance_is_said_as_one() -> None:
    assert "the error grows by 20% or less" in words(example(), prune_rule="relative", prune_tolerance=0.2)["pruning"]


def test_bounds_are_rounded_to_the_side_that_holds() -> None:
    tables = example()
    tables["lipschitz"] |= {"lower": np.array([9.0, 2.3456, 3.0]), "upper": np.array([12.0, 3.5, 4.2511])}
    tables["attack"] = small(k=[64, 64], seed=[0, 0], eps=[0.0, 0.25], success=[0.0, 0.44999])
    said = words(tables)
    assert "at least 2.34 steep somewhere, and nowhere more than 4.26." in said["lipschitz"]
    assert "at least 44.9% of" in said["attack"]


def test_a_curve_that_stays_below_one_half_says_how_far_it_came() -> None:
    tables = example()
    tables["attack"] = small(k=[64, 64], seed=[0, 0], eps=[0.0, 0.25], success=[0.0, 0.3])
    assert leads(tables)["attack"] == "At k = 64 at least 30% of the points classified right flip at ε = 0.25."


def test_what_is_unknown_is_called_so() -> None:
    said = leads(unknown(TABLES))
    assert said["lipschitz"].startswith("At k = 64 no bound is known <em>")
    assert said["attack"] == "At k = 64 no point is classified right, so none can be flipped."
    assert said["pruning"].startswith(
        "At k = 64 no share of the weights is known with which the error grows by 0.1 or less"
    )
    assert not any("nan" in sentence for name, sentence in said.items() if name != "training")


@pytest.mark.parametrize("k", LiveSettings.make().widths)
def test_no_sentence_on_real_tables_holds_a_nan(k: int) -> None:
    for frame in (FILM[0], FILM[-1]):
        assert not any("nan" in sentence or "inf" in sentence for sentence in words(frame.tables, k_shown=k).values())


def test_the_plane_says_what_the_pair_forces() -> None:
    found = dict(CLOSER) | {
        "distance": np.array([0.5]),
        "jump": np.array([2.0]),
        "slope": np.array([[1.0, 6.25]]),
        "k": np.array([32]),
        "mse": np.array([0.01]),
        "floor": np.array([3.187]),
    }
    both = 2 * np.sqrt(200 * 0.01 / 2)  # all of the error in these two of 200 points
    lead = plane_sentence(found | {"jump": np.array([4.0])}).lead
    steep = float(
        re.fullmatch(r"The ringed points are 0.5 apart: any fit .* is at least (\S+) steep between them.", lead)[1]
    )
    assert steep <= (4 - both) / 0.5 < steep + 0.1
    said = plane_sentence(found | {"path_f": np.array([0.9, 0.1, -0.2])}).text
    assert said.startswith("The ringed points are 0.5 apart, their labels differ by 2.")  # an error of 2 is allowed
    assert "Whatever fits as well as this network (MSE 0.01) is at least 3.18 steep somewhere" in said
    assert "The steepest that was found on this plane at k = 32 is 6.25" in said
    assert "The attack (line) flips the first of the two ringed points." in said
    still = found | {"path_f": np.array([-0.9, -0.1])}
    assert "does not flip the first of the two ringed points." in plane_sentence(still).text
    assert "no steepness is forced" in plane_sentence(still | {"floor": np.array([0.0])}).text
    lost = plane_sentence(still | {"floor": np.array([np.nan]), "mse": np.array([np.nan])}).text
    assert "not known" in lost
    assert "nan" not in lost


@pytest.mark.parametrize(
    ("distance", "jump", "said"),
    [
        (0.0, 2.0, "are equal and their labels 2 apart: no function fits both."),
        (1e-300, 1e10, "are 1e-300 apart, their labels differ by 1e+10."),
        (5e-324, 2.0, "apart, their labels differ by 2."),
    ],
)
def test_the_plane_of_points_too_close_to_divide_by_their_distance(distance: float, jump: float, said: str) -> None:
    found = dict(CLOSER) | {"distance": np.array([distance]), "jump": np.array([jump])}
    assert said in plane_sentence(found).lead


def test_of_points_whose_labels_have_one_sign_the_plane_says_what_they_force() -> None:
    nothing = {"pair": np.zeros(0, np.int64), "path_f": np.zeros(0), "distance": np.array([np.nan])}
    found = dict(CLOSER) | nothing | {"jump": np.array([np.nan]), "mse": np.array([0.01])}
    told = plane_sentence(found | {"floor": np.array([330.69])})
    said = told.text
    assert told.lead == "Whatever fits as well as this network (MSE 0.01) is at least 330 steep somewhere."
    assert "No two labels differ in sign: no points are ringed, none is attacked." in said
    assert "nan" not in said
    assert "no steepness is forced" in plane_sentence(found | {"floor": np.array([0.0])}).text
    for unknown in (np.inf, np.nan):
        assert "forces is not known" in plane_sentence(found | {"floor": np.array([unknown])}).text


def test_labels_are_drawn_in_the_colours_of_their_roles() -> None:
    text = drawn("lipschitz:text", Look(LOOK.settings, "dark"))
    by_label = dict(zip(text["text"], text["color"], strict=True))
    assert by_label["≥ found"] == colour("found", "dark")
    assert by_label["≤ certified"] == colour("certified", "dark")
