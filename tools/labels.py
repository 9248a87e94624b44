"""Labels of figures as a browser painted them: which leave their figure, and which cross. For tests and by hand.

Bokeh paints text on canvases, where no reader of the page finds it. An init script notes each text as it is painted:
the box of its ink under the canvas's transform, and what the clip leaves of it. A layer that is cleared forgets.
"""

from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page

#: An init script after which `read` finds the labels of a page.
RECORDER = Path(__file__).with_suffix(".js").read_text("utf-8")

DESK, PHONE = (1440, 900), (390, 844)  # px: sizes of a page
PICTURES = (
    "f",
    "slope",
    "neurons",
    "image",
    "small",
    "large",
)  # figures of a closer look: no ticks, and they come later
SLACK = 1.0  # px of ink that may be lost, or lie on another's: rounding, and the soft edge of a letter


@dataclass(frozen=True)
class Text:
    """A text and the box of its ink (left, top, right, bottom) in CSS pixels from the corner of its figure.

    `clip` is what of the figure may be painted where it stands.
    """

    text: str
    box: tuple[float, ...]
    clip: tuple[float, ...]


def read(page: Page) -> dict[str, list[Text]]:
    """The texts of every figure on a page that has RECORDER, by the figure's name, once nothing is painted any more."""
    page.wait_for_function("() => settled()")
    found = {}
    for i, each in enumerate(page.evaluate("() => labels()")):
        whole = (0.0, 0.0, *each["size"])
        texts = [Text(t["text"], tuple(t["box"]), _inside(tuple(t["clip"] or whole), whole)) for t in each["texts"]]
        found[each["name"] or f"figure {i}"] = texts
    return found


def walk(page: Page, *sizes: tuple[int, int]) -> list[str]:
    """What is wrong with the labels and headings of a page, at each of these sizes; it has its own again in the end."""
    found, own = [], page.viewport_size
    for width, height in sizes:
        page.set_viewport_size({"width": width, "height": height})
        texts = read(page)
        bare = [name for name in texts if not texts[name] and name not in PICTURES]
        found += [f"{width}: {name} has no label at all" for name in bare]
        found += [f"{width}: {name}: {fault}" for name in texts for fault in faults(texts[name])]
        found += [f"{width}: heading {words!r} is cut off" for words in cut_headings(page)]
    if own:
        page.set_viewport_size(own)
    return found


def cut_headings(page: Page) -> list[str]:
    """The words of headings of cards that end in dots."""
    return page.evaluate("() => headings()")


def faults(texts: list[Text]) -> list[str]:
    """Each text that leaves its figure or is clipped, and each pair that crosses."""
    out = [f"{t.text!r} is cut off by {lost:.0f} px" for t in texts if (lost := _lost(t)) > SLACK]
    for i, one in enumerate(texts):
        out += [f"{one.text!r} crosses {other.text!r}" for other in texts[i + 1 :] if _cross(one.box, other.box)]
    return out


def _inside(a: tuple[float, ...], b: tuple[float, ...]) -> tuple[float, ...]:
    return (max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3]))


def _lost(text: Text) -> float:
    """By how many pixels a text reaches over what may be painted."""
    box, clip = text.box, text.clip
    return max(clip[0] - box[0], clip[1] - box[1], box[2] - clip[2], box[3] - clip[3])


def _cross(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    both = _inside(a, b)
    return both[2] - both[0] > SLACK and both[3] - both[1] > SLACK
