"""The figures of the panel `posterior`: who is moved, what carries over, what cancels, and what is said of chance."""

from collections.abc import Callable

import numpy as np
import pytest

from explorer.figures.columns import patch
from explorer.figures.look import Look, Patch
from explorer.frames import Tables
from explorer.labs.region.posterior import ALL, AVERAGE, EACH, ITSELF, MAP, ONE, WHOLE, PosteriorSettings
from explorer.labs.region.posterior.figure import draw, sentences
from explorer.labs.region.posterior.words import of_cancelled
from tests.labs.region.lesson.posterior import EMPTY, FIRST, HALF, LOST, WALKING, cancelled, carried, run

LOOK = Look(PosteriorSettings.make())
WHOLE_RUN = run()


@pytest.mark.parametrize("tables", [{}, EMPTY, FIRST, WALKING, HALF, LOST, run(seeds=1), WHOLE_RUN])
def test_every_source_is_filled(take: Callable[[Patch], None], tables: Tables) -> None:
    for theme in ("light", "dark"):
        take(patch(draw, tables, Look(LOOK.settings, theme, WHOLE_RUN, LOOK.settings)))
        said = sentences(tables, LOOK)
        assert all("nan" not in sentence.text for sentence in said.values())
        assert all(len(sentence.lead) <= 130 for sentence in said.values())


def test_lines_are_of_the_tables() -> None:
    columns = patch(draw, WHOLE_RUN, LOOK)
    np.testing.assert_array_equal(columns["posterior:own"]["x"], LOOK.settings.counts)
    np.testing.assert_allclose(np.array(columns["posterior:own"]["y"])[[0, -1]], [0.73, 0.35], atol=0.03)
    np.testing.assert_allclose(columns["posterior:map"]["y"], [0.34, 0.34], atol=0.03)
    assert len(columns["carried:cells"]["left"]) == 10  # of MAP and the average none on "that sample"
    np.testing.assert_allclose(columns["cancelled:chance"]["y"], np.array(LOOK.settings.counts) ** -0.5)


def test_what_is_said_of_the_average() -> None:
    said = sentences(WHOLE_RUN, LOOK)["posterior"]
    assert said.lead.startswith("Against the average of 100 samples one vector turns 3")
    assert said.lead.endswith("not clearly more or fewer.")
    assert "The average less one sample: clearly fewer" in said.details
    helps = sentences(run({(AVERAGE, ITSELF): 0.2}), LOOK)["posterior"].lead
    assert helps.endswith(("against MAP 33 %: clearly fewer.", "against MAP 34 %: clearly fewer."))
    hurts = sentences(run({(AVERAGE, ITSELF): 0.6}), LOOK)["posterior"].lead
    assert hurts.endswith("clearly more.")
    assert sentences(FIRST, LOOK)["posterior"].lead.startswith("Against a MAP network")
    assert sentences(run(seeds=1), LOOK)["posterior"].lead.endswith("not clearly more or fewer.")


def test_what_is_said_of_others() -> None:
    said = sentences(WHOLE_RUN, LOOK)["carried"]
    assert said.lead.startswith("Made for one sample, a vector turns 7")
    assert "makes it look better than it is" in said.details
    same = sentences(run({(ONE, WHOLE): 0.35}, half=0.1), LOOK)["carried"]
    assert "makes it look better than it is" not in same.details
    assert "carried" not in sentences(FIRST, LOOK)


def test_what_is_said_of_gradients() -> None:
    said = sentences(WHOLE_RUN, LOOK)["cancelled"]
    assert "by chance 10 %" in said.lead
    assert f"{EACH}: clearly longer than by chance" in said.details
    flat = sentences(WHOLE_RUN | {"cancelled": cancelled(0.1, 0.11, half=0.03)}, LOOK)["cancelled"]
    assert f"{ALL}: not clearly longer or shorter than by chance" in flat.details


def test_of_seeds_that_differ_by_chance_alone_an_effect_is_hardly_ever_said() -> None:
    """One share for all: of 200 runs of three seeds, each sentence in 5 % at most."""
    same = dict.fromkeys(((MAP, ITSELF), (ONE, ITSELF), (ONE, WHOLE), (AVERAGE, ITSELF), (AVERAGE, WHOLE)), 0.4)
    words = (
        "The average less MAP: clearly",
        "The average less one sample: clearly",
        "made for itself: clearly",
    )
    said = dict.fromkeys(words, 0)
    for turn in range(200):
        tables = EMPTY | {"carried": carried(same, half=0.05, pairs=tuple(same), rng=np.random.default_rng(turn))}
        text = " ".join(sentence.text for sentence in sentences(tables, LOOK).values())
        for each in words:
            said[each] += each in text
    assert max(said.values()) <= 10, said


def test_of_gradients_that_cancel_by_chance_it_is_hardly_ever_said_that_they_do_not() -> None:
    """Of 1,000 runs of three seeds whose lengths scatter about what chance leaves, in 5 % at most."""
    said = {EACH: 0, ALL: 0}
    for turn in range(1000):
        found = of_cancelled(cancelled(0.1, 0.1, half=0.03, seed=turn, counts=(100,)), LOOK.settings)
        assert found
        for name in said:
            said[name] += f"{name}: clearly" in found.details
    assert max(said.values()) <= 50, said
