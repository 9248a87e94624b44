"""The claims of Wang et al. 2020/21, each with the runs and the rule that decide it here. No torch."""

from collections.abc import Mapping

from explorer.labs.claims import Claim
from explorer.labs.papers import REGION_ADVERSARIAL_TRAINING
from explorer.labs.region.defence import few
from explorer.labs.region.gallery import most, semantic
from explorer.labs.region.rivals import pattern

PAPER = REGION_ADVERSARIAL_TRAINING.short
Settings = Mapping[str, Mapping[str, object]]
IMAGES = ("mnist", "cifar-10")
GALLERY: Settings = {"digits": {"panel": "gallery", "seeds": 5}}
GALLERIES: Settings = {
    "digits": {"panel": "gallery", "seeds": 8},
    **{data: {"panel": "gallery", "data": data, "seeds": 3} for data in IMAGES},
}
#: Runs are named after data and images retrained on, of 1200 that have been learned from.
FEW: Settings = {
    f"digits, {subset} images": {"panel": "defence", "subset": subset, "seeds": 6} for subset in (60, 300, 1200)
}
MORE: Settings = {
    **{name: {**settings, "seeds": 8} for name, settings in FEW.items()},
    **{
        f"mnist, {subset} images": {"panel": "defence", "data": "mnist", "subset": subset, "seeds": 3}
        for subset in (150, 3000)
    },
}
RIVALS: Settings = {"digits": {"panel": "rivals", "seeds": 6}}
RIVALRY: Settings = {
    "digits": {"panel": "rivals", "seeds": 8},
    "mnist": {"panel": "rivals", "data": "mnist", "seeds": 3},
}

CLAIMS = (
    Claim("region-1", most.TEXT, PAPER, most.RULE, GALLERY, GALLERIES, most.judge, chosen=most.CHOSEN),
    Claim("region-2", semantic.TEXT, PAPER, semantic.RULE, GALLERY, GALLERIES, semantic.judge, chosen=semantic.CHOSEN),
    Claim("region-3", few.TEXT, PAPER, few.RULE, FEW, MORE, few.judge, chosen=few.CHOSEN),
    Claim("region-4", pattern.TEXT, PAPER, pattern.RULE, RIVALS, RIVALRY, pattern.judge, chosen=pattern.CHOSEN),
)
