"""What a lesson asks before a run: answered by tables on which each answer is right, and hardly ever by chance.

Contract tests: a new preset or panel is covered without a line here; a new outcome asks for its examples, in
`tests/labs/NAME/predictions.py`, and for runs as chance would give them, or to be named as one that states no trend.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from importlib import import_module
from string import Formatter
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from explorer.frames import Tables
from explorer.labs import Lab, Predict, Preset, find, labs, shipped
from explorer.labs.captions import Outcome, lesson
from explorer.labs.sheets import sheet
from tests.labs.asked import Chance
from tests.labs.whole import Whole

RUNS = 300
AT_MOST, AT_LEAST = 0.05, 0.8  # of simulated runs
PRESETS = [(lab, preset) for lab in labs() for preset in lab.presets]
ASKED = [(lab, preset) for lab, preset in PRESETS if preset.predict]
each_preset = pytest.mark.parametrize(("lab", "preset"), PRESETS, ids=lambda part: part.name)
each_question = pytest.mark.parametrize(("lab", "preset"), ASKED, ids=lambda part: part.name)


def examples(lab: Lab) -> ModuleType:
    return import_module(f"tests.labs.{lab.name}.predictions")


def settings(lab: Lab, preset: Preset) -> Any:
    return lab.settings.make(**preset.settings)


def asked(preset: Preset) -> Predict:
    assert preset.predict
    return preset.predict


def decide(lab: Lab, preset: Preset, tables: Tables) -> Outcome | None:
    return lesson(lab).outcomes[asked(preset).check](tables, settings(lab, preset).of_panel())


def plain(text: str) -> str:
    """A text that a person can read: no slot is left open, nothing unknown is written as a number."""
    assert not re.search(r"[{}]|\bnan\b|\binf\b", text), text
    assert text.endswith((".", "?", " ...")), text
    return text


# What is declared ---------------------------------------------------------------------------------------------------


@each_preset
def test_nothing_is_proposed_twice(lab: Lab, preset: Preset) -> None:
    proposed = [one.link for one in preset.tries]
    assert len(set(proposed)) == len(proposed)


@each_preset
def test_what_is_proposed_changes_the_run_or_the_view_of_its_panel(lab: Lab, preset: Preset) -> None:
    """A field of another panel would be taken without a word, and the page would stay as it is."""
    before = settings(lab, preset)
    for one in preset.tries:
        after = lab.settings.make(**{**preset.settings, **one.settings})
        own = {*after.of_panel().fields(), "panel"}
        assert one.settings.keys() <= own, one.link
        assert after.of_panel() != before.of_panel(), one.link


@each_preset
def test_a_step_is_about_one_card_of_its_panel_and_makes_one_claim(lab: Lab, preset: Preset) -> None:
    panel = lab.panel(settings(lab, preset))
    own = sheet(lab, panel)
    assert preset.figure in {slot.name for slot in own.slots}
    claim = plain(lesson(lab).claim(preset, settings(lab, preset)))
    assert claim.endswith(".")
    assert len(claim) <= 120


@each_question
def test_a_question_has_a_few_short_answers_and_a_why_for_each(lab: Lab, preset: Preset) -> None:
    predict = asked(preset)
    assert 2 <= len(predict.answers) <= 4
    assert len(set(predict.answers)) == len(predict.answers)
    assert all(len(answer) <= 28 for answer in predict.answers)
    assert set(predict.why) == set(predict.answers)
    said = plain(lesson(lab).question(preset, settings(lab, preset)))
    assert not said.startswith("Before it runs")  # the bar says so of every question
    assert said[0] == said[0].upper()
    assert said.endswith(("?", " ..."))


@each_question
def test_what_stands_beside_a_question_does_not_answer_it(lab: Lab, preset: Preset) -> None:
    beside = [preset.title, preset.caption, preset.claim, asked(preset).ask]
    for answer in asked(preset).answers:
        assert not re.search(rf"(?<!\w){re.escape(answer)}(?!\w)", " | ".join(beside), re.IGNORECASE), answer


def test_the_lessons_ask_at_nearly_every_step() -> None:
    assert len([preset for lab, preset in ASKED if lab.name == "live"]) == 8
    assert len([preset for lab, preset in ASKED if lab.name == "law"]) >= 8


@pytest.mark.parametrize("lab", labs(), ids=lambda lab: lab.name)
def test_every_outcome_is_used_and_has_its_examples(lab: Lab) -> None:
    used = {asked(preset).check for of, preset in ASKED if of is lab}
    assert used == lesson(lab).outcomes.keys() == examples(lab).CASES.keys()
    assert used == examples(lab).CHANCE.keys() | examples(lab).SIZES
    assert not examples(lab).CHANCE.keys() & examples(lab).SIZES


# What comes out -----------------------------------------------------------------------------------------------------


@each_question
def test_each_answer_can_be_the_right_one_and_some_runs_do_not_tell(lab: Lab, preset: Preset) -> None:
    cases, predict = examples(lab).CASES[asked(preset).check], asked(preset)
    assert cases.answers.keys() == set(predict.answers)
    assert cases.open
    for answer, several in cases.answers.items():
        for tables in several:
            came = lesson(lab).outcome(preset, settings(lab, preset), tables)
            assert came is not None, answer
            assert came[0] == answer
            assert re.search(r"\d", plain(came[1])), "it says with which numbers"
    for tables in (*cases.open, {}):
        assert lesson(lab).outcome(preset, settings(lab, preset), tables) is None


@each_question
def test_a_text_with_a_number_that_nobody_gives_is_found(lab: Lab, preset: Preset) -> None:
    """The test before this one would fail on it: of every text each number in turn is taken for another."""
    predict, cases = asked(preset), examples(lab).CASES[asked(preset).check]
    for answer, text in predict.why.items():
        slots = {name for _, name, _, _ in Formatter().parse(text) if name}
        assert slots, "a text without a number does not say what came out"
        for slot in slots:
            wrong = replace(predict, why={**predict.why, answer: text.replace(f"{{{slot}}}", f"{{{slot}_}}")})
            with pytest.raises(KeyError, match=f"{slot}_"):
                lesson(lab).outcome(replace(preset, predict=wrong), settings(lab, preset), cases.answers[answer][0])
    with pytest.raises(KeyError, match="nobody"):
        lesson(lab).question(replace(preset, predict=replace(predict, ask="{nobody}")), settings(lab, preset))


def test_a_step_that_asks_nothing_has_no_question_and_no_answer() -> None:
    lab, preset = ASKED[0]
    silent = replace(preset, predict=None)
    assert lesson(lab).question(silent, settings(lab, preset)) == ""
    tables = examples(lab).CASES[asked(preset).check].answers["steeper"][0]
    assert lesson(lab).outcome(silent, settings(lab, preset), tables) is None


def test_bounds_in_an_answer_hold() -> None:
    lab = find("live")
    preset = lab.preset("noise")
    tables = examples(lab).CASES["narrowest-beside-widest"].answers["steeper"][0]
    came = lesson(lab).outcome(preset, settings(lab, preset), tables)
    assert came is not None
    assert came[1].startswith(
        "Each network of the narrowest width that fits, k = 64, is at least 20 steep, none of k = 512 more than 10."
    )


# Whole runs ---------------------------------------------------------------------------------------------------------


def agrees(lab: Lab, preset: Preset, tables: Tables) -> None:
    """Another processor trains other networks: it may not tell, but it does not tell the contrary."""
    came = lesson(lab).outcome(preset, settings(lab, preset), tables)
    assert came is None or came[0] == examples(lab).RUNS[preset.name]
    assert came is None or plain(came[1])


@pytest.mark.parametrize("lab", labs(), ids=lambda lab: lab.name)
def test_the_shipped_run_answers_its_question(lab: Lab) -> None:
    preset, tables = lab.presets[0], shipped.read(lab)[0][-1].tables
    came = decide(lab, preset, tables)
    assert came is not None
    assert came.answer == examples(lab).RUNS[preset.name]
    agrees(lab, preset, tables)


@pytest.mark.slow
@each_question
def test_the_run_of_a_step_answers_its_question(lab: Lab, preset: Preset, whole: Whole) -> None:
    agrees(lab, preset, whole(lab, preset.name)[-1].tables)


@pytest.mark.slow
@pytest.mark.parametrize("lab", labs(), ids=lambda lab: lab.name)
def test_nearly_all_runs_tell(lab: Lab, whole: Whole) -> None:
    presets = [preset for of, preset in ASKED if of is lab]
    told = [preset for preset in presets if decide(lab, preset, whole(lab, preset.name)[-1].tables)]
    assert len(told) >= len(presets) - 1


# Chance -------------------------------------------------------------------------------------------------------------

CHANCE = [
    (lab, preset, chance) for lab, preset in ASKED for chance in examples(lab).CHANCE.get(asked(preset).check, ())
]


def shares(lab: Lab, preset: Preset, chance: Chance) -> Mapping[str, float]:
    """How often each answer is given, of `RUNS` simulated runs."""
    came = [decide(lab, preset, chance.draw(np.random.default_rng(run))) for run in range(RUNS)]
    return {answer: sum(c is not None and c.answer == answer for c in came) / RUNS for answer in asked(preset).answers}


@pytest.mark.parametrize(
    ("lab", "preset", "chance"), CHANCE, ids=[f"{p.name}-{i}-{c.model}" for i, (_, p, c) in enumerate(CHANCE)]
)
def test_an_effect_is_said_where_there_is_one_and_hardly_by_chance(lab: Lab, preset: Preset, chance: Chance) -> None:
    found = shares(lab, preset, chance)
    assert set(chance.effects) <= found.keys()
    assert sum(found[answer] for answer in chance.effects) <= AT_MOST
    assert not chance.right or found[chance.right] >= AT_LEAST


@each_question
def test_each_effect_is_tried_by_chance(lab: Lab, preset: Preset) -> None:
    """Of the answers to a question about a trend at most one states no effect, or what all others do not."""
    tried = examples(lab).CHANCE.get(asked(preset).check, ())
    effects = {answer for chance in tried for answer in chance.effects}
    assert not tried or len(set(asked(preset).answers) - effects) <= 1
    assert not tried or any(chance.right for chance in tried)
