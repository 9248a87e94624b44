"""The figures of the panel `features`."""

from collections.abc import Callable

import pytest

from explorer.figures.columns import patch
from explorer.figures.look import Look, Patch
from explorer.frames import Tables
from explorer.labs.universal.features import FeaturesSettings
from explorer.labs.universal.features.figure import draw, sentences
from tests.labs.universal.lesson.features import SHORT, table

LOOK = Look(FeaturesSettings.make())


@pytest.mark.parametrize("tables", [{}, SHORT, table(), table(0.5)])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_source_is_filled(take: Callable[[Patch], None], tables: Tables, theme: str) -> None:
    take(patch(draw, tables, Look(LOOK.settings, theme, SHORT, LOOK.settings)))


def test_the_sentences_say_how_high_the_peak_is_and_how_it_goes_on() -> None:
    said = sentences(table(20.0, random=-0.1, tangent=-0.4, wave=0.0001), LOOK)
    assert said["features"].lead.startswith("At params = n the norm is 20 times that at 4 n")
    assert "−0.10 (random features) and −0.40 (the tangent kernel)" in said["features-lip"].lead


def test_before_four_n_nothing_is_compared() -> None:
    said = sentences(SHORT, LOOK)
    assert said["features"].lead == "Up to params = 1 n the norm has come to 200."
    assert "features-lip" not in said
    assert sentences({}, LOOK) == {}
