"""Figures of the panel `prior`: the bracket over the scale of the prior, and what stays right under attack."""

import math

import numpy as np

from explorer.figures.figure import Axis, Figure
from explorer.figures.layout import Slot
from explorer.figures.look import Look
from explorer.figures.marks import Band, Dots, Line, Mark, Pin
from explorer.figures.numbers import down, up
from explorer.figures.sentence import Sentence
from explorer.figures.tables import where
from explorer.figures.texts import Label, Labels
from explorer.frames import Columns, Tables
from explorer.labs.bayes.axes import SHARES
from explorer.labs.bayes.prior import AVERAGE, DRAWN, MAP, ONE, PRIOR, PriorSettings
from explorer.labs.bayes.prior.numbers import Curve, best, curve, whole
from explorer.labs.bayes.told import counted, of_data, of_walks, percent

SLOTS = (
    Slot(
        "prior",
        "How steep a prior lets networks be",
        "Lipschitz constant of zᵢ − zⱼ, in logits per unit of x",
        pending="Drawn with the first networks.",
    ),
    Slot(
        "prior-robust",
        "What that costs under attack",
        "share of unseen images that stay right",
        pending="Drawn with the first MAP estimates.",
    ),
)
TIP = [
    ("model, prior scale", "@model, @scale{%.3g}"),
    ("zᵢ − zⱼ is steep", "≥ @lower{%.3g}, ≤ @upper{%.3g}"),
    ("right", "@accuracy{%.3f}"),
    ("right under attack ≤", "@robust{%.3f}, 95 % [@low{%.3f}, @high{%.3f}]"),
    ("networks, seed", "@networks{%d}, @seed{%d}"),
    ("acceptance, R-hat", "@accept{%.2f}, @rhat{%.2f}"),
]
FAR = 0.2  # of the flattest average: MAP that is flatter than this is not drawn
X = Axis("scale of the prior", log=True)


def draw(tables: Tables, look: Look) -> tuple[Figure, ...]:
    """Brackets, and accuracies."""
    table = best(PRIOR.among(tables))
    return _steepness(table), _accuracy(table)


def _steepness(table: Columns) -> Figure:
    found = {model: [curve(table, model, end) for end in ("lower", "upper")] for model in (ONE, AVERAGE, MAP, DRAWN)}
    (one, one_most), (mean, mean_most), (mode, _), (drawn, _) = found.values()
    mode, inner = _drawn(mode, mean), max(1, len(mean) - 1)
    texts = [
        Label(one_most.scale, one_most.value, "one sample", "certified", 8),
        Label(mean.scale[:inner], mean.value[:inner], "average", "found", align="left", dx=12),
        Label(mode.scale, mode.value, "MAP", above=-18),
        Label(drawn.scale[:2], drawn.value[:2], "dotted: drawn from the prior", "law", -26, align="left", dx=12),
    ]
    dots = where(table, np.isin(table["model"], (ONE, AVERAGE)))
    marks: list[Mark] = [
        Line("drawn", drawn.scale, drawn.value, "law", dash="dotted"),
        Line("map", mode.scale, mode.value, "ink", width=1.3),
        Line("one", one.scale, one.value, "found", dash="dashed", width=1.5),
        Line("one-upper", one_most.scale, one_most.value, "certified", dash="dashed", width=1.5),
        Band("band", mean.scale, mean.value, mean_most.value, "law"),
        Line("average", mean.scale, mean.value, "found", width=2.5),
        Line("average-upper", mean_most.scale, mean_most.value, "certified", width=2.5),
        Pin("pin", mean.scale, mean.value),
        Dots("dots", dots["scale"], dots["lower"], "found", tip=TIP, hover=dots),
        Labels("text", texts),
    ]
    return Figure("prior", marks, X, Axis(log=True))


def _drawn(mode: Curve, average: Curve) -> Curve:
    """MAP without what is far below all averages: under a prior that is very narrow it is next to nothing."""
    there = mode.value >= FAR * average.value.min() if len(average) else mode.value > 0
    return Curve(*(each[there] for each in (mode.scale, mode.value, mode.low, mode.high)))


def _accuracy(table: Columns) -> Figure:
    one, mean, mode = (curve(table, model, "robust") for model in (ONE, AVERAGE, MAP))
    clean = curve(table, AVERAGE, "accuracy")
    texts = [
        Label(clean.scale, clean.value, "average, unattacked", "found", 8),
        Label(mean.scale, mean.value, "average", "found", -20),
        Label(mode.scale, mode.value, "MAP", above=8),
        Label(one.scale, one.value, "one sample", "law", 10),
    ]
    dots = where(table, np.isin(table["model"], (ONE, AVERAGE, MAP)) & np.isfinite(table["robust"]))
    marks: list[Mark] = [
        Band("band-one", one.scale, one.low, one.high, "law"),
        Band("band-average", mean.scale, mean.low, mean.high, "found"),
        Line("clean", clean.scale, clean.value, "found", dash="dotted"),
        Line("map", mode.scale, mode.value, "ink", width=1.3),
        Line("one", one.scale, one.value, "law", width=2),
        Line("average", mean.scale, mean.value, "found", width=2.5),
        Pin("pin", mean.scale, mean.value),
        Dots("dots", dots["scale"], dots["robust"], "ink", size=4, tip=TIP, hover=dots),
        Labels("text", texts),
    ]
    return Figure("prior-robust", marks, X, Axis(ends=(0, 1.12), ticks=SHARES))


def sentences(tables: Tables, look: Look) -> dict[str, Sentence]:
    """How steep, and what that costs, from the narrowest prior to the widest."""
    table, settings = best(PRIOR.among(tables)), look.settings
    about = _about(table, settings)
    found = {"prior": _of_steepness(table, settings, about), "prior-robust": _of_accuracy(table, settings, about)}
    return {name: sentence for name, sentence in found.items() if sentence}


def _of_steepness(table: Columns, settings: PriorSettings, about: str) -> Sentence | None:
    pair = f"z<sub>{settings.class_i}</sub> − z<sub>{settings.class_j}</sub>"
    details = (
        f"Lipschitz constants of {pair} on the ball that holds all images, s being the scale of the prior: blue, the"
        " steepest gradient that was found (at least); orange, a certificate (at most). Dashed: one sample, mean over"
        " all. Full: the mean of their logits, which is a network, too; its certificate is that of this network or,"
        " where that is smaller, the mean of the samples' (triangle inequality). Black: MAP, found, where it is not far"
        " below all averages; dotted: draws of the prior, found. "
    )
    one, mean = (curve(table, model, "lower") for model in (ONE, AVERAGE))
    if not len(one) or not len(mean):
        drawn = curve(table, DRAWN, "lower")
        if not len(drawn):
            return None
        lead = (
            f"Draws of a prior of scale {drawn.scale[0]:g} are in the mean {down(drawn.value[0])} steep or more, of"
            f" scale {drawn.scale[-1]:g} {down(drawn.value[-1])}."
        )
        return Sentence(lead, details + about)
    both = np.intersect1d(one.scale, mean.scale)  # one may be a scale ahead of the other
    if not len(both):
        return None
    steepest = curve(table, AVERAGE, "upper")
    ends, many = both[[0, -1]].tolist(), _most_networks(table)
    if len(both) == 1:
        lead = (
            f"At s = {ends[0]:g} one sample is {_at_least(one, ends[0])} steep, the average of {many}"
            f" {_at_least(mean, ends[0])}."
        )
    else:
        of_one, of_mean = (" to ".join(_at_least(found, end) for end in ends) for found in (one, mean))
        lead = (
            f"From s = {ends[0]:g} to {ends[1]:g} one sample goes from {of_one} steep, the average of {many} from"
            f" {of_mean}."
        )
    at = settings.prior_scale
    if math.isfinite(steepest.at(at)[0]) and math.isfinite(one.at(at)[0]):
        details += (
            f"At {at:g} one sample is {down(one.at(at)[0])} or more in the mean, the average {up(steepest.at(at)[0])}"
            " or less. "
        )
    return Sentence(lead, details + about)


def _at_least(found: Curve, scale: float) -> str:
    return f"≥ {down(found.at(scale)[0])}"


def _of_accuracy(table: Columns, settings: PriorSettings, about: str) -> Sentence | None:
    models = {AVERAGE: "the average", MAP: "MAP"}
    there = {model: found for model in models if len(found := curve(table, model, "robust"))}
    if not there:
        return None
    model, found = next(iter(there.items()))
    top = int(np.argmax(found.value))
    ends = [f"{percent(found.value[i])} right at s = {found.scale[i]:g}" for i in sorted({0, top, len(found) - 1})]
    *rest, last = ends
    said = f"{', '.join(rest)} and {last}" if rest else last
    lead = f"With pixels changed by up to {settings.eps_max:g}, {models[model]} stays {said}."
    shares = "; ".join(
        f"{scale:g}: {percent(low)} to {percent(high)}"
        for scale, low, high in zip(found.scale, found.low, found.high, strict=True)
    )
    details = (
        f"95 % intervals over test images, or over seeds where that is wider: {shares}. The attack is PGD on the"
        f" margin, {counted(settings.attack_steps, 'step')}; a stronger one may leave less. Each sample and each MAP"
        " estimate is attacked by itself, and the mean is shown; the average is that of the logits, attacked as one. "
    )
    return Sentence(lead, details + about)


def _most_networks(table: Columns) -> int:
    return int(table["networks"][table["model"] == AVERAGE].max(initial=0))


def _about(table: Columns, settings: PriorSettings) -> str:
    """Whose posteriors these are, and how their walks went."""
    done = whole(table)
    if not len(done["scale"]):
        return f"k = {settings.k}. {settings.source.said}, n = {settings.n}. A first look; walks are not done."
    rows = where(done, done["model"] == AVERAGE)
    said = of_data(settings, len(np.unique(done["seed"])), int(done["tested"].max()))
    samples = (
        f"{counted(int(rows['networks'].max(initial=0)), 'sample')} of {counted(int(done['chains'].max()), 'chain')}"
    )
    return f"{said} k = {settings.k}, a posterior each scale, {samples}. {of_walks(rows['accept'], rows['rhat'])}"
