"""One meaning, one colour, on every page; a light and a dark value for each.

Blue and orange stay apart for colour-blind eyes (Okabe-Ito hues); direction is in every label as well.
"""

from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np
from bokeh.palettes import Viridis256

ROLES: Mapping[str, tuple[str, str]] = {  # role: (light, dark)
    "found": ("#0b6db8", "#5fb0ee"),  # a lower bound
    "certified": ("#c96a0a", "#f0a050"),  # an upper bound
    "law": ("#6b7280", "#9aa3af"),  # the paper's line, dashed
    "loose": ("#6b7280", "#9aa3af"),  # a loose bound, dotted
    "ink": ("#16181d", "#ffffff"),  # what is chosen
    "faint": ("#e6e9ee", "#2b3038"),  # grids
    "paper": ("#ffffff", "#181b20"),  # the card behind a figure
    "minus": ("#0b6db8", "#5fb0ee"),  # label -1, f < 0
    "plus": ("#c96a0a", "#f0a050"),  # label +1, f > 0
    "pinned": ("#9d3fa8", "#d68be0"),  # the run A that is kept for comparison
    "floor": ("#0f7a55", "#45c08c"),  # what must hold: no fit lies below
}
SCALES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    # below, at and above 0
    "diverging": {"light": ("#0b6db8", "#ffffff", "#c96a0a"), "dark": ("#3f8fd6", "#181b20", "#e08a2e")},
    # from 0, such as the norm of a gradient
    "sequential": {"light": ("#f6f1fa", "#54278f"), "dark": ("#181b20", "#c79bff")},
}
CONTRAST = 3.0  # WCAG 2.2, 1.4.11: graphics need 3:1 against what lies behind


def colour(role: str, theme: str) -> str:
    """The colour of a role under "light" or "dark"."""
    return ROLES[role][theme == "dark"]


def spaced(count: int) -> np.ndarray:
    """`count` places on a scale, from 0 to 1."""
    return np.arange(count) / max(count - 1, 1)


def on_scale(shade: Sequence[float] | np.ndarray, scale: str, theme: str) -> list[str]:
    """The colour of each place from 0 to 1 on a scale of `SCALES`, or on "widths"; what is unknown (NaN) is faint.

    Those on "widths", from narrow to wide, are at 3:1 or more against the card.
    """
    unknown = colour("faint", theme)
    if scale == "widths":
        return [
            unknown if s != s else legible(Viridis256[12 + round(228 * s)], theme) for s in np.asarray(shade).tolist()
        ]
    hues = stops(scale, theme)
    return [unknown if s != s else hues[round(s * (len(hues) - 1))] for s in np.asarray(shade).tolist()]


@cache
def stops(scale: str, theme: str) -> tuple[str, ...]:
    """The colours of a scale of `SCALES`, from its low end to its high one."""
    return tuple(blend(SCALES[scale][theme]))


def ink_on(hue: str) -> str:
    """Black or white, whichever stands out more on this colour."""
    return max((colour("ink", theme) for theme in ("light", "dark")), key=lambda ink: contrast(rgb(ink), rgb(hue)))


@cache
def legible(hue: str, theme: str) -> str:
    """`hue`, mixed with ink until it stands out from the card by `CONTRAST`."""
    paper, ink = rgb(colour("paper", theme)), rgb(colour("ink", theme))
    for mix in range(0, 101, 2):
        mixed = [(c * (100 - mix) + i * mix) / 100 for c, i in zip(rgb(hue), ink, strict=True)]
        if contrast(mixed, paper) >= CONTRAST:
            return "#" + "".join(f"{round(c):02x}" for c in mixed)
    return colour("ink", theme)


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
