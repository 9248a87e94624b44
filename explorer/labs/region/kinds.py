"""In which ways networks are trained on, by their names in tables; what each costs. No torch."""

from collections.abc import Mapping
from types import MappingProxyType

FIRST = "first training"  # of the networks that are trained on
EXTRA = "extra training"  # as they are: the control
STATIC, DYNAMIC, ONE = "static RAT", "dynamic RAT", "one target"
UNIVERSAL_AT, FGSM_AT, PGD_AT = "universal AT", "FGSM-AT", "PGD-AT"

PGD_STEPS = 7  # of PGD-AT

#: Gradients at each image of a minibatch in one step; images as they are count, too.
GRADIENTS: Mapping[str, float] = MappingProxyType(
    {EXTRA: 1, STATIC: 2, DYNAMIC: 3, ONE: 2, UNIVERSAL_AT: 3, FGSM_AT: 3, PGD_AT: 2 + PGD_STEPS}
)
#: What each learns from, in words.
LEARNS: Mapping[str, str] = MappingProxyType(
    {
        EXTRA: "images as they are",
        STATIC: "images with the ten perturbations as they were found",
        DYNAMIC: "images with ten perturbations that move with every minibatch",
        ONE: "images with the perturbation of one target as it was found",
        UNIVERSAL_AT: "images with one perturbation away from all labels, which moves with every minibatch",
        FGSM_AT: "images that FGSM perturbs, one by one",
        PGD_AT: f"images that {PGD_STEPS} steps of PGD perturb, one by one",
    }
)


def slug(kind: str) -> str:
    """Its name in arrays and cells."""
    return kind.lower().replace(" ", "_").replace("-", "_")
