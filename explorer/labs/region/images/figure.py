"""Figures of the panel `images`: success and its gap against the number of images used, and the vectors themselves."""

import numpy as np

from explorer.figures.figure import Axis, Figure
from explorer.figures.layout import Slot
from explorer.figures.look import Look
from explorer.figures.marks import Band, Dots, Image, Line, Lines, Mark, Pin
from explorer.figures.sentence import Sentence
from explorer.figures.tables import where
from explorer.figures.texts import Label, Labels
from explorer.frames import Columns, Tables
from explorer.labs.region.gallery.figure import GAP, TEXT
from explorer.labs.region.images import MADE, ImagesSettings
from explorer.labs.region.images.numbers import GAP as DIFFERENCE
from explorer.labs.region.images.numbers import curve, picture, with_gap
from explorer.labs.region.images.words import of_gap, of_made, of_success
from explorer.labs.region.tables import UNIVERSAL

SLOTS = (
    Slot(
        "images",
        "From how many images",
        "blue: unseen images that follow, black: its own",
        pending="Drawn with the first networks.",
    ),
    Slot(
        "gap",
        "Own images less unseen ones",
        "difference of the two shares",
        pending="Drawn with the first networks.",
    ),
    Slot(
        "made",
        "What more images make of it",
        "rose: darker, teal: brighter; above: images used",
        pending="Drawn with the first networks.",
    ),
)
TIP = [
    ("network", "@seed{%d}"),
    ("made from", "@images{%d} images, towards @target{%d}"),
    ("unseen images that follow ≥", "@success_test{%.3f}, 95 % [@low{%.3f}, @high{%.3f}]"),
    ("of its own ≥", "@success_train{%.3f}"),
    ("random signs", "@random_success{%.3f}"),
]
SHARES = (0, 0.2, 0.4, 0.6, 0.8, 1)
USED = "m images used"
ACROSS, DOWN = 4, 2  # pictures in a row, and rows


def draw(tables: Tables, look: Look) -> tuple[Figure, ...]:
    """What there is so far."""
    table, made = UNIVERSAL.among(tables), MADE.among(tables)
    settings: ImagesSettings = look.settings
    return _success(table, settings), _gap(with_gap(table)), _made(made, settings)


def _success(table: Columns, settings: ImagesSettings) -> Figure:
    own, unseen, signs = (curve(table, column) for column in ("success_train", "success_test", "random_success"))
    here = where(table, table["target"] == settings.target)
    ends = unseen.images[[0, -1]] if len(unseen.images) else unseen.images
    eta = np.full(len(ends), settings.eta)
    labels = [
        Label(ends, eta, "η enough", "law", 9),
        Label(own.images[:1], own.value[:1], "own images", "ink", 4, align="left", dx=10),
        Label(unseen.images, unseen.value, "unseen images", "found", -12),
        Label(signs.images, signs.value, "random signs", "law", 9),
    ]
    marks: list[Mark] = [
        Band("own-band", own.images, own.low.clip(0, 1), own.high.clip(0, 1), "ink"),
        Band("band", unseen.images, unseen.low.clip(0, 1), unseen.high.clip(0, 1), "found"),
        Line("eta", ends, eta, "law", dash="dotted", width=1.6),
        Line("signs", signs.images, signs.value, "law", dash="dashed", width=1.6),
        Line("own", own.images, own.value, "ink", width=2),
        Line("unseen", unseen.images, unseen.value, "found", width=2.5),
        Pin("pin", unseen.images, unseen.value),
        Dots("classes", here["images"], here["success_test"], "law", size=4, tip=TIP, hover=here),
        Dots("dots", unseen.images, unseen.value, "found", size=7),
        Labels("text", labels),
    ]
    return Figure("images", marks, Axis(USED, log=True), Axis(ends=(0, 1.05), ticks=SHARES))


def _gap(table: Columns) -> Figure:
    whole = curve(table, DIFFERENCE)
    each = [curve(where(table, table["seed"] == seed), DIFFERENCE) for seed in np.unique(table["seed"])]
    ends = whole.images[[0, -1]] if len(whole.images) else whole.images
    marks: list[Mark] = [
        Line("none", ends, np.zeros(len(ends)), "law", dash="dashed", width=1.2),
        Band("band", whole.images, whole.low.clip(-1, 1), whole.high.clip(-1, 1), "ink"),
        Lines("networks", [c.images for c in each], [c.value for c in each], "law", width=0.8),
        Line("gap", whole.images, whole.value, "ink", width=2.5),
        Pin("pin", whole.images, whole.value),
        Dots("dots", whole.images, whole.value, "ink", size=7),
    ]
    return Figure("gap", marks, Axis(USED, log=True), Axis())


def shown(numbers: list[int]) -> list[int]:
    """As many as there is room for: the first ones and the last."""
    most = ACROSS * DOWN
    return numbers if len(numbers) <= most else [*numbers[: most - 1], numbers[-1]]


def _made(made: Columns, settings: ImagesSettings) -> Figure:
    numbers = shown(np.unique(made["images"]).tolist())
    delta = settings.delta
    marks: list[Mark] = []
    labels: list[Label] = []
    for place in range(ACROSS * DOWN):
        row, column = divmod(place, ACROSS)
        x, y = column * (1 + GAP), (DOWN - 1 - row) * (1 + TEXT)
        there = place < len(numbers)
        pixels = picture(made, numbers[place], settings.target) if there else None
        marks.append(Image(f"v{place}", pixels, x, y, 1, 1, limits=(-delta, delta)))
        if there:
            labels.append(Label(x + 0.5, y + 1 + TEXT / 2, f"{numbers[place]:,}", "ink", align="center"))
    marks.append(Labels("text", labels))
    wide, high = ACROSS * (1 + GAP) - GAP, DOWN * (1 + TEXT)
    above = Axis(ends=(0, high))  # or it ends with the pictures, and the words over them are cut off
    return Figure("made", marks, y=above, square=True, aspect=wide / high)


def sentences(tables: Tables, look: Look) -> dict[str, Sentence]:
    """What is said once there are numbers."""
    table, settings = UNIVERSAL.among(tables), look.settings
    found = {
        "images": of_success(table, settings),
        "gap": of_gap(table, settings),
        "made": of_made(table, settings),
    }
    return {name: sentence for name, sentence in found.items() if sentence}
