"""What is said under the figures of the gallery."""

import math

import numpy as np

from explorer.figures.sentence import Sentence
from explorer.figures.tables import where
from explorer.frames import Columns
from explorer.labs.region.gallery import NOBODY, GallerySettings
from explorer.labs.region.gallery.numbers import by_seed, curve, of_targets, over_networks
from explorer.labs.region.settings import FGSM, LINF, SEQUENTIAL
from explorer.labs.region.tables import nearest
from explorer.labs.region.told import counted, percent, span
from explorer.measure.regression import mean, side

COUNT = "Images of the class, and those already taken for it, do not count. A better search may turn more."
OURS = "The paper's code is not public: this search is our reading of its abstract."


def how_sought(method: str, norm: str) -> str:
    """A search in a sentence."""
    ways = {
        SEQUENTIAL: "Image after image, the least step into the class is added and the sum kept within δ",
        FGSM: "Image after image, an FGSM step is kept where it reaches the class, within δ",
    }
    way = ways.get(method, "Steps along the signs of the mean gradient of mini-batches, within δ")
    unit = "a pixel" if norm == LINF else "|v|₂"
    return f"{way} ({unit}). {COUNT} {OURS}"


def how(settings: GallerySettings, networks: int) -> str:
    """How a perturbation is sought, and what errs."""
    used = f"Made from {min(settings.images, settings.n)} images; {counted(networks, 'network')}."
    return f"{used} {how_sought(settings.method, settings.norm)}"


def of_gallery(here: Columns, settings: GallerySettings) -> Sentence | None:
    """What all of them do at one radius, and the random signs beside them."""
    targets, shares = of_targets(here, "success_test")
    networks = len(by_seed(here, "success_test"))
    if not np.isfinite(shares).any():
        return None
    delta = float(here["delta"][0])
    value, ends = over_networks(here, "success_test")
    random, _ = over_networks(here, "random_success")
    best = targets[np.nanargmax(shares)]
    lead = (
        f"One vector at δ = {delta:g} turns {percent(value)} of unseen images into a class (mean of {len(targets)}; "
        f"most for {best}: {percent(float(np.nanmax(shares)))}); random signs as long, {percent(random)}."
    )
    own, _ = over_networks(here, "success_train")
    about = f"Mean over networks {span(ends)}. " if span(ends) else ""
    return Sentence(lead, f"{about}On the images it was made from, {percent(own)}. {how(settings, networks)}")


def of_added(verdict: Columns, delta: float, settings: GallerySettings) -> Sentence | None:
    """What becomes of the chosen image."""
    own = where(verdict, verdict["image"] == settings.image)
    before = where(own, own["target"] == NOBODY)
    after = where(own, (own["target"] == settings.target) & (own["delta"] == delta))
    if not len(before["label"]) or not len(after["label"]):
        return None
    label, was, now = int(before["label"][0]), int(before["predicted"][0]), int(after["predicted"][0])
    what = f"This {label}" if was == label else f"This {label}, which the network reads as {was},"
    if now == was:
        lead = f"{what} is still read as {now} with v{settings.target} at δ = {delta:g}."
    elif now == settings.target:
        lead = f"{what} becomes a {now} for the network with v{settings.target} at δ = {delta:g}."
    else:
        lead = (
            f"{what} is read as {now} with v{settings.target} at δ = {delta:g}: neither its own class nor the target."
        )
    sure = float(after["probability"][0])
    details = f"Probability {sure:.2f}. " if math.isfinite(sure) else ""
    return Sentence(lead, f"{details}Pixels are kept between black and white. The first of {settings.seeds} networks.")


def of_success(table: Columns, settings: GallerySettings) -> Sentence | None:
    """Whether more length turns more images, over the radii that there are."""
    whole = curve(table, "success_test")
    known = np.isfinite(whole.value)
    if not known.any():
        return None
    radii, shares = whole.delta[known], whole.value[known]
    random = curve(table, "random_success")
    at = nearest(radii, settings.delta)
    signs = random.value[random.delta == at]
    beside = f" Random signs at δ = {at:g}: {percent(float(signs[0]))}." if len(signs) else ""
    networks = len(by_seed(table, "success_test"))
    if len(radii) == 1:
        return Sentence(
            f"At δ = {radii[0]:g} {percent(shares[0])} of unseen images follow.",
            f"{beside.strip()} {how(settings, networks)}",
        )
    steps = np.diff(shares)
    way = "rises with every radius" if (steps > 0).all() else "does not rise with every radius"
    ends = f"{percent(shares[0])} at δ = {radii[0]:g}, {percent(shares[-1])} at {radii[-1]:g}"
    lead = f"The share that follows {way}: {ends}."
    return Sentence(lead, f"{beside.strip()} Thin lines: the ten classes. {how(settings, networks)}")


def of_meaning(here: Columns, settings: GallerySettings) -> Sentence | None:
    """Whether a perturbation points towards its class more than towards others, network by network."""
    own, others = (by_seed(here, column) for column in ("cosine", "cosine_other"))
    if not len(own) or len(own) != len(others):
        return None
    more, ends = mean(own - others)
    values = f"{own.mean():+.2f} with its own class, {others.mean():+.2f} with others"
    way = side(ends, 0) if np.isfinite(ends).all() else 0
    if way > 0:
        lead = f"A perturbation looks like its class: its cosine is {values}."
    elif way < 0:
        lead = f"A perturbation looks less like its own class than like others: its cosine is {values}."
    else:
        lead = f"The cosine of a perturbation is {values}: not clearly more."
    alone = float(np.mean(here["predicted_alone"] == here["target"]))
    low = over_networks(here, "low_frequency")[0]
    interval = f", 95 % [{ends[0]:.2f}, {ends[1]:.2f}]" if np.isfinite(ends).all() else ""
    details = (
        f"The difference is {more:.2f}{interval} over {counted(len(own), 'network')}. Alone, {percent(alone)} of them "
        f"are called their class (right column: the first network). {percent(low)} of their power is in the lowest "
        "quarter of frequencies."
    )
    return Sentence(lead, f"{details} {OURS}")
