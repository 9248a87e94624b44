"""What several panels of the Prunability lab are set by."""

from itertools import pairwise
from typing import Self

import numpy as np
import param

from explorer.labs.costs import FLOPS
from explorer.labs.image_sets import CLASSES, DIGITS, Pictured
from explorer.settings import Group, Settings, Work

BATCH, RATE = 32, 0.05  # images that a step learns from; the rate of SGD with momentum 0.9

#: How the page arranges the controls of all panels.
GROUPS = (
    Group("The sliders", ("kept", "n", "k", "scale", "pair", "nets", "width", "step")),
    Group("Pruning", ("scope", "prune_rule", "prune_tolerance", "rule_shown", "beta_shown", "masks", "levels")),
    Group("What is compared", ("measure", "norm", "target", "coloured", "only", "net")),
    Group("Data", ("data", "noise", "noises")),
    Group("Noise and sharpness", ("sigma", "family", "rise", "draws", "rho", "bits", "delta")),
    Group("Networks", ("widths", "depths", "rates", "batches", "dropouts", "decays"), folded=True),
    Group("Training", ("cross_entropy", "max_epochs", "max_steps"), folded=True),
    Group("Seeds", ("seeds", "seed"), folded=True),
)


class PrunabilityPanel(Settings):
    """What every panel has."""

    groups = GROUPS

    def preview(self) -> Self:
        """What a slider shows while it is dragged: one seed, few networks, little training."""
        few = {"seeds": 1, "nets": 16, "max_epochs": 30, "max_steps": 300}
        values = self.values()
        return self.changed(**{name: min(values[name], most) for name, most in few.items() if name in values})


class ImageTask(PrunabilityPanel, Pictured):
    """n images whose classes are learned, some of them wrong."""

    noise = param.Number(
        0.0,
        bounds=(0, 1),
        softbounds=(0, 0.5),
        label="label noise",
        doc="Share of the labels learned from that is drawn anew, from all classes alike; unseen images keep theirs.",
    )


class Repeated(ImageTask):
    """Some networks of one width, each of other images, first weights and orders."""

    data = param.Selector(default=DIGITS, objects=[DIGITS], label="data")
    k = param.Integer(32, bounds=(1, 512), softbounds=(2, 128), label="k width", doc="Neurons of a hidden layer.")
    seeds = param.Integer(
        4, bounds=(1, 16), softbounds=(1, 8), label="seeds", doc="Networks: other images, first weights and orders."
    )
    cross_entropy = param.Number(
        0.02, bounds=(1e-4, 2.3), softbounds=(1e-3, 0.5), label="training loss", doc="At which a network is done."
    )
    max_epochs = param.Integer(
        200, bounds=(1, 5000), softbounds=(20, 400), label="epochs", doc="Training ends here in any case."
    )

    @property
    def sizes(self) -> list[int]:
        """Widths from the pixels to the classes."""
        return [self.source.d, self.k, CLASSES]

    @property
    def params(self) -> int:
        """Weights and biases of a network."""
        return sum((ins + 1) * out for ins, out in pairwise(self.sizes))

    def learning(self) -> Work:
        """As if all epochs were taken."""
        seconds = self.max_epochs * self.n * (8 * self.params * self.seeds / FLOPS + 1e-3 / BATCH)
        return Work(8 * (2e7 + 12 * self.params * self.seeds), 1 + seconds)


class Tolerated(PrunabilityPanel):
    """What a pruned network may lose."""

    prune_tolerance = param.Number(
        0.1,
        bounds=(0, 10),
        softbounds=(0.01, 1),
        label="β tolerance",
        doc="How much more training loss a pruned network may have, and still count as unharmed.",
    )
    prune_rule = param.Selector(
        default="absolute",
        objects=["absolute", "relative"],
        label="tolerance is",
        doc="Absolute: L + β nats are allowed. Relative: (1 + β) L, next to nothing where the loss L is small.",
    )

    @property
    def relative(self) -> bool:
        return self.prune_rule == "relative"

    def allowed_loss(self, dense: np.ndarray) -> np.ndarray:
        """What a pruned network may have, from the loss of the whole one."""
        return dense * (1 + self.prune_tolerance) if self.relative else dense + self.prune_tolerance


class RandomMasks(PrunabilityPanel):
    """How weights go at random."""

    masks = param.Integer(
        5, bounds=(1, 50), softbounds=(1, 20), label="random masks", doc="Over which a loss at random is averaged."
    )


class Pruned(RandomMasks, Tolerated):
    """How weights go, and what a network may lose by it."""


class Noised(PrunabilityPanel):
    """How often weights are moved by noise."""

    draws = param.Integer(
        5,
        bounds=(1, 50),
        softbounds=(1, 20),
        label="noise draws",
        doc="Pairs of opposite noises over which a rise of the loss is averaged.",
    )


class Borne(Noised):
    """Which noise counts as borne."""

    rise = param.Number(
        0.1,
        bounds=(1e-6, 10),
        softbounds=(0.001, 1),
        label="rise allowed",
        doc="How much more training loss, in nats, noise on the weights may make: it decides which σ they bear.",
    )


class Moved(Noised):
    """How weights are moved, by noise and to the worst place nearby."""

    rho = param.Number(
        0.3,
        bounds=(0.001, 10),
        softbounds=(0.05, 1),
        label="ρ radius",
        doc="How far the worst place nearby may be from the trained weights.",
    )


class Measured(Pruned, Noised):
    """What is measured of a network, and how."""
