"""How the parts of a view stand together; where each one stands says the style sheet."""

from collections.abc import Sequence
from typing import Any

import panel as pn

from explorer.ui.style import box, html


def compose(
    bar: Any, groups: Sequence[Any], middle: Sequence[Any], story: Any, status: Any, unseen: Sequence[Any]
) -> pn.Column:
    """The root of a view, or of a cell where nothing stands by `unseen`, as what a whole page does.

    On a phone and before a class the controls and the story are drawers, which the browser opens by itself.
    """
    four, *rest = groups or [box(css_classes=[])]
    drawers = [
        html(
            f'<button class="drawer" data-drawer="{which}" aria-expanded="false">{which}</button>',
            css_classes=[f"ex-to-{which}"],
        )
        for which in ("controls", "story")
    ]
    side = box(box(four, css_classes=["ex-four"]), box(*rest, css_classes=["ex-rest"]), css_classes=["ex-side"])
    parts = [bar, side, box(*middle, css_classes=["ex-middle"]), story, box(status, css_classes=["ex-status"])]
    if unseen:
        return box(*parts, *drawers, *unseen, css_classes=["ex-root"])
    return box(*parts, css_classes=["ex-root", "ex-cell"])
