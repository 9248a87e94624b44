"""What of a figure must not change from frame to frame: it is rendered once, from no tables."""

from dataclasses import fields
from typing import Any

from explorer.figures.figure import Figure
from explorer.figures.marks import Mark


def fixed(drawn: Figure | Mark) -> list[Any]:
    """Its kind, and all fields but those that tables may change."""
    if isinstance(drawn, Mark):
        return [type(drawn), *((f.name, getattr(drawn, f.name)) for f in fields(drawn) if f.name not in drawn.data)]
    return [
        drawn.name,
        drawn.x,
        drawn.y,
        drawn.square,
        dict(drawn.pick),
        dict(drawn.choose),
        drawn.place,
        [fixed(mark) for mark in drawn.marks],
    ]
