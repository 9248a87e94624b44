"""The card of pictures: an image at which the average never grows, and one that nobody chose, with their gradients."""

import numpy as np

from explorer.figures.figure import Figure
from explorer.figures.marks import Image, Mark
from explorer.figures.tables import where
from explorer.figures.texts import Label, Labels
from explorer.frames import Columns
from explorer.labs.bayes.gradient import SELECTED
from explorer.labs.bayes.vanishing import RANDOM

GAP = 0.08  # between pictures, in units of their side
TEXT = 0.3  # the height of a line of words
ROWS = ((SELECTED, "selected: its norm never rises"), (RANDOM, "any: the first that come"))
TALL = 1 + 3 * TEXT  # of a row, with two lines of words above it and one below


def draw_pictures(table: Columns, rank: int) -> Figure:
    """Both rows; the gradients of a row share one scale."""
    marks: list[Mark] = []
    labels: list[Label] = []
    for turn, (kind, title) in enumerate(ROWS):
        rows = shown(table, kind, rank)
        bottom = (len(ROWS) - 1 - turn) * TALL + TEXT
        stages = np.unique(rows["n_samples"])
        image = picture(rows, 0)
        found = [picture(rows, n) for n in stages[stages > 0].tolist()]
        sheet, most = side_by_side([each for each in found if each is not None])
        wide = len(found) + (len(found) - 1) * GAP
        marks += [
            Image(f"image-{kind}", image, 0, bottom, 1, 1, scale="grey", limits=(0, 1)),
            Image(f"gradient-{kind}", sheet, 1 + GAP, bottom, wide, 1, limits=(-most, most)),
        ]
        labels += _words(rows, stages, bottom, title)
    return Figure("pictures", [*marks, Labels("text", labels)], square=True)


def shown(table: Columns, kind: str, rank: int) -> Columns:
    """The rows of the picture of this kind and rank, or of the last there is before it."""
    own = where(table, (table["kind"] == kind) & (table["rank"] <= rank))
    return where(own, own["rank"] == own["rank"].max(initial=0))


def picture(rows: Columns, n: int) -> np.ndarray | None:
    """Pixels, the lowest row first; None where there are none."""
    own = where(rows, rows["n_samples"] == n)
    if not len(own["row"]):
        return None
    found = np.full((own["row"].max() + 1, own["column"].max() + 1), np.nan, np.float32)
    found[own["row"], own["column"]] = own["value"]
    return found[::-1]


def side_by_side(found: list[np.ndarray]) -> tuple[np.ndarray | None, float]:
    """One picture of all, unknown between them, and the largest value of any."""
    if not found:
        return None, 1.0
    h, w = found[0].shape
    beside = max(1, round(GAP * w))
    sheet = np.full((h, len(found) * w + (len(found) - 1) * beside), np.nan, np.float32)
    for i, each in enumerate(found):
        left = i * (w + beside)
        sheet[:, left : left + w] = each
    most = np.nanmax(np.abs(sheet), initial=0)
    return sheet, float(most) if most > 0 else 1.0


def _words(rows: Columns, stages: np.ndarray, bottom: float, title: str) -> list[Label]:
    if not len(stages):
        return [Label(0, bottom + 0.5, f"{title}: none", align="left")]
    out = [Label(0, bottom + 1 + 1.5 * TEXT, title, align="left")]
    out.append(Label(0.5, bottom - TEXT / 2, f"“{rows['label'][0]}”", align="center"))
    for i, n in enumerate(stages[stages > 0].tolist(), 1):
        norm = rows["norm"][rows["n_samples"] == n][0]
        if np.isfinite(norm):
            middle = i * (1 + GAP) + 0.5
            out.append(Label(middle, bottom + 1 + TEXT / 2, f"n = {n}", align="center"))
            out.append(Label(middle, bottom - TEXT / 2, f"{norm:.2g}", "gradient", align="center"))
    return out
