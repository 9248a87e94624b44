"""The line from run A to B: what changed, what came of it, and nothing that is not known of both."""

import re

import numpy as np

from explorer.figures.look import Look
from explorer.labs.live.overview.facts import facts
from explorer.ui.difference import difference
from tests.figures.examples_live import live
from tests.ui.stage import LIVE

A = LIVE.settings.make(n=200, d=20)


def text(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html)).strip()


def test_it_names_what_changed_and_the_facts_of_both() -> None:
    b = A.changed(n=300, d=10)
    said = text(
        difference(A, b, ({"Lip": "9 to 10", "fit": "2 of 2"}, {"Lip": "20 to 22", "fit": "2 of 2"}), "at k = 32")
    )
    assert said == "A → B n 200 → 300 , d 20 → 10 at k = 32: Lip 9 to 10 → 20 to 22 fit 2 of 2 as before unpin"


def test_what_is_not_known_of_both_is_left_out_and_so_is_where() -> None:
    said = text(difference(A, A.changed(seed=7), ({"Lip": "9 to 10"}, {"fit": "1 of 2"}), "at k = 32"))
    assert said == "A → B seed 0 → 7 unpin"
    assert "the same settings" in text(difference(A, A.changed(k_shown=8, theme="dark"), ({}, {}), ""))


def test_it_is_text_whatever_a_value_says() -> None:
    assert "<script" not in difference(A, A, ({"<script>": "<b>"}, {"<script>": "<i>"}), "<script>")


def test_long_lists_are_cut() -> None:
    said = text(difference(A, A.changed(widths=tuple(range(1, 25))), ({}, {}), ""))
    assert "widths trained 12 from 8 to 512 → 24 from 1 to 24" in said
    few = text(difference(A, A.changed(widths=(8, 64), k_shown=64), ({}, {}), ""))
    assert "→ 8,64" in few


def test_settings_are_called_as_their_sliders_are() -> None:
    said = text(difference(A, A.changed(family="polynomial", p=2, d=40, eps_max=0.1), ({}, {}), ""))
    assert "d 20 → 40" in said
    assert "p 1 → 2" in said
    assert "activation rectified → polynomial" in said
    assert "largest eps 0.25 → 0.1" in said


def test_facts_of_live_are_bounds_rounded_outwards_at_the_chosen_k() -> None:
    tables = live(
        (32, 12.648, 13.01, True), (32, 13.5, 14.561, False), (64, 1.0, 99.0, True), success=[(0, 0.4, 1)] * 3
    )
    look = Look(LIVE.settings.make(widths=(32, 64), k_shown=32))
    assert facts(tables, look) == {"Lip": "12.6 to 14.6", "half flip at ε": "0.25", "fit": "1 of 2"}
    tables["prunability"] = {"k": np.array([32, 64]), "seed": np.array([0, 0]), "fraction": np.array([0.625, np.nan])}
    assert facts(tables, look)["weights that must stay"] == "62.5 %"


def test_facts_that_are_not_known_are_none() -> None:
    look = Look(LIVE.settings.make(widths=(32, 64), k_shown=32))
    assert facts({}, look) == {}
    assert facts(live((32, 12.0, np.nan, True)), look) == {"fit": "1 of 1"}
    assert facts(live((64, 12.0, 13.0, True)), look) == {}
