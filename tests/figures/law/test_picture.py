"""The picture of n and k: three layers over one grid, one colour scale."""

import re

import numpy as np
import pytest

from explorer.figures.columns import patch
from explorer.figures.look import Look
from explorer.figures.palette import rgb
from explorer.frames import Tables
from explorer.labs import Panel, shipped
from explorer.labs.law import LAB
from explorer.labs.law.overview import OverviewSettings
from explorer.labs.law.overview import figure as picture
from explorer.labs.sheets import sheet
from tests.figures.said import said as words

TABLES: Tables = shipped.read(LAB)[0][-1].tables
SETTINGS = OverviewSettings.make()
LAYERS = ("constructions", "trained", "floors")


def look(layer: str, theme: str = "light") -> Look:
    return Look(SETTINGS.changed(layer=layer), theme)


@pytest.mark.parametrize("tables", [{}, TABLES, {"trained": TABLES["trained"]}], ids=range(3))
@pytest.mark.parametrize("layer", LAYERS)
def test_every_source_is_patched_with_what_its_glyph_reads(tables, layer, take) -> None:
    take(patch(picture.draw, tables, look(layer)))


@pytest.mark.parametrize("layer", LAYERS)
def test_a_cell_for_every_n_and_k(layer: str) -> None:
    drawn = patch(picture.draw, TABLES, look(layer))["picture:cells"]
    assert sorted(zip(drawn["n"], drawn["k"], strict=True)) == sorted(
        {(n, k) for n in (50, 100, 200, 400) for k in SETTINGS.widths}
    )


def test_trained_cells_are_the_smallest_found_among_those_that_fit() -> None:
    table = TABLES["trained"]
    layer = picture.layers(TABLES)["trained"]
    for n, k, value in zip(layer.n, layer.k, layer.value, strict=True):
        here = (table["n"] == n) & (table["k"] == k) & table["fits"]
        assert value == table["lower"][here].min() if here.any() else np.isnan(value)


def test_one_scale_for_all_layers() -> None:
    """Equal values have equal colours in any layer; floors are lighter than what is above them."""
    hues = {layer: patch(picture.draw, TABLES, look(layer))["picture:cells"]["color"] for layer in LAYERS}
    light = {layer: np.mean([sum(rgb(hue)) for hue in hues[layer]]) for layer in LAYERS}
    assert light["floors"] > light["trained"]


def test_floors_on_other_things_than_networks_are_left_out() -> None:
    floors = {column: values.copy() for column, values in TABLES["floors"].items()}
    floors["name"] = np.full(len(floors["name"]), "ky-fan")
    assert np.isnan(picture.layers({**TABLES, "floors": floors})["floors"].value).all()


@pytest.mark.parametrize("layer", LAYERS)
def test_the_sentence_says_where_and_between_which_numbers(layer: str) -> None:
    said = words(picture, TABLES, look(layer))["picture"]
    value = picture.layers(TABLES)[layer].value
    low, high = map(float, re.search(r" (\S+) to (\S+)( steep)?\.", said).groups()[:2])
    assert low <= np.nanmin(value) == pytest.approx(low, rel=0.01)  # found or a floor: at least that much
    assert high <= np.nanmax(value) == pytest.approx(high, rel=0.01)
    assert "d = 30" in said


def test_floors_are_compared_with_what_was_trained_if_anything_was() -> None:
    said = words(picture, TABLES, look("floors"))["picture"]
    least = np.nanmin(picture.layers(TABLES)["trained"].value)
    assert float(re.search(r"What training finds starts at (\S+)\.$", said)[1]) == pytest.approx(least, rel=0.01)
    untrained = {**TABLES, "trained": {name: values[:0] for name, values in TABLES["trained"].items()}}
    assert words(picture, untrained, look("floors"))["picture"].endswith("whatever its width.")


def test_before_anything_is_there_it_says_nothing() -> None:
    assert words(picture, {}, look("trained")) == {}


@pytest.mark.parametrize("panel", LAB.panels, ids=lambda panel: panel.slug)
def test_a_panel_shows_its_own_cards(panel: Panel) -> None:
    shown = sheet(LAB, panel)
    assert all(slot.name.startswith(panel.slug) for slot in shown.slots) or panel.slug == "overview"
    assert {figure.name for figure in shown.blank} == set(shown.figures)
    names = [slot.name for slot in shown.slots]
    assert len(set(names)) == len(names) <= 4


def test_the_overview_shows_the_picture_and_the_first_card_of_each_primary_panel() -> None:
    assert [slot.name for slot in sheet(LAB, LAB.panels[0]).slots] == ["picture", "grouped", "ladder", "trained"]
