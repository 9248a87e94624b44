"""Every panel of the lab says open, under a card, how its walks went: in red, and in words, where chains disagree."""

from importlib import import_module

import numpy as np
import pytest

from explorer.figures.look import Look
from explorer.figures.posteriors import Posterior, all_walks, rhat_text
from explorer.figures.sentence import Sentence
from explorer.frames import Tables
from explorer.labs import Panel
from explorer.labs.bayes import LAB
from explorer.labs.bayes.told import mixing, of_walks
from explorer.labs.sheets import sheet

RED, WORDS = 'class="poor"', "chains disagree"
PANELS = LAB.panels


def tables_of(panel: Panel) -> Tables:
    """Some tables on which its step is tried, and which tell of a walk."""
    lesson = import_module(f"tests.labs.bayes.lesson.{panel.slug}")
    tried = [tables for cases in lesson.CHECKS.values() for tables in cases.holds]
    tried += [tables for asked in lesson.CASES.values() for each in asked.answers.values() for tables in each]
    return next(tables for tables in tried if any(len(table.get("rhat", ())) for table in tables.values()))


def told(panel: Panel, rhat: float, accept: float = 0.9) -> dict[str, Sentence]:
    """What its cards say when every walk has this R-hat."""
    columns = {"rhat": rhat, "rhat_most": rhat, "accept": accept}
    tables = {
        name: table | {c: np.full(len(table[c]), value) for c, value in columns.items() if c in table}
        for name, table in tables_of(panel).items()
    }
    look, found = Look(panel.settings.make()), {}
    for part in sheet(LAB, panel).parts:
        found |= part.sentences(tables, look) if part.sentences else {}
    return found


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel.slug)
def test_chains_that_disagree_are_red_on_every_card(panel: Panel) -> None:
    cards = told(panel, 1.3)
    assert cards
    for sentence in cards.values():
        assert RED in sentence.aside
        assert WORDS in sentence.aside  # not by its colour alone
        assert "R-hat 1.30" in sentence.aside
        assert WORDS in sentence.text  # a screen reader hears it too


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel.slug)
def test_chains_that_agree_are_told_in_one_plain_line(panel: Panel) -> None:
    cards = told(panel, 1.05)
    assert not any(RED in sentence.aside or WORDS in sentence.aside for sentence in cards.values())
    assert cards
    for sentence in cards.values():
        for word in ("sample", "chain", "seed", "acceptance 0.90", "R-hat 1.05"):
            assert word in sentence.aside


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel.slug)
def test_what_is_not_known_is_not_red(panel: Panel) -> None:
    for sentence in told(panel, np.nan).values():
        assert RED not in sentence.aside
        assert "nan" not in sentence.aside
    for sentence in told(panel, np.nan, np.nan).values():
        assert not sentence.aside


def test_a_line_has_the_worst_of_all_walks_and_what_each_table_knows() -> None:
    one = {"accept": np.array([0.8, np.nan]), "rhat": np.array([1.02, np.nan]), "seed": np.array([0, 1])}
    more = {"accept": np.array([0.9]), "rhat": np.array([1.01]), "rhat_most": np.array([1.2]), "seed": np.array([2])}
    more |= {"samples": np.array([8]), "chains": np.array([2])}
    other = {"accept": np.array([0.1])}  # no walk
    found = Posterior.of(all_walks([one, more, other]), None)
    assert found
    assert found.rhat == 1.2
    assert found.facts == "8 samples, 2 chains, 2 seeds, acceptance 0.85"
    assert Posterior.of(all_walks([]), None) is None
    assert Posterior((8, 100), (1, 1), 1, np.nan, np.nan).html == "8 to 100 samples, 1 chain, 1 seed, no R-hat."


@pytest.mark.parametrize(("rhat", "red"), [(1.1, False), (1.1001, True), (np.inf, True)])
def test_the_bound_itself_is_not_red(rhat: float, red: bool) -> None:
    found = Posterior((1, 1), (2, 2), 1, 0.8, rhat)
    assert (RED in found.html) == red
    assert "R-hat 1.10 &gt;" not in found.html


def test_what_is_above_the_bound_is_never_rounded_to_it() -> None:
    rhat = np.array([1.02, 1.104])
    assert "R-hat is 1.104, above 1.1" in mixing(rhat)
    assert "R-hat is 1.104 at worst, and above 1.1 in 1 of 2 walks" in of_walks(np.array([0.8, 0.8]), rhat)
    assert [rhat_text(value) for value in (1.1, 1.1049, 1.106, 2.0)] == ["1.10", "1.105", "1.11", "2.00"]
