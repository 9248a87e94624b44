"""The picture as a strip: where in the plane of n and k another panel stands."""

from collections.abc import Sequence
from math import log

from explorer.figures.look import Look
from explorer.figures.palette import colour, on_scale
from explorer.frames import Tables
from explorer.labs.law import cells
from explorer.labs.law.overview.figure import Layer, layers
from explorer.settings import Settings

CELL, ROW = 44, 13  # px of a cell


def strip(tables: Tables, look: Look, here: Settings) -> str:
    """Thumbnail, position and the way to the overview (HTML); "" while there is no picture, or without an n."""
    found = layers(tables)
    layer = found[look.settings.layer]
    if not len(layer.k):
        return ""
    ks, ns = sorted(set(layer.k.tolist())), sorted(set(layer.n.tolist()), reverse=True)
    n, k = _sizes(here, "n", "ns"), _sizes(here, "k", "widths")
    if not n:
        return ""
    rows, columns = {_near(ns, size) for size in n}, {_near(ks, size) for size in k} or set(range(len(ks)))
    marked = {(row, column) for row in rows for column in columns}
    picture = _picture(layer, ks, ns, marked, cells.span(*(each.value for each in found.values())), look.theme)
    where = f"n = {_range(n)}, " + (f"k = {_range(k)}" if k else "k is no setting here")
    of = {"constructions": "What can be built", "trained": "What training finds", "floors": "What must hold"}
    more = (
        f"{of[look.settings.layer]}, as the overview has it at d = {look.settings.d}: the stronger the colour, the "
        f"steeper. The nearest {'cells are' if k else 'row is'} outlined."
    )
    button = '<button data-panel="overview">open overview</button>'
    return f'<div class="strip">{picture}<p><b>You are here:</b> {where}.<br><small>{more}</small></p>{button}</div>'


def _sizes(here: Settings, one: str, many: str) -> list[int]:
    values = here.values()
    return sorted(values[many]) if many in values else [values[one]] if one in values else []


def _range(sizes: Sequence[int]) -> str:
    said = [f"{size:,}" for size in sizes]
    return " and ".join(said) if len(said) < 3 else f"{said[0]} to {said[-1]}"


def _near(sizes: Sequence[int], size: int) -> int:
    return min(range(len(sizes)), key=lambda i: abs(log(sizes[i] / size)))


def _picture(
    layer: Layer, ks: list[int], ns: list[int], marked: set[tuple[int, int]], over: tuple[float, float], theme: str
) -> str:
    """The cells as SVG; n falls from the top, k rises to the right."""
    hues = on_scale(cells.shades(layer.value, over), "sequential", theme)
    colours = dict(zip(zip(layer.n.tolist(), layer.k.tolist(), strict=True), hues, strict=True))
    unknown = colour("faint", theme)
    parts = []
    for row, n in enumerate(ns):
        for column, k in enumerate(ks):
            outline = ' class="here"' if (row, column) in marked else ""
            parts.append(
                f'<rect{outline} x="{column * CELL + 1}" y="{row * ROW + 1}" width="{CELL - 2}" height="{ROW - 2}" '
                f'fill="{colours.get((n, k), unknown)}"/>'
            )
    size = f'viewBox="0 0 {len(ks) * CELL} {len(ns) * ROW}" style="width: {len(ks) * CELL}px"'
    said = f"n from {ns[-1]} to {ns[0]} upwards, k from {ks[0]} to {ks[-1]} rightwards"
    return f'<svg role="img" aria-label="{said}" {size}>{"".join(parts)}</svg>'
