"""Dots under the figures of a phone, which are swiped: how many there are, which one is seen, and which comes next."""

import param
from panel.custom import JSComponent

from explorer.ui.assets import read


class Swipe(JSComponent):
    """Follows the cards that stand beside it, in the browser alone; on a wider page it is not seen."""

    titles = param.List([], item_type=str, doc="Of the cards, in the order in which they are swiped.")

    _esm = read("make.js", "swipe.js")
    _stylesheets = [read("swipe.css")]  # noqa: RUF012 (Panel's)

    def __init__(self) -> None:
        super().__init__(margin=0, sizing_mode="stretch_width", css_classes=["ex-swipe"])
