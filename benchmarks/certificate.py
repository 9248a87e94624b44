"""A certified Lipschitz constant of one ReLU network: ours beside cvxpy with Clarabel, one thread each."""

import math
from collections.abc import Iterator
from statistics import median

import cvxpy as cp
import numpy as np
import torch
from torch import Tensor

from benchmarks.table import Row, interleave, ratio
from explorer.measure import certificate
from explorer.measure.lipschitz import FACTOR_STEPS, Draws
from explorer.measure.stack import Stack
from explorer.nets.families import activation
from explorer.nets.two_layer import initialise

K, D, RADIUS, TARGET = 48, 20, 1.0, 100


def network(seed: int) -> Stack:
    """A random network in which no neuron's slope is fixed on the ball, so that both sides bound the same thing."""
    stack = Stack.of(initialise([K], [seed], D, activation("rectified", 1)), [0])
    return Stack(stack.W, torch.zeros_like(stack.b), stack.a, stack.activation)


def ours(stack: Stack) -> float:
    """From the weights to the certificate, draws included."""
    draws = Draws.of(D, K, torch.Generator().manual_seed(0), torch.device("cpu"))
    B = certificate.box_matrix(stack.U, *certificate.slope_box(stack, RADIUS))
    return float(certificate.lipsdp(B, draws.sketch, FACTOR_STEPS)[0])


def peer(W: Tensor, a: Tensor) -> float:
    """LipSDP-Neuron (Fazlyab et al. 2019): least c^2 with [[-c^2 I, W'T], [TW, -2T + aa']] <= 0, T >= 0 diagonal."""
    w, outer = W.numpy(), a.numpy()
    T, square = cp.diag(cp.Variable(K, nonneg=True)), cp.Variable()
    lmi = cp.bmat([[-square * np.eye(D), w.T @ T], [T @ w, -2 * T + np.outer(outer, outer)]])
    problem = cp.Problem(cp.Minimize(square), [(lmi + lmi.T) / 2 << 0])
    problem.solve(solver=cp.CLARABEL)
    return math.sqrt(problem.value)


def rows(rounds: int) -> Iterator[Row]:
    """One row; the agreement is the largest ratio of the two certificates over three networks."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        stacks = [network(seed) for seed in range(3)]
        worst = max(ours(stack) / peer(stack.W[0], stack.a[0]) for stack in stacks)
        stack = stacks[0]
        mine, theirs = interleave(lambda: ours(stack), lambda: peer(stack.W[0], stack.a[0]), rounds)
        yield Row(
            name=f"certificate, one network, d {D}, k {K}",
            peer="LipSDP-Neuron, cvxpy and Clarabel",
            ratio=ratio(mine, theirs),
            target=TARGET,
            agreement=f"our certificate over cvxpy's, at most {worst:.6f}",
            agrees=worst <= 1.001,
            detail={"ours_ms": median(mine) * 1e3, "peer_ms": median(theirs) * 1e3},
        )
    finally:
        torch.set_num_threads(threads)
