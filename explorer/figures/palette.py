"""One meaning, one colour, on every page; a light and a dark value for each.

Blue and orange mean found and certified only, and stay apart for colour-blind eyes; direction is in every label too.
Labels +1 and -1 are teal and rose, circles and squares. Purple is steepness.
"""

from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np

ROLES: Mapping[str, tuple[str, str]] = {  # role: (light, dark)
    "found": ("#0b6bb8", "#62b1f5"),  # a lower bound
    "certified": ("#b45309", "#f7a04f"),  # an upper bound
    "law": ("#5c6676", "#a0a9b8"),  # the paper's line, dashed
    "loose": ("#5c6676", "#a0a9b8"),  # a loose bound, dotted
    "ink": ("#15181e", "#f2f4f8"),  # what is chosen
    "faint": ("#e8ebf1", "#262b34"),  # grids
    "paper": ("#ffffff", "#181b20"),  # the card behind a figure
    "minus": ("#b3245a", "#ff7fae"),  # label -1, f < 0
    "plus": ("#0d7a72", "#3fc9bd"),  # label +1, f > 0
    "pinned": ("#5c6676", "#a0a9b8"),  # the run A that is kept for comparison
    "floor": ("#0f7a4f", "#4fd39a"),  # what must hold: no fit lies below
    "gradient": ("#5b2a91", "#b98bf0"),  # a gradient that is averaged; steepness is purple everywhere
}
SCALES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    # below, at and above 0
    "diverging": {"light": ("#d6487b", "#ffffff", "#2fa096"), "dark": ("#c24a78", "#181b20", "#2a958c")},
    # from 0, such as the norm of a gradient
    "sequential": {"light": ("#f4eefb", "#5b2a91"), "dark": ("#241a33", "#b98bf0")},
    # a photograph, from black to white: the same under both themes
    "grey": {"light": ("#000000", "#ffffff"), "dark": ("#000000", "#ffffff")},
    # a line a width, from narrow to wide
    "widths": {
        "light": ("#440154", "#472d7b", "#3b528b", "#2c728e", "#21867f", "#2b8f5b", "#5a8a1e", "#8a7d00"),
        "dark": ("#b48fd0", "#9a90d8", "#7f9ddd", "#55adc8", "#35bdab", "#55d28c", "#a0e24c", "#fde725"),
    },
}
#: Ten classes, each a colour of its own with none between: Tol's "muted", made for colour-blind eyes too.
KINDS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "classes": {
        "light": (
            "#332288", "#88ccee", "#44aa99", "#117733", "#999933",
            "#ddcc77", "#cc6677", "#882255", "#aa4499", "#c9ccd1",
        ),
        "dark": (
            "#6f63d2", "#7cc0e2", "#3f9f8f", "#2e9a57", "#8f8f33",
            "#cfbf6b", "#e07a84", "#b04a80", "#c072c8", "#a4a9b2",
        ),
    },
}  # fmt: skip


def colour(role: str, theme: str) -> str:
    """The colour of a role under "light" or "dark"."""
    return ROLES[role][theme == "dark"]


def spaced(count: int) -> np.ndarray:
    """`count` places on a scale, from 0 to 1."""
    return np.arange(count) / max(count - 1, 1)


def on_scale(shade: Sequence[float] | np.ndarray, scale: str, theme: str) -> list[str]:
    """The colour of each place from 0 to 1 on a scale of `SCALES` or `KINDS`; what is unknown (NaN) is faint.

    Those on "widths", from narrow to wide, are at 3:1 or more against the card.
    """
    unknown, hues = colour("faint", theme), stops(scale, theme)
    return [unknown if s != s else hues[round(s * (len(hues) - 1))] for s in np.asarray(shade).tolist()]


@cache
def stops(scale: str, theme: str) -> tuple[str, ...]:
    """The colours of a scale of `SCALES`, from its low end to its high one, or those of `KINDS`."""
    if scale in KINDS:
        return KINDS[scale][theme]
    return tuple(blend(SCALES[scale][theme]))


def ink_on(hue: str) -> str:
    """Black or white, whichever stands out more on this colour."""
    return max(("#000000", "#ffffff"), key=lambda ink: contrast(rgb(ink), rgb(hue)))


def blend(stops: Sequence[str], count: int = 256) -> list[str]:
    """`count` colours through `stops`, straight in RGB."""
    points = [rgb(stop) for stop in stops]
    out = []
    for i in range(count):
        at = i / (count - 1) * (len(points) - 1)
        low = min(int(at), len(points) - 2)
        share = at - low
        mixed = [a + (b - a) * share for a, b in zip(points[low], points[low + 1], strict=True)]
        out.append("#" + "".join(f"{round(c):02x}" for c in mixed))
    return out


def contrast(one: Sequence[float], other: Sequence[float]) -> float:
    """WCAG contrast ratio of two RGB colours (0..255)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(levels: Sequence[float]) -> float:
    parts = [c / 255 / 12.92 if c / 255 <= 0.04045 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in levels]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def rgb(hue: str) -> list[float]:
    """Red, green and blue (0..255) of "#rrggbb"."""
    return [float(int(hue[i : i + 2], 16)) for i in (1, 3, 5)]
