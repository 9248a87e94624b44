"""From a panel's figures to the columns of their Bokeh sources: those of a run, and those of run A beside it."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from explorer.figures.look import Look, Patch
from explorer.figures.marks import Band, Dots, Figure, Image, Line, Pin
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
    """The columns of figures, and of the lines of run A those that are in `kept`."""
    pins = {figure.source(mark): mark for figure in kept for mark in figure.marks if isinstance(mark, Pin)}
    out: Patch = {}
    for figure in figures:
        for mark in figure.marks if figure.ready else ():
            source = figure.source(mark)
            shown = pins.get(source, Line(mark.name)) if isinstance(mark, Pin) else mark
            out[source] = shown.columns(theme)
    return out


def limits(figures: Iterable[Figure]) -> dict[str, tuple[float, float]]:
    """The ends of the colour scale of every picture, by source."""
    return {f.source(mark): mark.limits for f in figures for mark in f.marks if isinstance(mark, Image)}


def roles(figures: Iterable[Figure]) -> dict[str, str]:
    """The role of every source that is drawn in one colour."""
    return {f.source(mark): mark.role for f in figures for mark in f.marks if isinstance(mark, Line | Band | Dots)}


def pictures(figures: Iterable[Figure]) -> dict[str, str]:
    """The scale of every picture, by source."""
    return {f.source(mark): mark.scale for f in figures for mark in f.marks if isinstance(mark, Image)}
