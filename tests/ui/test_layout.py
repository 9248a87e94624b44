"""Where the cards of a sheet stand, and what they say of one frame after another."""

import pytest

from explorer.figures.layout import Slot
from explorer.figures.look import Look
from explorer.labs import find
from explorer.labs.bayes.samples import PANEL
from explorer.labs.sheets import sheet
from explorer.ui.cards import BELOW, BESIDE, EQUAL, HERO, THUMB
from explorer.ui.layout import Cards, places
from tests.labs.bayes.lesson.samples import DOSSIER, FIRST


def stand(count: int, hero: str, *, wide: str = "", projector: bool = False) -> str:
    """The places of cards a, b, ... one after another."""
    slots = [Slot(name, "", "", wide=name == wide) for name in "abcdef"[:count]]
    found = places(slots, hero, projector=projector)
    assert len(found) == count
    signs = {HERO: "H", EQUAL: "e", BESIDE: "s", BELOW: "b", THUMB: "t"}
    return "".join(signs[found[slot.name]] for slot in slots)


@pytest.mark.parametrize(
    ("cards", "hero", "wide", "places"),
    [
        (1, "a", "", "H"),
        (2, "a", "", "He"),
        (2, "b", "", "eH"),
        (3, "b", "", "sHs"),
        (4, "a", "", "Hsss"),
        (4, "a", "c", "Hsss"),  # three find room beside it
        (5, "a", "", "Hsssb"),
        (5, "a", "c", "Hsbss"),
        (5, "c", "c", "ssHsb"),  # the wide one is the large one: the last stands below
    ],
)
def test_one_is_large_and_the_others_stand_around_it(cards: int, hero: str, wide: str, places: str) -> None:
    assert stand(cards, hero, wide=wide) == places


def test_before_a_class_the_others_are_thumbnails() -> None:
    assert [stand(count, "b", projector=True) for count in (2, 5)] == ["tH", "tHttt"]


def test_of_a_frame_of_which_there_is_nothing_to_say_no_words_of_the_frame_before_are_left() -> None:
    cards = Cards(sheet(find("bayes"), PANEL), lambda setting, value: None)
    look = Look(PANEL.settings.make())
    waits = '<div class="say">Drawn with the first networks.</div>'
    assert cards._cards["samples-curves"]._say.object == waits
    cards.draw(DOSSIER, look)
    assert "<b>At ε = 0.1 an average of 50 keeps" in cards._cards["samples-curves"]._say.object
    cards.draw(FIRST, look)  # one network: there are no others that could attack
    assert "the average of 1 keeps" in cards._cards["samples"]._say.object
    assert cards._cards["samples-curves"]._say.object == waits
