"""Sentences of the lesson at the edge of what their check lets pass: they say no more than it has found."""

from collections.abc import Mapping

import pytest

from explorer.frames import Tables
from explorer.labs import find
from explorer.labs.captions import lesson
from tests.labs.bayes.lesson import directions, rebuttal

LAB = find("bayes")
PRESETS = {preset.name: preset for preset in LAB.presets}


def told(name: str, check: str, tables: Tables) -> str:
    """The statement on these tables, or what follows the answer."""
    preset = PRESETS[name]
    settings = LAB.settings.make(**preset.settings).of_panel()
    if preset.predict and preset.predict.check == check:
        outcome = lesson(LAB).outcomes[check](tables, settings)
        assert outcome is not None
        return preset.predict.why[outcome.answer].format_map(known(settings, outcome.numbers))
    finding = lesson(LAB).checks[check](tables, settings)
    assert finding is not None
    (statement,) = (one for one in preset.statements if one.check == check)
    return (statement.holds if finding.holds else statement.fails).format_map(known(settings, finding.numbers))


def known(settings: object, numbers: Mapping[str, object]) -> dict[str, object]:
    return {**settings.values(), **numbers}  # type: ignore[attr-defined]


def test_a_lead_of_a_point_or_two_is_not_said_to_be_none() -> None:
    said = told("directions", "map-keeps", directions.run(0.985, 0.97))
    assert "two points at most" in said
    assert "no lead" not in said


def test_a_point_less_is_not_said_to_be_no_fewer() -> None:
    said = told("directions", "fresh-samples", directions.run(other=0.752))
    assert "to a point" in said
    assert "no fewer" not in said


@pytest.mark.parametrize("weak", [(0.2, 0.57), (0.65, 0.57)])
def test_nothing_is_said_of_fgsm_where_pgd_is_asked_about(weak: tuple[float, float]) -> None:
    assert "contrary" not in told("rebuttal", "average-beside-map", rebuttal.table(weak, (0.3, 0.53)))
