"""Figures of the panel `support`: gradients against the distance from the data, and against their noise."""

import math

import numpy as np

from explorer.figures.figure import Axis, Figure
from explorer.figures.layout import Slot
from explorer.figures.look import Look
from explorer.figures.marks import Band, Dots, Line, Lines, Mark, Pin
from explorer.figures.palette import spaced
from explorer.figures.sentence import Sentence
from explorer.figures.tables import where
from explorer.figures.texts import Label, Labels
from explorer.frames import Columns, Tables
from explorer.labs.bayes.axes import SHARES
from explorer.labs.bayes.support import SUPPORT, SupportSettings
from explorer.labs.bayes.support.numbers import ON, Curve, at_distance, best, far, of_noise, over
from explorer.labs.bayes.told import counted, of_walks, percent

SLOTS = (
    Slot(
        "support",
        "Off the data, step by step",
        "normal part of the averaged gradient, |E∇⊥L|",
        pending="Drawn with the first samples.",
    ),
    Slot(
        "support-share",
        "What averaging leaves",
        "averaged gradient over one sample's",
        pending="Drawn with the first samples.",
    ),
    Slot(
        "support-sizes",
        "How large it is",
        "normal part of the gradient, |∇⊥L|",
        pending="Drawn with the first MAP estimates.",
    ),
)
TIP = [
    ("noise, distance", "@noise{%.3g}, @distance{%.3g}"),
    ("average", "off @normal{%.3g}, along @tangential{%.3g}"),
    ("one sample", "off @normal_one{%.3g}, along @tangential_one{%.3g}"),
    ("MAP", "off @normal_map{%.3g}, along @tangential_map{%.3g}"),
    ("samples, seed", "@n_samples{%d}, @seed{%d}"),
    ("acceptance, R-hat", "@accept{%.2f}, @rhat{%.2f}"),
]
NOISE = Axis("noise, in all dimensions", log=True)


def draw(tables: Tables, look: Look) -> tuple[Figure, ...]:
    """Over the distance, then over the noise, shares and sizes; what walks has dots beside."""
    every = SUPPORT.among(tables)
    table = best(every)
    return _by_distance(table, every), _shares(table, every), _sizes(table, every)


def _by_distance(table: Columns, every: Columns) -> Figure:
    noises = np.unique(table["noise"])
    found = [over(of_noise(table, noise), "distance", "normal") for noise in noises.tolist()]
    reaches = [float(of_noise(table, noise)["reach"].max()) for noise in noises.tolist()]
    shade = spaced(len(noises))
    inside = [curve.x <= max(reach, 0) for curve, reach in zip(found, reaches, strict=True)]
    texts = [
        Label(curve.x, curve.value, f"noise {noise:g}", shade=shade[i], above=-22 if i else 6)
        for i, (curve, noise) in enumerate(zip(found, noises, strict=True))
        if i in (0, len(noises) - 1)
    ]
    marks: list[Mark] = [
        Lines("lines", [c.x for c in found], [c.value for c in found], shade=shade, width=1.3),
        Lines(
            "inside",
            [c.x[here] for c, here in zip(found, inside, strict=True)],
            [c.value[here] for c, here in zip(found, inside, strict=True)],
            shade=shade,
            width=4,
        ),
        Pin("pin", found[0].x if found else [], found[0].value if found else []),
        Dots("dots", every["distance"], every["normal"], "gradient", size=3, tip=TIP, hover=every),
        Labels("text", texts),
    ]
    return Figure("support", marks, Axis("distance from the half circles"), Axis(log=True))


def _shares(table: Columns, every: Columns) -> Figure:
    on, off = at_distance(table, ON), at_distance(table, far(table))
    near, distant = over(on, "noise", "normal", "normal_one"), over(off, "noise", "normal", "normal_one")
    along = over(on, "noise", "tangential", "tangential_one")
    dots = at_distance(every, ON)
    dots = where(dots, np.isfinite(dots["normal"]) & (dots["normal_one"] > 0))
    texts = [
        Label(near.x[:3], near.value[:3], "normal part", "gradient", -24, align="center"),
        Label(along.x, along.value, "along the curve", "ink", 8),
        Label(distant.x[:3], distant.value[:3], f"normal part, {far(table):g} away", "law", 10, align="center"),
    ]
    marks: list[Mark] = [
        Band("band", *_band(near), "gradient"),
        Line("along", along.x, along.value, "ink", width=1.3),
        Line("far", distant.x, distant.value, "law", dash="dashed"),
        Line("near", near.x, near.value, "gradient", width=2.5),
        Pin("pin", near.x, near.value),
        Dots("dots", dots["noise"], dots["normal"] / dots["normal_one"], "gradient", tip=TIP, hover=dots),
        Labels("text", texts),
    ]
    return Figure("support-share", marks, NOISE, Axis(ends=(0, 1.12), ticks=SHARES))


def _sizes(table: Columns, every: Columns) -> Figure:
    on, off = at_distance(table, ON), at_distance(table, far(table))
    average, one, mode = (over(on, "noise", column) for column in ("normal", "normal_one", "normal_map"))
    distant = over(off, "noise", "normal_one")
    dots = at_distance(every, ON)
    dots = where(dots, np.isfinite(dots["normal_map"]))
    texts = [
        Label(average.x, average.value, "average", "gradient", -18),
        Label(one.x[:2], one.value[:2], "one sample", "law", -18, align="left"),
        Label(mode.x[:4], mode.value[:4], "MAP", "ink", 8),
        Label(distant.x[:3], distant.value[:3], f"one sample, {far(table):g} away", "law", 8, align="center"),
    ]
    marks: list[Mark] = [
        Band("band", *_band(average), "gradient"),
        Line("map", mode.x, mode.value, "ink", width=1.3),
        Line("far", distant.x, distant.value, "law", dash="dashed"),
        Line("one", one.x, one.value, "law", width=2),
        Line("average", average.x, average.value, "gradient", width=2.5),
        Pin("pin", average.x, average.value),
        Dots("dots", dots["noise"], dots["normal_map"], "ink", size=4, tip=TIP, hover=dots),
        Labels("text", texts),
    ]
    return Figure("support-sizes", marks, NOISE, Axis(log=True))


def _band(found: Curve) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Where seeds tell: two hardly do."""
    known = np.isfinite(found.low) & np.isfinite(found.high)
    known[known] = found.high[known] < 5 * found.low[known]
    return found.x[known], found.low[known], found.high[known]


def sentences(tables: Tables, look: Look) -> dict[str, Sentence]:
    """On the half circles and off them, from the least noise to the largest."""
    table = best(SUPPORT.among(tables))
    about = _about(table, look.settings)
    found = {"support": _of_distance(table, about), "support-share": _of_share(table, about)}
    found["support-sizes"] = _of_sizes(table, about)
    return {name: sentence for name, sentence in found.items() if sentence}


def _of_distance(table: Columns, about: str) -> Sentence | None:
    known = table["noise"][np.isfinite(table["normal"])]
    if not len(known):
        return None
    noise = float(known.min())
    found = over(of_noise(table, noise), "distance", "normal")
    if not len(found):
        return None
    lead = f"Under noise {noise:g} the average's normal gradient is {found.value[0]:.2g} at distance {found.x[0]:g}"
    if len(found) > 1:
        lead += f" and {found.value[-1]:.2g} at {found.x[-1]:g}"
    details = (
        "Points of the half circles, and the same points moved straight off them, each in a direction drawn at random;"
        " mean length, over the points, of the part of the averaged gradient that does not lead along the circle."
        " Lines from dark to light: more noise. Thick: within noise·√(d − 1), where most data lie. "
    )
    return Sentence(f"{lead}.", details + about)


def _of_share(table: Columns, about: str) -> Sentence | None:
    on = at_distance(table, ON)
    found, along = over(on, "noise", "normal", "normal_one"), over(on, "noise", "tangential", "tangential_one")
    if not len(found):
        return None
    said = f"{percent(found.value[0])} of a sample's normal gradient under noise {found.x[0]:g}"
    if len(found) > 1:
        said += f", {percent(found.value[-1])} under {found.x[-1]:g}"
    details = (
        "Length of the averaged gradient over the mean length of single samples', of the part off the curve and, black,"
        " of that along it; at the half circles, dashed at the largest distance. Samples that cancel by chance leave"
        " about 1/√n; what all agree on, 1. "
    )
    if len(along):
        details += f"Along the curve {percent(along.value[0])} to {percent(along.value[-1])} are left. "
    return Sentence(f"On the curve averaging leaves {said}.", details + _ends(found) + about)


def _of_sizes(table: Columns, about: str) -> Sentence | None:
    on = at_distance(table, ON)
    one, mode = (over(on, "noise", column) for column in ("normal_one", "normal_map"))
    name, found = ("One sample's", one) if len(one) else ("MAP's", mode)
    if not len(found):
        return None
    lead = f"{name} normal gradient on the curve is {found.value[0]:.2g} under noise {found.x[0]:g}"
    if len(found) > 1:
        lead += f", {found.value[-1]:.2g} under {found.x[-1]:g}"
    details = (
        "Mean length of the part off the curve, at the half circles: grey, of single samples (dashed, at the largest"
        " distance); purple, of their average; black, of MAP estimates with the same prior. "
    )
    return Sentence(f"{lead}.", details + about)


def _ends(found: Curve) -> str:
    if not (math.isfinite(found.low[0]) and math.isfinite(found.low[-1])):
        return ""
    said = (f"{percent(found.low[i])} to {percent(found.high[i])}" for i in (0, -1))
    return f"95 % over seeds (Student's t of the logarithm): {' and '.join(said)}. "


def _about(table: Columns, settings: SupportSettings) -> str:
    """Whose posteriors these are, and how their walks went."""
    said = (
        f"Two half moons in {settings.d} dimensions, noise in all of them, n = {settings.n}; k = {settings.k},"
        f" {settings.family}, prior scale {settings.prior_scale:g}."
    )
    done = where(table, table["whole"])
    if not len(done["noise"]):
        return f"{said} The first walks are not done."
    _, first = np.unique([done["noise"], done["seed"]], axis=1, return_index=True)
    each = where(done, first)  # a row a walk
    seeds = counted(len(np.unique(done["seed"])), "seed")
    said += f" {seeds}, a posterior each noise: {counted(int(done['n_samples'].max()), 'sample')}"
    said += f" of {counted(int(done['chains'].max()), 'chain')}"
    right = each["accuracy"]
    if np.isfinite(right).all():
        said += f", {100 * right.min():.0f} to {100 * right.max():.0f} % of unseen points right"
    return f"{said}. {of_walks(each['accept'], each['rhat'])}"
