"""Figures of the panel `flatness`: the loss under noise, the slope it shows, and the worst place of a ball."""

import numpy as np

from explorer.figures.figure import Axis, Figure
from explorer.figures.layout import Slot
from explorer.figures.look import Look
from explorer.figures.marks import Dots, Line, Lines, Mark, Pin
from explorer.figures.sentence import Sentence
from explorer.figures.tables import where
from explorer.figures.texts import Label, Labels
from explorer.frames import Columns, Tables
from explorer.labs.prunability.flatness import BALL, FLATNESS, RELU, SHAPE, TANH
from explorer.labs.prunability.flatness.words import of_ball, of_noise, of_slopes

SLOTS = (
    Slot(
        "flatness",
        "The loss under noise",
        "rise of the training loss against σ",
        pending="Drawn with the first networks.",
    ),
    Slot("slopes", "The slope that noise sees", "over tr H of the same draws", pending="Drawn once they are trained."),
    Slot("ball", "The worst place nearby", "rise in a ball, and under noise", pending="Drawn once they are trained."),
)
TIP = [
    ("network, σ", "@net{%d} @family, @sigma{%.3g}"),
    ("rise of the loss", "@rise{%.4g} ± @rise_error{%.1g}"),
    ("½σ² tr H, same draws", "@predicted{%.4g}"),
]
HUES = {RELU: "ink", TANH: "gradient"}
LEAST = 1e-12  # rises below this are drawn there
NOISE = Axis("σ of the noise", log=True, ticks=(1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1))


def _of(table: Columns, family: str, net: int | None = None) -> Columns:
    chosen = table["family"] == family
    return where(table, chosen if net is None else chosen & (table["net"] == net))


def _others(table: Columns, family: str) -> list[Columns]:
    return [_of(table, family, net) for net in np.unique(_of(table, family)["net"]).tolist() if net]


def draw(tables: Tables, look: Look) -> tuple[Figure, ...]:
    """Network 0 of either kind before the others."""
    table, shape, ball = (each.among(tables) for each in (FLATNESS, SHAPE, BALL))
    settings = look.settings
    return (
        _rises(table, shape, settings.sigma, settings.rise),
        _slopes(table, settings.sigma),
        _balls(ball, shape, settings.family, settings.rho),
    )


def _shown(values: np.ndarray) -> np.ndarray:
    """What a logarithmic axis can show."""
    return np.maximum(values, LEAST)


def _rises(table: Columns, shape: Columns, sigma: float, rise: float) -> Figure:
    relu, tanh = (_of(table, family, 0) for family in (RELU, TANH))
    drawn = _shown(np.concatenate([relu["rise"], tanh["rise"]]))
    drawn = drawn[np.isfinite(drawn)]
    ends = np.array([1e-5, 1.0])[: 2 * bool(len(drawn))]
    borne = where(shape, (shape["net"] == 0) & shape["inside"])
    texts = [
        Label(relu["sigma"][-3:-2], _shown(relu["rise"][-3:-2]), "ReLU", "ink", 10),
        Label(tanh["sigma"], _shown(tanh["rise"]), "tanh", "gradient", -18),
        Label(relu["sigma"][:1], _shown(relu["predicted"][:1]), "½σ² tr H", "law", -20, align="left", dx=8),
        Label(ends[:1], np.full(len(ends[:1]), rise), "allowed", "floor", 5, align="left", dx=4),
    ]
    marks: list[Mark] = [
        Line(
            "at",
            [sigma, sigma] if len(drawn) else [],
            [drawn.min(), drawn.max()] if len(drawn) else [],
            "law",
            dash="dashed",
            width=1,
        ),
        Line("allowed", ends, np.full(len(ends), rise), "floor", dash="dashed", width=1.4),
        Line("hessian-tanh", tanh["sigma"], _shown(tanh["predicted"]), "gradient", dash="dotted", width=1.6),
        Line("hessian-relu", relu["sigma"], _shown(relu["predicted"]), "law", dash="dashed", width=1.8),
        Line("tanh", tanh["sigma"], _shown(tanh["rise"]), "gradient", width=2.2),
        Line("relu", relu["sigma"], _shown(relu["rise"]), "ink", width=2.5),
        Pin("pin", relu["sigma"], _shown(relu["rise"])),
        Dots("dots", relu["sigma"], _shown(relu["rise"]), "ink", size=4, tip=TIP, hover=relu),
        Dots("borne", borne["tolerated"], np.full(len(borne["net"]), rise), "floor", size=11, hollow=True),
        Labels("text", texts),
    ]
    return Figure("flatness", marks, NOISE, Axis("rise of the loss", log=True), pick={"dots": "sigma"})


def _ratio(table: Columns) -> np.ndarray:
    """The slope under noise over that of the same draws without kinks; NaN where that is not positive."""
    trace = 2 * table["predicted"] / table["sigma"] ** 2
    return np.where((trace > 0) & (table["slope"] > 0), table["slope"] / np.where(trace > 0, trace, 1), np.nan)


def _slopes(table: Columns, sigma: float) -> Figure:
    relu, tanh = (_of(table, family, 0) for family in (RELU, TANH))
    drawn = _ratio(table)
    drawn = drawn[np.isfinite(drawn)]
    thin = {family: _others(table, family) for family in (RELU, TANH)}
    texts = [
        Label(relu["sigma"][3:4], _ratio(relu)[3:4], "ReLU", "ink", 12),
        Label(tanh["sigma"][5:6], _ratio(tanh)[5:6], "tanh", "gradient", -18),
    ]
    marks: list[Mark] = [
        Line(
            "at",
            [sigma, sigma] if len(drawn) else [],
            [min(1, drawn.min()), drawn.max()] if len(drawn) else [],
            "law",
            dash="dashed",
            width=1,
        ),
        Line("one", [1e-5, 1.0] if len(drawn) else [], [1.0, 1.0] if len(drawn) else [], "law", dash="dotted"),
        Lines(
            "others-tanh",
            [each["sigma"] for each in thin[TANH]],
            [_ratio(each) for each in thin[TANH]],
            "gradient",
            width=0.9,
        ),
        Lines(
            "others", [each["sigma"] for each in thin[RELU]], [_ratio(each) for each in thin[RELU]], "ink", width=0.9
        ),
        Line("tanh", tanh["sigma"], _ratio(tanh), "gradient", width=2.2),
        Line("relu", relu["sigma"], _ratio(relu), "ink", width=2.5),
        Pin("pin", relu["sigma"], _ratio(relu)),
        Labels("text", texts),
    ]
    return Figure("slopes", marks, NOISE, Axis("slope over tr H", log=True, ticks=(0.5, 1, 2, 5, 10, 20, 50, 100)))


def _balls(ball: Columns, shape: Columns, family: str, rho: float) -> Figure:
    first = _of(ball, family, 0)
    top = _of(shape, family, 0)["top"]
    parabola = top[0] * first["radius"] ** 2 / 2 if len(top) and top[0] > 0 else np.full(len(first["radius"]), np.nan)
    drawn = _shown(np.concatenate([first["worst"], first["noise"]]))
    drawn = drawn[np.isfinite(drawn)]
    hue = HUES[family]
    texts = [
        Label(first["radius"][2:3], _shown(first["worst"][2:3]), "worst found", hue, 10),
        Label(first["radius"], _shown(first["noise"]), "noise", "law", -18),
        Label(first["radius"], parabola, "½λr²", "law", -18),
    ]
    marks: list[Mark] = [
        Line(
            "at",
            [rho, rho] if len(drawn) else [],
            [drawn.min(), drawn.max()] if len(drawn) else [],
            "law",
            dash="dashed",
            width=1,
        ),
        Lines(
            "others",
            [each["radius"] for each in _others(ball, family)],
            [_shown(each["worst"]) for each in _others(ball, family)],
            hue,
            width=0.8,
        ),
        Line("noise", first["radius"], _shown(first["noise"]), "law", dash="dotted", width=1.8),
        Line("parabola", first["radius"], parabola, "law", dash="dashed", width=1.6),
        Line("worst", first["radius"], _shown(first["worst"]), hue, width=2.5),
        Pin("pin", first["radius"], _shown(first["worst"])),
        Dots("dots", first["radius"], _shown(first["worst"]), hue, size=4),
        Labels("text", texts),
    ]
    x = Axis("distance r", log=True, ticks=(0.03, 0.1, 0.3, 1, 3))
    return Figure("ball", marks, x, Axis("rise of the loss", log=True), pick={"dots": "rho"})


def sentences(tables: Tables, look: Look) -> dict[str, Sentence]:
    """How the loss rises, and what the Hessian misses."""
    table, shape, ball = (each.among(tables) for each in (FLATNESS, SHAPE, BALL))
    found = {
        "flatness": of_noise(table, shape, look.settings),
        "slopes": of_slopes(table, shape, look.settings),
        "ball": of_ball(ball, shape, look.settings),
    }
    return {name: sentence for name, sentence in found.items() if sentence}
