"""The overview's own card adds a perturbation to an image; beside it stands the first card of every primary panel."""

from explorer.figures.figure import Figure
from explorer.figures.look import Look
from explorer.figures.sentence import Sentence
from explorer.frames import Tables
from explorer.labs.region.gallery import figure as gallery

ADDED = "added"  # of the gallery, whose pictures are beside it
SLOTS = tuple(slot for slot in gallery.SLOTS if slot.name == ADDED)


def draw(tables: Tables, look: Look) -> tuple[Figure, ...]:
    """The gallery's card."""
    return tuple(figure for figure in gallery.draw(tables, look) if figure.name == ADDED)


def sentences(tables: Tables, look: Look) -> dict[str, Sentence]:
    """What the gallery says of it."""
    return {name: said for name, said in gallery.sentences(tables, look).items() if name == ADDED}
