"""The live lab's figures."""

from explorer.figures.layout import Part, Sheet
from explorer.figures.live.captions import LESSON
from explorer.figures.live.curves import PATCHES, patch, widths
from explorer.figures.live.declare import DRAG_K, LAYOUT, PENDING, PICTURES, ROLES, declare
from explorer.figures.live.plane import CLOSER
from explorer.figures.live.words import sentences

__all__ = ["LESSON", "SHEET", "patch", "sheets"]

PARTS = (
    *(Part((name,), patch=draw) for name, draw in PATCHES.items()),
    Part(tuple(PATCHES), sentences=sentences),
)
SHEET = Sheet(LAYOUT, declare, PARTS, PENDING, ROLES, PICTURES, DRAG_K, widths, CLOSER)


def sheets(panel: str) -> tuple[Sheet, ...]:
    """The sheets of a panel; this lab has none, and one sheet."""
    return (SHEET,)
