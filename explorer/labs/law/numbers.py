"""Numbers over their floors."""

import numpy as np
from jaxtyping import Float

ROUNDING = 1e-9  # by which two numbers that are equal may come out apart


def settled(ratio: Float[np.ndarray, "*m"]) -> Float[np.ndarray, "*m"]:
    """Numbers over their floors, 1 where only rounding has brought them below."""
    return np.where((ratio < 1) & (ratio >= 1 - ROUNDING), 1.0, ratio)
