"""Networks of several widths side by side are those networks, also when they learn."""

import pytest
import torch

from explorer.nets.activations import Rectified
from explorer.nets.mlp import Mlp, initialise
from explorer.nets.padded import apart, together
from explorer.seeding import seeded
from explorer.train.classify import Recipe, classify

WIDTHS = ((5, 2, 3), (5, 4, 3), (5, 7, 3))


def networks() -> list[Mlp]:
    return [initialise(widths, (i, i + 10), Rectified()) for i, widths in enumerate(WIDTHS)]


@pytest.mark.parametrize("hidden", [1, 2])
def test_outputs_stay(hidden: int) -> None:
    several = [initialise((5, *[k] * hidden, 3), (k, k + 10), Rectified()).to(torch.float64) for k in (2, 4, 7)]
    x = torch.randn(4, 5, generator=seeded(1), dtype=torch.float64)
    found = together(several).logits(x.expand(6, 4, 5))
    expected = torch.cat([nets.logits(x.expand(2, 4, 5)) for nets in several])
    torch.testing.assert_close(found, expected, rtol=1e-13, atol=1e-13)


def test_taken_apart_they_are_what_they_were() -> None:
    several = networks()
    whole = together(several)
    assert whole.parameters.shape == (6, 7 * 6 + 3 * 8)
    for i, nets in enumerate(several):
        back = apart(whole, torch.tensor([2 * i, 2 * i + 1]), nets)
        torch.testing.assert_close(back.parameters, nets.parameters, rtol=0, atol=0)


@pytest.mark.parametrize("adam", [False, True])
def test_they_learn_as_they_do_alone_and_what_was_put_to_them_stays_nothing(adam: bool) -> None:
    several = [nets.to(torch.float64) for nets in networks()]
    X = torch.randn(24, 5, generator=seeded(2), dtype=torch.float64)
    y = torch.randint(3, (24,), generator=seeded(3))

    def learned(nets: Mlp, seeds: list[int]) -> Mlp:
        same = torch.ones(len(nets), dtype=torch.float64)
        how = Recipe(0.05 * same, 0.01 * same, 0 * same, 8, adam)
        fits = classify(
            nets,
            X.expand(len(nets), -1, -1),
            y.expand(len(nets), -1),
            how,
            seeds=seeds,
            target=0.0,
            max_epochs=5,
            stop=lambda: False,
        )
        *_, last = (fit for fit in fits if fit is not None)
        assert isinstance(last.models, Mlp)
        return last.models

    whole = learned(together(several), list(range(6)))
    for i, nets in enumerate(several):
        own = apart(whole, torch.tensor([2 * i, 2 * i + 1]), nets)
        alone = learned(nets, [2 * i, 2 * i + 1])
        torch.testing.assert_close(own.parameters, alone.parameters, rtol=1e-9, atol=1e-9)
    assert not whole.layers[0].W[:2, 2:].any()
    assert not whole.layers[0].b[:2, 2:].any()
    assert not whole.layers[1].W[:2, :, 2:].any()


def test_other_kinds_of_networks_do_not_stand_side_by_side() -> None:
    with pytest.raises(ValueError, match="2 kinds"):
        together([initialise((5, 2, 3), (0,), Rectified()), initialise((4, 2, 3), (0,), Rectified())])
