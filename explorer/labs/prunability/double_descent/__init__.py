"""Panel: test loss, prunability and flatness over width, where labels are noisy."""

from typing import ClassVar

import param

from explorer.fields import Integers
from explorer.labs import Panel
from explorer.labs.affordable import over_budget
from explorer.labs.costs import FLOPS
from explorer.labs.image_sets import CLASSES, DIGITS
from explorer.labs.prunability.settings import ImageTask, Pruned
from explorer.settings import Problem, Work
from explorer.tables import Bound, Count, Flag, Table, Value

RATE = 0.01  # of Adam; each step learns from all images
NARROW = 16  # networks up to this width train side by side; wider ones up to each power of two
TWO, ONE = "with and without", "as set"

DOUBLE_DESCENT = Table(
    "double_descent",
    width=Count(),
    seed=Count(),
    noise=Value("label noise"),
    train_loss=Value("training loss"),
    test_loss=Value("test loss"),
    test_error=Value("test error"),
    prunability_magnitude=Value("P"),
    prunability_random=Value("P, random"),
    flatness=Bound("~", "1/σ²"),
    train_error=Value("training error"),
    params=Count(),
    weights=Count(),
    count=Value("weights kept at P"),
    fits=Flag(),
    steps=Count(),
)


class DescentSettings(ImageTask, Pruned):
    """Networks of many widths that learn the same images, some labels of which are wrong."""

    measures: ClassVar = frozenset({"prune_tolerance", "prune_rule", "masks"})
    starts: ClassVar = {"noise": 0.2, "masks": 3}

    data = param.Selector(default=DIGITS, objects=[DIGITS], label="data")
    noises = param.Selector(
        default=TWO,
        objects=[TWO, ONE],
        label="label noise is",
        doc="Beside the networks that learn noisy labels, others that learn the same images with the right ones.",
    )
    widths = Integers(
        (3, 4, 6, 8, 10, 14, 20, 32, 64, 128, 256, 512),
        bounds=(1, 1024),
        most=20,
        label="widths",
        doc="Neurons of the hidden layer; one network each for every seed.",
    )
    seeds = param.Integer(
        5,
        bounds=(1, 16),
        softbounds=(1, 8),
        label="seeds",
        doc="Networks a width: each with other images, wrong labels, first weights and order.",
    )
    cross_entropy = param.Number(
        0.01, bounds=(1e-4, 2.3), softbounds=(1e-3, 0.5), label="training loss", doc="At which a network is done."
    )
    max_steps = param.Integer(
        500, bounds=(1, 20_000), softbounds=(100, 2000), label="most steps", doc="Training ends here in any case."
    )

    @property
    def levels(self) -> tuple[float, ...]:
        """The shares of labels that are drawn anew, the one that is set first."""
        return (self.noise, 0.0) if self.noise and self.noises == TWO else (self.noise,)

    def side_by_side(self) -> list[tuple[int, ...]]:
        """Widths that train side by side: narrow ones, then those up to each power of two."""
        sizes = {width: max(NARROW, 1 << (width - 1).bit_length()) for width in self.widths}
        return [tuple(w for w in self.widths if sizes[w] == size) for size in sorted(set(sizes.values()))]

    def params(self, width: int) -> int:
        """Weights and biases of a network."""
        return self.weights(width) + width + CLASSES

    def weights(self, width: int) -> int:
        """What can be pruned of a network."""
        return width * (self.source.d + CLASSES)

    def relevant(self, name: str) -> bool:
        return bool(self.noise) if name == "noises" else super().relevant(name)

    def conflicts(self) -> list[Problem]:
        return self.too_many() or over_budget(self, ("max_steps", "n", "seeds", "masks"), "widths")

    def work(self) -> Work:
        """As if every network took all steps; pruned, it is 51 networks, 24 for each random mask, and 48 of noise."""
        nets = len(self.levels) * self.seeds
        seconds, floats = 1.0, 3.0 * 2000 * self.source.d * self.seeds
        copies = 51 + 24 * self.masks + 48
        for group in self.side_by_side():
            many, params = len(group) * nets, self.params(group[-1])
            learned = self.max_steps * self.n * 8.5 + 20 * 2000 * 2
            seconds += many * params * learned / FLOPS + self.max_steps * 5e-4
            seconds += sum(nets * copies * self.n * 2 * self.params(width) / FLOPS + 0.05 for width in group)
            held = many * (10 * params + (self.n + 2000) * (self.source.d + 3 * group[-1])) + 2e7
            floats = max(floats, held)
        return Work(8 * floats, seconds)


PANEL = Panel(
    __name__,
    "Double descent",
    settings=DescentSettings,
    tables=(DOUBLE_DESCENT,),
    order=4,
    primary=True,
    small={"n": 40, "widths": (2, 4), "seeds": 2, "masks": 1, "max_steps": 6},
)
