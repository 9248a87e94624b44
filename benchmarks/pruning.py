"""Pruning curves of 24 networks at 20 levels: ours beside a loop over torch.nn.utils.prune, one thread each."""

from collections.abc import Iterator, Sequence
from statistics import median

import torch
from torch import Tensor

from benchmarks.peers import modules, prune_loop
from benchmarks.table import Row, interleave, ratio
from explorer.data.synthetic import sphere
from explorer.measure.pruning import curve
from explorer.nets.families import activation
from explorer.nets.two_layer import Ensemble, initialise
from explorer.train import adam

N, D, NETWORKS, TARGET = 200, 20, 24, 20
KEPT = torch.linspace(0.05, 1, 20, dtype=torch.float64)
WIDTHS = {  # widths, least ratio; wide networks leave less to gain, as both sides then wait for the same products
    "k 64": ([64] * NETWORKS, TARGET),
    "k 8 to 512": ([8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 512] * 2, None),
}


def problem(widths: Sequence[int]) -> tuple[Ensemble, Tensor, Tensor]:
    """Networks trained on random labels on the sphere."""
    X, y = sphere(N, D, 1.0, 0).tensors(dtype=torch.float32)
    nets = initialise(widths, range(len(widths)), D, activation("rectified", 1))
    *_, last = adam.train(nets, X, y, tolerance=1e-3, max_steps=1000, stop=lambda: False, at=lambda step: False)
    return last.nets, X, y


def rows(rounds: int) -> Iterator[Row]:
    """A row for networks of one width, and one for the widths of the live lab; the agreement compares all losses."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        for name, (widths, target) in WIDTHS.items():
            nets, X, y = problem(widths)
            theirs = modules(nets)
            found = curve(nets, X, y, KEPT, scope="global")
            given = torch.from_numpy(prune_loop(theirs, X, y, KEPT.tolist()))
            away = ((found - given).abs() / given.clamp_min(1)).max().item()
            mine, peer = interleave(
                lambda: curve(nets, X, y, KEPT, scope="global"),  # noqa: B023
                lambda: prune_loop(theirs, X, y, KEPT.tolist()),  # noqa: B023
                rounds,
            )
            yield Row(
                name=f"pruning, {len(KEPT)} levels, {NETWORKS} networks, n {N}, d {D}, {name}",
                peer="loop over torch.nn.utils.prune.global_unstructured",
                ratio=ratio(mine, peer),
                target=target,
                agreement=f"losses at most {away:.1e} apart",
                agrees=away <= 1e-6,
                detail={"ours_ms": median(mine) * 1e3, "peer_ms": median(peer) * 1e3},
            )
    finally:
        torch.set_num_threads(threads)
