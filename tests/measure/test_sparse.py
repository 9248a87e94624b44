"""Pruned perceptrons, beside torch's pruning and beside the fast curve."""

import pytest
import torch
from torch.nn.utils import prune

from explorer.measure import pruning, sparse
from explorer.nets import mlp, two_layer
from explorer.nets.activations import Rectified
from explorer.nets.mlp import Layer, Mlp

D, K = 5, 3
KEPT = torch.linspace(0, 1, 11, dtype=torch.float64)


def perceptrons() -> Mlp:
    return mlp.initialise([D, 8, 6, K], range(3), Rectified(1)).to(torch.float64)


@pytest.mark.parametrize("kept", [0.0, 0.3, 0.77, 1.0])
@pytest.mark.parametrize("scope", ["global", "layerwise"])
def test_it_keeps_what_torch_keeps(scope: str, kept: float) -> None:
    models = perceptrons()
    found = sparse.pruned(models, kept, scope)
    for at in range(len(models)):
        linear = [torch.nn.Linear(layer.W.shape[2], layer.W.shape[1]).double() for layer in models.layers]
        for theirs, ours in zip(linear, models.layers, strict=True):
            theirs.load_state_dict({"weight": ours.W[at], "bias": ours.b[at]})
        counts = [layer.weight.numel() for layer in linear]
        if scope == "global":
            names = [(layer, "weight") for layer in linear]
            prune.global_unstructured(names, prune.L1Unstructured, amount=sum(counts) - round(kept * sum(counts)))
        else:
            for layer, count in zip(linear, counts, strict=True):
                prune.l1_unstructured(layer, "weight", amount=count - round(kept * count))
        for theirs, ours in zip(linear, found.layers, strict=True):
            torch.testing.assert_close(ours.W[at], theirs.weight.detach(), rtol=0, atol=0)
    for before, after in zip(models.layers, found.layers, strict=True):
        assert after.b.equal(before.b)


@pytest.mark.parametrize("scope", ["global", "layerwise"])
def test_the_curve_is_the_fast_one_s_where_there_is_one(scope: str) -> None:
    nets = two_layer.initialise([8] * 3, range(3), D, Rectified(1)).to(torch.float64)
    X = torch.randn(20, D, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    y = torch.ones(20, dtype=torch.float64)
    first = Layer(nets.W.T.reshape(3, 8, D), nets.b.reshape(3, 8))
    last = Layer(nets.outer.reshape(3, 1, 8), torch.zeros(3, 1, dtype=torch.float64))
    models = Mlp((first, last), nets.activation)

    def error(some: Mlp) -> torch.Tensor:
        return (some.logits(X.expand(len(some), -1, -1)).squeeze(-1) - y).square().mean(1)

    found = sparse.curve(models, KEPT, error, scope=scope)
    torch.testing.assert_close(found, pruning.curve(nets, X, y, KEPT, scope=scope))


def test_nonsense_is_refused() -> None:
    with pytest.raises(ValueError, match="shares lie in"):
        sparse.pruned(perceptrons(), 1.5, "global")
