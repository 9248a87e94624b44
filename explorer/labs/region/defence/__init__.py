"""Panel: networks are trained on against their universal perturbations; what do old ones do then, and new ones?"""

from typing import ClassVar

import param

from explorer.labs import Panel
from explorer.labs.affordable import over_budget
from explorer.labs.costs import together
from explorer.labs.region.kinds import DYNAMIC, EXTRA, GRADIENTS, ONE, STATIC
from explorer.labs.region.settings import FGSM, AtRadius
from explorer.labs.region.tables import DEFENCE
from explorer.settings import Problem, Settings, Work

KINDS = (STATIC, DYNAMIC, ONE, EXTRA)  # in the order in which they are trained
SHARES = (1 / 32, 1 / 8, 1 / 4, 1 / 2)  # of the steps, after which networks are looked at


class DefenceSettings(AtRadius):
    """Four ways to train on, and what is attacked meanwhile."""

    measures: ClassVar = frozenset({"eps", "attack_steps", "tested"})
    views: ClassVar = Settings.views | {"model"}
    starts: ClassVar = {"seeds": 3}

    model = param.Selector(default=STATIC, objects=list(KINDS), label="trained on by", doc="Which way is drawn.")
    one = param.Integer(
        3, bounds=(0, 9), softbounds=(0, 9), label="one target", doc="Whose perturbation alone is trained against."
    )

    @property
    def looks(self) -> list[int]:
        """Steps after which networks are looked at, the first and the last among them."""
        return sorted({0, self.steps, *(max(1, round(share * self.steps)) for share in SHARES)})

    def conflicts(self) -> list[Problem]:
        fields = ("n", "base_epochs", "epochs", "rounds", "images", "attack_steps", "tested", "subset", "seeds", "k")
        return self.too_many() or over_budget(self, fields, "k")

    def work(self) -> Work:
        """Every kind is trained, and at every look searched and attacked; they share the first."""
        looks = 1 + len(KINDS) * (len(self.looks) - 1)
        return together(
            self.base_learning(),
            self.retraining(sum(GRADIENTS[kind] for kind in KINDS)),
            self.searching(1 + looks),
            self.attacking(len(KINDS) * len(self.looks) * (2 + self.attack_steps)),
        )


PANEL = Panel(
    __name__,
    "Defence",
    settings=DefenceSettings,
    tables=(DEFENCE,),
    order=2,
    primary=True,
    answers=("defence",),
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
        "attack_steps": 2,
    },
)
