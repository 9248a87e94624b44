"""Figures of the panel `boundary`: two planes side by side, distances by kind, and the images to choose from."""

import math

import numpy as np

from explorer.figures.figure import Axis, Figure
from explorer.figures.layout import Slot
from explorer.figures.look import Look
from explorer.figures.marks import Dots, Image, Line, Mark, PinDots, Rectangles, Segments
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
from explorer.labs.region.boundary.words import length, of_boundary, of_distance, of_images
from explorer.labs.region.defence.numbers import over_networks
from explorer.labs.region.gallery import PATTERN, SHOWN
from explorer.labs.region.gallery.numbers import picture
from explorer.labs.region.kinds import DYNAMIC, EXTRA, PGD_AT, STATIC

SLOTS = (
    Slot(
        "boundary",
        "The regions of ten classes around one image",
        "before, and trained on; tap a class",
        pending="Drawn with the first networks.",
        wide=True,
    ),
    Slot(
        "distance",
        "How far the region begins",
        "ring: along the old vector, dot: a new one",
        pending="Drawn when the first networks have learned.",
    ),
    Slot("images", "Around which image", "tap one", pending="Drawn with the first networks."),
)
GAP, TEXT = 0.06, 0.1  # between the planes, and the height of a line of words, in units of their side
WIDE = 2 + GAP
KEY = 0.16  # height of the key's squares
PLACES = {BASE: 4.0, EXTRA: 3.0, STATIC: 2.0, DYNAMIC: 1.0, PGD_AT: 0.0}  # heights, the first on top
NAMES = ("PGD-AT", "dynamic", "static", "control", "base")  # from below
APART = 0.14
ACROSS = 5  # images in a row
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
    return _boundary(boundary, plane, settings), _distance(distance, settings), _images(pattern, plane)


def _boundary(boundary: Columns, plane: Columns, settings: BoundarySettings) -> Figure:
    marks: list[Mark] = []
    texts: list[Label] = []
    places: list[tuple[float, float, int]] = []  # where a class is named
    ends: list[np.ndarray] = []
    points: dict[str, list[tuple[float, float]]] = {"image": [], "v": [], "begins": []}
    for left, model in ((0.0, BASE), (1 + GAP, settings.model)):
        label = cells(boundary, model)
        marks.append(
            Image("before" if model == BASE else "after", label, left, 0, 1, 1, scale="classes", limits=(-0.5, 9.5))
        )
        row = where(plane, plane["model"] == model)
        if label is None or not len(row["model"]):
            continue
        half = float(boundary["u"].max(initial=0)) * (1 + 1 / (len(label) - 1))  # cells reach over their middles
        t = int(row["target"][0])
        for x, y, x1, y1 in outline(label == t):
            ends.append(np.array([[left + x, y], [left + x1, y1], [math.nan, math.nan]]))
        places += [(left + x, y, each) for each, (x, y) in middles(label).items()]
        points["image"].append((left + 0.5, 0.5))
        for name, at in (("v", settings.delta), ("begins", float(row["old"][0]))):
            x = 0.5 + at / (2 * half) if half > 0 else math.nan
            if x <= 1:
                points[name].append((left + x, 0.5))
        begins = float(row["old"][0])
        texts.append(Label(left + 0.5, 1 + TEXT / 2, f"{model}: {t} from {length(begins, settings)}", align="center"))
        name = f"→ along v{t}" if model == BASE else f"↑ {row['across'][0]}"
        texts.append(Label(left + 0.5, -TEXT / 2, f"{name}, ±{half:.2g}", "law", align="center"))
    line = np.concatenate(ends) if ends else np.zeros((0, 2))
    size = WIDE / CLASSES
    keys = np.arange(CLASSES) if len(points["image"]) else np.zeros(0, int)
    middle = np.array([(key + 0.5) * size for key in keys]), np.full(len(keys), -TEXT - KEY / 2)
    named = np.array(places, np.float64).reshape(-1, 3)
    across, up = np.concatenate([middle[0], named[:, 0]]), np.concatenate([middle[1], named[:, 1]])
    target = np.concatenate([keys, named[:, 2].astype(int)])
    chosen = np.array([settings.target * size, (settings.target + 1) * size])[[0, 1, 1, 0, 0]]
    frame = -TEXT - KEY * np.array([0, 0, 1, 1, 0])
    shown = 5 if len(keys) else 0
    at = {name: np.array(found, np.float64).reshape(-1, 2) for name, found in points.items()}
    rays = at["image"]
    marks += [
        Rectangles(
            "key",
            keys * size,
            (keys + 1) * size,
            np.full(len(keys), -TEXT - KEY),
            np.full(len(keys), -TEXT),
            keys / (CLASSES - 1),
            scale="classes",
        ),
        Line("frame", chosen[:shown], frame[:shown], "ink", width=3),
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
        Inside("names", across, up, [str(each) for each in target], target / (CLASSES - 1), scale="classes"),
        Dots("places", across, up, "law", size=1, tip=[("class", "@target{%d}")], hover={"target": target}),
        Labels("text", texts),
    ]
    return Figure("boundary", marks, square=True, aspect=WIDE / (1 + 2 * TEXT + KEY), choose={"places": "target"})


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
            name = f"{middle:.2f}" if math.isfinite(middle) else f"half not up to {settings.reach:.2g}"
            texts.append(
                Label(
                    middle if math.isfinite(middle) else settings.reach,
                    y[-1],
                    name,
                    role[-1],
                    align="left" if math.isfinite(middle) else "right",
                    dx=10 if math.isfinite(middle) else 0,
                )
            )
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


def _images(pattern: Columns, plane: Columns) -> Figure:
    numbers = np.unique(pattern["number"][pattern["kind"] == "image"])
    corners = np.array([_corner(int(i)) for i in numbers], np.float64).reshape(-1, 2)
    chosen = int(plane["image"][0]) if len(plane["image"]) else -1
    left, low = _corner(chosen) if chosen in numbers else (0.0, 0.0)
    shown = 5 if chosen in numbers else 0
    marks: list[Mark] = [
        Image(f"image{i}", picture(pattern, "image", i, 0.0), *_corner(i), 0.92, 0.92, scale="grey", limits=(0, 1))
        for i in range(SHOWN)
    ]
    marks += [
        Line(
            "chosen",
            (left + 0.92 * np.array([0, 1, 1, 0, 0]))[:shown],
            (low + 0.92 * np.array([0, 0, 1, 1, 0]))[:shown],
            "found",
            width=4,
        ),
        Dots(
            "places",
            corners[:, 0] + 0.46,
            corners[:, 1] + 0.46,
            "found",
            size=3,
            tip=[("image", "@image{%d}")],
            hover={"image": numbers},
        ),
    ]
    return Figure("images", marks, square=True, aspect=ACROSS / 2, choose={"places": "image"})


def _corner(number: int) -> tuple[float, float]:
    """The lower left one of a picture."""
    row, column = divmod(number, ACROSS)
    return float(column), float(SHOWN // ACROSS - 1 - row)


def sentences(tables: Tables, look: Look) -> dict[str, Sentence]:
    """What is said once there are numbers."""
    plane, distance = PLANE.among(tables), DISTANCE.among(tables)
    found = {
        "boundary": of_boundary(plane, look.settings),
        "distance": of_distance(distance, look.settings),
        "images": of_images(plane, look.settings),
    }
    return {name: sentence for name, sentence in found.items() if sentence}
