"""The panel circle: the drawn best constants against their exact law; kinks against the constant, by dimension."""

import holoviews as hv
import numpy as np

from explorer.figures import parts
from explorer.figures.layout import Slot
from explorer.figures.look import Look, Patch
from explorer.figures.texts import joined, texts
from explorer.frames import Tables
from explorer.theory.circle import kolmogorov_smirnov, law

SLOTS = (
    Slot("circle", "The best constant in the plane", "share of data sets with L* up to here", ("circle",)),
    Slot("circle-rigidity", "Kinks that cannot hide", "largest kink / 2 Lip on the sphere", ("circle-rigidity",)),
)
ROLES = {
    "circle:pin": "pinned",
    "circle:found": "found",
    "circle:law": "law",
    "circle-rigidity:one": "floor",
    "circle-rigidity:above": "certified",
    "circle-rigidity:dots": "found",
    "circle-rigidity:short": "ink",
}
PENDING = {"circle-rigidity": "Networks follow after the first data sets."}
QUANTILES = 400  # a line of more points looks the same
ROUNDING = 1e-9


def declare() -> dict[str, hv.Overlay]:
    """Both figures, empty."""
    p = parts
    tip = [("dimension d", "@x{%d}"), ("seed", "@seed{%d}"), ("kink / 2 Lip", "@y{%.3g}")]
    return {
        "circle": p.figure(
            [
                p.line("circle:pin", "pinned", dash="dashed", width=1.8),
                p.line("circle:found", "found", width=6, alpha=0.5),  # the law is seen on it
                p.line("circle:law", "law", dash="dashed", width=1.8),
                p.labels("circle:text"),
            ],
            name="circle",
            x="best Lipschitz constant L*",
            log_x=True,
            y_bounds=(0, 1.04),
        ),
        "circle-rigidity": p.figure(
            [
                p.line("circle-rigidity:one", "floor", width=1.5),
                p.dots("circle-rigidity:dots", "found", hover=tip),
                p.dots("circle-rigidity:above", "certified", size=7, hover=tip),
                p.dots("circle-rigidity:short", "ink", size=9, hollow=True, hover=tip),
                p.labels("circle-rigidity:text"),
            ],
            name="circle-rigidity",
            x="dimension d",
            log_x=True,
            x_ticks=(2, 3, 4, 6, 10, 16, 30),
            y_bounds=(0, None),
        ),
    }


def patch(tables: Tables, look: Look) -> Patch:
    """New columns for every source."""
    pinned = look.pinned if look.pinned is not None else {}
    return {
        "circle:pin": _drawn(pinned),
        **_distributions(tables, look.theme),
        **_kinks(tables, look.theme),
    }


def sentences(tables: Tables, look: Look) -> dict[str, str]:
    """The test of the law, and the largest ratio in the plane and above it."""
    out = {}
    lip, n = constants(tables)
    if len(lip):
        out["circle"] = f"{len(lip):,} data sets of n = {n}: " + _tested(lip, n)
    d, ratio = _rigid(tables)
    if (d == 2).any() and (d > 2).any():
        out["circle-rigidity"] = (
            f"{_plane(ratio[d == 2].max())}; from d = 3 on the largest of {int((d > 2).sum())} networks is at "
            f"<b>{ratio[d > 2].max():.3g}</b>, and 1 cannot be passed."
        )
        if short := int(_short(d, ratio).sum()):
            out["circle-rigidity"] += f" {short} (rings) seem to: there the search for Lip ended too low."
    return out


def _plane(largest: float) -> str:
    if largest > 1 + ROUNDING:
        return f"In the plane four kinks cancel in pairs and reach <b>{largest:.2g}</b>"
    return f"In the plane, where kinks may cancel, the largest ratio is <b>{largest:.2g}</b>"


def _tested(lip: np.ndarray, n: int) -> str:
    if not lip.any():
        return "each has one label only, which a constant fits."
    distance, p = kolmogorov_smirnov(lip, n)
    test = f"Kolmogorov-Smirnov distance to the law {distance:.3f}, <b>p = {p:.2g}</b>"
    return f"{test}. The middle one needs L* = <b>{np.median(lip):.3g}</b>."


def constants(tables: Tables) -> tuple[np.ndarray, int]:
    """L* of every data set, and their n."""
    lip = tables["circle"]["lip"] if "circle" in tables else np.zeros(0)
    lip_known = lip[np.isfinite(lip)]
    return lip_known, int(tables["circle"]["n"][0]) if len(lip) else 0


def _rigid(tables: Tables) -> tuple[np.ndarray, np.ndarray]:
    """d and ratio of every network whose ratio is known."""
    if "rigidity" not in tables:
        return np.zeros(0), np.zeros(0)
    known = np.isfinite(tables["rigidity"]["ratio"])
    return tables["rigidity"]["d"][known], tables["rigidity"]["ratio"][known]


def _short(d: np.ndarray, ratio: np.ndarray) -> np.ndarray:
    """Networks of d >= 3 above 1, which is proved to be impossible: Lip is searched for there, and was not found."""
    return (d > 2) & (ratio > 1 + ROUNDING)


def _drawn(tables: Tables) -> dict[str, np.ndarray]:
    """The share of data sets with L* <= x, at a few hundred of the drawn L* above 0."""
    lip, _ = constants(tables)
    drawn = np.sort(lip[lip > 0])
    at = np.unique(np.linspace(0, len(drawn) - 1, min(len(drawn), QUANTILES)).astype(int))
    return {"x": drawn[at], "y": (at + 1 + len(lip) - len(drawn)) / max(len(lip), 1)}


def _distributions(tables: Tables, theme: str) -> Patch:
    found, (_, n) = _drawn(tables), constants(tables)
    if not len(found["x"]):
        return {"circle:found": found, "circle:law": found, "circle:text": texts([], theme)}
    x = np.geomspace(found["x"][0], found["x"][-1], QUANTILES)
    exact = law(x, n)
    high, low = int(np.searchsorted(found["y"], 0.75)), int(np.searchsorted(exact, 0.35))
    high, low = min(high, len(found["x"]) - 1), min(low, len(x) - 1)
    drawn = (found["x"][high : high + 1], found["y"][high : high + 1], "drawn", "found", 4)
    known = (x[low : low + 1], exact[low : low + 1], "exact law", "law", -4)
    text = joined(texts([drawn], theme, dx=-10), texts([known], theme, "left", dx=10))
    return {"circle:found": found, "circle:law": {"x": x, "y": exact}, "circle:text": text}


def _kinks(tables: Tables, theme: str) -> Patch:
    d, ratio = _rigid(tables)
    seed = tables["rigidity"]["seed"][np.isfinite(tables["rigidity"]["ratio"])] if len(d) else np.zeros(0)
    short = _short(d, ratio)
    above = (ratio > 1 + ROUNDING) & ~short
    rest = ~above & ~short
    one = {"x": np.array([d.min(), d.max()] if len(d) else []), "y": np.ones(2 if len(d) else 0)}
    items = [(one["x"], one["y"], "1: no kink from d = 3 on is larger", "floor", 9)] if len(d) else []
    text = texts(items, theme)
    if above.any():
        top = int(np.where(above, ratio, 0).argmax())
        text = joined(
            text, texts([(d[top : top + 1], ratio[top : top + 1], "four-cycles", "certified", 0)], theme, "left", 8)
        )
    return {
        "circle-rigidity:one": one,
        **{
            f"circle-rigidity:{name}": {"x": d[rows], "y": ratio[rows], "seed": seed[rows]}
            for name, rows in (("dots", rest), ("above", above), ("short", short))
        },
        "circle-rigidity:text": text,
    }
