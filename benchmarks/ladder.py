"""A certified Lipschitz constant of wide ReLU networks: ours beside ECLipsE-Fast of eclipse-nn, one thread each."""

from collections.abc import Callable, Iterator
from statistics import median

import eclipse_nn
import torch

from benchmarks.table import Row, interleave, ratio
from explorer.data import synthetic
from explorer.measure import certificate
from explorer.measure.ascent import FULL
from explorer.measure.draws import Draws
from explorer.measure.scale import slope_box
from explorer.measure.stack import Stack
from explorer.nets.families import activation
from explorer.nets.two_layer import initialise
from explorer.train import adam

N, K, D, RADIUS = 400, 1000, 200, 1.0
TIGHTER = 1.3  # theirs over ours, promised
SAME = 1e-9  # their ECLipsE-Fast beside ours
PEER = "eclipse-nn, ECLipsE-Fast"


def networks() -> list[Stack]:
    """Two random networks and a trained one; no slope is fixed on the ball, so that both sides bound the same thing."""
    nets = initialise([K, K, K], [0, 1, 2], D, activation("rectified", 1))
    X, y = synthetic.sphere(N, D, noise=1.0, seed=2).tensors(dtype=torch.float32)
    *_, last = adam.train(nets.select([2]), X, y, tolerance=1e-3, max_steps=300, stop=lambda: False)
    stacks = [Stack.of(nets, [0]), Stack.of(nets, [1]), Stack.of(last.nets, [0])]
    return [Stack(stack.W, torch.zeros_like(stack.b), stack.a, stack.activation) for stack in stacks]


def ours(stack: Stack) -> float:
    """From the weights to the certificate, draws included."""
    draws = Draws.of(D, [K], 0, torch.device("cpu"))
    B = certificate.box_matrix(stack.U, *slope_box(stack, RADIUS))
    return float(certificate.lipsdp(B, draws.sketch, FULL.factor_steps)[0])


def ours_fast(stack: Stack) -> float:
    """ECLipsE-Fast as the ladder has it."""
    return float(certificate.eclipse_fast(stack, *slope_box(stack, RADIUS), certificate.operator_norm(stack.W)))


def theirs(stack: Stack) -> float:
    """From the weights to the peer's certificate."""
    estimator = eclipse_nn.LipConstEstimator(weights=[stack.W[0], stack.a])
    return float(estimator.estimate("ECLipsE_Fast"))


def rows(rounds: int) -> Iterator[Row]:
    """How long a certificate takes, how long the peer's own number takes here, and how much tighter ours is."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        stacks = networks()
        mine, fast, peer = ([bound(stack) for stack in stacks] for bound in (ours, ours_fast, theirs))
        gains = [b / a for a, b in zip(mine, peer, strict=True)]
        off = max(abs(b / a - 1) for a, b in zip(fast, peer, strict=True))
        tighter = f"theirs over ours {', '.join(f'{gain:.2f}' for gain in gains)} (random, random, trained)"
        name = f"certificate, one network, d {D}, k {K}"
        yield _timed(name, ours, stacks[0], rounds, tighter, min(gains) >= 1)
        same = f"the same number, at most {off:.0e} apart"
        yield _timed(f"ECLipsE-Fast, one network, d {D}, k {K}", ours_fast, stacks[0], rounds, same, off <= SAME)
        yield Row(
            name=f"tightness of the certificate, d {D}, k {K}",
            peer=PEER,
            ratio=min(gains),
            target=TIGHTER,
            agreement=tighter,
            agrees=min(gains) >= 1,
            detail={"ours": mine, "peer": peer},
        )
    finally:
        torch.set_num_threads(threads)


def _timed(name: str, call: Callable[[Stack], float], stack: Stack, rounds: int, agreement: str, agrees: bool) -> Row:
    mine, peer = interleave(lambda: call(stack), lambda: theirs(stack), rounds)
    return Row(
        name=name,
        peer=PEER,
        ratio=ratio(mine, peer),
        target=None,
        agreement=agreement,
        agrees=agrees,
        detail={"ours_ms": median(mine) * 1e3, "peer_ms": median(peer) * 1e3},
    )
