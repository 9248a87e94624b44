"""A figure as HoloViews has it: all its sources, empty, by the names under which `figures.columns` fills them."""

from functools import singledispatch

import holoviews as hv

from explorer.figures import parts
from explorer.figures.figure import Figure
from explorer.figures.marks import Band, Dots, Image, Line, Lines, Mark, Rectangles, Segments, ShadedDots, Stems
from explorer.figures.texts import Inside, Labels, Margin


def overlay(figure: Figure) -> hv.Overlay:
    """The figure, to be rendered once."""
    return parts.figure([element(mark, figure.source(mark)) for mark in figure.marks], figure)


@singledispatch
def element(mark: Mark, source: str) -> hv.Element:
    """The mark, empty.

    Raises:
        TypeError: if there is no way to draw it.
    """
    raise TypeError(f"no way to draw a {type(mark).__name__}")


@element.register
def _(mark: Line, source: str) -> hv.Element:
    return parts.line(source, mark.role, dash=mark.dash, width=mark.width, alpha=mark.alpha, walked=mark.walked)


@element.register
def _(mark: Lines, source: str) -> hv.Element:
    return parts.lines(source, width=mark.width, hover=mark.tip)


@element.register
def _(mark: Band, source: str) -> hv.Element:
    return parts.band(source, mark.role)


@element.register
def _(mark: Dots, source: str) -> hv.Element:
    return parts.dots(source, mark)


@element.register
def _(mark: ShadedDots, source: str) -> hv.Element:
    return parts.shaded_dots(source, size=mark.size, hover=mark.tip)


@element.register
def _(mark: Stems, source: str) -> hv.Element:
    return parts.stems(source, mark.role, width=mark.width, alpha=mark.alpha)


@element.register
def _(mark: Segments, source: str) -> hv.Element:
    return parts.segments(source, hover=mark.tip)


@element.register
def _(mark: Rectangles, source: str) -> hv.Element:
    return parts.cells(source, hover=mark.tip)


@element.register(Inside)
@element.register(Labels)
def _(mark: Mark, source: str) -> hv.Element:
    return parts.labels(source)


@element.register
def _(mark: Margin, source: str) -> hv.Element:
    return parts.labels(source, margin=True)


@element.register
def _(mark: Image, source: str) -> hv.Element:
    return parts.image(source, mark.scale, alpha=mark.alpha)
