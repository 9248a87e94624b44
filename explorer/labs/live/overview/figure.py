"""The live lab's figures."""

from explorer.figures.layout import Sheet
from explorer.labs.live.overview.closer import closer
from explorer.labs.live.overview.curves import patch, widths
from explorer.labs.live.overview.declare import DRAG_K, LAYOUT, PENDING, PICTURES, ROLES, declare
from explorer.labs.live.overview.words import sentences

SHEET = Sheet(LAYOUT, declare, patch, sentences, PENDING, ROLES, PICTURES, DRAG_K, widths, closer)
