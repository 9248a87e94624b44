"""Containers and text that carry the product's style sheet into their shadow roots."""

from typing import Any

import panel as pn
from bokeh.model import Model

from explorer.ui.assets import read


def sheet() -> str:
    """The style sheet."""
    return read("style.css")


def zoomed(pixels: float) -> str:
    """A size of type that grows with the words around it when they are shown to a class."""
    return f"calc({pixels}px * var(--ex-zoom, 1))"


def box(*parts: Any, css_classes: list[str], **options: Any) -> pn.Column:
    """A column with the style sheet."""
    options = {"sizing_mode": "stretch_width", "margin": 0} | options
    return pn.Column(*parts, css_classes=css_classes, stylesheets=[sheet()], **options)


def html(text: str, **options: Any) -> pn.pane.HTML:
    """A piece of HTML with the style sheet."""
    options = {"sizing_mode": "stretch_width", "margin": 0} | options
    return _Text(text, stylesheets=[sheet()], **options)


class _Text(pn.pane.HTML):
    """A new text is sent alone; Panel would send the style sheets again with it, in a notebook ones from a CDN."""

    def _update(self, ref: str, model: Model) -> None:
        model.update(text=self._transform_object(self.object)["object"])
