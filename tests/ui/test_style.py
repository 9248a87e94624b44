"""The style sheet goes to a browser once for a page, however many parts wear it."""

import pytest
from bokeh.document import Document
from bokeh.models import InlineStyleSheet
from panel.io.state import set_curdoc

from explorer.ui.style import box, html, sheet


def page(doc: Document) -> None:
    with set_curdoc(doc):
        parts = [html(f"part {i}") for i in range(5)]
        box(*parts, box(html("inner"), css_classes=["b"]), css_classes=["a"]).server_doc(doc, title="")
        parts[0].object = "other"
        parts[1].stylesheets = [sheet(), "p { color: red }"]


@pytest.fixture
def doc() -> Document:
    doc = Document()
    page(doc)
    return doc


def test_a_document_holds_the_style_sheet_once(doc: Document) -> None:
    held = [model for model in doc.models if isinstance(model, InlineStyleSheet) and model.css == sheet()]
    assert len(held) == 1
    wearing = [model for model in doc.models if held[0] in getattr(model, "stylesheets", ())]
    assert len(wearing) == 8
    assert not [model for model in doc.models if sheet() in getattr(model, "stylesheets", ())]


def test_each_document_has_its_own(doc: Document) -> None:
    other = Document()
    page(other)
    ids = [{model.id for model in each.models if isinstance(model, InlineStyleSheet)} for each in (doc, other)]
    assert ids[0].isdisjoint(ids[1])
