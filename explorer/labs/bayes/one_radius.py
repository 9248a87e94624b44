"""Settings of panels of the Bayes lab that attack at one radius: PGD on the margin, at the largest eps. No torch."""

from collections.abc import Mapping
from typing import Any, ClassVar

import param

from explorer.labs.bayes.images import TESTED, ImagePosterior
from explorer.labs.bayes.portion import held
from explorer.labs.costs import FLOPS


class OneRadius(ImagePosterior):
    """A posterior of images, and an attack on them."""

    measures: ClassVar = frozenset({"eps_max", "attack_steps", "restarts"})

    eps_max = param.Number(
        0.1,
        bounds=(0, 1),
        softbounds=(0.05, 0.5),
        label="largest eps",
        doc="How much a pixel may change at most, white being 1.",
    )
    attack_steps = param.Integer(10, bounds=(1, 400), softbounds=(5, 100), label="PGD steps", doc="Of each ascent.")
    restarts = param.Integer(
        1, bounds=(1, 20), softbounds=(1, 10), label="restarts", doc="Of PGD; the first starts at the image."
    )

    @classmethod
    def implied(cls, given: Mapping[str, Any]) -> dict[str, Any]:
        """Larger images want less of everything."""
        if given.get("data", "digits") == "digits":
            return dict(cls.starts)
        return {**cls.starts, "n": 500}

    @property
    def attack_bytes(self) -> float:
        """Memory of an attack."""
        return held(max(self.samples, self.chains), max(self.source.d, self.k), TESTED)

    def attacking(self, networks: float, params: float) -> float:
        """Seconds of PGD on all test images, against so many networks with so many weights."""
        gradients = networks * self.attack_steps * self.restarts
        return gradients * TESTED * (8 * params / FLOPS + 6e-8 * self.k)
