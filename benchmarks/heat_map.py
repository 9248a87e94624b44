"""The law lab's heat map, 8 x 8 cells and 2 seeds: ours beside a loop over torch.nn and Adam, one thread each."""

import time
from collections.abc import Callable, Iterator, Sequence
from statistics import median
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from benchmarks.table import Row, ratio
from explorer.labs.law.heat_map import HeatMapSettings
from explorer.labs.law.heat_map import compute as heat_map
from explorer.labs.law.points import drawn
from explorer.measure.certificate import operator_norm, product
from explorer.measure.stack import Stack, batches
from explorer.train import adam

TARGET = 15.0
ROUNDS = 2  # the loop takes the better part of a minute
TURNS = 3  # of ours after each seed of the loop, so that both see the same minutes
CPU = torch.device("cpu")

Cells = dict[str, np.ndarray]  # mean squared error and product bound of each cell, by n and then k
Seeds = Sequence[HeatMapSettings]  # one seed each


def ours(seeds: Seeds) -> Cells:
    """Seed after seed, all cells of one side by side."""
    return joined([side_by_side(settings) for settings in seeds])


def side_by_side(settings: HeatMapSettings) -> Cells:
    """One seed."""
    X, y = drawn(settings, max(settings.ns)).tensors(dtype=torch.float32, device=CPU)
    nets, points = heat_map.networks(settings, settings.seed)
    *_, last = heat_map.train(settings, nets, X, y, points, go_on)
    bounds = torch.empty(len(nets), dtype=torch.float64)
    for batch in batches(nets.widths, nets.d):
        stack = Stack.of(last.nets, batch)
        bounds[batch] = product(stack, torch.ones_like(stack.a), operator_norm(stack.W))
    return {"mse": last.mse.numpy(), "product": bounds.numpy()}


def whole(settings: HeatMapSettings) -> object:
    """The panel with its film, a search for the steepest point and a certificate of every network; all seeds."""
    *_, last = heat_map.stream(settings, CPU, go_on)
    return last


def loop(settings: HeatMapSettings) -> Cells:
    """The same seed as a competent person writes it: from the same weights, cell after cell."""
    X, y = drawn(settings, max(settings.ns)).tensors(dtype=torch.float32, device=CPU)
    nets, points = heat_map.networks(settings, settings.seed)
    found = [cell(nets.select([i]), X[:n], y[:n], settings) for i, n in enumerate(points)]
    return {"mse": np.array([mse for mse, _ in found]), "product": np.array([bound for _, bound in found])}


def cell(net: Any, X: Tensor, y: Tensor, settings: HeatMapSettings) -> tuple[float, float]:
    """Mean squared error and product bound |a| |W|_op of one network, trained with torch.nn and fused Adam."""
    made = nn.Sequential(nn.Linear(net.d, net.widths[0]), nn.ReLU(), nn.Linear(net.widths[0], 1, bias=False))
    with torch.no_grad():
        made[0].weight.copy_(net.W.T), made[0].bias.copy_(net.b), made[2].weight.copy_(net.outer[None])
    optimiser = torch.optim.Adam(made.parameters(), lr=adam.LEARNING_RATE, fused=True)
    for step in range(settings.max_steps + 1):
        loss = (made(X).squeeze(1) - y).square().mean()
        if loss.item() <= settings.tolerance or step == settings.max_steps:
            break
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    with torch.no_grad():
        bound = made[2].weight.norm() * torch.linalg.matrix_norm(made[0].weight, 2)
    return loss.item(), bound.item()


def rows(rounds: int) -> Iterator[Row]:
    """Training with the product bound on both sides; then our whole panel beside the same loop."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield from compared(HeatMapSettings.make(), min(rounds, ROUNDS))
    finally:
        torch.set_num_threads(threads)


def compared(settings: HeatMapSettings, rounds: int) -> Iterator[Row]:
    """The rows of any settings of the panel."""
    seeds = [settings.changed(seed=settings.seed + turn, seeds=1) for turn in range(settings.seeds)]
    mine = ours(seeds)  # warm
    spent: dict[str, list[float]] = {"ours": [], "loop": [], "whole": []}
    for _ in range(rounds):
        parts = []
        for seed in seeds:
            parts.append(timed(lambda: loop(seed)))  # noqa: B023
            for _ in range(TURNS):
                spent["ours"].append(timed(lambda: ours(seeds))[1])
                spent["whole"].append(timed(lambda: whole(settings))[1])
        spent["loop"].append(sum(seconds for _, seconds in parts))
    agreement, agrees = compare(mine, joined([cells for cells, _ in parts]), settings.tolerance)
    shape = f"{len(settings.ns)} x {len(settings.widths)} cells, {settings.seeds} seeds"
    for name, part, target in (
        ("training and product bound", "ours", TARGET),
        ("whole panel, certificates too", "whole", None),  # the loop has none
    ):
        yield Row(
            name=f"heat map, {shape}: {name}",
            peer="loop over torch.nn, torch.optim.Adam (fused), matrix_norm",
            ratio=ratio(spent[part], spent["loop"]),
            target=target,
            agreement=agreement,
            agrees=agrees,
            detail={
                "ours_s": median(spent[part]),
                "peer_s": median(spent["loop"]),
                "our_rounds": len(spent[part]),
                "peer_rounds": rounds,
            },
        )


def compare(mine: Cells, peer: Cells, tolerance: float) -> tuple[str, bool]:
    """Cells on which both say the same, fits or not; and how far the bounds of those that fit are apart."""
    fits, theirs = mine["mse"] <= tolerance, peer["mse"] <= tolerance
    same, both = float((fits == theirs).mean()), fits & theirs
    away = float(np.median(np.abs(mine["product"][both] / peer["product"][both] - 1)))
    text = f"fit or not: the same in {same:.1%} of the cells; product bound {away:.1e} apart in the median"
    return text, same >= 0.95 and away <= 1e-3


def joined(parts: Sequence[Cells]) -> Cells:
    """The cells of several seeds."""
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def timed(call: Callable[[], Any]) -> tuple[Any, float]:
    """What a call gives, and its wall-clock seconds."""
    start = time.perf_counter()
    found = call()
    return found, time.perf_counter() - start


def go_on() -> bool:
    """Nobody stops a benchmark."""
    return False
