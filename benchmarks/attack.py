"""Success of PGD on 64 networks: ours beside torchattacks in a loop over networks and eps, one thread each.

Both take the same steps on the same weights and count alike: points classified right that are flipped at eps or at a
smaller one. The whole curve is what the live lab draws; a single eps, where ours has less to gain, stands beside it.
"""

from collections.abc import Iterator, Sequence
from statistics import median

import torch
from torch import Tensor, nn

from benchmarks.peers import PGD, attack_loop, modules
from benchmarks.table import Row, interleave, ratio
from explorer.data.synthetic import sphere
from explorer.measure.attacks import attack
from explorer.measure.pgd import Norm
from explorer.nets.families import activation
from explorer.nets.two_layer import Ensemble, initialise
from explorer.train import adam

N, K, NETWORKS, STEPS, TARGET = 200, 64, 64, 20, 15
LARGEST, LEVELS = 0.25, 10  # radii of the live lab, over sqrt(d) in the l-infinity ball


def problem(d: int) -> tuple[Ensemble, Tensor, Tensor]:
    """Networks that fit random labels on the sphere to a mean squared error of 1e-3."""
    X, y = sphere(N, d, 1.0, 0).tensors(dtype=torch.float32)
    nets = initialise([K] * NETWORKS, range(NETWORKS), d, activation("rectified", 1))
    *_, last = adam.train(nets, X, y, tolerance=1e-3, max_steps=3000, stop=lambda: False, at=lambda step: False)
    return last.nets, X, y


def rows(rounds: int) -> Iterator[Row]:
    """A row for each d, norm and number of radii; the agreement compares the successes, averaged over the networks."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        for d in (20, 50):
            nets, X, y = problem(d)
            theirs = modules(nets)
            for norm in PGD:
                radii = torch.linspace(0, LARGEST, LEVELS + 1, dtype=torch.float64)[1:] / (
                    1 if norm == "l2" else d**0.5
                )
                yield _row(nets, theirs, X, y, radii, norm, rounds, TARGET)
                yield _row(nets, theirs, X, y, radii[5:6], norm, rounds, None)
    finally:
        torch.set_num_threads(threads)


def _row(
    nets: Ensemble,
    theirs: Sequence[nn.Module],
    X: Tensor,
    y: Tensor,
    radii: Tensor,
    norm: Norm,
    rounds: int,
    target: float | None,
) -> Row:
    def ours() -> Tensor:
        return attack(nets, X, y, radii, norm=norm, steps=STEPS)

    def peer() -> Tensor:
        return torch.from_numpy(attack_loop(theirs, X, y, radii.tolist(), norm=norm, steps=STEPS))

    found, given = ours(), peer()
    more = (found - given).mean(0).min().item()
    mine, peers = interleave(ours, peer, rounds)
    what = "curve of 10 eps" if len(radii) > 1 else f"one eps (success {found.mean():.2f})"
    return Row(
        name=f"PGD {norm}, {what}, {NETWORKS} networks, n {N}, d {X.shape[1]}, k {K}, {STEPS} steps",
        peer=f"loop over torchattacks.{PGD[norm].__name__}",
        ratio=ratio(mine, peers),
        target=target,
        agreement=(
            f"mean success {found.mean():.4f} beside {given.mean():.4f}; at every eps {more:+.4f} or more, "
            f"of one network at one eps {(found - given).min():+.4f} or more"
        ),
        agrees=more >= -1e-6,
        detail={"ours_ms": median(mine) * 1e3, "peer_ms": median(peers) * 1e3},
    )
