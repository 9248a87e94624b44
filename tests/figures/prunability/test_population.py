"""The figures of the panel `population` on every table that can come, and whether what they say is in the tables."""

from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats

from explorer.figures.columns import filled, patch
from explorer.figures.look import Look, Patch
from explorer.frames import Tables
from explorer.labs.prunability.measures import MEASURES
from explorer.labs.prunability.population import AGAINST, PopulationSettings
from explorer.labs.prunability.population.figure import SHEET, draw, draw_closer, sentences
from explorer.labs.prunability.population.words import of_weights
from tests.labs.prunability.lesson.population import EARLY, EMPTY, FEW, LOST, MISSED, run

SETTINGS = PopulationSettings.make()
TIED: Tables = run() | {
    "population": {c: v if v.dtype.kind != "f" else np.full(len(v), 0.5) for c, v in run()["population"].items()}
}
CASES: dict[str, Tables] = {
    "none": {},
    "empty": EMPTY,
    "one": run(nets=1),
    "two": run(nets=2),
    "few": FEW,
    "early": EARLY,
    "missed": MISSED,
    "all missed": run(fits=0),
    "lost": LOST,
    "ties": TIED,
    "follows": run(follows=8),
    "opposite": run(follows=-8),
    "whole": run(),
}
RUN = run()
LOOKS = [
    SETTINGS,
    PopulationSettings.make(measure="path_norm", target="gap", coloured="depth", only=2, net=5),
    PopulationSettings.make(measure="spectral", target="error_gap", coloured="lr", only=80, net=63),
    PopulationSettings.make(measure="train_loss", coloured="weight_decay"),
    PopulationSettings.make(measure="sharpness", prune_rule="relative"),
]
WEIGHTS = {
    "layer": np.array([1] * 8 + [3] * 4 + [2] * 6),
    "out": np.array([0] * 4 + [1] * 4 + [0, 0, 1, 1] + [0, 0, 1, 1, 2, 2]),
    "ins": np.array([0, 1, 2, 3] * 2 + [0, 1] * 2 + [0, 1] * 3),
    "value": np.linspace(-1, 1, 18),
    "rank": np.argsort(np.argsort(-np.abs(np.linspace(-1, 1, 18)), kind="stable")),
    "layer_rank": np.zeros(18, np.int64),
    "kept": np.array([0.5]),
    "net": np.array([3]),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_source_is_filled(take: Callable[[Patch], None], case: str, theme: str) -> None:
    for settings in LOOKS:
        for pinned in (None, {}, EMPTY, RUN) if settings is SETTINGS else (None,):
            look = Look(settings, theme, pinned, None if pinned is None else SETTINGS)
            closer = filled(draw_closer(WEIGHTS if case == "whole" else {}), theme)
            take({**patch(draw, CASES[case], look), **closer})


@pytest.mark.parametrize("case", CASES)
def test_no_sentence_says_nan(case: str) -> None:
    for settings in LOOKS:
        for sentence in sentences(CASES[case], Look(settings)).values():
            assert "nan" not in sentence.text
            assert len(sentence.lead) <= 130


def test_leads_are_short_for_every_measure_and_target() -> None:
    longest = max(AGAINST, key=lambda name: len(AGAINST[name].said))
    for measure in MEASURES:
        look = Look(PopulationSettings.make(measure=measure, target=longest))
        assert len(sentences(RUN, look)["population"].lead) <= 130


def test_tau_is_told_with_its_interval_its_number_and_tau_within_one_width() -> None:
    table = run(follows=8)["population"]
    tau = stats.kendalltau(table["prunability_magnitude"], table["test_loss"]).statistic
    within = [
        stats.kendalltau(table["prunability_magnitude"][own], table["test_loss"][own]).statistic
        for own in (table["width"] == 16, table["width"] == 64)
    ]
    said = sentences(run(follows=8), Look(SETTINGS))["population"]
    assert said.lead == (
        f"Larger prunability goes with larger test loss: τ = {tau:.2f} over 48 networks; within one width "
        f"{np.mean(within):.2f}."
    )
    assert f"All: {tau:.2f} [" in said.details
    assert f"mean of 2 widths: {np.mean(within):.2f} [" in said.details
    assert "goes with smaller test loss: τ = −" in sentences(run(follows=-8), Look(SETTINGS))["population"].lead
    assert sentences(RUN, Look(SETTINGS))["population"].lead.startswith("No clear order of prunability and test loss")


def test_networks_that_missed_are_counted_and_drawn_apart() -> None:
    said = sentences(run(fits=30), Look(SETTINGS))["population"]
    assert "18 networks of 48 missed the training loss of 0.05 and are left out" in said.details
    assert "over 30 networks" in said.lead
    drawn = patch(draw, run(fits=30), Look(SETTINGS))
    assert len(drawn["population:missed"]["x"]) == 18
    assert len(drawn["population:dots"]["x"]) == 30
    assert "1 network of 48 missed the training loss of 0.05 and is left out" in (
        sentences(run(fits=47), Look(SETTINGS))["population"].details
    )


def test_networks_that_are_left_out_do_not_press_the_others_together() -> None:
    """One that has learned nothing has ten times the test loss of those that are compared."""
    table = run(fits=30)["population"]
    far = {"population": table | {"test_loss": np.where(table["fits"], table["test_loss"], 10 * table["test_loss"])}}
    lost = int(table["net"][~table["fits"]][0])
    drawn = patch(draw, far, Look(PopulationSettings.make(net=lost)))
    heights = drawn["population:dots"]["y"]
    edge = heights.max() + 0.1 * np.ptp(heights)
    np.testing.assert_allclose(drawn["population:missed"]["y"].max(), edge)
    assert drawn["population:chosen"]["y"] <= edge * (1 + 1e-12)
    assert len(drawn["population:chosen"]["y"]) == 1


def test_the_names_of_the_axes_stand_beside_the_dots() -> None:
    drawn = patch(draw, RUN, Look(SETTINGS))
    heights = np.concatenate([drawn[f"population:{name}"]["y"] for name in ("dots", "pale", "missed")])
    lower, upper = drawn["population:text"]["y"]
    assert lower < heights.min() - 0.19 * np.ptp(heights)
    assert upper > heights.max() + 0.19 * np.ptp(heights)
    room = drawn["population:room"]["y"]
    assert np.isnan(room[1])  # no line
    np.testing.assert_allclose([room[0], room[2]], [lower, upper])


def test_others_than_the_value_looked_at_are_pale_and_not_ranked() -> None:
    look = Look(PopulationSettings.make(coloured="width", only=16))
    drawn = patch(draw, RUN, look)
    assert (len(drawn["population:dots"]["x"]), len(drawn["population:pale"]["x"])) == (24, 24)
    said = sentences(RUN, look)["population"]
    assert "over 24 networks" in said.lead
    assert "Only networks with width 16" in said.details
    assert len(set(patch(draw, RUN, Look(SETTINGS))["population:dots"]["color"])) == 2


def test_a_measure_that_spans_decades_is_drawn_by_its_logarithm() -> None:
    table = run()["population"]
    for name, of in (("path_norm", np.log10), ("spectral", np.asarray)):
        drawn = patch(draw, RUN, Look(PopulationSettings.make(measure=name)))
        np.testing.assert_allclose(np.sort(drawn["population:dots"]["x"]), np.sort(of(table[name])))


def test_the_tapped_network_is_told_with_its_hyperparameters() -> None:
    look = Look(PopulationSettings.make(net=21))
    said = sentences(RUN, look)["network"]
    assert said.lead.startswith("Network 21 (width 64, depth 1) needs ")
    assert "Width 64, depth 1, rate 0.08, batch 16, dropout 0.2, decay 0, seed 0." in said.details
    assert "mean of 3 masks" in said.details
    drawn = patch(draw, RUN, look)
    assert drawn["population:chosen"]["y"] == RUN["population"]["test_loss"][21]
    assert SHEET.figures["population"].choose == {"dots": "net"}


def test_weights_are_counted() -> None:
    assert of_weights(WEIGHTS).lead.startswith("9 of 18 weights are left at P = 0.50")
    assert "4 weights between are not drawn" in of_weights(WEIGHTS).details
    nothing = {name: values[:0] for name, values in WEIGHTS.items()} | {"kept": np.array([0.5]), "net": np.array([3])}
    assert "8x8 digits" in of_weights(nothing).lead
    lost = WEIGHTS | {"kept": np.array([np.nan])}
    assert "nan" not in of_weights(lost).text
    assert draw_closer(lost)
