"""The live lab's figures: what the page needs of a lab to draw it."""

from explorer.figures.live.curves import patch, widths
from explorer.figures.live.declare import DRAG_K, LAYOUT, PENDING, PICTURES, ROLES, declare
from explorer.figures.look import Look
from explorer.figures.live.plane import patch_plane, scales
from explorer.figures.live.words import plane_sentence, sentences

__all__ = [
    "DRAG_K",
    "LAYOUT",
    "PENDING",
    "PICTURES",
    "ROLES",
    "Look",
    "declare",
    "patch",
    "patch_plane",
    "plane_sentence",
    "scales",
    "sentences",
    "widths",
]
