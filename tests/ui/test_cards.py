"""The words around a figure."""

import re
from pathlib import Path

import pytest

import explorer
from explorer.figures.layout import LEGEND, Slot
from explorer.figures.sentence import Sentence
from explorer.labs import labs
from explorer.labs.sheets import sheet
from explorer.ui.cards import _legend, _said


def test_the_lead_is_bold_and_the_rest_is_folded_away() -> None:
    said = _said(Sentence("It is 3 steep.", "95 % interval [2, 4]."))
    assert re.search(r"<b>It is 3 steep.</b> <ex-fold><details><summary>\w+</summary>95 % interval", said)
    assert "details" not in _said(Sentence("It is 3 steep."))
    assert _said(Sentence("", "Drawn soon.")) == '<div class="say">Drawn soon.</div>'


def test_what_is_read_out_and_exported_is_all_of_it() -> None:
    sentence = Sentence("k<sup>2</sup> is <em>(at most)</em> 3.", "n &lt; 4.")
    assert sentence.text == "k2 is (at most) 3. n < 4."
    assert sentence.html == "<b>k<sup>2</sup> is <em>(at most)</em> 3.</b> n &lt; 4."
    assert Sentence("", "Drawn soon.").html == "Drawn soon."


def test_every_sign_of_a_legend_is_drawn_by_the_style_sheet() -> None:
    css = (Path(explorer.__file__).parent / "ui/style.css").read_text("utf-8")
    assert set(re.findall(r"\.sign-(\w+)", css)) == LEGEND
    shown = [slot for lab in labs() for panel in lab.panels for slot in sheet(lab, panel).slots]
    signs = [sign for slot in shown for sign in re.findall(r"sign-(\w+)", _legend(slot.legend))]
    assert set(signs) == LEGEND, "none is unused"
    with pytest.raises(ValueError, match="slot x: no sign for triangle"):
        Slot("x", "", "", legend={"triangle": "what is not drawn"})
