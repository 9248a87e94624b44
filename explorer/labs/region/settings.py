"""What several panels of the Region lab are set by."""

from collections.abc import Mapping
from typing import Any, Self

import param

from explorer.labs.costs import FLOPS
from explorer.labs.image_sets import CLASSES, DIGITS, Pictured
from explorer.settings import Group, Settings, Work

BATCH = 100  # images that a step learns from
RATES = {True: 1e-3, False: 1e-2}  # Adam's, of perceptrons and of convnets, whose normalisation bears more
CONVNET = (16, 2)  # width and blocks of the network for larger images
LINF, L2 = "linf", "l2"
SIGNS, SEQUENTIAL, FGSM = "mini-batch", "image by image", "FGSM"

#: How the page arranges the controls of all panels.
GROUPS = (
    Group(
        "The sliders",
        (
            "target",
            "delta",
            "eps",
            "eps_shown",
            "eps_max",
            "image",
            "images",
            "n",
            "subset",
            "group",
            "k",
        ),
    ),
    Group("What is shown", ("model", "attack", "access", "across", "span")),
    Group("The perturbation", ("method", "norm", "eta", "rounds")),
    Group("Training on it", ("alpha", "epochs", "one")),
    Group("Attacks", ("attack_steps", "restarts", "tested")),
    Group("Posterior", ("samples", "chains", "warmup", "thin", "leapfrogs", "prior_scale")),
    Group("Data", ("data",)),
    Group("First training", ("base_epochs",), folded=True),
    Group("Seeds", ("seeds", "seed"), folded=True),
)


class RegionPanel(Settings):
    """What every panel has."""

    groups = GROUPS

    def preview(self) -> Self:
        """What a slider shows while it is dragged: one seed, little training."""
        few = {"seeds": 1, "base_epochs": 20, "epochs": 10, "rounds": 5, "samples": 10}
        values = self.values()
        return self.changed(**{name: min(values[name], most) for name, most in few.items() if name in values})


class Base(RegionPanel, Pictured):
    """Networks that have learned n images: what is attacked, and trained on.

    Of 8x8 digits perceptrons with hidden layers of k and k/2, of larger images small convnets.
    """

    n = param.Integer(
        1200, bounds=(20, 50_000), softbounds=(100, 1500), label="n points", doc="How many images are learned from."
    )
    k = param.Integer(
        128,
        bounds=(2, 1024),
        softbounds=(16, 256),
        label="k width",
        doc="First hidden layer; the second is half of it.",
    )
    base_epochs = param.Integer(
        60, bounds=(1, 1000), softbounds=(10, 100), label="epochs", doc="Rounds through the images, with Adam."
    )
    seeds = param.Integer(
        2, bounds=(1, 8), softbounds=(1, 4), label="seeds", doc="Networks: other images, first weights and orders."
    )

    def relevant(self, name: str) -> bool:
        """A convnet has a width of its own."""
        return name != "k" or self.data == DIGITS

    @property
    def sizes(self) -> list[int]:
        """Widths of a perceptron from the pixels to the classes."""
        return [self.source.d, self.k, max(1, self.k // 2), CLASSES]

    @property
    def params(self) -> int:
        """Weights and biases of a network."""
        if self.data == DIGITS:
            a, b, c, d = self.sizes
            return (a + 1) * b + (b + 1) * c + (c + 1) * d
        width, depth = CONVNET
        return depth * (11 * width * width + 3 * width) + CLASSES * (width + 1)

    @property
    def uses(self) -> int:
        """Multiplications of a network for one image: a convnet uses a weight at many pixels."""
        if self.data == DIGITS:
            return self.params
        width, depth = CONVNET
        h, w = self.source.shape[:2]
        return sum((h >> i) * (w >> i) // 4 * 11 * width * width for i in range(depth))

    def passing(self, images: float) -> float:
        """Seconds in which a network's gradients are taken at so many images."""
        return 8 * self.uses * images / FLOPS + images * 2e-7

    def base_learning(self) -> Work:
        """The first training of all networks."""
        steps = self.base_epochs * max(1, self.n // BATCH)
        seconds = self.seeds * self.passing(2 * self.base_epochs * self.n) + steps * (
            1e-3 if self.data == DIGITS else 6e-3
        )
        floats = self.seeds * (8 * self.params + self.n * self.source.d) + 2e7
        return Work(8 * floats, 1 + seconds)


class Targets(Base):
    """Universal perturbations towards each class, and how they are sought."""

    delta = param.Number(
        0.2,
        bounds=(0, 1),
        inclusive_bounds=(False, True),
        softbounds=(0.05, 0.4),
        label="δ radius",
        doc="Length of a perturbation: the most that it changes a pixel, white being 1, or its length |v|₂.",
    )
    norm = param.Selector(
        default=LINF, objects=[LINF, L2], label="norm", doc="In which a perturbation's length is measured."
    )
    method = param.Selector(
        default=SIGNS,
        objects=[SIGNS, SEQUENTIAL, FGSM],
        label="search",
        doc="Along signs of the gradient of mini-batches; or image by image, the least step into the class, or FGSM's.",
    )
    images = param.Integer(
        100,
        bounds=(10, 50_000),
        softbounds=(10, 1000),
        label="images used",
        doc="Of those learned from, to find a perturbation.",
    )
    eta = param.Number(
        0.95,
        bounds=(0, 1),
        softbounds=(0.5, 1),
        label="η enough",
        doc="Share of these images in the class at which a search ends.",
    )
    rounds = param.Integer(20, bounds=(1, 500), softbounds=(5, 50), label="rounds", doc="Through these images at most.")

    def searching(self, times: float = 1) -> Work:
        """All targets of all networks, so many times."""
        seconds = times * self.seeds * self.passing(CLASSES * self.rounds * min(self.images, self.n))
        floats = 12 * self.seeds * CLASSES * min(BATCH, self.images) * (self.source.d + self.params // 50)
        return Work(8 * floats, seconds + times * self.rounds * 5e-3)


class Retrained(Targets):
    """Networks that are trained on, in several ways, from the same weights and as long."""

    alpha = param.Number(
        0.5,
        bounds=(0, 1),
        softbounds=(0, 1),
        label="α clean",
        doc="Share of the images as they are in the loss; the rest is of perturbed ones.",
    )
    epochs = param.Integer(
        40,
        bounds=(1, 1000),
        softbounds=(10, 100),
        label="epochs more",
        doc="They are trained on for as many steps as so many rounds through n images take.",
    )
    subset = param.Integer(
        1200,
        bounds=(20, 50_000),
        softbounds=(20, 1500),
        label="images retrained on",
        doc="Of the n images; all where there are fewer. The number of steps stays the same.",
    )
    tested = param.Integer(
        300,
        bounds=(10, 1000),
        softbounds=(50, 600),
        label="images attacked",
        doc="Unseen images that attacks are made for, one by one; all where there are fewer.",
    )
    attack_steps = param.Integer(20, bounds=(1, 400), softbounds=(5, 100), label="PGD steps", doc="Of each ascent.")

    @classmethod
    def implied(cls, given: Mapping[str, Any]) -> dict[str, Any]:
        """Less of all where images are large."""
        large = {"n": 3000, "seeds": 2, "base_epochs": 30, "epochs": 8, "rounds": 5, "tested": 200, "attack_steps": 10}
        return {**super().implied(given), **({} if given.get("data", DIGITS) == DIGITS else large)}

    @property
    def steps(self) -> int:
        """Minibatches that they are trained on for."""
        return self.epochs * max(1, self.n // BATCH)

    @property
    def used(self) -> int:
        """Images that are retrained on."""
        return min(self.subset, self.n)

    def retraining(self, gradients: float) -> Work:
        """All networks of several kinds, whose steps take together so many gradients at each image of a minibatch."""
        seconds = self.seeds * self.passing(gradients * self.steps * min(BATCH, self.used))
        floats = self.seeds * (10 * self.params + 4 * self.used * self.source.d)
        return Work(8 * floats, seconds + gradients * self.steps * (5e-4 if self.data == DIGITS else 3e-3))

    def attacking(self, gradients: float) -> Work:
        """Attacks that take so many gradients at each image, of every network."""
        each = min(64, self.tested) * (self.uses // 50 + 8 * self.source.d)
        return Work(8.0 * each, self.seeds * self.passing(gradients * self.tested))


class AtRadius(Retrained):
    """They are attacked image by image, within one radius."""

    eps = param.Number(
        0.1,
        bounds=(0, 1),
        softbounds=(0, 0.3),
        label="ε attack",
        doc="Radius of the attacks that are made for each image by itself, in the norm of δ.",
    )

    @classmethod
    def implied(cls, given: Mapping[str, Any]) -> dict[str, Any]:
        """Radii that suit the data, and so many networks that something can be said of them."""
        known: dict[str, dict[str, Any]] = {
            "mnist": {"eps": 0.01, "delta": 0.05, "seeds": 3},
            "cifar-10": {"eps": 0.01, "delta": 0.06, "seeds": 3},
        }
        return {**super().implied(given), **known.get(str(given.get("data")), {})}
