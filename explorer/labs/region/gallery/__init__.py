"""Panel: a perturbation for each class, as a picture, added to images that the network never saw."""

from typing import ClassVar

import param

from explorer.labs import Panel
from explorer.labs.affordable import over_budget
from explorer.labs.costs import together
from explorer.labs.region.settings import Targets
from explorer.labs.region.tables import UNIVERSAL
from explorer.settings import Problem, Settings, Work
from explorer.tables import Count, Table, Text, Value

RADII = (0.05, 0.1, 0.2, 0.3)  # that a run covers beside the one that is asked for
SHOWN = 10  # unseen images to which a perturbation can be added
NOBODY = -1  # the target of an image that is left as it is

#: Pixels of v_t of the first network, and of unseen images; colours as their brightness.
PATTERN = Table(
    "pattern", kind=Text(), number=Count(), delta=Value("δ"), row=Count(), column=Count(), value=Value("pixel")
)
#: What the first network calls an image with v_t; how sure it is of that.
VERDICT = Table(
    "verdict",
    image=Count(),
    label=Count(),
    target=Count(),
    delta=Value("δ"),
    predicted=Count(),
    probability=Value("probability"),
)
#: Cosine of v_t with the mean image of a class less that of all, mean over networks.
MEANING = Table("meaning", target=Count(), other=Count(), delta=Value("δ"), cosine=Value("cosine"))


class GallerySettings(Targets):
    """Ten classes, and how a perturbation towards each is sought."""

    measures: ClassVar = frozenset({"delta", "norm", "method", "images", "eta", "rounds"})
    views: ClassVar = Settings.views | {"target", "image"}
    starts: ClassVar = {"seeds": 3}

    target = param.Integer(3, bounds=(0, 9), softbounds=(0, 9), label="class", doc="Whose perturbation is added.")
    image = param.Integer(
        6, bounds=(0, SHOWN - 1), softbounds=(0, SHOWN - 1), label="image", doc="To which it is added."
    )

    @property
    def radii(self) -> tuple[float, ...]:
        """Those of a run, rising."""
        return tuple(sorted({*RADII, self.delta}))

    def conflicts(self) -> list[Problem]:
        return self.too_many() or over_budget(self, ("n", "base_epochs", "rounds", "images", "seeds", "k"), "k")

    def work(self) -> Work:
        return together(self.base_learning(), self.searching(len(self.radii)))


PANEL = Panel(
    __name__,
    "Gallery",
    settings=GallerySettings,
    tables=(UNIVERSAL, PATTERN, VERDICT, MEANING),
    order=1,
    primary=True,
    answers=("universal",),
    small={"n": 60, "k": 8, "base_epochs": 3, "seeds": 2, "images": 20, "rounds": 2},
)
