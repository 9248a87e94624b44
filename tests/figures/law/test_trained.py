"""The figures of the panel `trained`: every source patched, numbers as computed, and what the sentences say."""

import re

import numpy as np
import pytest
from bokeh.models import HoverTool, Model

from explorer.figures.columns import patch
from explorer.figures.look import Look
from explorer.frames import Tables
from explorer.labs.law import LAB
from explorer.labs.law.trained import TrainedSettings
from explorer.labs.law.trained import figure as trained
from tests.figures.said import said as words

SETTINGS = TrainedSettings.make(n=400, d=30)
WIDTHS = np.array([32, 64, 128, 256, 512, 1024])


def table(widths: np.ndarray = WIDTHS, seeds: int = 2, n: int = 400, a: float = 9.0, b: float = 2.0) -> dict:
    """Networks on the line a + b sqrt(n/k), a little beside it for every second seed."""
    k, seed = np.tile(widths, seeds), np.repeat(np.arange(seeds), len(widths))
    law = np.sqrt(n / k)
    lower = a + b * law + 0.1 * (-1.0) ** np.arange(len(k)) * (seed + 1)
    columns = {
        "n": np.full(len(k), n),
        "d": np.full(len(k), 30),
        "k": k,
        "seed": seed,
        "trainer": np.full(len(k), "adam, batch norm"),
        "mse": np.full(len(k), 9e-4),
        "fits": np.full(len(k), True),
        "lower": lower,
        "upper": 1.2 * lower,
        "product": 3 * lower,
        "law": law,
    }
    assert tuple(columns) == tuple(LAB.tables["trained"])
    return columns


def floors(value: float = 2.5) -> dict[str, np.ndarray]:
    names = np.array(["mcshane", "mcshane", "proxy"])
    return {
        "name": names,
        "n": np.array([400, 200, 400]),
        "d": np.full(3, 30),
        "k": np.zeros(3, int),
        "value": np.array([value, 7.0, 8.0]),
        "applies_to": np.full(3, "any function"),
    }


def some(rows: slice) -> Tables:
    return {"trained": {name: values[rows] for name, values in table().items()}}


def unknown() -> Tables:
    lost = {name: np.full(12, np.nan) for name in ("mse", "lower", "upper", "product")}
    return {"trained": table() | lost | {"fits": np.zeros(12, bool)}}


CASES: dict[str, Tables] = {
    "whole": {"trained": table(), "floors": floors()},
    "of other points": {"trained": table(n=100)},
    "nothing": {},
    "no rows": some(slice(0)),
    "one": some(slice(1)),
    "two": some(slice(2)),
    "unknown": unknown(),
}
LOOKS = [
    Look(SETTINGS),
    Look(SETTINGS, "dark", {"trained": table(b=1.0)}, SETTINGS),
    Look(SETTINGS, "dark", {}, SETTINGS),
]


@pytest.mark.parametrize("look", LOOKS, ids=range(3))
@pytest.mark.parametrize("case", CASES)
def test_every_source_is_patched_with_what_its_glyph_reads(case: str, look: Look, take) -> None:
    take(patch(trained.draw, CASES[case], look))


def test_hovering_tells_of_one_network(drawn: dict[str, Model]) -> None:
    tips = [tool for tool in drawn["trained"].tools if isinstance(tool, HoverTool)]
    assert sorted(r.name for tip in tips for r in tip.renderers) == ["trained:dots", "trained:unfit"]


def test_lines_are_those_through_the_means() -> None:
    patched = patch(trained.draw, CASES["whole"], LOOKS[0])
    lower = table()["lower"].reshape(2, -1).mean(0)
    b, a = np.polyfit(np.sqrt(400 / WIDTHS), lower, 1)
    fit = patched["trained:fit"]
    assert fit["x"][0] == 0
    assert np.asarray(fit["y"]) == pytest.approx(a + b * np.asarray(fit["x"]))
    s, c = np.polyfit(np.log(WIDTHS), np.log(lower), 1)
    power, half = patched["trained-loglog:fit"], patched["trained-loglog:half"]
    assert power["x"].tolist() == WIDTHS.tolist()
    assert np.log(power["y"]) == pytest.approx(c + s * np.log(WIDTHS))
    slope, _ = np.polyfit(np.log(WIDTHS), np.log(half["y"]), 1)
    assert slope == pytest.approx(-0.5)
    assert np.log(half["y"]).mean() == pytest.approx(np.log(power["y"]).mean())
    assert set(patched["trained:floor"]["y"]) == {2.5}
    assert np.asarray(patched["trained:law"]["y"]) == pytest.approx(np.asarray(patched["trained:law"]["x"]))


def test_networks_that_do_not_fit_have_rings_and_no_part_in_the_line() -> None:
    odd = table()
    odd["fits"] = odd["k"] > 32
    odd["lower"] = np.where(odd["fits"], odd["lower"], 99.0)
    patched = patch(trained.draw, {"trained": odd}, LOOKS[0])
    assert patched["trained:unfit"]["k"].tolist() == [32, 32]
    assert max(patched["trained:fit"]["y"]) < 20
    said = words(trained, {"trained": odd}, LOOKS[0])["trained"]
    assert "2 of 12 networks do not fit" in said
    assert "over 5 widths" in said


def test_the_pinned_run_keeps_its_lines() -> None:
    alone, beside = (patch(trained.draw, CASES["whole"], look) for look in LOOKS[:2])
    assert not len(alone["trained:pin"]["x"])
    assert max(beside["trained:pin"]["y"]) < max(beside["trained:fit"]["y"])
    assert len(beside["trained-loglog:pin"]["x"]) == len(WIDTHS)


def test_sentences_give_intervals_and_how_many_widths() -> None:
    said = words(trained, CASES["whole"], LOOKS[0])
    assert re.search(r"Trained networks follow 8\.\d+ \+ 2\.\d+ √\(n/k\)", said["trained"])
    assert "(adam, batch norm); another curve may do as well" in said["trained"]
    assert "a line with an intercept, not a multiple" in said["trained"]
    assert said["trained"].count("[") == 3
    assert "over 6 widths" in said["trained"]
    assert re.search(r"slope is −0\.\d\d, and not the .*; 95 % interval \[−0\.\d\d, −0\.\d\d\]", said["trained-loglog"])
    assert "does not hold −1/2" in said["trained-loglog"]


def test_a_line_that_does_not_rise_is_not_said_to() -> None:
    flat, falling = (table(a=10.0) for _ in range(2))
    x = np.sqrt(flat["n"] / flat["k"])
    flat["lower"] = 10 + 0.1 * np.sin(7 * x)
    falling["lower"] = 20 - x
    assert "whether it rises cannot be told" in words(trained, {"trained": flat}, LOOKS[0])["trained"]
    assert "it falls where √(n/k) grows" in words(trained, {"trained": falling}, LOOKS[0])["trained"]


def test_sentences_claim_no_more_than_the_numbers_hold() -> None:
    multiple = words(trained, {"trained": table(a=0.0)}, LOOKS[0])
    assert "cannot be told from 0" in multiple["trained"]
    assert "which holds −1/2" in multiple["trained-loglog"]
    for case in ("one", "two"):
        few = words(trained, CASES[case], LOOKS[0])
        assert "of at least three widths" in few["trained"]
        assert "nan" not in "".join(few.values())
    assert words(trained, CASES["unknown"], LOOKS[0]) == {"trained": "No network fits (hollow dots)."}
    assert words(trained, {}, LOOKS[0]) == words(trained, CASES["no rows"], LOOKS[0]) == {}
