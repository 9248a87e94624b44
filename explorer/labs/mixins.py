"""Fields that panels of several labs are put together from; a field means the same wherever it stands."""

import param

from explorer.settings import Settings


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


class Training(Settings):
    """From which random weights networks are trained, how well they must fit, and when training ends."""

    tolerance = param.Number(
        1e-3,
        bounds=(0, 1),
        inclusive_bounds=(False, True),
        softbounds=(1e-6, 0.1),
        label="fit tolerance",
        doc="Mean squared error at which a network counts as fitting, and stops.",
    )
    max_steps = param.Integer(
        3000, bounds=(1, 100_000), softbounds=(100, 10_000), label="most steps", doc="Training stops here in any case."
    )
    init = param.Number(
        1.0,
        bounds=(0, 10),
        inclusive_bounds=(False, True),
        softbounds=(0.05, 4),
        label="initial scale",
        doc="Size of the random weights before training.",
    )
