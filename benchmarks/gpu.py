"""Kernels on a card: the same numbers as on the CPU, the same bits twice, and how much sooner.

Needs torch, jaxtyping and param only, so that a machine whose Python has little more can run it (`make cuda`).
Without a card it says so and measures nothing.
"""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from statistics import median

import torch
from torch import Tensor

from benchmarks import adam
from benchmarks.table import Row, interleave, ratio
from explorer.data.synthetic import sphere
from explorer.measure.attacks import attack
from explorer.measure.lipschitz import bracket
from explorer.measure.pruning import curve
from explorer.nets.families import activation
from explorer.nets.two_layer import Ensemble, initialise

STEPS = 20  # of Adam, of PGD: float32 on two devices parts by rounding, and each step parts it further
LONG = 200  # of Adam beside its peer: what is timed are steps, not how networks are laid side by side before the first
SAMPLED = 2.0  # seconds over which utilisation is looked at


@dataclass(frozen=True)
class Size:
    """Networks of one width k, and n points of dimension d."""

    n: int
    d: int
    k: int
    networks: int

    def __str__(self) -> str:
        return f"{self.networks} networks, n {self.n}, d {self.d}, k {self.k}"

    def problem(self, device: str) -> tuple[Ensemble, Tensor, Tensor]:
        """Random labels on the sphere, and untrained networks."""
        X, y = sphere(self.n, self.d, 1.0, 0).tensors(dtype=torch.float32)
        nets = initialise([self.k] * self.networks, range(self.networks), self.d, activation("rectified", 1))
        return nets.to(device), X.to(device), y.to(device)


@dataclass(frozen=True)
class Kernel:
    """What is computed, to numbers on the CPU, and how far two devices may part, each relative to its largest."""

    name: str
    work: Callable[[Ensemble, Tensor, Tensor], dict[str, Tensor]]
    apart: Mapping[str, float]
    size: Size


@dataclass(frozen=True)
class Agreement:
    """How far a device is from the CPU, number by number, and whether its second run had the same bits."""

    apart: Mapping[str, float]
    same_bits: bool

    def holds(self, kernel: Kernel) -> bool:
        """Whether all is as near as it has to be; NaN is not."""
        return self.same_bits and all(self.apart[name] <= most for name, most in kernel.apart.items())

    def __str__(self) -> str:
        apart = ", ".join(f"{name} apart by {value:.1e}" for name, value in self.apart.items())
        return f"{apart}, twice the same bits: {self.same_bits}"


def trained(nets: Ensemble, X: Tensor, y: Tensor) -> dict[str, Tensor]:
    """Mean squared errors after some steps of Adam."""
    return {"mse": adam.ours(nets, X, y, STEPS).cpu()}


def attacked(nets: Ensemble, X: Tensor, y: Tensor) -> dict[str, Tensor]:
    """Success of PGD at ten radii."""
    radii = torch.linspace(0.025, 0.25, 10, dtype=torch.float64)
    return {"success": attack(nets, X, y, radii, norm="l2", steps=STEPS).cpu()}


def pruned(nets: Ensemble, X: Tensor, y: Tensor) -> dict[str, Tensor]:
    """Losses at twenty shares of kept weights."""
    return {"loss": curve(nets, X, y, torch.linspace(0.05, 1, 20, dtype=torch.float64), scope="global").cpu()}


def bounded(nets: Ensemble, X: Tensor, y: Tensor) -> dict[str, Tensor]:
    """The certificate, and what is found, of the Lipschitz constant on the ball."""
    found = bracket(nets, X, radius=1.0, seed=0)
    return {"upper": found.upper.cpu(), "lower": found.lower.cpu()}


KERNELS = (
    Kernel(f"Adam, {STEPS} steps", trained, {"mse": 1e-3}, Size(1000, 50, 256, 256)),
    Kernel(f"PGD, curve of 10 eps, {STEPS} steps", attacked, {"success": 0.01}, Size(200, 50, 64, 256)),
    Kernel("pruning, 20 levels", pruned, {"loss": 1e-4}, Size(200, 20, 64, 256)),
    # lower is of a search in float32: where two hills are nearly as high, another rounding climbs the other one
    Kernel("Lipschitz bracket", bounded, {"upper": 1e-6, "lower": 0.02}, Size(100, 20, 64, 256)),
)


def compare(kernel: Kernel, device: str, size: Size) -> Agreement:
    """Two runs on the device beside one on the CPU."""
    here = kernel.work(*size.problem("cpu"))
    there, again = (kernel.work(*size.problem(device)) for _ in range(2))
    apart = {
        name: ((wanted - there[name]).abs().max() / wanted.abs().max().clamp_min(torch.finfo(wanted.dtype).tiny)).item()
        for name, wanted in here.items()
    }
    return Agreement(apart, all(torch.equal(found, again[name]) for name, found in there.items()))


def rows(rounds: int) -> Iterator[Row]:
    """Each kernel on the card beside the CPU with all its threads, and Adam beside torch.func.vmap on the card."""
    if not torch.cuda.is_available():
        print("gpu: skipped, this torch sees no CUDA device", file=sys.stderr)
        return
    for kernel in KERNELS:
        agreement = compare(kernel, "cuda", kernel.size)
        on_card, on_cpu = kernel.size.problem("cuda"), kernel.size.problem("cpu")
        card, cpu = interleave(lambda: kernel.work(*on_card), lambda: kernel.work(*on_cpu), rounds)  # noqa: B023
        yield Row(
            name=f"{kernel.name}, {kernel.size}, {torch.cuda.get_device_name()}",
            peer=f"the same on the CPU, {torch.get_num_threads()} threads",
            ratio=ratio(card, cpu),
            target=None,
            agreement=str(agreement),
            agrees=agreement.holds(kernel),
            detail={
                "card_ms": median(card) * 1e3,
                "cpu_ms": median(cpu) * 1e3,
                "utilisation": utilisation(lambda: kernel.work(*on_card)),  # noqa: B023
            },
        )
    yield _beside_vmap(KERNELS[0].size, rounds)


def _beside_vmap(size: Size, rounds: int) -> Row:
    nets, X, y = size.problem("cuda")

    def ours(steps: int) -> Tensor:
        return adam.ours(nets, X, y, steps).cpu()

    def theirs(steps: int) -> Tensor:
        return adam.stacked(nets, X, y, steps).cpu()

    away = (ours(STEPS) / theirs(STEPS) - 1).abs().max().item()
    mine, peer = interleave(lambda: ours(LONG), lambda: theirs(LONG), rounds)
    return Row(
        name=f"Adam, {LONG} steps, {size}, {torch.cuda.get_device_name()}",
        peer="torch.func.vmap, autograd, fused Adam, on the same card",
        ratio=ratio(mine, peer),
        target=None,
        agreement=f"mse after {STEPS} steps, largest relative difference {away:.1e}",
        agrees=away <= 0.1,
        detail={"ours_ms": median(mine) * 1e3, "peer_ms": median(peer) * 1e3},
    )


def utilisation(call: Callable[[], object]) -> float | None:
    """Median share of the time in which the card computed while `call` was made again and again; None if untold."""
    query = ["nvidia-smi", "--query-gpu=utilization.gpu", "--format=csv,noheader,nounits", "-lms", "200"]
    try:
        watch = subprocess.Popen(query, stdout=subprocess.PIPE, text=True)
    except OSError:
        return None
    until = time.monotonic() + SAMPLED
    while time.monotonic() < until:
        call()
    watch.terminate()
    said, _ = watch.communicate()
    told = [float(line) for line in said.splitlines() if line.strip().isdigit()]
    return median(told) / 100 if told else None
