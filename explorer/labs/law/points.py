"""The points of the law lab: generic ones of R^d, labelled with random signs."""

from explorer.data.points import Points
from explorer.data.synthetic import DISTRIBUTIONS
from explorer.labs.law.settings import Inputs


def drawn(settings: Inputs, n: int, *, d: int | None = None, seed: int | None = None) -> Points:
    """n points of the distribution `settings.data`; what is not given is as in the settings."""
    return DISTRIBUTIONS[settings.data](
        n,
        settings.d if d is None else d,
        noise=1.0,
        seed=settings.seed if seed is None else seed,
    )
