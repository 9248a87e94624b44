"""Where the cards of a sheet stand."""

import pytest

from explorer.figures.layout import Slot
from explorer.ui.cards import BELOW, BESIDE, EQUAL, HERO, THUMB
from explorer.ui.layout import places


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
