"""Hamiltonian Monte Carlo step by step: its integrator, its step size, its random numbers, and what states tell."""

from collections.abc import Callable
from dataclasses import fields, replace
from itertools import pairwise

import numpy as np
import pytest
import torch
from torch import Tensor

from explorer.nets import mlp
from explorer.nets.activations import Rectified, Tanh
from explorer.train import hmc
from explorer.train.hmc import Chains, Walk, advance, leapfrog
from explorer.train.target import classification
from tests.train.posteriors import Gaussian, network, starts, walked


def same(a: Chains, b: Chains) -> bool:
    """To the last bit."""
    pairs = [(getattr(a, each.name), getattr(b, each.name)) for each in fields(Chains) if each.name != "averaging"]
    pairs += [(a.averaging.shortfall, b.averaging.shortfall), (a.averaging.log_step, b.averaging.log_step)]
    return all(torch.equal(one, other) if isinstance(one, Tensor) else one == other for one, other in pairs)


# The integrator ------------------------------------------------------------------------------------------------------


def test_leapfrog_with_the_momentum_turned_goes_back() -> None:
    target, position = network(), starts(network(), 3)
    momentum = starts(target, 3, seed=2)
    steps = torch.tensor([[0.05], [0.1], [0.02]], dtype=torch.float64)
    there = leapfrog(target, position, target.gradient(position), momentum, steps, 25)
    assert there is not None
    end, gradient, last = there
    assert (end - position).abs().max() > 0.5
    torch.testing.assert_close(gradient, target.gradient(end), rtol=0, atol=0)
    back = leapfrog(target, end, gradient, -last, steps, 25)
    assert back is not None
    torch.testing.assert_close(back[0], position, rtol=1e-11, atol=1e-11)
    torch.testing.assert_close(-back[2], momentum, rtol=1e-11, atol=1e-11)


def test_its_energy_error_falls_with_the_square_of_the_step() -> None:
    target, position = network(), starts(network(), 4)
    momentum = starts(target, 4, seed=2)
    before = target.energy(position) + momentum.square().sum(1) / 2
    errors = []
    for count in (16, 32, 64):  # the same way, in steps half as long
        steps = torch.full((4, 1), 0.8 / count, dtype=torch.float64)
        end = leapfrog(target, position, target.gradient(position), momentum, steps, count)
        assert end is not None
        errors.append(target.energy(end[0]) + end[2].square().sum(1) / 2 - before)
    for coarse, fine in pairwise(errors):
        torch.testing.assert_close(coarse / fine, torch.full((4,), 4.0, dtype=torch.float64), rtol=0.05, atol=0)


def test_it_keeps_volume() -> None:
    """The determinant of the map from (position, momentum) to where it ends is 1."""
    model = mlp.initialise([2, 1], [0], Tanh()).to(torch.float64)
    target = classification(model, torch.tensor([[0.5, -1.0], [1.5, 0.3]]).double(), torch.tensor([0, 1]), 0.7)

    def mapped(state: Tensor) -> Tensor:
        position, momentum = state[None].split(3, 1)
        end = leapfrog(target, position, target.gradient(position), momentum, torch.tensor([[0.3]]).double(), 5)
        assert end is not None
        return torch.cat([end[0], end[2]], 1)[0]

    jacobian = torch.autograd.functional.jacobian(mapped, starts(target, 2).flatten())
    assert torch.linalg.det(jacobian).item() == pytest.approx(1, abs=1e-10)


# The step size ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("accept", [0.6, 0.8, 0.95])
def test_after_the_warm_up_acceptance_is_near_its_aim(accept: float) -> None:
    target, walk = network(), Walk(leapfrogs=6, step_size=0.01, warmup=120, accept=accept)
    path = walked(target, starts(target, 8), walk, 220, range(8))
    found = torch.stack([chains.accept for chains in path[120:]]).mean().item()
    # above it rather than below: acceptance is concave in the logarithm, whose average is taken
    assert accept - 0.05 < found < accept + 0.45 * (1 - accept) + 0.03
    # the 120th is the first with the step size that stays, each chain's own
    assert all(torch.equal(chains.step_size, path[119].step_size) for chains in path[120:])
    assert not torch.equal(path[118].step_size, path[119].step_size)
    assert len(set(path[-1].step_size.tolist())) == 8


def test_the_warm_up_is_dual_averaging() -> None:
    """Lines of algorithm 5 of Hoffman and Gelman (2014), with the acceptance that there was."""
    target, walk = network(), Walk(leapfrogs=5, step_size=0.02, warmup=15, accept=0.7)
    path = walked(target, starts(target, 1), walk, 17, [0])
    mu, h, average, found = np.log(10 * 0.02), 0.0, 0.0, []
    for m, chains in enumerate(path[:15], 1):
        h = (1 - 1 / (m + 10)) * h + (0.7 - chains.accept.item()) / (m + 10)
        logarithm = mu - np.sqrt(m) / 0.05 * h
        average = m**-0.75 * logarithm + (1 - m**-0.75) * average
        found.append(np.exp(logarithm if m < 15 else average))
    found += found[-1:] * 2
    np.testing.assert_allclose([chains.step_size.item() for chains in path], found, rtol=1e-12)


def test_without_an_aim_the_step_size_stays() -> None:
    target, walk = network(), Walk(leapfrogs=4, step_size=0.03, warmup=10, accept=None)
    for chains in walked(target, starts(target, 2), walk, 5, [0, 1]):
        assert chains.step_size.tolist() == pytest.approx([0.03, 0.03], rel=1e-12)


# Seeds ---------------------------------------------------------------------------------------------------------------


def test_chains_of_other_seeds_have_other_momenta_and_other_luck() -> None:
    """Two chains at one point part at once; a torch.Generator whose seeds differ above 32 bits would keep them."""
    target, walk = network(), Walk(leapfrogs=6, step_size=0.1)
    position = starts(target, 1).expand(6, -1)
    seeds = [0, 1, 2, 3, 1 << 32, (1 << 32) + 1]
    ends = walked(target, position, walk, 3, seeds)[-1].position
    assert torch.cdist(ends, ends).fill_diagonal_(1).min() > 0.1
    again = walked(target, position, walk, 3, [0, 0, 0, 1, 1, 1])[-1].position
    assert torch.cdist(again[:3], again[:3]).max() == 0
    assert torch.cdist(again[:3], again[3:]).min() > 0.1


def test_momenta_of_neighbours_in_seed_and_iteration_are_not_correlated() -> None:
    """On a flat potential a chain moves by its momentum: seeds and iterations give what independent draws would."""
    target, walk = Gaussian(torch.full((50,), 1e9, dtype=torch.float64)), Walk(1, 1.0, accept=None)
    path = [torch.zeros(20, 50, dtype=torch.float64)]
    path += [chains.position for chains in walked(target, path[0], walk, 20, range(20))]
    momenta = torch.stack([after - before for before, after in pairwise(path)]).reshape(400, 50)
    correlations = torch.corrcoef(momenta)[*np.triu_indices(400, 1)] * 50**0.5
    assert correlations.std().item() == pytest.approx(1, abs=0.02)
    assert correlations.abs().max() < 5.5
    assert momenta.mean().abs() < 3.5 / 20_000**0.5
    assert momenta.std().item() == pytest.approx(1, abs=0.02)


@pytest.mark.parametrize("which", [[0, 2], [1], [3, 1, 2]])
def test_a_chain_does_not_depend_on_what_stands_beside_it(which: list[int]) -> None:
    target, walk = network(), Walk(leapfrogs=8, step_size=0.05, warmup=6)
    position = starts(target, 4)
    together = walked(target, position, walk, 12, range(4))[-1]
    apart = walked(target, position[which], walk, 12, which)[-1]
    torch.testing.assert_close(apart.position, together.position[which], rtol=1e-9, atol=1e-10)
    torch.testing.assert_close(apart.step_size, together.step_size[which], rtol=1e-9, atol=0)
    assert torch.equal(apart.moved, together.moved[which])
    assert apart.leapfrogs == together.leapfrogs


@pytest.mark.parametrize("left", [3, 5, 8], ids=["in the warm-up", "at its end", "after it"])
def test_a_walk_that_was_left_goes_on_to_the_last_bit(left: int) -> None:
    walk = Walk(leapfrogs=8, step_size=0.05, warmup=5)
    whole = walked(network(), starts(network(), 3), walk, 10, range(3))
    chains: Chains | None = whole[left - 1]
    for wanted in whole[left:]:
        assert chains is not None
        chains = advance(network(), chains, walk, seeds=range(3))
        assert chains is not None
        assert same(chains, wanted)


def test_trajectories_take_between_half_and_all_of_the_steps() -> None:
    target, walk = network(), Walk(leapfrogs=7, step_size=0.05)
    counts = [chains.leapfrogs for chains in walked(target, starts(target, 1), walk, 80, [0])]
    assert set(counts) == {4, 5, 6, 7}
    single = Walk(leapfrogs=1, step_size=0.05)
    assert {chains.leapfrogs for chains in walked(target, starts(target, 1), single, 5, [0])} == {1}


# States --------------------------------------------------------------------------------------------------------------


def test_states_tell_energy_and_gradient_where_chains_are() -> None:
    target, walk = network(), Walk(leapfrogs=5, step_size=0.35, accept=None)
    path = walked(target, starts(target, 6), walk, 12, range(6))
    moved = torch.stack([chains.moved for chains in path])
    assert moved.any()
    assert not moved.all()
    for before, after in pairwise(path):
        assert after.step == before.step + 1
        torch.testing.assert_close(after.energy, target.energy(after.position), rtol=1e-12, atol=1e-12)
        torch.testing.assert_close(after.gradient, target.gradient(after.position), rtol=1e-10, atol=1e-12)
        stayed = ~after.moved
        assert torch.equal(after.position[stayed], before.position[stayed])
        torch.testing.assert_close(after.accept, (-after.error).exp().clamp(max=1))


def test_the_chains_given_are_not_changed() -> None:
    target, position = network(), starts(network(), 2)
    kept, walk = position.clone(), Walk(leapfrogs=5, step_size=0.1)
    first = hmc.start(target, position, walk)
    assert advance(target, first, walk, seeds=[0, 1]) is not None
    assert torch.equal(position, kept)
    assert torch.equal(first.position, kept)
    assert first.step == 0


def test_a_divergence_is_told_and_the_chain_stays() -> None:
    deviations = torch.tensor([1.0, 1.0], dtype=torch.float64)
    position = torch.tensor([[1.0, 1.0], [1e-3, 0.0]], dtype=torch.float64)
    walk = Walk(leapfrogs=12, step_size=3.0, accept=None)  # above 2 the leapfrog is unstable
    (after,) = walked(Gaussian(deviations), position, walk, 1, [0, 1])
    assert after.divergent.all()
    assert (after.error > hmc.DIVERGED).all()
    assert torch.equal(after.position, position)
    assert (after.accept == 0).all()


def test_an_energy_that_is_not_finite_is_an_infinite_error() -> None:
    target = network()
    steps = Walk(leapfrogs=30, step_size=1e200, warmup=8)
    position = starts(target, 2)
    path = walked(target, position, steps, 8, [0, 1])
    for after in path:
        assert after.error.isinf().all()
        assert after.divergent.all()
        assert torch.equal(after.position, position)
        assert after.step_size.isfinite().all()
    assert (path[-1].step_size < steps.step_size / 1e3).all()  # the warm-up takes it back


def test_stop_in_the_middle_of_a_trajectory_gives_none() -> None:
    target, walk = network(), Walk(leapfrogs=8, step_size=0.05)
    chains, asked = hmc.start(target, starts(target, 2), walk), 0

    def stop() -> bool:
        nonlocal asked
        asked += 1
        return asked == 3

    assert advance(target, chains, walk, seeds=[0, 1], stop=stop) is None
    assert asked == 3


def test_the_walk_runs_for_any_activation_in_float32() -> None:
    stream = torch.Generator().manual_seed(5)
    X, labels = torch.randn(9, 3, generator=stream), torch.randint(0, 2, (9,), generator=stream)
    for psi in (Rectified(), Tanh()):
        target = classification(mlp.initialise([3, 5, 1], [0], psi), X, labels, 1.0)
        last = walked(target, starts(target, 2), Walk(leapfrogs=6, step_size=0.05), 5, [0, 1])[-1]
        assert last.position.dtype == torch.float32
        assert last.moved.any()


# Errors --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Walk(0, 0.1), "leapfrogs = 0"),
        (lambda: Walk(1, 0.1, warmup=-1), "warmup = -1"),
        (lambda: Walk(1, 0.0), "step_size = 0.0"),
        (lambda: Walk(1, float("inf")), "step_size = inf"),
        (lambda: Walk(1, float("nan")), "step_size = nan"),
        (lambda: Walk(1, 0.1, accept=1.0), "accept = 1.0"),
        (lambda: Walk(1, 0.1, accept=0.0), "accept = 0.0"),
    ],
)
def test_a_walk_out_of_range_is_told(make: Callable[[], Walk], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()


def test_a_start_without_a_finite_energy_is_told() -> None:
    target, walk = network(), Walk(1, 0.1)
    bad = starts(target, 2)
    bad[1, 0] = torch.nan
    with pytest.raises(ValueError, match="not finite where chains begin"):
        hmc.start(target, bad, walk)


def test_seeds_are_one_for_each_chain() -> None:
    target, walk = network(), Walk(1, 0.1)
    chains = hmc.start(target, starts(target, 2), walk)
    with pytest.raises(ValueError, match="1 seeds for 2 chains"):
        advance(target, chains, walk, seeds=[0])
    assert len(replace(chains, step=3)) == 2
