"""A certified Lipschitz constant of one ReLU network: ours beside cvxpy with Clarabel, one thread each."""

from collections.abc import Iterator
from statistics import median

import torch

from benchmarks.peers import certify, lipsdp, natural
from benchmarks.table import Row, interleave, ratio
from explorer.measure import certificate
from explorer.measure.ascent import FULL
from explorer.measure.draws import Draws
from explorer.measure.scale import slope_box
from explorer.measure.stack import Stack
from explorer.nets.families import activation
from explorer.nets.two_layer import initialise

K, D, RADIUS, TARGET = 48, 20, 1.0, 100
PEERS = {
    lipsdp: "LipSDP-Neuron, cvxpy and Clarabel",
    natural: "the smaller problem of the same value, cvxpy and Clarabel",
}


def network(seed: int) -> Stack:
    """A random network in which no neuron's slope is fixed on the ball, so that both sides bound the same thing."""
    stack = Stack.of(initialise([K], [seed], D, activation("rectified", 1)), [0])
    return Stack(stack.W, torch.zeros_like(stack.b), stack.a, stack.activation)


def ours(stack: Stack) -> float:
    """From the weights to the certificate, draws included."""
    draws = Draws.of(D, [K], 0, torch.device("cpu"))
    B = certificate.box_matrix(stack.U, *slope_box(stack, RADIUS))
    return float(certificate.lipsdp(B, draws.sketch, FULL.factor_steps)[0])


def rows(rounds: int) -> Iterator[Row]:
    """A row for each way to pose the problem; the agreement is the largest ratio of the bounds over three networks."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        stacks = [network(seed) for seed in range(3)]
        for form, peer in PEERS.items():
            pairs = [(stack, stack.W[0].numpy(), stack.a[0].numpy()) for stack in stacks]
            worst = max(ours(stack) / certify(form, W, a) for stack, W, a in pairs)
            stack, W, a = pairs[0]
            mine, theirs = interleave(lambda: ours(stack), lambda: certify(form, W, a), rounds)  # noqa: B023
            yield Row(
                name=f"certificate, one network, d {D}, k {K}",
                peer=peer,
                ratio=ratio(mine, theirs),
                target=TARGET,
                agreement=f"our certificate over cvxpy's, at most {worst:.6f}",
                agrees=worst <= 1.001,
                detail={"ours_ms": median(mine) * 1e3, "peer_ms": median(theirs) * 1e3},
            )
    finally:
        torch.set_num_threads(threads)
