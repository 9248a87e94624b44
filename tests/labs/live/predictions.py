"""What the answers to the questions of the live lab's lesson are tried on."""

from math import inf, nan

import numpy as np

from explorer.frames import Tables
from explorer.labs import shipped
from explorer.labs.live import LAB
from tests.figures.examples_live import EASIER, FALLING, HARDER, NARROW, UNFIT, WIDE, attacked, flat, live
from tests.labs.asked import Asked, Chance, Draw, dealt

RISING = (UNFIT, (64, 9.0, 10.0, True), (128, 12.0, 12.6, True), (256, 16.0, 16.8, True), (512, 20.0, 21.0, True))
SIX = (16, 32, 64, 128, 256, 512)
HUMP = tuple(flat(k, value) for k, value in zip(SIX, (10, 14, 18, 17.5, 13, 9), strict=True))
VALLEY = tuple(flat(k, value) for k, value in zip(SIX, (20, 14, 10, 10.5, 15, 21), strict=True))
SHARES = [(0, s, s) for s in (0.2, 0.3, 0.4, 0.5, 0.6)]


def gaps(inside: tuple[float, ...], outside: tuple[float, ...]) -> Tables:
    """Networks whose bounds are this far apart, up to k = d = 100 and beyond."""
    widths = [*(8 + i for i in range(len(inside))), *(128 + i for i in range(len(outside)))]
    return live(*((k, 10.0, 10.0 * (1 + gap), True) for k, gap in zip(widths, (*inside, *outside), strict=True)))


CASES: dict[str, Asked] = {
    "narrowest-beside-widest": Asked(
        {
            "steeper": (live(*FALLING),),
            "flatter": (live(*RISING),),
            "about as steep": (
                live(flat(64, 10), flat(128, 10.5), flat(512, 11)),
                live(NARROW, (512, 19, 23.7, True)),
                live(flat(16, 10.1), flat(64, 50), flat(512, 9)),  # whatever lies between
            ),
        },
        (
            live(UNFIT, NARROW, WIDE),  # two networks may differ by chance
            live(UNFIT, (64, 9.0, 10.0, True), (512, 20.0, 21.0, True)),
            live(flat(64, 10), flat(128, 10.5), (512, 10, 20, True)),  # loose: it may be as steep, or twice
            live(*FALLING, (512, 9.0, nan, True)),
            live(*RISING, (64, 9.0, inf, True)),
            live(*FALLING, (512, 20.0, 20.5, True)),
            live(NARROW),
            live(UNFIT),
        ),
    ),
    "steepest": Asked(
        {
            "the narrowest": (live(*FALLING),),
            "one in between": (live(*HUMP),),
            "the widest": (live(*RISING),),
        },
        (
            live(UNFIT, NARROW, WIDE),
            live(flat(64, 10), flat(128, 20), flat(512, 9)),  # three widths always bend
            live(*HUMP[:3], flat(128, 12), flat(256, 17.5), flat(512, 17)),  # not clearly above the end
            live(*(flat(k, v) for k, v in zip(SIX, (10, 30, 9, 10, 9.5, 10), strict=True))),  # one of them, no bend
            live(*(flat(k, 20 - 0.1 * i) for i, k in enumerate(SIX))),  # hardly steeper
            live(*HUMP, (128, nan, 99.0, True)),
            live(UNFIT),
        ),
    ),
    "flattest": Asked(
        {
            "the narrowest": (live(*RISING),),
            "one in between": (live(*VALLEY),),
            "the widest": (live(*FALLING),),
        },
        (
            live(UNFIT, NARROW, WIDE),
            live(*VALLEY[:2], (64, 10.0, 19.0, True), *VALLEY[3:]),  # a loose certificate is no evidence
            live(*(flat(k, 20 + 0.1 * i) for i, k in enumerate(SIX))),
            live(*(flat(k, v) for k, v in zip(SIX, (20, 8, 21, 20, 20.5, 21), strict=True))),  # one of them, no bend
            live(*VALLEY, (128, nan, 99.0, True)),
            live(*VALLEY, (512, 0.0, 0.0, True)),
            live(UNFIT),
        ),
    ),
    "beside-the-target": Asked(  # sqrt(d) = 4.47
        {
            "about as steep": (live((64, 4.5, 4.7, True)), live((64, 3.1, 6.6, True))),
            "much steeper": (live(NARROW), live((64, 6.8, 9.0, True), (64, 7.0, 7.2, True))),
            "much flatter": (live((64, 0.005, 0.01, True)), live((64, 2.7, 2.9, True))),
        },
        (
            live((64, 4.5, 9.0, True)),
            live((64, 1.0, 4.7, True)),
            live((64, 6.8, 7.0, True), (64, 4.5, 4.7, True)),  # one of two
            live((64, 4.5, 4.7, True), (64, 4.5, nan, True)),
            live(UNFIT),
        ),
    ),
    "closest": Asked(
        {
            "up to k = d": (gaps((0, 0, 1e-3, 0.01), (0.02, 0.05, 0.1, 0.2)),),
            "alike everywhere": (
                gaps((0.05, 0.05, 0.06), (0.05, 0.06, 0.07)),
                gaps((0, 0), (0, 0)),
            ),
            "beyond k = d": (gaps((0.02, 0.05, 0.1, 0.2), (0, 0, 1e-3, 0.01)),),
        },
        (
            gaps((0.01,), (0.05,)),  # two networks
            gaps((0.01, 0.3, 0.02, 0.4), (0.05, 0.5, 0.01, 0.6)),  # no order
            gaps((0.010, 0.011, 0.012, 0.013), (0.018, 0.019, 0.020, 0.021)),  # in order, hardly further
            gaps((0.01, 0.02), ()),
            gaps((), (0.01, 0.02)),
            gaps((0.0, 0.0, 0.01), (0.1, 0.1, nan)),
        ),
    ),
    "enough": Asked(  # k = 16 or more
        {
            "all of them": (live(UNFIT, NARROW, WIDE),),
            "some of them": (live(UNFIT, NARROW, (512, 9.0, 10.0, False)),),
            "none of them": (live(UNFIT, (16, 9.0, 10.0, False), (64, 20.0, 21.0, False)),),
        },
        (live(UNFIT), live((15, 9.0, 10.0, True))),
    ),
    "widest-under-attack": Asked(
        {
            "clearly fewer": (live(*FALLING, success=EASIER),),
            "about as many": (attacked((0, 0.4, 0.5), (0, 0.9, 0.9), (0, 0.2, 0.54)),),
            "clearly more": (live(*FALLING, success=HARDER), live(*FALLING, success=SHARES)),
        },
        (
            attacked((0, 0.4, 0.8), (0, 0.4, 0.2), (0, 0.4, 0.6)),  # no trend
            attacked((0, 0.9, 0.8), (0, 0.9, 0.76), (0, 0.9, 0.74)),  # hardly fewer, and not as many
            live(UNFIT, NARROW, WIDE, success=EASIER[2:]),  # two networks
            live(NARROW, success=EASIER[:1]),
            live(NARROW),
        ),
    ),
    "half-flip": Asked(
        {
            "in its first half": (live(NARROW, success=[(0, 0.5, 1)]), attacked((0, 0.6, 1), (0, 0.7, 1), (0, 0.5, 1))),
            "in its second half": (live(NARROW, success=[(0, 0.49, 0.5)]), attacked(*[(0, 0.9, 1)] * 2, (0, 0.2, 1))),
            "not even at its end": (live(NARROW, success=[(0, 0.2, 0.49)]), attacked(*[(0, 0.9, 1)] * 2, (0, 0, 0.4))),
        },
        (live(NARROW), live(UNFIT, success=[(0, 0.9, 1)])),
    ),
}

#: Outcomes that state no trend, only between which bounds the numbers of the table lie.
SIZES = {"beside-the-target", "enough", "half-flip"}


def networks(widths: tuple[int, ...], power: float, bend: float, spread: float, loose: float = 1e-3) -> Draw:
    """Two networks a width, their constants a parabola on log axes with this spread; so is what an attack flips."""
    k = np.repeat(widths, 2)
    x = np.log(k) - np.log(k).mean()

    def draw(rng: np.random.Generator) -> Tables:
        lower, share = (np.exp(power * x + bend * x**2 + spread * rng.normal(size=len(k))) for _ in range(2))
        rows = [(int(w), 10 * low, 10 * low * (1 + loose), True) for w, low in zip(k, lower, strict=True)]
        return live(*rows, success=[(0, s, s) for s in np.clip(0.5 * share, 0, 1)])

    return draw


def anew(draw: Draw) -> Draw:
    """Runs whose networks are dealt out anew to the widths."""

    def dealing(rng: np.random.Generator) -> Tables:
        tables = dealt(draw(rng), "lipschitz", ("lower", "upper"), rng)
        table = tables["attack"]
        order = rng.permutation(len(table["k"]) // 3)
        success = table["success"].reshape(-1, 3)[order].ravel()
        return tables | {"attack": table | {"success": success}}

    return dealing


def shipped_anew(rng: np.random.Generator) -> Tables:
    """The shipped run, its networks that fit dealt out anew to the widths."""
    tables = dict(shipped.read(LAB)[0][-1].tables)
    table = tables["lipschitz"]
    fits = np.isin(table["k"], table["k"][~table["fits"]], invert=True)
    kept = {"lipschitz": {name: values[fits] for name, values in table.items()}}
    return dealt(kept, "lipschitz", ("lower", "upper"), rng)


def bracket(inside: float, outside: float, spread: float) -> Draw:
    """Eight networks up to k = d and eight beyond, with gaps of these sizes."""

    def draw(rng: np.random.Generator) -> Tables:
        drawn = np.exp(spread * rng.normal(size=16))
        return gaps(tuple(inside * drawn[:8]), tuple(outside * drawn[8:]))

    return draw


def bracket_anew(rng: np.random.Generator) -> Tables:
    return dealt(bracket(1e-3, 0.1, 1.0)(rng), "lipschitz", ("lower", "upper"), rng)


FOUR, SEVEN = (48, 64, 128, 256), (8, 16, 24, 32, 40, 64, 128)
ENDS = "the narrowest", "one in between", "the widest"
BESIDE, FLIPPED = ("steeper", "flatter"), ("clearly fewer", "clearly more")
CHANCE: dict[str, tuple[Chance, ...]] = {
    "narrowest-beside-widest": (
        Chance("no effect of k, spread 5 %", networks(SIX, 0, 0, 0.05), BESIDE),
        Chance("no effect of k, spread 30 %", networks(SIX, 0, 0, 0.3), BESIDE),
        Chance("the shipped run dealt out anew", shipped_anew, BESIDE),
        Chance("a fall dealt out anew", anew(networks(FOUR, -0.5, 0, 0.05)), BESIDE),
        Chance("no effect of k, spread 1 %", networks(SIX, 0, 0, 0.01), BESIDE, "about as steep"),
        Chance("k^-0.3", networks(SIX, -0.3, 0, 0.05), right="steeper"),
        Chance("k^0.3", networks(SIX, 0.3, 0, 0.05), right="flatter"),
    ),
    "steepest": (
        Chance("no effect of k, spread 10 %", networks(FOUR, 0, 0, 0.1), ENDS),
        Chance("no effect of k, spread 40 %", networks(SEVEN, 0, 0, 0.4), ENDS),
        Chance("a fall dealt out anew", anew(networks(FOUR, -0.4, 0, 0.05)), ENDS),
        Chance("a hump dealt out anew", anew(networks(SIX, 0, -0.2, 0.05)), ENDS),
        Chance("k^-0.8", networks(FOUR, -0.8, 0, 0.05), right="the narrowest"),
        Chance("k^0.8", networks(FOUR, 0.8, 0, 0.05), right="the widest"),
        Chance("a hump", networks(SIX, 0, -0.2, 0.05), right="one in between"),
    ),
    "flattest": (
        Chance("no effect of k, spread 10 %", networks(SEVEN, 0, 0, 0.1), ENDS),
        Chance("no effect of k, spread 40 %", networks(SEVEN, 0, 0, 0.4), ENDS),
        Chance("a valley dealt out anew", anew(networks(SEVEN, 0, 0.2, 0.1)), ENDS),
        Chance("a fall dealt out anew", anew(networks(FOUR, -0.4, 0, 0.05)), ENDS),
        Chance("a valley", networks(SEVEN, 0, 0.2, 0.1), right="one in between"),
        Chance("k^-0.8", networks(SEVEN, -0.8, 0, 0.05), right="the widest"),
    ),
    "closest": (
        Chance("no effect of k", bracket(0.05, 0.05, 1.0), ("up to k = d", "beyond k = d")),
        Chance("gaps dealt out anew", bracket_anew, ("up to k = d", "beyond k = d")),
        Chance("a hundred times", bracket(1e-3, 0.1, 1.0), right="up to k = d"),
    ),
    "widest-under-attack": (
        Chance("no effect of k, spread 10 %", networks(FOUR, 0, 0, 0.1), FLIPPED),
        Chance("no effect of k, spread 40 %", networks(SEVEN, 0, 0, 0.4), FLIPPED),
        Chance("a fall dealt out anew", anew(networks(FOUR, -0.4, 0, 0.05)), FLIPPED),
        Chance("k^-0.4", networks(FOUR, -0.4, 0, 0.05), right="clearly fewer"),
        Chance("k^0.3", networks(FOUR, 0.3, 0, 0.05), right="clearly more"),
    ),
}
#: What the preset's own run, seed 0, gives.
RUNS = {
    "noise": "steeper",
    "too-narrow": "the narrowest",
    "smooth": "about as steep",
    "dimension": "up to k = d",
    "polynomial": "one in between",
    "blow-up": "all of them",
    "digits": "clearly fewer",
    "digits-noise": "in its first half",
}
