"""How many images are attacked at once: a matter of time between two questions whether to stop, and of memory.

No number hangs on it. No torch.
"""

NUMBERS = 4e6  # of a tensor with an image, or its hidden layer, a network, as long as it is of several images
HELD = 12  # such tensors that an attack holds at once


def portion(most: float, multiplications: float, numbers: float) -> int:
    """Images at once, at least one: so that an attack has `most` multiplications, and no tensor more than `NUMBERS`.

    Args:
        multiplications: an image. numbers: of a tensor, an image.
    """
    return max(1, int(min(most / multiplications, NUMBERS / numbers)))


def held(networks: float, widest: float, tested: float) -> float:
    """Bytes of an attack on so many networks at once, in float32; `widest`: of their layers and inputs."""
    numbers = networks * widest  # of an image
    return HELD * 4 * numbers * min(tested, max(1, int(NUMBERS / numbers)))
