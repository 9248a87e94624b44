"""Figures of the panel `boundary`: two planes side by side, with the images to choose from, and distances by kind."""

import math

import numpy as np

from explorer.figures.figure import Axis, Figure
from explorer.figures.layout import Slot
from explorer.figures.look import Look
from explorer.figures.marks import Dots, Image, Line, Mark, PinDots, Segments
from explorer.figures.sentence import Sentence
from explorer.figures.tables import where
from explorer.figures.texts import Inside, Label, Labels
from explorer.frames import Columns, Tables
from explorer.labs.image_sets import CLASSES
from explorer.labs.region.boundary import (
    BASE,
    BOUNDARY,
    DISTANCE,
    NEW_V,
    OLD_V,
    PLANE,
    BoundarySettings,
)
from explorer.labs.region.boundary.numbers import cells, middles, of, outline
from explorer.labs.region.boundary.words import of_boundary, of_distance
from explorer.labs.region.defence.numbers import over_networks
from explorer.labs.region.gallery import PATTERN, SHOWN
from explorer.labs.region.gallery.numbers import picture
from explorer.labs.region.kinds import DYNAMIC, EXTRA, PGD_AT, STATIC

SLOTS = (
    Slot(
        "boundary",
        "Ten regions around one image",
        "before, and trained on; tap a class, or an image",
        pending="Drawn with the first networks.",
    ),
    Slot(
        "distance",
        "How far the region begins",
        "ring: along the old vector, dot: a new one",
        pending="Drawn when the first networks have learned.",
    ),
)
GAP, TEXT = 0.06, 0.1  # between the planes, and the height of a line of words, in units of their side
HEAD = 0.16  # of the line above, and free below
WIDE = 2 + GAP
SIZE = WIDE / CLASSES  # of a class in the key, and of an image with the gap beside it
KEY = 0.09  # height of the key
SIDE = 0.92 * SIZE  # of an image
LOW = -TEXT - KEY - 0.05 - SIDE  # where images end
SHORT = {BASE: "base", EXTRA: "control", STATIC: "static RAT", DYNAMIC: "dynamic", PGD_AT: "PGD-AT"}
PLACES = {BASE: 4.0, EXTRA: 3.0, STATIC: 2.0, DYNAMIC: 1.0, PGD_AT: 0.0}  # heights, the first on top
NAMES = ("PGD-AT", "dynamic", "static", "control", "base")  # from below
APART = 0.14
TIP = [
    ("trained on by", "@model, network @seed{%d}"),
    ("along", "@along vectors"),
    ("begins ≤", "@median{%.3f} (half of the pairs: @lower{%.3f} to @upper{%.3f})"),
    ("pairs that get there ≥", "@reached{%.3f} of @counted{%d}"),
]


def draw(tables: Tables, look: Look) -> tuple[Figure, ...]:
    """Of the kind that is looked at, but for distances, which are of all."""
    settings: BoundarySettings = look.settings
    boundary, plane, distance, pattern = (each.among(tables) for each in (BOUNDARY, PLANE, DISTANCE, PATTERN))
    return _boundary(boundary, plane, pattern, settings), _distance(distance, settings)


def _boundary(boundary: Columns, plane: Columns, pattern: Columns, settings: BoundarySettings) -> Figure:
    marks: list[Mark] = []
    texts: list[Label] = []
    places: list[tuple[float, float, int]] = []  # where a class is named
    ends: list[np.ndarray] = []
    points: dict[str, list[tuple[float, float]]] = {"image": [], "v": [], "begins": []}
    for left, model in ((0.0, BASE), (1 + GAP, settings.model)):
        label = cells(boundary, model)
        marks.append(_classes("before" if model == BASE else "after", label, left, 0, 1, 1))
        row = where(plane, plane["model"] == model)
        if label is None or not len(row["model"]):
            continue
        reach = float(boundary["u"].max(initial=0))
        half = reach * (1 + 1 / (len(label) - 1))  # cells reach over their middles
        t, begins = int(row["target"][0]), float(row["old"][0])
        for x, y, x1, y1 in outline(label == t):
            ends.append(np.array([[left + x, y], [left + x1, y1], [math.nan, math.nan]]))
        places += [(left + x, y, each) for each, (x, y) in middles(label).items()]
        for name, at in (("image", 0.0), ("v", settings.delta), ("begins", begins)):
            x = 0.5 + at / (2 * half) if half > 0 else math.nan
            if x <= 1:
                points[name].append((left + x, 0.5))
        said = f"{t} from {begins:.2f}" if math.isfinite(begins) else f"no {t} up to {settings.reach:.2g}"
        texts.append(Label(left + 0.5, 1 + HEAD / 2, f"{SHORT[model]}: {said}", align="center"))
        name = f"→ along v{t}" if model == BASE else f"↑ {row['across'][0]}"
        texts.append(Label(left + 0.5, -TEXT / 2, f"{name}, ±{reach:.2g}", "law", align="center"))
    keys = np.arange(CLASSES) if places else np.zeros(0, int)
    places += [((key + 0.5) * SIZE, -TEXT - KEY / 2, key) for key in keys.tolist()]
    named = np.array(places, np.float64).reshape(-1, 3)
    at = {name: np.array(found, np.float64).reshape(-1, 2) for name, found in points.items()}
    line = np.concatenate(ends) if ends else np.zeros((0, 2))
    rays = at["image"]
    marks += [
        _classes("key", keys[None].astype(np.float32) if len(keys) else None, 0, -TEXT - KEY, WIDE, KEY),
        *(
            Image(
                f"image{i}", picture(pattern, "image", i, 0.0), i * SIZE, LOW, SIDE, SIDE, scale="grey", limits=(0, 1)
            )
            for i in range(SHOWN)
        ),
        _frame("class", settings.target * SIZE, -TEXT - KEY, SIZE, KEY, len(keys) > 0),
        _frame("chosen", float(plane["image"].max(initial=0)) * SIZE, LOW, SIDE, SIDE, len(plane["image"]) > 0),
        Line("outline", line[:, 0], line[:, 1], "ink", width=2),
        Segments(
            "ray",
            rays[:, 0],
            rays[:, 1],
            rays[:, 0] + 0.5,
            rays[:, 1],
            ["paper"] * len(rays),
            np.full(len(rays), 1.5),
            np.ones(len(rays)),
        ),
        Dots("v", at["v"][:, 0], at["v"][:, 1], "paper", size=9, hollow=True),
        Dots("image", at["image"][:, 0], at["image"][:, 1], "ink", size=8, edge="paper"),
        Dots("begins", at["begins"][:, 0], at["begins"][:, 1], "ink", size=9, marker="diamond", edge="paper"),
        Inside("names", named[:, 0], named[:, 1], [f"{c:.0f}" for c in named[:, 2]], named[:, 2] / 9, scale="classes"),
        *_chosen(named, pattern, settings),
        Labels("text", texts),
    ]
    aspect = WIDE / (1 - LOW + 2 * HEAD)  # the pictures stand in the middle
    return Figure("boundary", marks, square=True, aspect=aspect, choose={"classes": "target", "images": "image"})


def _classes(name: str, label: np.ndarray | None, x: float, y: float, dw: float, dh: float) -> Image:
    """A picture of classes."""
    return Image(name, label, x, y, dw, dh, scale="classes", limits=(-0.5, CLASSES - 0.5))


def _frame(name: str, x: float, y: float, dw: float, dh: float, shown: bool) -> Line:
    """Around what is chosen."""
    points = 5 if shown else 0
    across, up = np.array([0, 1, 1, 0, 0])[:points], np.array([0, 0, 1, 1, 0])[:points]
    return Line(name, x + dw * across, y + dh * up, "ink", width=3)


def _chosen(named: np.ndarray, pattern: Columns, settings: BoundarySettings) -> list[Dots]:
    """What a tap chooses: the class or the image nearest to it; of the other it says what is chosen anyway."""
    numbers = np.unique(pattern["number"][pattern["kind"] == "image"]) if len(named) else np.zeros(0, int)
    x = np.concatenate([named[:, 0], numbers * SIZE + SIDE / 2])
    y = np.concatenate([named[:, 1], np.full(len(numbers), LOW + SIDE / 2)])
    target = np.concatenate([named[:, 2].astype(int), np.full(len(numbers), settings.target)])
    image = np.concatenate([np.full(len(named), settings.image), numbers])
    return [
        Dots("classes", x, y, "law", size=1, tip=[("class", "@target{%d}")], hover={"target": target}),
        Dots("images", x, y, "law", size=1, tip=[("image", "@image{%d}")], hover={"image": image}),
    ]


def _distance(distance: Columns, settings: BoundarySettings) -> Figure:
    y, value, low, high, role, texts = [], [], [], [], [], []
    rows = {
        along: DISTANCE.joined([of(distance, model, along) for model in PLACES if along == OLD_V or model != BASE])
        for along in (OLD_V, NEW_V)
    }
    for model, height in PLACES.items():
        for along, up in ((OLD_V, APART), (NEW_V, -APART)):
            found = of(distance, model, along)
            if not len(found["seed"]) or (model == BASE and along == NEW_V):
                continue
            middle, ends = over_networks(found, "median")
            y.append(height + (0 if model == BASE else up))
            value.append(middle)
            low.append(ends[0])
            high.append(ends[1])
            role.append("law" if along == OLD_V else "found")
            if math.isfinite(middle):
                above = 14 if along == OLD_V else -14
                texts.append(Label(middle, y[-1], f"{middle:.2f}", role[-1], above, align="center"))
            else:
                label = f"half not up to {settings.reach:.2g}"
                texts.append(Label(0.0, y[-1], label, role[-1], align="left", dx=6))  # nothing is drawn in its row
    x, ys, roles = np.array(value, np.float64), np.array(y, np.float64), np.array(role)
    old, new = roles == "law", roles == "found"
    before, _ = over_networks(of(distance, BASE, OLD_V), "median")
    upright = [before] * 2 if math.isfinite(before) else []
    marks: list[Mark] = [
        Line("before", upright, [-0.6, 4.6][: len(upright)], "law", dash="dashed", width=1),
        Segments("stems", low, ys, high, ys, role, np.full(len(ys), 1.8), np.full(len(ys), 0.7)),
        _networks("networks-old", rows[OLD_V], APART, "law"),
        _networks("networks-new", rows[NEW_V], -APART, "found"),
        PinDots("pin", x[old], ys[old], size=14, hollow=True),
        Dots("old", x[old], ys[old], "law", size=10, hollow=True),
        Dots("new", x[new], ys[new], "found", size=10),
        Labels("text", texts),
    ]
    return Figure(
        "distance", marks, Axis("distance to the region", ends=(0, None)), Axis(names=NAMES, ends=(-0.7, 4.6))
    )


def _networks(name: str, rows: Columns, up: float, role: str) -> Dots:
    """A small dot a network."""
    height = [PLACES[model] + (0 if model == BASE else up) for model in rows["model"].tolist()]
    return Dots(name, rows["median"], height, role, size=4, tip=TIP, hover=rows)


def sentences(tables: Tables, look: Look) -> dict[str, Sentence]:
    """What is said once there are numbers."""
    settings = look.settings
    found = {
        "boundary": of_boundary(PLANE.among(tables), settings),
        "distance": of_distance(DISTANCE.among(tables), settings),
    }
    return {name: sentence for name, sentence in found.items() if sentence}
