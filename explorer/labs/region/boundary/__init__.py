"""Panel: decision regions on a plane through an image, before and after training on perturbations, and distances."""

from collections.abc import Mapping
from typing import Any, ClassVar

import param

from explorer.labs import Panel
from explorer.labs.affordable import over_budget
from explorer.labs.costs import together
from explorer.labs.image_sets import CLASSES
from explorer.labs.region.gallery import PATTERN, SHOWN
from explorer.labs.region.kinds import DYNAMIC, EXTRA, GRADIENTS, PGD_AT, STATIC
from explorer.labs.region.settings import FGSM, Retrained
from explorer.settings import Problem, Settings, Work
from explorer.tables import Bound, Count, Table, Text, Value

BASE = "base"  # the networks before they are trained on
KINDS = (STATIC, EXTRA, DYNAMIC, PGD_AT)  # in the order in which they are trained
RANDOM, GRADIENT, NEW = "random signs", "gradient", "new v"
OLD_V, NEW_V = "old", "new"  # along which vector a distance is: found before the training, or for the network itself
GRID, COARSE, MIDDLE = 49, 13, 25  # points a side of the plane; of the first looks
REACH, STEPS = 5, 50  # how far a region is looked for, in units of delta, and in how many steps

#: What a network of the first seed calls x + u (along v_t) + v (along the other direction), within the box.
BOUNDARY = Table("boundary", model=Text(), u=Value("along v"), v=Value("across"), label=Count())
#: The image of the plane: a row a network of the first seed. Lengths at which the target's region begins; NaN: nowhere.
PLANE = Table(
    "plane",
    model=Text(),
    image=Count(),
    label=Count(),
    target=Count(),
    predicted=Count(),
    across=Text(),
    cosine=Value("cosine of the two directions"),
    old=Bound("<=", "distance along the old v"),
    new=Bound("<=", "distance along a new v"),
)
ALL = -1  # the target of rows over all targets

#: Quartiles over unseen images of the length at which a target's region begins; those that never get there are longest.
DISTANCE = Table(
    "distance",
    model=Text(),
    seed=Count(),
    target=Count(),
    along=Text(),
    lower=Bound("<=", "lower quartile of distances"),
    median=Bound("<=", "median distance"),
    upper=Bound("<=", "upper quartile of distances"),
    reached=Bound(">=", "share that gets there"),
    counted=Count(),
)


class BoundarySettings(Retrained):
    """An image, a class, and two directions."""

    measures: ClassVar = frozenset({"target", "image", "across", "span", "tested"})
    views: ClassVar = Settings.views | {"model"}
    starts: ClassVar = {"seeds": 3, "tested": 100}

    target = param.Integer(3, bounds=(0, 9), softbounds=(0, 9), label="class", doc="Whose perturbation is added.")
    image = param.Integer(
        6, bounds=(0, SHOWN - 1), softbounds=(0, SHOWN - 1), label="image", doc="To which it is added."
    )
    model = param.Selector(default=STATIC, objects=list(KINDS), label="trained on by", doc="Which way is drawn.")
    across = param.Selector(
        default=RANDOM,
        objects=[RANDOM, GRADIENT, NEW],
        label="other direction",
        doc="Of the plane: random signs, the gradient of the loss at the image, or v_t as found after static RAT.",
    )
    span = param.Number(
        3,
        bounds=(0, 20),
        inclusive_bounds=(False, True),
        softbounds=(1, 5),
        label="plane's half side",
        doc="In units of δ.",
    )

    @classmethod
    def implied(cls, given: Mapping[str, Any]) -> dict[str, Any]:
        """Fewer images where they are large."""
        larger = {} if given.get("data", "digits") == "digits" else {"tested": 50}
        return {**super().implied(given), **larger}

    def relevant(self, name: str) -> bool:
        """No image is attacked."""
        return name != "attack_steps" and super().relevant(name)

    @property
    def half(self) -> float:
        """Half a side of the plane."""
        return self.span * self.delta

    @property
    def reach(self) -> float:
        """How far a region is looked for."""
        return REACH * self.delta

    def conflicts(self) -> list[Problem]:
        fields = ("n", "base_epochs", "epochs", "rounds", "images", "tested", "subset", "seeds", "k")
        return self.too_many() or over_budget(self, fields, "k")

    def work(self) -> Work:
        """Every kind is trained, and perturbations are sought anew; along old and new ones, regions."""
        forward = 1 / 3  # of what a gradient takes
        along = forward * STEPS / 3 * CLASSES * (1 + 2 * len(KINDS))
        return together(
            self.base_learning(),
            self.retraining(sum(GRADIENTS[kind] for kind in KINDS) / 2),  # most are PGD-AT's, and quicker than others
            self.searching(1 + len(KINDS)),
            self.attacking(along),
            Work(0, self.passing(forward * (1 + len(KINDS)) * GRID * GRID)),
            Work(self.base_learning().bytes + self.pairs_held, 0),
        )

    @property
    def pairs_held(self) -> float:
        """Bytes of all pairs of an image and a class of one network: image, vector, and that divided by its length."""
        return 3.0 * 4 * CLASSES * self.tested * self.source.d


PANEL = Panel(
    __name__,
    "Boundary",
    settings=BoundarySettings,
    tables=(BOUNDARY, PLANE, DISTANCE, PATTERN),
    order=6,
    answers=("boundary",),
    small={
        "n": 60,
        "k": 8,
        "base_epochs": 3,
        "seeds": 1,
        "images": 10,
        "method": FGSM,
        "rounds": 1,
        "epochs": 1,
        "tested": 10,
    },
)
