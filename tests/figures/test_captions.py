"""Captions and live sentences: on recorded runs, on tables in which they are false, and on hardly any table at all.

Contract tests: a new preset, statement or panel is covered without a line here; a new check asks for its examples.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
import pytest

from explorer.device import pick
from explorer.figures.look import Look
from explorer.frames import Tables
from explorer.labs import Lab, Preset, Statement, find, labs
from explorer.labs.captions import MISSED, UNKNOWN, lesson
from explorer.labs.sheets import sheet
from tests.figures import examples_law, examples_live
from tests.labs.bayes import predictions as bayes
from tests.labs.prunability import predictions as prunability
from tests.labs.region import predictions as region
from tests.labs.universal import predictions as universal

EXAMPLES = {"live": examples_live.CASES, "law": examples_law.CASES}
EXAMPLES |= {"universal": universal.CHECKS, "bayes": bayes.CHECKS, "prunability": prunability.CHECKS}
EXAMPLES |= {"region": region.CHECKS}
LIVE, LAW, REPORTS = examples_live.CASES, examples_law.CASES, examples_law.REPORTS

PRESETS = [(lab, preset) for lab in labs() for preset in lab.presets]
STATEMENTS = [(lab, preset, each) for lab, preset in PRESETS for each in preset.statements]
each_preset = pytest.mark.parametrize(("lab", "preset"), PRESETS, ids=lambda part: part.name)
SMALL = {"n": 120, "d": 120, "max_steps": 100, "draws": 500}  # at most, of a recorded run


def settings(lab: Lab, preset: Preset) -> Any:
    return lab.settings.make(**preset.settings)


@cache
def recorded(lab: Lab, name: str) -> tuple[Any, list[Tables]]:
    """A small run of a preset: its settings, and the tables of its first, middle and last frame."""
    small = settings(lab, lab.preset(name)).preview()
    used = {field: most for field, most in SMALL.items() if field in small.fields() and small.relevant(field)}
    small = small.changed(**{field: min(getattr(small, field), most) for field, most in used.items()})
    frames = [frame.tables for frame in lab.stream(small, pick("cpu"), lambda: False) if frame is not None]
    return small, [frames[0], frames[len(frames) // 2], frames[-1]]


def spoiled(tables: Tables) -> Iterator[Tables]:
    """The same tables with hardly anything in them."""
    names = {column for table in tables.values() for column in table}
    yield {name: {c: v[:0] for c, v in table.items()} for name, table in tables.items()}
    yield {name: {c: v[:1] for c, v in table.items()} for name, table in tables.items()}
    yield {name: {c: v[-2:] for c, v in table.items()} for name, table in tables.items()}
    lost = {c for c in names if c not in ("k", "seed", "n", "d", "step", "eps", "kept", "sigma", "p")}

    def unknown(column: str, values: np.ndarray) -> np.ndarray:
        return np.full(len(values), np.nan) if column in lost and values.dtype.kind == "f" else values

    yield {name: {c: unknown(c, v) for c, v in table.items()} for name, table in tables.items()}
    measured = {c for c in lost if not c.startswith(("formula", "law", "scale"))}
    yield {
        name: {c: np.zeros_like(v) if c in measured and v.dtype.kind == "f" else v for c, v in table.items()}
        for name, table in tables.items()
        if name != "floors"  # which are above zero
    }
    yield {
        name: {c: np.zeros(len(v), bool) if v.dtype.kind == "b" else v for c, v in table.items()}
        for name, table in tables.items()
    }


def plain(text: str) -> str:
    """A text that a person can read: no slot is left open, nothing unknown is written as a number."""
    assert not re.search(r"[{}]|\bnan\b|\binf\b|\byet\b", text), text
    assert text.endswith((".", "?")), text
    return text


# Captions ----------------------------------------------------------------------------------------------------------


@each_preset
def test_before_a_run_has_its_tables_a_caption_says_what_the_settings_say(lab: Lab, preset: Preset) -> None:
    (said,) = lesson(lab).caption(preset, settings(lab, preset), {})
    assert not said.startswith((MISSED, UNKNOWN))
    plain(said)


@each_preset
def test_every_step_makes_a_statement_that_a_run_can_refute(lab: Lab, preset: Preset) -> None:
    assert [each for each in preset.statements if each.check not in REPORTS]


@pytest.mark.parametrize("lab", labs(), ids=lambda lab: lab.name)
def test_every_check_is_used_and_has_its_examples(lab: Lab) -> None:
    used = {each.check for of, _, each in STATEMENTS if of is lab}
    assert used == lesson(lab).checks.keys()
    assert used == EXAMPLES[lab.name].keys() | (used & REPORTS.keys())


@pytest.mark.parametrize(
    ("lab", "preset", "statement"),
    [case for case in STATEMENTS if case[2].check not in REPORTS],
    ids=lambda part: getattr(part, "name", None) or part.check,
)
def test_a_statement_that_did_not_come_out_says_so(lab: Lab, preset: Preset, statement: Statement) -> None:
    cases = EXAMPLES[lab.name][statement.check]
    alone = Preset(preset.name, preset.title, preset.caption, preset.settings, (statement,))

    def said(tables: Tables) -> str:
        return plain(lesson(lab).caption(alone, settings(lab, preset), tables)[1])

    for tables in cases.holds:
        assert not said(tables).startswith((MISSED, UNKNOWN))
    for tables in cases.fails:
        assert said(tables).startswith(MISSED)
        assert re.search(r"\d", said(tables)), "it says what came out instead"
    assert {said(tables) for tables in cases.open} <= {UNKNOWN}


@pytest.mark.parametrize(
    "statement", [case for case in STATEMENTS if case[2].check in REPORTS], ids=lambda s: s[2].check
)
def test_a_report_holds_whatever_the_numbers(statement: tuple[Lab, Preset, Statement]) -> None:
    lab, preset, each = statement
    found = lesson(lab).checks[each.check](REPORTS[each.check], settings(lab, preset).of_panel())
    assert found is not None
    assert found.holds
    assert not each.fails


@each_preset
def test_captions_are_plain_on_recorded_runs_and_on_what_is_left_of_them(lab: Lab, preset: Preset) -> None:
    small, frames = recorded(lab, preset.name)
    for tables in [frames[-1], *spoiled(frames[-1])]:
        said = lesson(lab).caption(preset, small, tables)
        assert len(said) == 1 + len(preset.statements)
        for text in said:
            plain(text)
        came = lesson(lab).outcome(preset, small, tables)
        if preset.predict and came:
            assert came[0] in preset.predict.answers
            plain(came[1])


def test_bounds_in_a_caption_hold() -> None:
    lab = find("live")
    preset, chosen = lab.preset("noise"), lab.settings.make()
    _, said = lesson(lab).caption(preset, chosen, LIVE["narrow-is-steep"].holds[0])
    assert said.endswith(
        "at k = 64, the narrowest width at which every network fits, each is at least 20 steep; "
        "at k = 512 none is steeper than 10."
    )
    _, said = lesson(lab).caption(preset, chosen, LIVE["narrow-is-steep"].fails[0])
    assert said == (
        MISSED + "at k = 64, the narrowest width at which every network fits, one may be as flat as 20, "
        "and at k = 512 one may be as steep as 20.5."
    )


def test_the_width_that_first_fits_is_that_of_the_run() -> None:
    lab = find("live")
    preset = lab.preset("too-narrow")
    known, *said = lesson(lab).caption(preset, settings(lab, preset), LIVE["few-params-do-not-fit"].holds[0])
    assert "At k = 4, 8, 16 and 24 these are fewer than the points" in known  # 24 * 12 = 288 of 300
    assert said[0].endswith("the narrowest width at which every network fits is 64.")


def test_a_network_below_its_floor_is_told() -> None:
    lab = find("law")
    preset = lab.preset("proxy")
    _, said = lesson(lab).caption(preset, settings(lab, preset), LAW["product-above-floor"].fails[0])
    assert said == MISSED + "2 of 2 networks that fit lie below it, which cannot be: please report it."


@each_preset
def test_what_to_try_next_is_another_setting_that_is_allowed(lab: Lab, preset: Preset) -> None:
    for each in preset.tries:
        tried = lab.settings.make(**{**preset.settings, **each.settings})
        assert tried != settings(lab, preset)
        assert lab.settings.from_query(tried.to_query()) == (tried, [])
        assert plain(each.ask)


def one_plain_sentence(lead: str) -> None:
    """What a second-year student reads at one glance: no interval, nothing to be looked up, one full stop."""
    said = plain(re.sub(r"</?(em|su[bp])>", "", lead))
    assert not re.search(r"[<>\[\]]|interval|\. [A-Z]", said), said
    assert len(said) <= 130, said
    assert said[0].isupper() or said[0].isdigit(), said


# Live sentences ----------------------------------------------------------------------------------------------------


@each_preset
def test_live_sentences_are_plain_on_every_frame_and_on_what_is_left_of_it(lab: Lab, preset: Preset) -> None:
    small, frames = recorded(lab, preset.name)
    cards = sheet(lab, lab.panel(small))
    for tables in [*frames, *spoiled(frames[-1]), {}]:
        for tell in (part.sentences for part in cards.parts if part.sentences):
            for sentence in tell(tables, Look(small.of_panel())).values():
                plain(sentence.text)
                one_plain_sentence(sentence.lead)
