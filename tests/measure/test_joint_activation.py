"""Points aimed at: exact on orthonormal data, and against the generic search and its certificate."""

import pytest
import torch
from torch import Tensor
from torch._subclasses.fake_tensor import FakeTensorMode

from explorer.data import synthetic
from explorer.measure.joint_activation import (
    CLIMBED,
    ROUNDS,
    TRIES,
    activate_jointly,
    climbed,
    joint_points,
    slopes,
    steepest,
)
from explorer.measure.lipschitz import bracket
from explorer.nets.two_layer import Ensemble
from explorer.theory.grouped import grouped


def generator() -> torch.Generator:
    return torch.Generator().manual_seed(0)


def network(n: int, d: int, m: int, seed: int = 0) -> tuple[Ensemble, Tensor]:
    X, y = synthetic.sphere(n, d, 1.0, seed).tensors(dtype=torch.float64)
    return grouped(X, y, m, seed), X


def orthonormal(n: int, m: int) -> Ensemble:
    y = torch.where(torch.arange(n) % 2 == 0, 1.0, -1.0).double()
    return grouped(torch.eye(n, 2 * n, dtype=torch.float64), y, m)


@pytest.mark.parametrize("m", [1, 2, 4])
def test_orthonormal_points_meet_the_formulas(m: int) -> None:
    found = steepest(orthonormal(64, m), range(1, 4 * m + 1), radius=1.0, generator=generator())
    assert found.one_sign == pytest.approx(2 * m, rel=1e-4)
    nearly = 2 * (m * (4 * m - 1)) ** 0.5  # 4m neurons are on together in the limit only
    assert nearly * (1 - 1e-4) <= found.ball <= 4 * m + 1e-9
    assert 0.8 * 4 * m <= found.sphere <= found.ball + 1e-9


def test_both_signs_make_the_sphere_as_steep_as_the_ball() -> None:
    for m in (1, 2, 4):
        net, _ = network(500, 500, m)
        sizes = [max(1, round(m * share)) for share in (1.6, 2, 2.4, 2.8, 3.2, 3.6, 4)]
        found = steepest(net, sizes, radius=1.0, generator=generator())
        assert 0.9 <= found.sphere / (4 * m) <= 1.15
        assert 0.95 <= found.one_sign / (2 * m) <= 1.2
        assert found.sphere <= found.ball


@pytest.mark.parametrize("m", [1, 2, 4])
def test_with_the_generic_search_no_point_is_missed_that_it_knows_and_the_certificate_lies_above(m: int) -> None:
    net, X = network(120, 120, m)
    sizes = [max(1, round(m * share)) for share in (1.6, 2, 2.4, 2.8, 3.2, 3.6, 4)]
    extra = climbed(net, X, 1.0, generator())
    ours = steepest(net, sizes, radius=1.0, generator=generator(), extra=extra)
    seed = int(torch.randint(1 << 31, (), generator=generator()))  # that of `climbed`
    theirs = bracket(net, X, radius=1.0, seed=seed)
    assert ours.ball <= float(theirs.upper)
    assert ours.ball >= float(theirs.lower) - 1e-9
    assert ours.ball >= steepest(net, sizes, radius=1.0, generator=generator()).ball
    assert ours.sphere <= float(theirs.upper)


def test_in_many_dimensions_aims_find_what_the_generic_search_does() -> None:
    net, X = network(500, 500, 8)
    sizes = [12, 16, 20, 24, 28, 32]
    aimed = steepest(net, sizes, radius=1.0, generator=generator())
    assert aimed.ball >= 0.9 * float(bracket(net, X, radius=1.0, seed=0).lower)


def test_large_networks_are_only_aimed_at() -> None:
    net, X = network(60, 60, 4)
    assert climbed(net, X, 1.0, generator()) is not None
    assert climbed(net, X.repeat(CLIMBED // X.numel() + 1, 1), 1.0, generator()) is None


def test_points_stay_in_the_ball_and_on_the_sphere() -> None:
    net, _ = network(60, 20, 2)
    for sign in (1.0, -1.0, 0.0):
        for inside, tilted in joint_points(net, (1, 4, 30, 500), sign, 1.5, generator()):
            assert inside.shape == tilted.shape == (TRIES * (1 + ROUNDS), 20)
            assert inside.norm(dim=1).amax() <= 1.5 + 1e-9
            torch.testing.assert_close(tilted.norm(dim=1), torch.ones(len(tilted), dtype=torch.float64))


def test_a_set_that_fits_in_the_ball_is_on_and_only_its_sign_is_aimed_at() -> None:
    net = orthonormal(32, 2)
    (inside, tilted), *_ = joint_points(net, (3,), 1.0, 1.0, generator())
    for x in (inside, tilted):
        on = net.preactivations(x) > 0
        assert (on[:, net.outer > 0].sum(1) == 3).all()
        assert not on[:, net.outer < 0].any()


def test_slopes_are_those_of_autograd() -> None:
    net, _ = network(30, 10, 2)
    x = torch.nn.functional.normalize(torch.randn(5, 10, generator=generator(), dtype=torch.float64)).requires_grad_()
    (g,) = torch.autograd.grad(torch.relu(x @ net.W + net.b).matmul(net.outer).sum(), x)
    full, across = slopes(net, x.detach())
    torch.testing.assert_close(full, g.norm(dim=1))
    expected = (g.square().sum(1) - (g * x).sum(1).square()).clamp_min(0).sqrt().detach()
    torch.testing.assert_close(across, expected, atol=1e-7, rtol=1e-7)


def test_the_same_generator_gives_the_same_bits_and_stop_ends_the_search() -> None:
    net, _ = network(60, 60, 2)
    first, again = (steepest(net, (2, 5), radius=1.0, generator=generator()) for _ in range(2))
    assert first == again
    nothing = steepest(net, (2, 5), radius=1.0, generator=generator(), stop=lambda: True)
    assert nothing.ball == nothing.sphere == nothing.one_sign == 0


def test_the_step_runs_on_a_gpu() -> None:
    with FakeTensorMode():
        W, levels = torch.empty(9, 12, device="cuda"), torch.empty(12, device="cuda")
        found = activate_jointly(W, levels, torch.empty(4, 12, device="cuda"), torch.empty(4, 9, device="cuda"), 3, 1.0)
        assert all(each.device.type == "cuda" and each.shape == (4 * (1 + ROUNDS), 9) for each in found)
