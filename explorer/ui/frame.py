"""How the parts of a view stand together; where each one stands says the style sheet."""

from collections.abc import Sequence
from typing import Any

import panel as pn

from explorer.ui.style import box


def compose(
    bar: Any, groups: Sequence[Any], middle: Sequence[Any], story: Any, status: Any, browser: Any | None
) -> pn.Column:
    """The root of a view, or of a cell where there is no `browser`. On a phone the first group stays in reach."""
    four, *rest = groups or [box(css_classes=[])]
    side = box(box(four, css_classes=["ex-four"]), box(*rest, css_classes=["ex-rest"]), css_classes=["ex-side"])
    parts = [bar, side, box(*middle, css_classes=["ex-middle"]), story, box(status, css_classes=["ex-status"])]
    if browser:
        return box(*parts, browser, css_classes=["ex-root"])
    return box(*parts, css_classes=["ex-root", "ex-cell"])
