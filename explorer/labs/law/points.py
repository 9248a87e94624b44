"""The points of the law lab: generic ones of R^d, labelled with random signs."""

from explorer.data import synthetic
from explorer.data.points import Points
from explorer.labs.law.settings import Inputs


def drawn(settings: Inputs, n: int, *, d: int | None = None, seed: int | None = None) -> Points:
    """n points of the distribution `settings.data`; what is not given is as in the settings."""
    draw = {"sphere": synthetic.sphere, "gaussian": synthetic.gaussian}[settings.data]
    return draw(
        n,
        settings.d if d is None else d,
        noise=1.0,
        seed=settings.seed if seed is None else seed,
    )
