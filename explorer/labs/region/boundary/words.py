"""What is said under the figures of the panel `boundary`."""

import math

import numpy as np

from explorer.figures.sentence import Sentence
from explorer.figures.tables import where
from explorer.frames import Columns
from explorer.labs.region.boundary import BASE, GRADIENT, KINDS, NEW, NEW_V, OLD_V, BoundarySettings
from explorer.labs.region.boundary.numbers import new_by_old, of, over, ratios, times, times_span
from explorer.labs.region.defence.numbers import over_networks
from explorer.labs.region.kinds import EXTRA, LEARNS
from explorer.labs.region.told import counted, doubt, percent
from explorer.measure.regression import side

OURS = "The paper's code is not public: RAT is our reading of its abstract."
DIRECTIONS = {GRADIENT: "the gradient of the base network's loss at the image", NEW: "v as found after static RAT"}


def length(value: float, settings: BoundarySettings) -> str:
    """At which a region begins."""
    return f"{value:.2f}" if math.isfinite(value) else f"not up to {settings.reach:.2g}"


def of_boundary(plane: Columns, settings: BoundarySettings) -> Sentence | None:
    """Where the target's region begins for the image that is shown, before and after."""
    before, after = (where(plane, plane["model"] == model) for model in (BASE, settings.model))
    if not len(before["model"]):
        return None
    t, label = int(before["target"][0]), int(before["label"][0])
    first = float(before["old"][0])
    own = "inside it" if int(before["predicted"][0]) == t else length(first, settings)
    lead = f"From this {label} along v{t}, the region of {t} begins: base network {own}"
    told = ""
    if len(after["model"]):
        then = float(after["old"][0])
        own = "inside it" if int(after["predicted"][0]) == t else length(then, settings)
        lead += f", {settings.model} {own}"
        if first > 0 and then > 0:
            told = f"That is {then / first:.2f} times as far. "
        anew = float(after["new"][0])
        told += f"Along a v that is sought anew: {length(anew, settings)}. "
        told += f"The image is read as {int(before['predicted'][0])} before, as {int(after['predicted'][0])} after. "
    across = str(before["across"][0])
    cosine = float(before["cosine"][0])
    angle = f" (cosine with v {cosine:.2f})" if math.isfinite(cosine) else ""
    details = (
        f"{told}Right: v{t}, found before any training on it; up: {DIRECTIONS.get(across, across)}{angle}. "
        "Points are kept between black and white. Black line: where the region ends; dot: the image, "
        f"ring: v{t} itself. One image of the first network: the card on distances has many. {OURS}"
    )
    return Sentence(f"{lead}.", details)


def of_distance(distance: Columns, settings: BoundarySettings) -> Sentence | None:
    """How much further a region begins after training, over images, targets and networks."""
    before, _ = over_networks(of(distance, BASE, OLD_V), "median")
    if not len(of(distance, BASE, OLD_V)["seed"]):
        return None
    told = _told(distance, settings)
    chosen = settings.model
    old, new = (ratios(distance, chosen, along) for along in (OLD_V, NEW_V))
    if old or new:
        parts = []
        for name, found in (("old vectors", old), ("new ones", new)):
            rows = of(distance, chosen, OLD_V if found is old else NEW_V)
            parts.append(f"{times(over(found)[0])} times as far along {name}" if found else _never(rows, name))
        lead = f"After {chosen} a class's region begins {', '.join(parts)}."
    elif math.isfinite(before):
        lead = f"For the base network a class's region begins {before:.2f} along its vector, in the median."
    else:
        lead = f"Along its vector most images meet no region of the class up to {settings.reach:.2g}."
    return Sentence(lead, f"{told} {_how(distance, settings)}".strip())


def _never(rows: Columns, name: str) -> str:
    """Along which no median is known."""
    return f"nowhere near for most images along {name}" if len(rows["seed"]) else f"not yet known along {name}"


def _told(distance: Columns, settings: BoundarySettings) -> str:
    """What holds over networks, kind by kind."""
    parts = []
    for kind in KINDS:
        for name, along in (("old", OLD_V), ("new", NEW_V)):
            found = ratios(distance, kind, along)
            value, ends = over(found)
            if not found:
                continue
            way = {1: "clearly further", -1: "clearly nearer", 0: "not clearly further or nearer"}[_side(ends)]
            about = f", {times_span(ends)}{doubt(ends, '1')}" if times_span(ends) else ""
            parts.append(f"{kind}, {name}: {way} ({times(value)} times{about})")
    said = f"Beside the base network: {'; '.join(parts)}. " if parts else ""
    compared = new_by_old(distance, settings.model)
    if compared:
        value, ends = over(compared)
        way = {1: "clearly further", -1: "clearly nearer", 0: "not clearly nearer or further"}[_side(ends)]
        said += f"After {settings.model} regions begin {way} along new vectors than along old ones. "
    return said.strip()


def _side(ends: tuple[float, float]) -> int:
    return side(ends, 0) if np.isfinite(ends).all() else 0


def _how(distance: Columns, settings: BoundarySettings) -> str:
    """What is measured, and in which direction it errs."""
    rows = where(distance, distance["target"] == -1)
    networks = len(np.unique(rows["seed"]))
    least = float(np.nanmin(rows["reached"])) if np.isfinite(rows["reached"]).any() else math.nan
    pairs = int(rows["counted"].max(initial=0))
    trained = f"The control learns from {LEARNS[EXTRA]}. " if EXTRA in distance["model"] else ""
    return (
        f"Median over {pairs} pairs of an unseen image and a class, of each of {counted(networks, 'network')}; "
        f"intervals over networks. At least {percent(least)} of the pairs meet the region up to {settings.reach:.2g}; "
        "the others count as further than all. Regions thinner than δ/10 may be passed over: they begin no further "
        f"than said. {trained}{OURS}"
    )
