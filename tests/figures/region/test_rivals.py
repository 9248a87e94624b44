"""The figures of the panel `rivals`: who stays right, on points made for whom, and what may be said of chance."""

import re
from collections.abc import Callable

import numpy as np
import pytest

from explorer.figures.columns import patch
from explorer.figures.look import Look, Patch
from explorer.frames import Tables
from explorer.labs.region.kinds import EXTRA, PGD_AT, STATIC
from explorer.labs.region.rivals import ATTACKS, CARLINI, FGSM, PGD, RivalsSettings
from explorer.labs.region.rivals.figure import draw, sentences
from explorer.labs.region.tables import DEFENCE, TRANSFER, WHITE_BOX
from tests.labs.region.lesson.rivals import BEGUN, EMPTY, HALF, LEARNING, LOST, curves, run

LOOK = Look(RivalsSettings.make())
WHOLE = run()


@pytest.mark.parametrize("tables", [{}, EMPTY, LEARNING, BEGUN, HALF, LOST, WHOLE])
@pytest.mark.parametrize("attack", ATTACKS)
def test_every_source_is_filled(take: Callable[[Patch], None], tables: Tables, attack: str) -> None:
    for access, theme in ((WHITE_BOX, "light"), (TRANSFER, "dark")):
        settings = RivalsSettings.make(attack=attack, access=access, eps_shown=0.2)
        take(patch(draw, tables, Look(settings, theme, WHOLE, LOOK.settings)))
        said = sentences(tables, Look(settings))
        assert all("nan" not in sentence.text for sentence in said.values())
        assert all(len(sentence.lead) <= 130 for sentence in said.values())


def test_curves_are_of_the_attack_and_the_access_that_are_looked_at() -> None:
    own = patch(draw, WHOLE, LOOK)
    np.testing.assert_allclose(own[f"rivals:line-{PGD_AT}"]["y"][2], 0.75, atol=0.03)
    other = patch(draw, WHOLE, Look(RivalsSettings.make(access=TRANSFER)))
    np.testing.assert_allclose(other[f"rivals:line-{STATIC}"]["y"][2], 0.76, atol=0.03)
    long = patch(draw, WHOLE, Look(RivalsSettings.make(attack=CARLINI)))
    np.testing.assert_allclose(long[f"rivals:line-{STATIC}"]["x"], np.array(LOOK.settings.radii) * 4)
    np.testing.assert_allclose(long["rivals:at"]["x"], [0.4, 0.4])


def test_the_second_card_has_both_accesses_whichever_is_looked_at() -> None:
    for access in (WHITE_BOX, TRANSFER):
        columns = patch(draw, WHOLE, Look(RivalsSettings.make(access=access)))
        np.testing.assert_allclose(columns["access:own"]["x"], [0.75, 0.54, 0.72, 0.5, 0.36, 0.4], atol=0.03)
        np.testing.assert_allclose(columns["access:other"]["x"], [0.83, 0.6, 0.84, 0.76, 0.38, 0.4], atol=0.03)


def test_what_is_said_of_who_stays_right() -> None:
    said = sentences(WHOLE, LOOK)["rivals"]
    shares = re.fullmatch(
        r"Under PGD at ε = 0.1 static RAT has (\d+) % right, PGD-AT (\d+) %, extra training (\d+) %\.", said.lead
    )
    assert shares
    np.testing.assert_allclose([int(each) for each in shares.groups()], [50, 75, 36], atol=3)
    assert "PGD-AT has clearly more right than static RAT" in said.details
    assert "Static RAT has clearly more right than extra training" in said.details
    even = sentences(run({STATIC: 0.36}, half=0.1), LOOK)["rivals"].details
    assert "Static RAT has not clearly more or fewer right than extra training" in even
    learning = sentences(LEARNING, Look(RivalsSettings.make(attack=FGSM)))["rivals"].lead
    assert learning.startswith("Under FGSM at ε = 0.1 networks that still learn have")
    assert "access" not in sentences(LEARNING, Look(RivalsSettings.make(attack=FGSM)))


def test_what_is_said_of_points_made_for_another() -> None:
    said = sentences(WHOLE, LOOK)["access"]
    assert said.lead.startswith("PGD at ε = 0.1 leaves static RAT")
    assert "static RAT: clearly more" in said.details
    even = sentences(run(other={STATIC: 0.5}, half=0.1), LOOK)["access"].details
    assert "static RAT: not clearly more" in even


def test_of_networks_that_differ_by_chance_alone_an_effect_is_hardly_ever_said() -> None:
    """One share for all, and for both accesses: of 200 runs of three networks, each sentence in 5 % at most."""
    said = dict.fromkeys(("Static RAT has clearly", "PGD-AT has clearly", "static RAT: clearly"), 0)
    for turn in range(200):
        rng = np.random.default_rng(turn)
        parts = [
            curves(model, access, 0.5, half=0.05, attacks=(PGD,), rng=rng)
            for model in (STATIC, PGD_AT, EXTRA)
            for access in (WHITE_BOX, TRANSFER)
        ]
        found = sentences({"defence": DEFENCE.joined(parts)}, LOOK)
        text = found["rivals"].details + found["access"].details
        for words in said:
            said[words] += words in text
    assert max(said.values()) <= 10
