"""The ladder's figures: declared once, patched from any table, and put into words."""

import numpy as np
import pytest

from explorer.figures.columns import patch
from explorer.figures.look import Look
from explorer.figures.palette import colour
from explorer.labs.law.ladder import LadderSettings
from explorer.labs.law.ladder import figure as figures
from explorer.measure.ladder import RUNGS
from tests.figures.said import said as words

VALUES = {"a": (3.0, 4.0, 5.0, 6.0, 6.5, 9.0, 12.0), "b": (0.0, np.nan, 2.0, np.nan, 4.0, np.nan, 40.0)}


def table(**networks: tuple[float, ...]) -> dict[str, dict[str, np.ndarray]]:
    names = list(networks)
    columns = {
        "network": np.repeat(np.array(names, "<U30"), len(RUNGS)),
        "rung": np.tile(np.array(list(RUNGS)), len(names)),
        "value": np.array([v for values in networks.values() for v in values], np.float64),
        "direction": np.tile(np.array(list(RUNGS.values())), len(names)),
    }
    return {"ladder": columns}


BOTH, UNKNOWN, DEAD = table(**VALUES), table(a=(np.nan,) * 7), table(a=(0.0,) * 7)
SETTINGS = LadderSettings.make()
LOOK = Look(SETTINGS)
PINNED = Look(SETTINGS, "dark", table(c=VALUES["b"]), SETTINGS)


def test_slots_name_the_figures_and_rows_the_rungs(drawn):
    assert [name for slot in figures.SLOTS for name in slot.figures] == list(drawn)
    assert list(figures.RUNGS) == list(RUNGS)
    for name, rows in (("ladder", figures.RUNGS.values()), ("ladder-gaps", figures.STEPS)):
        assert list(drawn[name].yaxis[0].major_label_overrides.values()) == [row[0] for row in rows]


@pytest.mark.parametrize("look", [LOOK, PINNED], ids=["alone", "pinned"])
@pytest.mark.parametrize(
    "tables", [{}, table(), BOTH, table(**dict(reversed(VALUES.items()))), UNKNOWN, DEAD], ids=range(6)
)
def test_every_source_is_patched_with_what_its_glyph_reads(tables, look, take):
    patched = patch(figures.draw, tables, look)
    take(patched)
    for columns in patched.values():
        flat = [v for key in ("x", "xs") if key in columns for v in np.ravel(np.array(columns[key], float))]
        assert np.isfinite(flat).all()
        assert (np.array(flat) > 0).all()  # on log axes
    words(figures, tables, look)


def test_colour_tells_the_direction():
    for rung, (_, role, sign) in figures.RUNGS.items():
        said = {"found": "at most", "certified": "at least", "law": "an estimate"}[role]
        assert RUNGS[rung].startswith(said)
        assert sign == {"found": "≥", "certified": "≤", "law": "≈"}[role]
    patched = patch(figures.draw, BOTH, LOOK)
    assert patched["ladder:found"]["x"].tolist() == [3, 4, 5]
    assert patched["ladder:found"]["y"].tolist() == [0, 1, 2]
    assert patched["ladder:estimate"]["x"].tolist() == [6]
    assert patched["ladder:certified"]["x"].tolist() == [6.5, 9, 12]
    text = patched["ladder:text"]
    assert dict(zip(text["text"], text["color"], strict=True))["≤ 6.5"] == colour("certified", "light")


def test_the_interval_of_the_true_constant_is_shaded():
    band = patch(figures.draw, BOTH, LOOK)["ladder:band"]
    assert (min(band["x"]), max(band["x"])) == (5, 6.5)
    assert patch(figures.draw, UNKNOWN, LOOK)["ladder:band"]["x"].tolist() == []


def test_zero_and_unknown_are_told_in_words():
    text = patch(figures.draw, table(b=VALUES["b"]), LOOK)["ladder:text"]["text"]
    assert text.count("not known") == 3
    assert "≥ 0" in text


def test_other_networks_are_rings_and_the_pinned_run_is_a_line():
    patched = patch(figures.draw, BOTH, LOOK)
    assert patched["ladder:others"]["x"].tolist() == [2, 4, 40]
    assert patched["ladder:others"]["y"].tolist() == [2, 4, 6]
    assert set(patched["ladder:others"]["network"]) == {"b"}
    assert patched["ladder:pin"]["x"] == []
    pinned = patch(figures.draw, BOTH, PINNED)["ladder:pin"]
    assert (pinned["x"].tolist(), pinned["y"].tolist()) == ([2, 4, 40], [2, 4, 6])


def test_each_step_is_a_factor_and_two_of_them_have_a_limit():
    np.testing.assert_allclose(
        figures.gaps(dict(zip(RUNGS, VALUES["a"], strict=True))), [5 / 4, 6 / 5, 13 / 12, 18 / 13, 4 / 3]
    )
    patched = patch(figures.draw, BOTH, LOOK)
    assert [xs[0] for xs in patched["ladder-gaps:limits"]["xs"]] == pytest.approx([1.2533, 1.4142], abs=1e-4)
    assert {"≤ 1.26", "≤ 1.42", "× 1.25"} <= set(patched["ladder-gaps:text"]["text"])
    assert "× 2" not in patch(figures.draw, table(b=VALUES["b"]), LOOK)["ladder-gaps:text"]["text"]


def test_labels_stay_inside_the_figure():
    text = patch(figures.draw, BOTH, LOOK)["ladder:text"]
    sides = dict(zip(text["text"], text["align"], strict=True))
    assert sides["≥ 3"] == "left"
    assert patch(figures.draw, table(a=VALUES["a"]), LOOK)["ladder:text"]["align"][-1] == "right"


def test_sentences_say_where_the_constant_lies():
    said = words(figures, table(trained=VALUES["a"]), LOOK)
    assert said["ladder"] == (
        "The constant lies between 5 and 6.5. Shown: trained. Sampling finds 62% of what is certified."
    )
    assert "1.30 apart. A factor of 1.20 for slopes" in said["ladder-gaps"]
    assert "1.08 for the relaxation" in said["ladder-gaps"]
    assert "the first of 2 networks" in words(figures, BOTH, LOOK)["ladder"]
    assert words(figures, table(b=VALUES["b"]), LOOK)["ladder-gaps"].endswith("2.00 apart.")


NAN = np.nan


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ((0.0, 0.0, 0.0, 0.0, 1.414, 2.0, 3.0), "The constant is at most 1.42; nothing above 0 was found."),
        ((0.0, 0.0, NAN, 0.0, 1.414, 2.0, 3.0), "The constant is at most 1.42; nothing above 0 was found."),
        (
            (0.0, 0.0, 0.0, NAN, NAN, NAN, 3.0),
            "The constant is at most 3, the product of norms: no certificate is known for such a network; nothing "
            "above 0 was found.",
        ),
        (
            (NAN, NAN, NAN, NAN, NAN, NAN, 3.0),
            "The constant is at most 3, the product of norms: no certificate is known for such a network; no bound "
            "from below is known.",
        ),
        ((3.0, 4.0, 5.0, 6.0, NAN, NAN, NAN), "The constant is at least 5, and nothing is certified."),
        ((3.0, 4.0, 5.0, 6.0, np.inf, NAN, NAN), "The constant is at least 5, and nothing is certified."),
        ((0.0, 0.0, 0.0, 0.0, NAN, NAN, NAN), "No bound of the constant is known."),
        ((0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0), "The constant is 0: f does not change on the ball."),
    ],
    ids=[
        "nothing found",
        "not searched",
        "nothing found, product",
        "only a product",
        "not certified",
        "certified to be finite",
        "nothing",
        "constant",
    ],
)
def test_without_two_numbers_above_zero_there_is_no_factor(values, says):
    assert words(figures, table(a=values), LOOK) == {"ladder": f"{says} Shown: a."}
    patch(figures.draw, table(a=values), LOOK)


def test_a_product_of_norms_is_not_called_certified():
    said = words(figures, table(a=(3.0, 4.0, 5.0, NAN, NAN, NAN, 40000.0)), LOOK)
    assert not any("is certified" in each for each in said.values())
    assert said["ladder"].startswith("The constant lies between 5 and 4e+04, the product of norms: no certificate")
    assert said["ladder"].endswith("Sampling finds 0.01% of the product of norms.")
    assert said["ladder-gaps"] == "What is found and the product of norms are a factor 8e+03 apart."


def test_what_was_not_sampled_has_no_share():
    said = words(figures, table(a=(NAN, NAN, 5.0, 6.0, 6.5, 9.0, 12.0)), LOOK)
    assert said["ladder"] == "The constant lies between 5 and 6.5. Shown: a."


def test_nothing_is_said_of_what_is_not_there():
    assert words(figures, {}, LOOK) == words(figures, table(), LOOK) == {}
    assert words(figures, UNKNOWN, LOOK) == {"ladder": "No bound of the constant is known. Shown: a."}
    assert words(figures, DEAD, LOOK) == {"ladder": "The constant is 0: f does not change on the ball. Shown: a."}
