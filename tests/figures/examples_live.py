"""For every check of the live lab's captions tables in which it comes out, in which it does not, that do not tell."""

from collections.abc import Sequence
from math import inf, nan

import numpy as np

from explorer.frames import Tables
from tests.figures.examples import Cases

#: A width with the bounds of one of its networks, and whether it fits.
Row = tuple[int, float, float, bool]
Shares = Sequence[float]  # that an attack flips at eps = 0, half of eps_max and eps_max


def live(*rows: Row, success: Sequence[Shares] = ()) -> Tables:
    """One network a row, with its attack curve."""
    k, lower, upper, fits = (np.array(column) for column in zip(*rows, strict=True))
    seed = np.array([k[:i].tolist().count(width) for i, width in enumerate(k.tolist())])
    mse = np.where(fits, 1e-3, 0.5)
    tables = {"lipschitz": {"k": k, "seed": seed, "mse": mse, "fits": fits, "lower": lower, "upper": upper}}
    if success:
        share = np.array(success)
        eps = np.tile([0.0, 0.125, 0.25], len(k))
        tables["attack"] = {"k": np.repeat(k, 3), "seed": np.repeat(seed, 3), "eps": eps, "success": share.ravel()}
    return tables


def flat(k: int, value: float, fits: bool = True) -> Row:
    """A network whose constant is known, nearly."""
    return k, value, value * 1.001, fits


UNFIT, NARROW, WIDE = (4, 9.0, 9.5, False), (64, 20.0, 21.0, True), (512, 9.0, 10.0, True)
MIDDLE = (128, 16.0, 16.8, True), (256, 12.0, 12.6, True)
FALLING = (UNFIT, NARROW, *MIDDLE, WIDE)
EASIER = [(0, 0.9, 1), (0, 0.9, 1), (0, 0.65, 0.85), (0, 0.5, 0.6), (0, 0.35, 0.4)]
HARDER = [EASIER[i] for i in (0, 4, 3, 2, 1)]


def attacked(*shares: Shares) -> Tables:
    """Networks of three widths that fit."""
    return live(NARROW, MIDDLE[0], WIDE, success=shares)


CASES: dict[str, Cases] = {
    "narrow-is-steep": Cases(
        (live(*FALLING), live(*FALLING, (64, 22.0, 23.0, True))),
        (
            live(UNFIT, NARROW, *MIDDLE, (512, 9.0, 20.5, True)),  # found of the wide is no bound
            live(UNFIT, (64, 8.0, 21.0, True), *MIDDLE, WIDE),  # certified of the narrow is none
            live(*FALLING, (64, 9.0, 9.5, True)),  # one narrow network is flat
            live(*FALLING, (512, 20.0, 20.5, True)),  # one wide network is steep
        ),
        (
            live(UNFIT, NARROW, WIDE),  # two networks may differ by chance
            live(flat(16, 10.1), flat(64, 50), flat(512, 9)),  # the steepest lies between
            live(*((k, 10.004 - 1e-4 * i, 10.004 - 1e-4 * i + 1e-5, True) for i, k in enumerate((64, 128, 256, 512)))),
            live(*FALLING, (512, 9.0, nan, True)),
            live(*FALLING, (64, 9.0, inf, True), (64, nan, 21.0, True)),
            live(UNFIT, NARROW),
        ),
    ),
    "few-params-do-not-fit": Cases(
        (live(UNFIT, NARROW),),
        (live((4, 9.0, 9.5, True), NARROW), live(UNFIT), live(UNFIT, NARROW, (64, 9.0, 9.5, False))),
        (live(NARROW),),
    ),
    "edge-is-steepest": Cases(
        (live(*FALLING),),
        (live(UNFIT, (64, 8.0, 21.0, True), *MIDDLE, WIDE), live(flat(64, 10), flat(128, 10.01), flat(512, 9))),
        (
            live(UNFIT, NARROW, WIDE),
            live(flat(64, 20.0000001), flat(128, 20), flat(512, 5)),  # a tie
            live(flat(64, 20), flat(128, 19.5), flat(256, 19.0), flat(512, 18.5)),  # hardly steeper
            live(flat(64, 20), flat(128, 8), flat(256, 17), flat(512, 17.5)),  # no trend
            live(*FALLING, (128, nan, 99.0, True)),
        ),
    ),
    "edge-is-easiest": Cases(
        (live(*FALLING, success=EASIER),),
        (live(*FALLING, success=HARDER), live(*FALLING, success=[EASIER[i] for i in (0, 2, 1, 3, 4)])),
        (
            live(UNFIT, NARROW, WIDE, success=EASIER[2:]),
            attacked((0, 0.4, 0.5), (0, 0.4, 0.5), (0, 0.4, 0.5)),  # a tie
            live(*FALLING, success=[(0, s, s) for s in (0.9, 0.9, 0.87, 0.84, 0.81)]),  # hardly easier
            attacked((0, 0.45, 0.5), (0, 0.2, 0.2), (0, 0.35, 0.4)),  # no trend
            live(*FALLING, success=[*EASIER[:4], (nan, nan, nan)])
            | {"lipschitz": live(UNFIT, NARROW)["lipschitz"]},  # nothing to compare with
        ),
    ),
    "near-the-target": Cases(  # d = 20: sqrt(d) = 4.47
        (live((64, 4.5, 4.7, True)), live((64, 3.1, 6.6, True))),
        (live(NARROW), live((64, 7.0, 7.2, True)), live((64, 0.005, 0.01, True)), live((64, 2.7, 2.9, True))),
        (
            live((64, 4.5, 9.0, True)),
            live((64, 1.0, 4.7, True)),
            live((64, 4.5, 4.7, True), (64, 4.5, nan, True)),
            live(UNFIT),
        ),
    ),
    "no-flatter": Cases(
        (live(NARROW, (512, 21.0, 22.0, True)), live(NARROW, (512, 19.0, 40.0, True))),
        (live(NARROW, WIDE), live((64, 20.0, 40.0, True), (256, 50.0, 60.0, True), WIDE)),
        (
            live(flat(64, 10), (512, 2.0, 9.5, True)),  # a loose certificate is no evidence
            live((64, 5.0, 10.0, True), (512, 8.0, 9.0, True)),
            live(NARROW, (512, 21.0, inf, True)),
            live((64, 0.0, 20.0, True), (512, 21.0, 22.0, True)),
            live(NARROW),
        ),
    ),
    "meets-up-to-d": Cases(  # d = 100
        (live((8, 5.0, 5.01, True), (100, 5.0, 5.2, True), WIDE),),
        (live((8, 5.0, 6.0, True), WIDE), live((8, 5.0, 5.5, True)), live((8, 5.0, 5.01, True), (100, 5.0, 5.5, True))),
        (live((8, 5.0, 5.01, True), (16, 0.0, 100.0, True)), live((8, 5.0, 5.01, True), (32, 5.0, nan, True))),
    ),
    "meets": Cases(
        (live((8, 5.0, 5.001, True), (64, 4.0, 4.001, True)),),
        (live((8, 5.0, 5.001, True), (64, 4.0, 4.2, True)), live((8, 5.0, 5.1, True))),
        (
            live((8, 5.0, 5.001, True), (64, 7.0, inf, True)),
            live((8, 5.0, 5.001, True), (64, nan, 4.0, True)),
            live((8, 5.0, 5.001, True), (64, 0.0, 0.0, True)),
        ),
    ),
    "every-width-that-may-fits": Cases(
        (live(UNFIT, NARROW, WIDE),),
        (live(UNFIT, NARROW, (512, 9.0, 10.0, False)), live(UNFIT, NARROW, WIDE, (512, 9.0, 10.0, False))),
        (live(UNFIT, NARROW, (512, nan, 10.0, True)), live(UNFIT)),
    ),
    "wide-keep-points": Cases(
        (live(*FALLING, success=EASIER),),
        (
            live(*FALLING, success=HARDER),
            attacked((0, 0.9, 1), (0, 0.7, 0.8), (0, 0.5, 0.6)),  # less than the narrowest, but most of them
            attacked((0, 0.2, 0.3), (0, 0.2, 0.3), (0, 0.3, 0.4)),  # few, but more than the narrowest
        ),
        (live(NARROW, success=EASIER[:1]), live(NARROW)),
    ),
    "all-flip-early": Cases(
        (live(NARROW, success=[(0, 0.5, 1)]),),
        (attacked((0, 0.9, 1), (0, 0.9, 1), (0, 0.2, 1)), live(NARROW, success=[(0, 0.49, 1)])),
        (live(NARROW), live(UNFIT, success=[(0, 0.9, 1)])),
    ),
}
