"""The gallery: some unseen images, and the smallest change of each that fools a small and a large network."""

import numpy as np

from explorer.figures.figure import Figure
from explorer.figures.layout import Closer
from explorer.figures.marks import Image
from explorer.figures.sentence import Sentence
from explorer.figures.texts import Label, Labels
from explorer.frames import Columns
from explorer.labs.universal.capacity import GALLERY
from explorer.labs.universal.capacity.words import count

ACROSS = 2  # images in a row
ROOM = 0.28  # of an image's height that stands under it, for its words
BETWEEN = 0.06  # and beside it


def draw_gallery(found: Columns) -> tuple[Figure, ...]:
    """Images as they are, and as each network is fooled by, from what `inspect` gave (see `gallery.smallest`)."""
    return tuple(
        Figure(
            name,
            [Image("image", _sheet(found, name), 0, 0, *_size(), scale="grey", limits=(0, 1)), _under(found, name)],
            square=True,
        )
        for name in ("image", "small", "large")
    )


def _size() -> tuple[float, float]:
    return ACROSS + (ACROSS - 1) * BETWEEN, (GALLERY // ACROSS) * (1 + ROOM)


def _sheet(found: Columns, name: str) -> np.ndarray | None:
    """The images side by side, unknown between them."""
    if not found or not len(found[name]):
        return None
    pictures = found[name]
    h, w = pictures.shape[1:]
    under, beside = max(1, round(ROOM * h)), max(1, round(BETWEEN * w))
    rows = GALLERY // ACROSS
    sheet = np.full((rows * (h + under), ACROSS * w + (ACROSS - 1) * beside), np.nan, np.float32)
    for i, picture in enumerate(pictures[:GALLERY]):
        up, right = rows - 1 - i // ACROSS, i % ACROSS
        bottom, left = up * (h + under) + under, right * (w + beside)
        sheet[bottom : bottom + h, left : left + w] = picture
    return sheet


def _under(found: Columns, name: str) -> Labels:
    """What each image is, or what it is taken for and after how large a change."""
    texts = []
    for i in range(len(found["label"]) if found else 0):
        right, up = i % ACROSS, GALLERY // ACROSS - 1 - i // ACROSS
        x, y = right * (1 + BETWEEN) + 0.5, up * (1 + ROOM) + ROOM / 2
        texts.append(Label(x, y, _said(found, name, i), align="center"))
    return Labels("text", texts)


def _said(found: Columns, name: str, i: int) -> str:
    if name == "image":
        return f"“{found['label'][i]}”"
    size = float(found[f"eps_{name}"][i])
    return f"“{found[f'taken_{name}'][i]}”, ε {size:.3f}" if np.isfinite(size) else "not fooled"


def gallery_sentence(found: Columns) -> Sentence:
    """Which network it takes more to fool, on the images that are shown."""
    small, large = found["eps_small"], found["eps_large"]
    narrow, wide = (count(width) for width in found["widths"])
    known = np.isfinite(small) & np.isfinite(large)
    if not known.any():
        return Sentence(f"No unseen image that both widths, {narrow} and {wide}, have right was found to fool both.")
    more = int((large[known] > small[known]).sum())
    lead = f"It takes a larger change to fool width {wide} than width {narrow} on {more} of these {known.sum()} images."
    middle = f"{np.median(small[known]):.3f} for width {narrow}, {np.median(large[known]):.3f} for width {wide}"
    details = (
        f"Left: images that both have right. Then the least change found after which width {narrow}, and width {wide}, "
        f"takes them for something else, and how far a pixel is off (median {middle}). A search: a smaller change may "
        "do. The first unseen images of different classes, not chosen by what comes out; colours are shown as grey."
    )
    return Sentence(lead, details)


CLOSER = Closer(("gallery",), draw_gallery, lambda found: {"gallery": gallery_sentence(found)})
