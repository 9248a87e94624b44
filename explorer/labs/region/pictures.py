"""Images and perturbations as pictures."""

import numpy as np
from jaxtyping import Float
from torch import Tensor

LUMA = (0.299, 0.587, 0.114)  # how bright red, green and blue look (ITU-R BT.601)


def bright(x: Float[Tensor, " d"], shape: tuple[int, ...]) -> Float[np.ndarray, "h w"]:
    """One picture, colours as their brightness."""
    values = x.double().cpu().numpy().reshape(shape)
    return values @ np.array(LUMA) if values.ndim == 3 else values
