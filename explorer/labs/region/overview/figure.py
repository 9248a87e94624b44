"""The overview has no card of its own: it shows the first one of every primary panel."""

from explorer.figures.figure import Figure
from explorer.figures.layout import Slot
from explorer.figures.look import Look
from explorer.figures.sentence import Sentence
from explorer.frames import Tables

SLOTS: tuple[Slot, ...] = ()


def draw(tables: Tables, look: Look) -> tuple[Figure, ...]:
    """Nothing."""
    return ()


def sentences(tables: Tables, look: Look) -> dict[str, Sentence]:
    """Nothing."""
    return {}
