"""The run in a few numbers at the chosen k, to be set beside those of another run."""

import numpy as np

from explorer.figures.look import Look
from explorer.figures.numbers import down, up
from explorer.figures.tables import curves, where
from explorer.frames import Tables
from explorer.labs.live.overview import ATTACK, LIPSCHITZ, PRUNABILITY


def facts(tables: Tables, look: Look) -> dict[str, str]:
    """Name -> number, for what is known; bounds are rounded outwards.

    Lip: from the largest gradient found of the least steep network of width k to the largest certificate. half flip
    at: the first eps at which the mean success is one half. weights that must stay: the mean prunability. fit.
    """
    k, said = look.settings.k_shown, {}
    lipschitz, attack, prunability = (
        where(table, table["k"] == k) for table in (each.among(tables) for each in (LIPSCHITZ, ATTACK, PRUNABILITY))
    )
    low, high = lipschitz["lower"], lipschitz["upper"]
    if len(low) and np.isfinite(low).all() and np.isfinite(high).all():
        said["Lip"] = f"{down(low.min())} to {up(high.max())}"
    shown = curves(attack, "eps", "success")
    if len(half := shown.x[shown.of(k) >= 0.5]):
        said["half flip at ε"] = f"{half[0]:.3g}"
    fraction = prunability["fraction"]
    if len(fraction) and np.isfinite(fraction).all():
        said["weights that must stay"] = f"{100 * fraction.mean():.3g} %"
    if len(low):
        said["fit"] = f"{int(lipschitz['fits'].sum())} of {len(low)}"
    return said
