"""The Lipschitz bracket of every network, as a table."""

from collections.abc import Callable

import numpy as np
from torch import Tensor

from explorer.measure.ascent import Effort
from explorer.measure.lipschitz import Bracket, ball_radius, bracket
from explorer.nets.two_layer import Ensemble


def measure(
    nets: Ensemble,
    X: Tensor,
    mse: Tensor,
    *,
    tolerance: float,
    seed: int,
    warm: Tensor | None,
    stop: Callable[[], bool],
    effort: Effort,
) -> tuple[dict[str, np.ndarray], Bracket]:
    """The table `lipschitz`, and the bracket, whose witness warms up the next frame.

    The ball is |x| <= R with R = max(1, max |x_i|); `law` is sqrt(n / k), a shape whose constant is unknown.
    """
    found = bracket(nets, X, radius=ball_radius(X), seed=seed, warm=warm, stop=stop, effort=effort)
    k = np.array(nets.widths, np.int64)
    errors = mse.cpu().numpy().astype(np.float64)
    measured = {
        name: getattr(found, name).cpu().numpy() for name in ("at_data", "lower", "formal_lower", "upper", "product")
    }
    table = {
        "k": k,
        "seed": np.array(nets.seeds, np.int64),
        "mse": errors,
        "fits": errors <= tolerance,
        **measured,
        "law": np.sqrt(len(X) / k),
    }
    return table, found
