"""The figures of the panel `samples`: cells, curves, and what is said of them."""

from collections.abc import Callable

import numpy as np
import pytest

from explorer.figures.columns import patch
from explorer.figures.look import Look, Patch
from explorer.frames import Tables
from explorer.labs.bayes.samples import OTHERS, SAME, SamplesSettings
from explorer.labs.bayes.samples.figure import draw, edges, sentences
from tests.labs.bayes.lesson.samples import ALONE, COUNTS, DOSSIER, FIRST, HALF, table
from tests.labs.bayes.lesson.samples import LOOK as LOOKED
from tests.labs.bayes.tables_attack import EMPTY

LOOK = Look(SamplesSettings.make())
OTHER = Look(SamplesSettings.make(attacker="other samples"))
UNKNOWN: Tables = {
    "attack": {n: np.full(len(v), np.nan) if v.dtype.kind == "f" else v for n, v in DOSSIER["attack"].items()}
}


@pytest.mark.parametrize("tables", [{}, EMPTY, UNKNOWN, FIRST, ALONE, LOOKED, DOSSIER, table(seeds=3)])
@pytest.mark.parametrize("look", [LOOK, OTHER], ids=["own", "other"])
def test_every_source_is_filled(take: Callable[[Patch], None], tables: Tables, look: Look) -> None:
    for theme in ("light", "dark"):
        take(patch(draw, tables, Look(look.settings, theme, DOSSIER, LOOK.settings)))
    assert sentences(tables, look).keys() <= {"samples", "samples-curves"}


def test_a_cell_is_a_pair_at_the_radius_that_is_shown() -> None:
    columns = patch(draw, DOSSIER, LOOK)
    assert len(columns["samples:cells"]["left"]) == 9
    pairs = list(zip(columns["samples:cells"]["n_attack"], columns["samples:cells"]["n_defend"], strict=True))
    assert pairs[:3] == [(1, 1), (1, 50), (1, 100)]
    assert list(columns["samples:numbers"]["text"]) == ["71", "88", "88", "71", "71", "88", "71", "71", "71"]
    assert (columns["samples:cells"]["left"] < columns["samples:cells"]["n_attack"]).all()
    assert (columns["samples:cells"]["n_attack"] < columns["samples:cells"]["right"]).all()
    assert len(patch(draw, DOSSIER, OTHER)["samples:cells"]["left"]) == 4
    far = patch(draw, DOSSIER, Look(SamplesSettings.make(eps=0.3)))  # the nearest is 0.2
    assert list(far["samples:numbers"]["text"])[:2] == ["36", "44"]


def test_cells_meet_in_the_geometric_mean_of_their_places() -> None:
    assert np.allclose(edges(np.array([1, 4, 100])), [0.5, 2, 20, 500])
    assert np.allclose(edges(np.array([3])), [3 / 2**0.5, 3 * 2**0.5])


def test_over_seeds_a_cell_has_their_mean_and_interval() -> None:
    mixed = {
        name: np.concatenate([a, b])
        for (name, a), b in zip(DOSSIER["attack"].items(), table(0.84)["attack"].values(), strict=True)
    }
    mixed["seed"] = np.repeat([0, 1], len(DOSSIER["attack"]["eps"]))
    cells = patch(draw, {"attack": mixed}, LOOK)["samples:cells"]
    assert cells["accuracy"][1] == pytest.approx(0.86)
    assert cells["low"][1] < 0.84
    assert cells["more"][1] == pytest.approx(0.15)


def test_curves_are_of_pairs_with_one_number_and_of_one_that_attacks() -> None:
    columns = patch(draw, DOSSIER, LOOK)
    assert list(columns["samples-curves:own"]["x"]) == [1, 50, 100]
    assert np.allclose(columns["samples-curves:own"]["y"], [0.71, 0.71, 0.71])
    assert list(columns["samples-curves:others"]["x"]) == [1, 50]
    assert np.allclose(columns["samples-curves:others"]["y"], [0.74, 0.74])
    assert np.allclose(columns["samples-curves:one"]["y"], [0.71, 0.88, 0.88])


def test_one_is_said_beside_all_and_others_beside_its_own() -> None:
    said = sentences(DOSSIER, LOOK)
    assert said["samples"].lead == (
        "Attacked with FGSM at ε = 0.1 along 1 of its samples, the average of 100 keeps 88% right; along 100, 71%."
    )
    assert "A difference of +17 points, 95% interval [+14.0, +20.0]" in said["samples"].details
    assert "100 samples of 8 chains, acceptance 0.90, R-hat 1.02." in said["samples"].details
    assert said["samples-curves"].lead == (
        "At ε = 0.1 an average of 50 keeps 71% right where its own samples attack, 74% where 50 others do."
    )
    assert "Where others attack, +3.0 points, 95% interval [0.0, +6.0]" in said["samples-curves"].details.replace(
        "+0.0", "0.0"
    )
    other = sentences(DOSSIER, OTHER)["samples"].lead
    assert (
        other == "Attacked with FGSM at ε = 0.1 along 1 other sample, the average of 50 keeps 88% right; along 50, 74%."
    )


def test_one_number_alone_is_said_without_another() -> None:
    said = sentences(FIRST, LOOK)
    assert list(said) == ["samples"]
    assert (
        said["samples"].lead
        == "Attacked with FGSM at ε = 0.1 along 1 of its samples, the average of 1 keeps 71% right."
    )
    assert list(sentences(ALONE, LOOK)) == ["samples"]


@pytest.mark.parametrize(
    ("own", "others", "said"),
    [
        ((1, 2, 5), (1, 4), "a single sample keeps 71% right where its own gradient is followed"),
        ((1, 2, 5), (2, 4), "an average of 2 keeps 71% right where its own samples attack"),
        ((1, 2, 4), (1, 4), "an average of 4 keeps 71% right where its own samples attack"),
    ],
)
def test_its_own_and_others_are_compared_at_the_largest_number_that_both_have(
    own: tuple[int, ...], others: tuple[int, ...], said: str
) -> None:
    """Of 8 samples 1, 2, 5 and 8 attack; of the half that are others 1, 2 and 4."""
    rows = DOSSIER["attack"]
    numbers = {SAME: dict(zip(COUNTS, own, strict=True)), OTHERS: dict(zip(HALF, others, strict=True))}
    renamed = {
        name: np.array([numbers[model][count] for model, count in zip(rows["model"], rows[name], strict=True)])
        for name in ("n_attack", "n_defend")
    }
    assert f"At ε = 0.1 {said}" in sentences({"attack": {**rows, **renamed}}, LOOK)["samples-curves"].lead


def test_an_average_of_one_is_called_a_sample() -> None:
    rows = DOSSIER["attack"]
    two = {name: values[(rows["n_attack"] == 1) & (rows["n_defend"] == 1)] for name, values in rows.items()}
    assert sentences({"attack": two}, LOOK)["samples-curves"].lead == (
        "At ε = 0.1 a single sample keeps 71% right where its own gradient is followed, 74% where another's is."
    )


def test_first_looks_are_told_and_nothing_is_said_of_nothing() -> None:
    assert "A first look at part of the images" in sentences(LOOKED, LOOK)["samples"].details
    assert sentences({}, LOOK) == sentences(EMPTY, LOOK) == sentences(UNKNOWN, LOOK) == {}
