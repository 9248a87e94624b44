"""Many networks trained at once: ours beside torch.func.vmap with autograd and fused Adam, one thread each."""

from collections.abc import Iterator
from statistics import median

import torch
from torch import Tensor
from torch.func import functional_call, stack_module_state, vmap

from benchmarks.table import Row, interleave, ratio
from explorer.nets.families import activation
from explorer.nets.two_layer import Ensemble, initialise
from explorer.train import adam

STEPS = 50
SIZES = [  # n, d, k, networks, least ratio
    (200, 50, 64, 128, 2.5),
    (500, 50, 200, 64, 1.8),
]


def problem(n: int, d: int, k: int, networks: int) -> tuple[Ensemble, Tensor, Tensor]:
    """Random points on the sphere with random labels, and untrained networks."""
    generator = torch.Generator().manual_seed(0)
    X = torch.nn.functional.normalize(torch.randn(n, d, generator=generator))
    y = torch.randint(0, 2, (n,), generator=generator) * 2.0 - 1
    return initialise([k] * networks, range(networks), d, activation("rectified", 1)), X, y


def ours(nets: Ensemble, X: Tensor, y: Tensor, steps: int = STEPS) -> Tensor:
    """Mean squared errors after so many steps."""
    *_, last = adam.train(nets, X, y, tolerance=0, max_steps=steps, stop=lambda: False, at=lambda step: False)
    return last.mse


def stacked(nets: Ensemble, X: Tensor, y: Tensor, steps: int = STEPS) -> Tensor:
    """The same with torch's own tools: modules stacked, vmap, autograd, fused Adam on the stacked leaves."""
    modules = []
    for i in range(len(nets)):
        net = nets.select([i])
        module = torch.nn.Sequential(
            torch.nn.Linear(net.d, net.widths[0]), torch.nn.ReLU(), torch.nn.Linear(net.widths[0], 1, bias=False)
        ).to(X.device)
        with torch.no_grad():
            module[0].weight.copy_(net.W.T), module[0].bias.copy_(net.b), module[2].weight.copy_(net.outer[None])
        modules.append(module)
    params, _ = stack_module_state(modules)
    forward = vmap(lambda p, x: functional_call(modules[0], p, (x,)).squeeze(1), in_dims=(0, None))
    optimiser = torch.optim.Adam(params.values(), lr=adam.LEARNING_RATE, betas=adam.BETAS, eps=adam.EPSILON, fused=True)
    for _ in range(steps):
        optimiser.zero_grad()
        (forward(params, X) - y).square().mean(1).sum().backward()
        optimiser.step()
    with torch.no_grad():
        return (forward(params, X) - y).square().mean(1).double()


def rows(rounds: int) -> Iterator[Row]:
    """One row for each size; the agreement compares every network's loss after the last step."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        for n, d, k, networks, target in SIZES:
            nets, X, y = problem(n, d, k, networks)
            away = ((ours(nets, X, y) / stacked(nets, X, y)) - 1).abs().max().item()
            mine, peer = interleave(lambda: ours(nets, X, y), lambda: stacked(nets, X, y), rounds)  # noqa: B023
            yield Row(
                name=f"Adam, {networks} networks, n {n}, d {d}, k {k}",
                peer="torch.func.vmap, autograd, fused Adam",
                ratio=ratio(mine, peer),
                target=target,
                agreement=f"mse after {STEPS} steps, largest relative difference {away:.1e}",
                agrees=away <= 0.1,
                detail={"ours_ms_a_step": median(mine) / STEPS * 1e3, "peer_ms_a_step": median(peer) / STEPS * 1e3},
            )
    finally:
        torch.set_num_threads(threads)
