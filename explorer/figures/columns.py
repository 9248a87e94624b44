"""From a panel's figures to the columns of their Bokeh sources: those of a run, and those of run A beside it."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from explorer.figures.figure import Figure
from explorer.figures.look import Look, Patch
from explorer.figures.marks import Dots, Image
from explorer.frames import Tables

Draw = Callable[[Tables, Look], Iterable[Figure]]


def patch(draw: Draw, tables: Tables, look: Look) -> Patch:
    """New columns for every source of the figures that are ready; run A is drawn as the run itself would be."""
    alone = replace(look, pinned=None, pinned_settings=None)
    if look.pinned is None:
        return filled(draw(tables, alone), look.theme)
    kept = draw(look.pinned, replace(alone, settings=look.pinned_settings))
    return filled(draw(tables, alone), look.theme, kept)


def filled(figures: Iterable[Figure], theme: str, kept: Iterable[Figure] = ()) -> Patch:
    """The columns of figures, and of the marks of run A those that are in `kept`."""
    pins = {figure.source(mark): mark for figure in kept for mark in figure.marks if mark.pinned}
    out: Patch = {}
    for figure in figures:
        for mark in figure.marks if figure.ready else ():
            source = figure.source(mark)
            shown = pins.get(source, type(mark)(mark.name)) if mark.pinned else mark
            out[source] = shown.columns(theme)
    return out


def roles(figures: Iterable[Figure]) -> dict[str, str]:
    """The role of every source that is drawn in one colour."""
    coloured = ((f.source(mark), mark) for f in figures for mark in f.marks if "role" not in mark.data)
    return {source: mark.role for source, mark in coloured if hasattr(mark, "role")}


def accents(figures: Iterable[Figure]) -> dict[str, dict[str, str]]:
    """What of a source is drawn in another role's colour than the rest: glyph properties, with their roles."""
    marks = ((f.source(mark), mark) for f in figures for mark in f.marks if isinstance(mark, Dots))
    return {source: found for source, mark in marks if (found := mark.accents)}


def pictures(figures: Iterable[Figure]) -> dict[str, str]:
    """The scale of every picture, by source."""
    return {f.source(mark): mark.scale for f in figures for mark in f.marks if isinstance(mark, Image)}
