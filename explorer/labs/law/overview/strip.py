"""The picture as a strip: where in the plane of n and k another panel stands."""

from collections.abc import Sequence
from math import log

import numpy as np

from explorer.figures.look import Look
from explorer.figures.numbers import listed
from explorer.figures.palette import on_scale
from explorer.frames import Tables
from explorer.labs.law import cells
from explorer.labs.law.overview.figure import Layer, layers
from explorer.settings import Settings

CELL, ROW = 44, 13  # px of a cell


def strip(tables: Tables, look: Look, here: Settings) -> str:
    """Thumbnail, position and the way to the overview (HTML); "" while there is no picture."""
    found = layers(tables)
    layer = found[look.settings.layer]
    if not len(layer.k):
        return ""
    ks, ns = sorted(set(layer.k.tolist())), sorted(set(layer.n.tolist()), reverse=True)
    n, k = _sizes(here, "n", "ns"), _sizes(here, "k", "widths")
    marked = {(_near(ns, a), _near(ks, b)) for a in n for b in k}
    picture = _picture(layer, ks, ns, marked, cells.span(*(each.value for each in found.values())), look.theme)
    if marked:
        where = f"<b>You are here:</b> n = {_range(n)}, k = {_range(k)}."
        of = {"constructions": "What can be built", "trained": "What training finds", "floors": "What must hold"}
        more = (
            f"{of[look.settings.layer]}, as the overview has it at d = {look.settings.d}: the stronger the colour, the "
            "steeper. The nearest cells are outlined."
        )
    else:
        where, more = "<b>Not in the picture:</b> this panel has no n and k of its own.", "It opens on the overview."
    button = '<button data-panel="overview">open overview</button>'
    return f'<div class="strip">{picture}<p>{where}<br><small>{more}</small></p>{button}</div>'


def _sizes(here: Settings, one: str, many: str) -> list[int]:
    values = here.values()
    return sorted(values[many]) if many in values else [values[one]] if one in values else []


def _range(sizes: Sequence[int]) -> str:
    return listed(sizes) if len(sizes) < 3 else f"{sizes[0]:,} to {sizes[-1]:,}"


def _near(sizes: Sequence[int], size: int) -> int:
    return min(range(len(sizes)), key=lambda i: abs(log(sizes[i] / size)))


def _picture(
    layer: Layer, ks: list[int], ns: list[int], marked: set[tuple[int, int]], over: tuple[float, float], theme: str
) -> str:
    """The cells as SVG; n falls from the top, k rises to the right."""
    shades = dict(
        zip(zip(layer.n.tolist(), layer.k.tolist(), strict=True), cells.shades(layer.value, over), strict=True)
    )
    parts = []
    for row, n in enumerate(ns):
        for column, k in enumerate(ks):
            colour = on_scale(np.array([shades.get((n, k), np.nan)]), "sequential", theme)[0]
            outline = ' class="here"' if (row, column) in marked else ""
            parts.append(
                f'<rect{outline} x="{column * CELL + 1}" y="{row * ROW + 1}" width="{CELL - 2}" height="{ROW - 2}" '
                f'fill="{colour}"/>'
            )
    size = f'width="{len(ks) * CELL}" height="{len(ns) * ROW}"'
    said = f"n from {ns[-1]} to {ns[0]} upwards, k from {ks[0]} to {ks[-1]} rightwards"
    return f'<svg role="img" aria-label="{said}" {size}>{"".join(parts)}</svg>'
