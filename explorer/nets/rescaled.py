"""The same function with other weights: one layer c times as large, the next one c times smaller (Dinh et al. 2017)."""

from explorer.nets.mlp import Layer, Mlp


def rescaled(models: Mlp, layer: int, c: float) -> Mlp:
    """W and b of this layer times c, W of the next over c: the same outputs under max(0, t), but for rounding.

    Args:
        layer: from 0 on. c: above 0.

    Raises:
        ValueError: for c that is not above 0, a layer without a next one, or an activation under which that is not so.
    """
    if not 0 < c < float("inf"):
        raise ValueError(f"c = {c}: a factor above 0")
    if not 0 <= layer < len(models.layers) - 1:
        raise ValueError(f"layer = {layer}: one before the last of {len(models.layers)}")
    if not models.activation.homogeneous or models.activation.degree != 1:
        raise ValueError(f"{models.activation!r}: only max(0, t) takes a factor out unchanged")
    layers = list(models.layers)
    one, next_one = layers[layer], layers[layer + 1]
    layers[layer], layers[layer + 1] = Layer(c * one.W, c * one.b), Layer(next_one.W / c, next_one.b)
    return Mlp(tuple(layers), models.activation)
