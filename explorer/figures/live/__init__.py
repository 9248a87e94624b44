"""The live lab's figures."""

from explorer.figures.layout import Sheet
from explorer.figures.live.captions import LESSON
from explorer.figures.live.curves import patch, widths
from explorer.figures.live.declare import DRAG_K, LAYOUT, PENDING, PICTURES, ROLES, declare
from explorer.figures.live.plane import closer
from explorer.figures.live.words import sentences

__all__ = ["LESSON", "SHEET", "sheets"]

SHEET = Sheet(LAYOUT, declare, patch, sentences, PENDING, ROLES, PICTURES, DRAG_K, widths, closer)


def sheets(panel: str) -> tuple[Sheet, ...]:
    """The sheets of a panel; this lab has none, and one sheet."""
    return (SHEET,)
