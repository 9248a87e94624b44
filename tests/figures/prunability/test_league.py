"""The figures of the panel `league`: sorted rows, the matrix, and what may be said of chance."""

import math
from collections.abc import Callable

import numpy as np
import pytest

from explorer.figures.columns import patch
from explorer.figures.look import Look, Patch
from explorer.frames import Tables
from explorer.labs.prunability.league import INFORMATION, PRUNABILITY, LeagueSettings
from explorer.labs.prunability.league.captions import FLATNESS
from explorer.labs.prunability.league.figure import draw, sentences
from explorer.labs.prunability.league.numbers import IN_A_SENTENCE, ROWS, SHORT
from explorer.labs.prunability.measures import MEASURES
from tests.labs.prunability.lesson.league import ALONE, EMPTY, LEARNING, LOST, drawn, league, row, run

LOOK = Look(LeagueSettings.make())
PATH = "path_norm"


def told() -> Tables:
    """P, flatness and path norm: of each other, and of the test loss beyond each other."""
    names = (PRUNABILITY, FLATNESS, PATH)
    shares = ((1, 0.3, 0.1), (0.4, 1, 0.2), (0.1, 0.2, 1))
    rows = [(a, b, "", shares[i][j], 0.1, 60) for i, a in enumerate(names) for j, b in enumerate(names)]
    rows += [(a, b, "width", 0.0, 0.1, 60) for a in names for b in names]
    for name, ours, theirs in ((FLATNESS, 0.02, 0.1), (PATH, 0.01, 0.2)):
        rows += [(PRUNABILITY, "test_loss", name, ours, 0.1, 60), (name, "test_loss", PRUNABILITY, theirs, 0.1, 60)]
    return run() | {"information": INFORMATION.of(rows)}


@pytest.mark.parametrize("tables", [{}, EMPTY, LEARNING, LOST, ALONE, run(), told()])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("target", ["test_loss", "gap"])
def test_every_source_is_filled(take: Callable[[Patch], None], tables: Tables, theme: str, target: str) -> None:
    settings = LeagueSettings.make(target=target)
    take(patch(draw, tables, Look(settings, theme, run(), LOOK.settings)))
    said = sentences(tables, Look(settings))
    assert said.keys() <= {"league", "worst", "shared", "beyond"}
    assert all("nan" not in sentence.text for sentence in said.values())


def test_every_measure_has_a_name_that_fits_beside_its_row() -> None:
    assert SHORT.keys() == MEASURES.keys() == {*ROWS}
    assert max(map(len, SHORT.values())) <= 11


def test_rows_are_sorted_from_the_largest_tau_and_the_unknown_stand_last() -> None:
    rows = [row("steps", math.nan, math.nan), row("l2", -0.2), row(PRUNABILITY, 0.1), row(PATH, 0.6)]
    columns = patch(draw, league(rows), LOOK)
    assert list(columns["league:names"]["text"]) == ["path norm", "P, smallest", "|w|"]
    top = float(len(ROWS) - 1)
    np.testing.assert_allclose(columns["league:dots"]["y"], top - np.arange(4) + 0.17)
    np.testing.assert_array_equal(columns["league:dots"]["x"][:3], [0.6, 0.1, -0.2])
    assert list(columns["league:own"]["x"]) == [0.1]


def test_the_matrix_has_its_first_row_on_top_and_the_other_targets_are_not_in_it() -> None:
    columns = patch(draw, told(), LOOK)
    cells = columns["shared:cells"]
    assert len(cells["left"]) == 9
    first = (np.asarray(cells["left"]) == 0) & (np.asarray(cells["bottom"]) == len(ROWS) - 1.5)
    assert first.sum() == 1
    assert list(columns["beyond:ours"]["x"]) == [0.02, 0.01]
    assert list(columns["beyond:theirs"]["x"]) == [0.1, 0.2]
    other = patch(draw, told(), Look(LeagueSettings.make(target="gap")))
    assert not len(other["beyond:ours"]["x"])


def test_which_is_first_is_said_and_ahead_only_where_the_difference_is_clear() -> None:
    said = sentences(run(0.1, 0.5), LOOK)
    assert said["league"].lead == (
        "1 of 2 measures clearly rises with test loss, first flatness ∝ |w|: τ 0.50 (one width: 0.25), ahead of "
        "prunability."
    )
    assert "Prunability stands at 2 of 2: τ = 0.10 [0.00, 0.20], within one width 0.05" in said["league"].details
    assert "clearly ahead of 0 and clearly behind 1" in said["league"].details
    close = sentences(run(0.4, 0.5), LOOK)["league"].lead
    assert close.endswith("not clearly ahead of prunability.")
    assert sentences(run(0.05, 0.1), LOOK)["league"].lead.startswith("None of 2 measures clearly rises with test loss;")
    assert "1 measure clearly falls" in sentences(run(-0.4, 0.5), LOOK)["league"].details
    assert "4 networks missed the training loss of 0.05" in said["league"].details


def test_no_sentence_is_too_long_for_one_line_of_thought() -> None:
    longest = sorted(MEASURES, key=lambda name: -len(IN_A_SENTENCE[name]))
    rows = [row(name, -0.5 - i / 100, 0.01, "error_gap", tau_fixed_width=-0.17) for i, name in enumerate(longest)]
    for sign in (1, -1):
        for each in rows:
            each |= {"tau": -each["tau"], "low": -each["high"], "high": -each["low"], "behind": longest[0]}
        said = sentences(league(rows), Look(LeagueSettings.make(target="error_gap")))
        assert max(len(sentence.lead) for sentence in said.values()) <= 130, sign


def test_where_the_first_is_wrong_and_what_is_shared() -> None:
    said = sentences(told(), LOOK)
    assert said["worst"].lead == (
        "Where only dropout differs (0 or 0.2), flatness ∝ |w|, first by τ, orders 55% of the pairs wrongly; on "
        "average 30%."
    )
    assert said["shared"].lead == "Most of the order by prunability is told by flatness ∝ |w|: 40%."
    assert said["beyond"].lead == (
        "Where P is known, path norm tells 20% of the order by test loss; where another is, P 2% at most."
    )


def test_measures_that_tell_as_much_are_told_together() -> None:
    names = (PRUNABILITY, FLATNESS, PATH)
    rows = [(a, b, "", 1.0 if a == b else 0.1632 if a == FLATNESS else 0.1627, 0.1, 60) for a in names for b in names]
    for name in (FLATNESS, PATH):
        rows += [(PRUNABILITY, "test_loss", name, 0.02, 0.1, 60), (name, "test_loss", PRUNABILITY, 0.2, 0.1, 60)]
    said = sentences(run() | {"information": INFORMATION.of(rows)}, LOOK)
    assert said["shared"].lead == "Most of the order by prunability is told by flatness ∝ |w| and path norm: 16% each."
    assert said["beyond"].lead == (
        "Where P is known, flatness ∝ |w| and path norm tell 20% each of the order by test loss; where another is, P "
        "2% at most."
    )


@pytest.mark.parametrize("networks", [5, 6, 8, 11, 12])
def test_of_a_few_networks_chance_is_hardly_ever_taken_for_an_order(networks: int) -> None:
    """While networks join one by one, some of 19 measures drawn at random stand in perfect order."""
    said = 0
    for run_ in range(40):
        rng = np.random.default_rng([networks, run_])
        columns = {name: rng.normal(size=networks) for name in MEASURES}
        lead = sentences(drawn(columns, rng.normal(size=networks)), LOOK)["league"].lead
        said += not lead.startswith("None of 19 measures")
    assert said <= 2


def test_measures_drawn_at_random_are_hardly_ever_said_to_predict() -> None:
    """Nor to be ahead: of 60 populations of 48 networks, some of whose measures tie."""
    rises = ahead = falls = 0
    for run_ in range(60):
        rng = np.random.default_rng(run_)
        columns = {name: rng.normal(size=48) for name in MEASURES}
        columns |= {PRUNABILITY: rng.integers(6, size=48) / 5.0, "params": np.repeat([1.0, 2.0], 24)}
        said = sentences(drawn(columns, rng.normal(size=48)), LOOK)["league"]
        rises += not said.lead.startswith("None of 19 measures")
        ahead += "ahead of" in said.lead and "not clearly ahead" not in said.lead
        falls += "clearly falls" in said.details or "clearly fall." in said.details
    assert max(rises, falls, ahead) <= 3, (rises, falls, ahead)


def test_of_two_measures_as_good_neither_is_said_to_be_ahead() -> None:
    ahead = 0
    for run_ in range(100):
        rng = np.random.default_rng([1, run_])
        target = rng.normal(size=48)
        columns = {name: target + rng.normal(size=48) / 2 for name in (PRUNABILITY, PATH)}
        lead = sentences(drawn(columns, target), LOOK)["league"].lead
        assert "rise with test loss" in lead
        ahead += "not clearly ahead" not in lead
    assert ahead <= 5
