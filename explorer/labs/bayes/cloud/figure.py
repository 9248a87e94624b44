"""Figures of the panel `cloud`: accuracy against accuracy under attack, and against softmax robustness."""

import math

import numpy as np

from explorer.figures.figure import Axis, Figure
from explorer.figures.layout import Slot
from explorer.figures.look import Look
from explorer.figures.marks import Dots, Mark, PinDots
from explorer.figures.numbers import interval, signed
from explorer.figures.sentence import Sentence
from explorer.frames import Columns, Tables
from explorer.labs.bayes.cloud import CLOUD, ENSEMBLE, FREE, HMC, MAP, METHODS, VI, CloudSettings
from explorer.labs.bayes.cloud.numbers import known, nearest, of, ranked
from explorer.labs.bayes.told import counted, of_data, of_walks, percent
from explorer.measure.regression import side

SIGNS = " ".join(("●\u00a0HMC", "○\u00a0VI", "■\u00a0MAP", "□\u00a0no\u00a0prior", "△\u00a0ensemble"))
SLOTS = (
    Slot(
        "cloud",
        "Accuracy and what an attack leaves",
        f"share right under PGD at one ε: {SIGNS}; tap a dot",
        pending="Drawn with the first networks.",
    ),
    Slot(
        "cloud-softmax",
        "The same by softmax robustness",
        f"1 − mean change of a probability: {SIGNS}",
        pending="Drawn with the first networks.",
    ),
)
TIP = [
    ("method, draw, seed", "@method, @draw{%d}, @seed{%d}"),
    ("right", "@accuracy{%.3f}"),
    ("right under attack ≤", "@robust{%.3f}, 95 % [@low{%.3f}, @high{%.3f}]"),
    ("softmax robustness", "@softmax_robustness{%.3f}"),
    ("k, prior scale", "@k{%d}, @scale{%.3g}"),
    ("learning rate, steps", "@lr{%.3g}, @steps{%d}"),
    ("networks, R-hat", "@networks{%d}, @rhat{%.2f}"),
]
#: Averages over a posterior are blue, single networks black; what has a prior is full.
STYLES: dict[str, tuple[str, str, bool]] = {
    FREE: ("ink", "square", True),
    ENSEMBLE: ("law", "triangle", True),
    MAP: ("ink", "square", False),
    VI: ("found", "circle", True),
    HMC: ("found", "circle", False),
}
NAMES = {FREE: "no prior"}  # as other panels call it
X = Axis("accuracy, unattacked")


def draw(tables: Tables, look: Look) -> tuple[Figure, ...]:
    """Two clouds of the same dots."""
    table = known(CLOUD.among(tables))
    chosen = nearest(table, look.settings.dot)
    return (
        Figure("cloud", _marks(table, chosen, "robust"), X, Axis(), place="dot"),
        Figure("cloud-softmax", _marks(table, chosen, "softmax_robustness"), X, Axis()),
    )


def _marks(table: Columns, chosen: Columns, column: str) -> list[Mark]:
    marks: list[Mark] = [PinDots("pin", table["accuracy"], table[column], hollow=True, size=11)]
    for method in METHODS:
        role, marker, hollow = STYLES[method]
        rows = of(table, method)
        name = method.replace(" ", "-").lower()
        marks.append(
            Dots(
                name,
                rows["accuracy"],
                rows[column],
                role,
                size=8,
                hollow=hollow,
                marker=marker,
                tip=TIP,
                hover=rows,
            )
        )
    marks.append(Dots("chosen", chosen["accuracy"], chosen[column], "certified", size=16, hollow=True))
    return marks


def sentences(tables: Tables, look: Look) -> dict[str, Sentence]:
    """How accuracy ranks with robustness among HMC's posteriors, or what the chosen dot is."""
    table, settings = known(CLOUD.among(tables)), look.settings
    if not len(table["method"]):
        return {}
    about = _about(table, settings)
    told = _of_dot(nearest(table, settings.dot))
    first = _of_ranks(table, "robust", "accuracy under attack", about)
    if told:
        first = Sentence(told, f"The ringed dot. {first.lead} {first.details}")
    return {"cloud": first, "cloud-softmax": _of_ranks(table, "softmax_robustness", "softmax robustness", about)}


def named(method: str) -> str:
    """A method as a reader is told of it."""
    return NAMES.get(method, method)


def _of_dot(row: Columns) -> str:
    """One plain sentence on a dot; "" where none is chosen."""
    if not len(row["method"]):
        return ""
    method, scale = named(str(row["method"][0])), float(row["scale"][0])
    prior = f", prior scale {scale:.2g}" if math.isfinite(scale) else ""
    networks = int(row["networks"][0])
    many = f", {networks} networks" if networks > 1 else ""
    right = f"{percent(row['accuracy'][0])} right, {percent(row['robust'][0])} under attack"
    return f"{method}, draw {int(row['draw'][0]) + 1}: k = {int(row['k'][0])}{prior}{many}: {right}."


def _of_ranks(table: Columns, column: str, words: str, about: str) -> Sentence:
    found = {method: ranked(table, method, column) for method in reversed(METHODS)}
    there = {method: each for method, each in found.items() if math.isfinite(each.rho)}
    said = "; ".join(
        f"{named(m)} {signed(each.rho)} {interval(each.interval)}, n = {each.n}" for m, each in there.items()
    )
    details = (
        "A dot a method and draw of hyper-parameters (width, prior scale, learning rate, steps, samples averaged), all"
        " attacked at the same ε. Blue: averages over samples of HMC (full) and of a mean-field Gaussian, VI. Black:"
        " MAP with the same prior (full) and a network without one; triangles: ensembles of those. "
    )
    if said:
        details += f"Spearman's rank correlation of accuracy and {words}, with 95 % (Bonett and Wright): {said}. "
    details += "The interval is over draws, not over images or data. "
    one = found[HMC]
    if not math.isfinite(one.rho):
        counts = [
            f"{len(of(table, method)['method'])} {named(method)}"
            for method in METHODS
            if len(of(table, method)["method"])
        ]
        return Sentence(f"Dots so far: {', '.join(counts)}.", details + about)
    sign = side(one.interval, 0) if all(map(math.isfinite, one.interval)) else 0
    rank = {1: "the more accurate are the more robust", -1: "the more accurate are the less robust"}
    order = rank.get(sign, "accuracy tells little of robustness")
    lead = f"Of {counted(one.n, 'HMC posterior')} {order} by this measure (rank correlation {signed(one.rho)})."
    return Sentence(lead, details + about)


def _about(table: Columns, settings: CloudSettings) -> str:
    walks = of(table, HMC)
    said = of_data(settings, len(np.unique(table["seed"])), int(table["tested"].max()))
    pgd = f"PGD on the margin, {counted(settings.attack_steps, 'step')}, ε = {settings.eps_max:g}"
    said += f" {pgd}: a stronger attack may leave less."
    return f"{said} {of_walks(walks['accept'], walks['rhat'])}"


def walks(tables: Tables, look: Look) -> dict[str, Columns]:
    """Those of HMC, each as long as its draw has it."""
    rows = of(CLOUD.among(tables), HMC)
    return {SLOTS[0].name: {**rows, "samples": rows["networks"]}}
