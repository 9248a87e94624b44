"""Panel: robust accuracy against the number of parameters, on real images."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, ClassVar

import param

from explorer.data import folder
from explorer.data.public import PUBLIC_SETS
from explorer.fields import Integers
from explorer.labs import Panel
from explorer.labs.affordable import over_budget
from explorer.labs.costs import FLOPS, MEASURING
from explorer.labs.mixins import Seeds, Steps
from explorer.labs.universal.settings import UniversalPanel
from explorer.settings import Problem, Work
from explorer.tables import Bound, Count, Table, Text, Value

CLASSES = 10
BATCH = 100  # images that one step learns from
PGD_STEPS = 7  # of PGD-AT, as in its paper
GALLERY, SHOWN = 6, 2  # images whose smallest perturbations are looked for, and those of them that are shown


@dataclass(frozen=True)
class Source:
    """A data set, as the panel takes it.

    Attributes:
        said: in words. d: pixels and colours. most: images to train on. eps: a radius at which sizes differ.
        pair: two classes that look alike; the bracket is of the difference of their logits. classes: names of all.
    """

    said: str
    d: int
    most: int
    eps: float
    pair: tuple[int, int]
    classes: tuple[str, ...]


SOURCES: Mapping[str, Source] = MappingProxyType(
    {
        "digits": Source("8x8 digits, not MNIST", 64, 1500, 0.1, (3, 8), tuple("0123456789")),
        "mnist": Source("MNIST", 784, 60_000, 0.1, (3, 8), PUBLIC_SETS["mnist"].classes),
        "fashion-mnist": Source("Fashion-MNIST", 784, 60_000, 0.05, (2, 4), PUBLIC_SETS["fashion-mnist"].classes),
        "cifar-10": Source("CIFAR-10", 3072, 50_000, 0.005, (3, 5), PUBLIC_SETS["cifar-10"].classes),
    }
)

CAPACITY = Table(
    "capacity",
    data=Text(),
    params=Count(),
    width=Count(),
    seed=Count(),
    clean=Value("accuracy"),
    robust=Bound("<=", "robust accuracy"),
    eps=Value(),
    lower=Bound(">=", "Lip"),
    upper=Bound("<=", "Lip"),
    fit=Value("training accuracy"),
    robust_fit=Bound("<=", "robust training accuracy"),
    n=Count(),
    tested=Count(),
    d=Count(),
    d_pca=Value("d (PCA 95 %)"),
    d_neighbours=Bound("~", "d (two neighbours)"),
)


class CapacitySettings(UniversalPanel, Seeds, Steps):
    """n images, networks of several widths, and who attacks them."""

    measures = frozenset({"attack_steps", "restarts"})
    starts: ClassVar = {"seeds": 5}

    data = param.Selector(
        default="digits",
        objects=list(SOURCES),
        label="data",
        doc="Images. The 8x8 digits come with the program; `explorer data fetch NAME` gets the others.",
    )
    n = param.Integer(
        500, bounds=(20, 60_000), softbounds=(100, 2000), label="n points", doc="How many images are learned from."
    )
    hidden = param.Integer(
        1, bounds=(1, 2), softbounds=(1, 2), label="hidden layers", doc="Of a network; with two both are as wide."
    )
    widths = Integers(
        (16, 32, 64, 128, 256, 512), bounds=(2, 4096), most=12, label="widths", doc="Widths, trained one by one."
    )
    eps_max = param.Number(
        0.1,
        bounds=(0, 1),
        softbounds=(0.005, 0.3),
        label="eps",
        doc="How much a pixel may change, white being 1; it does not carry over from one data set to another.",
    )
    adversary = param.Selector(
        default="fgsm",
        objects=["none", "fgsm", "pgd"],
        label="trained against",
        doc="Nobody; FGSM, one step from a random start; or PGD, seven steps.",
    )
    attack_steps = param.Integer(
        10, bounds=(1, 200), softbounds=(1, 50), label="PGD steps", doc="Of the attack on finished networks."
    )
    restarts = param.Integer(
        2, bounds=(1, 20), softbounds=(1, 10), label="restarts", doc="Of that attack; the first starts at the image."
    )
    max_steps = param.Integer(600, doc="Minibatches that are learned from.")

    @property
    def source(self) -> Source:
        return SOURCES[self.data]

    def params(self, width: int) -> int:
        """Weights and biases of a network."""
        inner = (self.hidden - 1) * width * (width + 1)
        return width * (self.source.d + 1) + inner + CLASSES * (width + 1)

    def most(self) -> int:
        """Images to train on, of what is here; of all that there are, where the set is not here."""
        entry = PUBLIC_SETS.get(self.data)
        if entry is None or not entry.batches:
            return self.source.most
        try:
            here = folder.read_by(entry, folder.folder(), "train")
        except folder.Absent:
            return self.source.most
        return self.source.most * len(here) // len(entry.parts["train"])

    @classmethod
    def implied(cls, given: Mapping[str, Any]) -> dict[str, Any]:
        """A radius that suits the data."""
        return {**cls.starts, "eps_max": SOURCES[given.get("data", "digits")].eps}

    def conflicts(self) -> list[Problem]:
        if self.n > (most := self.most()):
            return [Problem("n", self.n, f"{self.source.said}: at most {most:,} images to train on", most)]
        return over_budget(self, ("n", "max_steps", "seeds", "attack_steps", "restarts"), "widths")

    def work(self) -> Work:
        """A gradient at an image takes 8 operations a parameter, or 1 ms a hundred steps of its overhead."""
        gradients = 1 + {"none": 0, "fgsm": 1, "pgd": PGD_STEPS}[self.adversary]
        all_params = sum(map(self.params, self.widths)) * self.seeds
        learned = self.max_steps * gradients * min(BATCH, self.n)
        attacked = self.attack_steps * self.restarts * (self.n + 500)
        overhead = len(self.widths) * (self.max_steps * gradients * 1e-3 + self.attack_steps * self.restarts * 5e-3)
        bracket = self.seeds * sum(MEASURING + 2e-9 * k * self.source.d**2 for k in self.widths)
        floats = 6 * self.params(max(self.widths)) * self.seeds + 4 * self.n * (self.source.d + 2 * max(self.widths))
        floats += 2 * all_params + 2 * self.seeds * self.n * self.source.d + 500 * self.source.d
        return Work(8 * floats, 8 * all_params * (learned + attacked) / FLOPS + overhead + bracket + 2)


PANEL = Panel(
    __name__,
    "Capacity",
    settings=CapacitySettings,
    tables=(CAPACITY,),
    order=2,
    primary=True,
    small={"n": 40, "widths": (4, 8), "seeds": 1, "max_steps": 6, "attack_steps": 2, "restarts": 1},
    closer=lambda chosen: {"small": chosen.widths[0], "large": chosen.widths[-1], "seed": chosen.seed},
)
