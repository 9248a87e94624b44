"""The gallery: some unseen images, and the smallest change of each that fools a small and a large network."""

import numpy as np

from explorer.figures.figure import Figure
from explorer.figures.layout import Closer
from explorer.figures.marks import Image
from explorer.figures.sentence import Sentence
from explorer.figures.texts import Label, Labels
from explorer.frames import Columns
from explorer.labs.universal.capacity import SHOWN
from explorer.labs.universal.capacity.words import count

ROOM = 0.45  # of an image's height that stands under it, for its words
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
    return SHOWN + (SHOWN - 1) * BETWEEN, 1 + ROOM


def _sheet(found: Columns, name: str) -> np.ndarray | None:
    """The images side by side, above room for words; unknown between them."""
    if not found or not len(found[name]):
        return None
    pictures = found[name]
    h, w = pictures.shape[1:]
    under, beside = round(ROOM * h), max(1, round(BETWEEN * w))
    sheet = np.full((h + under, SHOWN * w + (SHOWN - 1) * beside), np.nan, np.float32)
    for i, picture in enumerate(pictures[:SHOWN]):
        left = i * (w + beside)
        sheet[under:, left : left + w] = picture
    return sheet


def _under(found: Columns, name: str) -> Labels:
    """What each image is, or how large the change is that fools."""
    count = len(found["label"][:SHOWN]) if found else 0
    said = [_said(found, name, i) for i in range(count)]
    at = [i * (1 + BETWEEN) + 0.5 for i in range(count)]
    return Labels("text", [Label(x, ROOM / 2, text, align="center") for x, text in zip(at, said, strict=True)])


def _said(found: Columns, name: str, i: int) -> str:
    if name == "image":
        return f"“{found['label'][i]}”"
    size = float(found[f"eps_{name}"][i])
    return f"{size:.3f}".removeprefix("0") if np.isfinite(size) else "none"


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
        f"Left: {min(SHOWN, len(small))} of them, which both have right. Then the least change found after which width"
        f" {narrow}, and width {wide}, takes them for something else, and how far a pixel is off (median of all:"
        f" {middle}). A search: a smaller change may do. {_taken(found)}The images are the first unseen ones of"
        " different classes, not chosen by what comes out; colours are shown as grey."
    )
    return Sentence(lead, details)


def _taken(found: Columns) -> str:
    """What those that are shown are taken for."""
    each = zip(*(found[name][:SHOWN] for name in ("label", "taken_small", "taken_large")), strict=True)
    return "".join(
        f"“{label}” is taken for “{small}”, and for “{large}”. "
        for label, small, large in each
        if label not in (small, large)
    )


CLOSER = Closer(("gallery",), draw_gallery, lambda found: {"gallery": gallery_sentence(found)})
