"""The story follows the page: a caption speaks of a run only when the run's last tables are given."""

import pytest

from explorer.labs import find
from explorer.labs.captions import MISSED
from explorer.ui.course import Course
from explorer.ui.story import FREE_TITLE, Story
from tests.figures.examples_live import CASES

LAB = find("live")
TRUE, FALSE = (cases[0] for cases in CASES["narrow-is-steep"][:2])


@pytest.fixture
def story() -> Story:
    return Story(LAB, Course(LAB))


def said(story: Story) -> str:
    return story._caption.object


def test_a_run_is_spoken_of_with_its_tables_only(story: Story) -> None:
    first = LAB.settings.make()
    story.show(first, {})
    assert said(story).count("<p") == 1
    story.show(first, TRUE)
    assert "at k = 512 none is steeper than 10." in said(story)
    assert 'class="missed"' not in said(story)
    story.show(first, FALSE)
    assert f'<p class="missed">{MISSED}at k = 64' in said(story)
    story.show(first, {})
    assert said(story).count("<p") == 1


def test_another_seed_is_the_same_step_looked_at_anew(story: Story) -> None:
    story.show(LAB.settings.make(seed=7), FALSE)
    assert LAB.presets[0].title in said(story)
    assert MISSED in said(story)


def test_who_has_left_the_lesson_is_told_nothing_of_it(story: Story) -> None:
    story.show(LAB.settings.make(n=77), TRUE)
    assert FREE_TITLE in said(story)
    assert "left the lesson" in said(story)
    assert "<li>" not in said(story)


@pytest.mark.parametrize("name", ["polynomial", "digits"])
def test_what_to_try_belongs_to_the_step(story: Story, name: str) -> None:
    preset = LAB.preset(name)
    story.show(LAB.settings.make(**preset.settings), {})
    assert said(story).count("<li>") == len(preset.tries)
    assert f"data={preset.settings.get('data', 'sphere')}" in said(story) or name == "polynomial"
    assert "family=polynomial" in said(story) or name == "digits"
