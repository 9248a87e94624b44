"""The live lab's figures."""

from explorer.figures.layout import Part, Sheet
from explorer.labs.live.overview.closer import CLOSER
from explorer.labs.live.overview.curves import PATCHES, patch, widths
from explorer.labs.live.overview.declare import DRAG_K, LAYOUT, PENDING, PICTURES, ROLES, declare
from explorer.labs.live.overview.words import sentences

__all__ = ["SHEET", "patch"]

PARTS = (
    *(Part((name,), fill=draw) for name, draw in PATCHES.items()),
    Part(tuple(PATCHES), sentences=sentences),
)
SHEET = Sheet(LAYOUT, declare, PARTS, PENDING, ROLES, PICTURES, DRAG_K, widths, CLOSER)
