"""Fields that panels of several labs are put together from; a field means the same wherever it stands."""

from typing import Self

import param

from explorer.settings import Settings


class Previewed(Settings):
    """A panel that trains less while its sliders are dragged."""

    def preview(self) -> Self:
        """What a slider shows while it is dragged: one seed, every other width, and no more than 300 steps."""
        few = {"seeds": 1}
        values = self.values()
        if "max_steps" in values:
            few["max_steps"] = min(values["max_steps"], 300)
        if "widths" in values:
            few["widths"] = values["widths"][::2]
        return self.changed(**{name: value for name, value in few.items() if name in values and self.relevant(name)})


class Seed(Settings):
    """What fixes everything that is drawn."""

    seed = param.Integer(0, bounds=(0, 2**31 - 1), label="seed", doc="Fixes data, labels and weights.")


class Seeds(Seed):
    """How many networks of a kind."""

    seeds = param.Integer(
        2,
        bounds=(1, 16),
        softbounds=(1, 8),
        label="seeds",
        doc="Networks a width: seed, seed + 1, ... They share products, so other widths change how one ends, a little.",
    )


class LabelNoise(Settings):
    """How much of the labels is noise."""

    sigma = param.Number(0.5, bounds=(0, 1), softbounds=(0, 1), label="sigma label noise", doc="Its share of y.")


class Steps(Settings):
    """When training ends."""

    max_steps = param.Integer(
        3000, bounds=(1, 100_000), softbounds=(100, 10_000), label="most steps", doc="Training stops here in any case."
    )


class Fitting(Steps):
    """How well networks must fit, and when training ends."""

    tolerance = param.Number(
        1e-3,
        bounds=(0, 1),
        inclusive_bounds=(False, True),
        softbounds=(1e-6, 0.1),
        label="fit tolerance",
        doc="Mean squared error at which a network counts as fitting, and stops.",
    )


class FirstWeights(Settings):
    """From which random weights networks are trained."""

    init = param.Number(
        1.0,
        bounds=(0, 10),
        inclusive_bounds=(False, True),
        softbounds=(0.05, 4),
        label="initial scale",
        doc="Size of the random weights before training.",
    )


class Training(Fitting, FirstWeights):
    """From which random weights networks are trained, how well they must fit, and when training ends."""
