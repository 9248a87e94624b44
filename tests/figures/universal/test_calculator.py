"""Figures of the calculator: sources, the banner, and how counts are written."""

import holoviews as hv
import numpy as np
import pytest
import torch

from explorer.figures.columns import patch
from explorer.figures.layout import Sheet
from explorer.figures.look import Look
from explorer.figures.render import overlay
from explorer.frames import Tables
from explorer.labs.universal import LAB
from explorer.labs.universal.calculator import CALCULATOR, CONDITIONS, OWN, CalculatorSettings
from explorer.labs.universal.calculator import figure as calculator
from tests.figures.drawn import marks
from tests.figures.said import said as words


def tables(**changes: object) -> tuple[Tables, Look]:
    settings = CalculatorSettings.make(**changes)
    *_, last = LAB.stream(settings, torch.device("cpu"), lambda: False)
    assert last is not None
    return last.tables, Look(settings)


def lead(slot: str, **changes: object) -> str:
    return calculator.sentences(*tables(**changes))[slot].lead


def labels(**changes: object) -> dict[str, list[str]]:
    patched = patch(calculator.draw, *tables(**changes))
    return {name: list(patched[name]["text"]) for name in patched if "text" in patched[name]}


@pytest.mark.parametrize("changes", [{}, {"depth": 5}, {"c": 50.0}, {"d": 1, "n": 2, "k": 1}, {"params": 10**15}])
def test_every_source_is_patched_with_columns_of_one_length(changes: dict[str, object]) -> None:
    whole, look = tables(**changes)
    sheet = Sheet.of(calculator, Look(CalculatorSettings.make()))
    drawn = {r.name for figure in sheet.figures.values() for r in marks(hv.render(overlay(figure), backend="bokeh"))}
    nothing: list[Tables] = [{}, {"calculator": CALCULATOR.empty(), "conditions": CONDITIONS.empty()}]
    for each in (whole, *nothing):
        for seen in (look, Look(look.settings, "dark", whole, look.settings)):
            patched = patch(calculator.draw, each, seen)
            assert patched.keys() == drawn
            for columns in patched.values():
                assert len({len(values) for values in columns.values()}) <= 1
        assert (words(calculator, each, look) == {}) == (each is not whole)


def test_the_banner_says_why_the_theorem_does_not_apply() -> None:
    assert lead("calculator") == (
        "Theorem 3 asks for 109,521 points and says nothing of 60,000; its formula would give 0.0038."
    )
    assert labels()["calculator:text"] == ["vacuous below 1", "params 78,600", "0.00375, not proved", "24.5"]
    assert lead("calculator", sigma=0.5) == (
        "No error lies ε = 0.5 below a noise of σ² = 0.25; its formula would give 0.0038."
    )


def test_the_banner_says_that_a_bound_is_vacuous_and_what_a_bound_is_that_is_not() -> None:
    assert lead("calculator", n=110_000) == (
        "With its constants the theorem says Lip ≥ 0.005, less than two points force on an exact fit; its shape is"
        " 33.1."
    )
    assert "≥ 0.00507" in labels(n=110_000)["calculator:text"]
    large = {"n": 10**9, "params": 100, "weights": 1.0}
    said = lead("calculator", **large)
    assert said.startswith("Whatever of 100 params fits ε below the noise has Lip ≥ ")
    assert float(said.split("≥ ")[1].split(",")[0]) > 1


def test_only_what_is_below_one_is_shaded() -> None:
    band = patch(calculator.draw, *tables())["calculator:vacuous"]
    assert max(band["y"]) == 1
    assert min(band["y"]) < 1e-4
    steep, look = tables()
    high = {**steep["calculator"], "bound_exact": np.full(len(steep["calculator"]["params"]), 2.0)}
    high["bound_shape"] = high["bound_exact"]
    assert len(patch(calculator.draw, {**steep, "calculator": high}, look)["calculator:vacuous"]["x"]) == 0


def test_details_report_each_condition() -> None:
    said = words(calculator, *tables())["calculator"]
    assert "Condition n ≥ 8⁴ r log(8r/δ) / ε²: 60000 and 109521, it fails." in said
    assert "Condition σ² ≥ ε: 1 and 0.5, it holds." in said
    assert "the logarithm is 40.6; without the constant 3.84, without the logarithm 24.5" in said


def test_real_networks_beside_what_the_law_counts() -> None:
    assert lead("real-data") == (
        "The law counts 0.33 to 50 times the params of robust networks on MNIST, 10 to 1,000 times on ImageNet."
    )
    found = labels()["real-data:text"]
    assert found == ["1e6 to 1e7", "2e5 to 3e6", "1e10 to 1e11", "1e8 to 1e9", "n d", "params", "n"]
    assert "Here n d = 4.7e7 beside 78,600 params: 598 times." in words(calculator, *tables())["real-data"]


def test_the_effective_dimension_makes_a_bar_of_the_count() -> None:
    bars = patch(calculator.draw, *tables(c=50))["real-data:bars"]
    assert [bars["x"][-1], bars["x1"][-1]] == [round(60_000 * 784 / 50), 60_000 * 784]


def test_tables_that_are_not_whole_say_less() -> None:
    whole, look = tables()
    table = whole["calculator"]
    own = {name: values[table["name"] == OWN] for name, values in table.items()}
    alone = {"calculator": own}
    assert set(words(calculator, alone, look)) == {"calculator"}
    for told in ({}, {"conditions": CONDITIONS.empty()}):
        lead = calculator.sentences(alone | told, look)["calculator"].lead
        assert lead == "Whether Theorem 3 applies here is not known; its formula would give 0.0038."
        assert "0.00375, not proved" in list(patch(calculator.draw, alone | told, look)["calculator:text"]["text"])
    unknown = {"calculator": {**own, "bound_exact": np.full(1, np.nan)}}
    assert words(calculator, unknown, look) == {}
    patch(calculator.draw, unknown, look)


@pytest.mark.parametrize(
    ("value", "text"), [(1, "1"), (78_600, "78,600"), (999_999, "999,999"), (1e6, "1e6"), (4.704e7, "4.7e7")]
)
def test_counts_are_written_as_a_person_writes_them(value: float, text: str) -> None:
    assert calculator.count(value) == text
