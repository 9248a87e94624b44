"""Panel: training on universal perturbations beside adversarial training, under attacks on each image and on all."""

from collections.abc import Mapping
from typing import Any, ClassVar

import param

from explorer.labs import Panel
from explorer.labs.affordable import over_budget
from explorer.labs.costs import together
from explorer.labs.region.kinds import EXTRA, FGSM_AT, GRADIENTS, PGD_AT, STATIC, UNIVERSAL_AT
from explorer.labs.region.settings import FGSM as ONE_BY_ONE
from explorer.labs.region.settings import L2, Retrained
from explorer.labs.region.tables import DEFENCE, TRANSFER, WHITE_BOX
from explorer.settings import Problem, Settings, Work

BASE = "base"  # the networks before they are trained on
KINDS = (EXTRA, STATIC, FGSM_AT, UNIVERSAL_AT, PGD_AT)  # in the order in which they are trained
FGSM, PGD, CARLINI, UNIVERSAL = "FGSM", "PGD", "C&W l2", "universal"
ATTACKS = (FGSM, PGD, CARLINI, UNIVERSAL)
RADII = 7  # of a curve, from 0 to the largest
SEARCHES = 4  # of C&W, for the constant


class RivalsSettings(Retrained):
    """Five ways to train on, four attacks, and on whose gradients they go."""

    measures: ClassVar = frozenset({"eps_max", "attack_steps", "restarts", "tested"})
    views: ClassVar = Settings.views | {"attack", "access", "eps_shown"}
    starts: ClassVar = {"seeds": 3, "tested": 200}

    attack = param.Selector(
        default=PGD,
        objects=list(ATTACKS),
        label="attack",
        doc="On each image: FGSM, PGD, C&W (in l2); on all images at once: one perturbation away from all labels.",
    )
    access = param.Selector(
        default=WHITE_BOX,
        objects=[WHITE_BOX, TRANSFER],
        label="made for",
        doc="White-box: made for the network that it is tried on. Transfer: made for the base network.",
    )
    eps_max = param.Number(
        0.3,
        bounds=(0, 1),
        inclusive_bounds=(False, True),
        softbounds=(0.05, 0.5),
        label="largest ε",
        doc=f"Curves have {RADII} radii from 0 to this; those of C&W are √d/2 times as long, in l2.",
    )
    eps_shown = param.Number(
        0.1,
        bounds=(0, 1),
        softbounds=(0, 0.3),
        label="ε shown",
        doc="The radius that is spoken of: the nearest that the curves have. A tap on a curve sets it.",
    )
    restarts = param.Integer(
        2, bounds=(1, 20), softbounds=(1, 10), label="restarts", doc="Of PGD; the first starts at the image."
    )

    @classmethod
    def implied(cls, given: Mapping[str, Any]) -> dict[str, Any]:
        """Radii that suit the data, and so many networks that something can be said of them."""
        known: dict[str, dict[str, Any]] = {
            "mnist": {"eps_max": 0.075, "eps_shown": 0.025, "delta": 0.05, "restarts": 1, "seeds": 3},
            "cifar-10": {"eps_max": 0.06, "eps_shown": 0.01, "delta": 0.06, "restarts": 1, "seeds": 3},
        }
        return {**super().implied(given), **known.get(str(given.get("data")), {})}

    @property
    def radii(self) -> tuple[float, ...]:
        """Rising, each once: how much a pixel may change, or a length."""
        return tuple(sorted({round(self.eps_max * i / (RADII - 1), 12) for i in range(RADII)}))

    @property
    def carlini_steps(self) -> int:
        """Of each of its searches: its steps are shorter than those of PGD."""
        return max(5, 5 * self.attack_steps // 2)

    def length(self, attack: str) -> float:
        """How many times as long the radii of an attack are."""
        return self.source.d**0.5 / 2 if attack == CARLINI and self.norm != L2 else 1.0

    def conflicts(self) -> list[Problem]:
        first = ("n", "base_epochs", "epochs", "rounds", "images", "attack_steps", "restarts")
        return self.too_many() or over_budget(self, (*first, "tested", "subset", "seeds", "k"), "k")

    def work(self) -> Work:
        """Every kind is trained, and it and the base are attacked at every radius."""
        each = (RADII - 1) * (1 + self.attack_steps * self.restarts) + SEARCHES * self.carlini_steps
        shared = (1 + len(KINDS)) * (RADII - 1) / 10
        return together(
            self.base_learning(),
            self.retraining(sum(GRADIENTS[kind] for kind in KINDS)),
            self.searching(1 + len(KINDS) + shared),
            self.attacking((1 + len(KINDS)) * each),
        )


PANEL = Panel(
    __name__,
    "Rivals",
    settings=RivalsSettings,
    tables=(DEFENCE,),
    order=3,
    primary=True,
    small={
        "n": 60,
        "k": 8,
        "base_epochs": 3,
        "seeds": 1,
        "images": 10,
        "method": ONE_BY_ONE,
        "rounds": 1,
        "epochs": 1,
        "tested": 20,
        "attack_steps": 1,
        "restarts": 1,
    },
)
