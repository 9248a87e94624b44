"""The figure of the panel `gradients`."""

from collections.abc import Callable

import numpy as np
import pytest

from explorer.figures.columns import patch
from explorer.figures.look import Look, Patch
from explorer.frames import Tables
from explorer.labs.universal.gradients import GradientsSettings
from explorer.labs.universal.gradients.figure import draw, sentences
from tests.labs.universal.lesson.gradients import NOTHING, table

LOOK = Look(GradientsSettings.make())


@pytest.mark.parametrize("tables", [{}, NOTHING, table(), table(first=0.0), table(largest=np.nan)])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_source_is_filled(take: Callable[[Patch], None], tables: Tables, theme: str) -> None:
    take(patch(draw, tables, Look(LOOK.settings, theme, table(), LOOK.settings)))


def test_the_sentence_says_both() -> None:
    said = sentences(table(0.5, first=0.5), LOOK)["gradients"]
    assert said.lead == "In 800 dimensions the mean gradient is 0.25 at most, and the largest 4 at least."
    assert sentences(table(largest=np.nan), LOOK)["gradients"].lead == "The largest gradients are being searched for."
    assert sentences({}, LOOK) == {}
