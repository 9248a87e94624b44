"""Containers and text that carry the product's style sheet into their shadow roots."""

from collections.abc import Mapping
from typing import Any, ClassVar

import panel as pn
import param
from bokeh.document import Document
from bokeh.model import Model
from bokeh.models import InlineStyleSheet

from explorer.ui.assets import read

SHEET = "explorer_style_sheet"


def sheet() -> str:
    """The style sheet."""
    return read("style.css")


def zoomed(pixels: float) -> str:
    """A size of type that grows with the words around it when they are shown to a class."""
    return f"calc({pixels}px * var(--ex-zoom, 1))"


def box(*parts: Any, css_classes: list[str], **options: Any) -> pn.Column:
    """A column with the style sheet."""
    options = {"sizing_mode": "stretch_width", "margin": 0} | options
    return _Box(*parts, css_classes=css_classes, stylesheets=[sheet()], **options)


def html(text: str, **options: Any) -> pn.pane.HTML:
    """A piece of HTML with the style sheet."""
    options = {"sizing_mode": "stretch_width", "margin": 0} | options
    return _Text(text, stylesheets=[sheet()], **options)


class _Styled:
    """The style sheet is one model of the page's document: it goes out once, and not with each of sixty parts."""

    def _process_param_change(self, params: dict[str, Any]) -> dict[str, Any]:
        found = super()._process_param_change(params)  # type: ignore[misc]
        if (doc := pn.state.curdoc) and "stylesheets" in found:
            found["stylesheets"] = [_once(doc, each) for each in found["stylesheets"]]
        return found


def _once(doc: Document, each: Any) -> Any:
    if each != sheet():
        return each
    held = doc.template_variables  # of nobody else but the document
    if SHEET not in held:
        held[SHEET] = InlineStyleSheet(css=each)
    return held[SHEET]


class _Box(_Styled, pn.Column):
    """Also with attributes of its element. A class among them may come and go: for one of `css_classes` Bokeh lays the
    whole page out anew, a tenth of a second in which no key is answered."""

    attributes = param.Dict({}, doc="html_attributes, of which Panel knows nothing")

    _rename: ClassVar[Mapping[str, str | None]] = {"attributes": "html_attributes"}


class _Text(_Styled, pn.pane.HTML):
    """A new text is sent alone; Panel would send the style sheets again with it, in a notebook ones from a CDN."""

    def _update(self, ref: str, model: Model) -> None:
        model.update(text=self._transform_object(self.object)["object"])
