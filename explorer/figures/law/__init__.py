"""The law lab's figures: the picture of n and k, which always stands, and those of the panel looked at."""

from functools import cache
from importlib import import_module
from types import ModuleType

from explorer.figures.law import picture
from explorer.figures.law.captions import LESSON
from explorer.figures.layout import Sheet
from explorer.labs.law.panels import PANELS

__all__ = ["LESSON", "sheets"]


@cache  # a sheet is rendered once
def sheets(panel: str) -> tuple[Sheet, ...]:
    """The picture's sheet, then that of the panel; the overview shows the first card of each primary panel."""
    if panel != "overview":
        return Sheet.of(picture), Sheet.of(_module(panel))
    primary = [_module(slug) for slug, found in PANELS.items() if found.primary]
    return Sheet.of(picture), Sheet.joined([Sheet.of(module, module.SLOTS[:1]) for module in primary])


def _module(slug: str) -> ModuleType:
    return import_module(f"{__name__}.{slug.replace('-', '_')}")
