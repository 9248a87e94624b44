"""Panel: adversarial training in which some images of a minibatch share one perturbation, from one to all."""

from typing import ClassVar

import param

from explorer.labs import Panel
from explorer.labs.affordable import over_budget
from explorer.labs.costs import together
from explorer.labs.region.kinds import GRADIENTS, PGD_AT, UNIVERSAL_AT
from explorer.labs.region.settings import BATCH, FGSM, AtRadius
from explorer.settings import Problem, Settings, Work
from explorer.tables import Bound, Count, Table, Text, Value

SIZES = (1, 2, 5, 10, 20, 50, 100)  # of groups; a minibatch is cut into those that divide it
EVERYBODY = 0  # the group of universal AT: one perturbation for all images, from the first step to the last
LEARNING = 2  # gradients at each image by the weights, in a step; one by the image alone takes half the time
NOBODY = -1  # that of networks that no perturbation has trained
BASE = "base"  # the networks before they are trained on
GROUPS_AT = "shared AT"  # by groups of some size

#: A row a size of group and network. Both attacks are made for the network itself after its training.
SHARING = Table(
    "sharing",
    group=Count(),
    seed=Count(),
    pgd=Bound("<=", "accuracy under PGD"),
    universal=Bound(">=", "success of one perturbation for all"),
    seconds=Value("seconds an epoch"),
)
#: The same networks and those before them, with what the numbers above rest on.
HARDENED = Table(
    "hardened",
    model=Text(),
    group=Count(),
    seed=Count(),
    steps=Count(),
    clean=Value("accuracy unperturbed"),
    eps=Value("ε"),
    pgd=Bound("<=", "accuracy under PGD"),
    pgd_low=Value("of accuracy under PGD"),
    pgd_high=Value("of accuracy under PGD"),
    tested=Count(),
    delta=Value("δ"),
    universal=Bound(">=", "success of one perturbation for all"),
    universal_low=Value("of that success"),
    universal_high=Value("of that success"),
    counted=Count(),
    gradients=Value("gradients at each image in a step"),
)


class SharingSettings(AtRadius):
    """How many share, which is looked at, and how they are attacked afterwards."""

    measures: ClassVar = frozenset({"eps", "attack_steps", "tested", "images", "method", "eta", "rounds"})
    views: ClassVar = Settings.views | {"group"}
    starts: ClassVar = {"seeds": 3, "tested": 200}

    group = param.Integer(
        100,
        bounds=(0, SIZES[-1]),
        softbounds=(0, SIZES[-1]),
        label="s share",
        doc="How many images share a perturbation: the nearest size there is. 0: all, always (universal AT).",
    )

    @property
    def batch(self) -> int:
        """Images of a minibatch."""
        return min(BATCH, self.used)

    @property
    def cuts(self) -> tuple[int, ...]:
        """Of groups, rising, from one image to the whole minibatch."""
        return tuple(sorted({size for size in SIZES if self.batch % size == 0} | {self.batch}))

    @property
    def order(self) -> tuple[int, ...]:
        """In which they are trained: the ends first, then what lies between."""
        first = (self.cuts[0], self.cuts[-1], EVERYBODY)
        return tuple(dict.fromkeys((*first, *self.cuts[1:-1][::2], *self.cuts[1:-1])))

    def conflicts(self) -> list[Problem]:
        first = ("n", "base_epochs", "epochs", "rounds", "images", "attack_steps")
        return self.too_many() or over_budget(self, (*first, "tested", "subset", "seeds", "k"), "k")

    def work(self) -> Work:
        """Every size is trained, and it and the base are attacked."""
        count = len(self.order) + 1
        return together(
            self.base_learning(),
            self.retraining(sum(LEARNING + (gradients(group) - LEARNING) / 2 for group in self.order)),
            self.searching(count / 10),
            self.attacking(count * (2 + self.attack_steps)),
        )


def gradients(group: int) -> float:
    """At each image of a minibatch in one step: to perturb it, and to learn from it as it is and perturbed."""
    return GRADIENTS[UNIVERSAL_AT if group == EVERYBODY else PGD_AT]


PANEL = Panel(
    __name__,
    "Sharing",
    settings=SharingSettings,
    tables=(SHARING, HARDENED),
    order=5,
    small={
        "n": 60,
        "k": 8,
        "base_epochs": 3,
        "seeds": 2,
        "images": 10,
        "method": FGSM,
        "rounds": 1,
        "epochs": 1,
        "tested": 20,
        "attack_steps": 1,
    },
)
