"""Leapfrog steps on the posterior of a network for the digits: ours beside Pyro's and NumPyro's, one thread each.

Each side takes the same steps from the same weights and momenta; a peer that is not installed is left out, with a word.
"""

import os
import sys
from collections.abc import Callable, Iterator
from functools import partial
from itertools import pairwise
from statistics import median

import numpy as np
import torch
from torch import Tensor

from benchmarks.table import Missing, Row, interleave, ratio
from explorer.nets import mlp
from explorer.nets.activations import Tanh
from explorer.nets.mlp import Mlp
from explorer.train import hmc
from explorer.train.target import Posterior, classification

WIDTHS, N, SCALE = (64, 32, 10), 600, 1.0
STEP, STEPS = 1e-3, 50
CHAINS = (1, 16)
TARGETS = {("Pyro", 1): 6.0, ("Pyro", 16): 15.0}

#: Where chains end that set out from these weights with these momenta.
Trajectory = Callable[[np.ndarray, np.ndarray], np.ndarray]


def problem() -> Posterior:
    """Random images with random labels; what a step costs does not depend on them."""
    stream = torch.Generator().manual_seed(0)
    X, labels = torch.rand(N, WIDTHS[0], generator=stream), torch.randint(0, WIDTHS[-1], (N,), generator=stream)
    return classification(mlp.initialise(WIDTHS, [0], Tanh()), X, labels, SCALE)


def begin(chains: int) -> tuple[np.ndarray, np.ndarray]:
    """Weights and momenta."""
    position = mlp.initialise(WIDTHS, range(chains), Tanh()).parameters.numpy()
    return position, np.random.default_rng(0).standard_normal(position.shape).astype(np.float32)


def ours(target: Posterior, position: np.ndarray, momentum: np.ndarray) -> np.ndarray:
    """All chains side by side."""
    at, p = torch.from_numpy(position), torch.from_numpy(momentum)
    end = hmc.leapfrog(target, at, target.gradient(at), p, torch.full((len(at), 1), STEP), STEPS)
    assert end is not None
    return end[0].numpy()


def pyro(target: Posterior) -> Trajectory:
    """Pyro's integrator on its potential of a model as one writes it; chains one after another, as it runs them."""
    import pyro.distributions as dist
    from pyro import plate, sample
    from pyro.infer.mcmc.util import initialize_model
    from pyro.ops.integrator import velocity_verlet

    labels = target.loss.labels  # type: ignore[attr-defined]

    def model() -> None:
        h = target.X
        for i, (ins, out) in enumerate(pairwise(WIDTHS)):
            W = sample(f"W{i}", dist.Normal(0.0, SCALE).expand([out, ins]).to_event(2))
            b = sample(f"b{i}", dist.Normal(0.0, SCALE).expand([out]).to_event(1))
            h = (torch.tanh(h) if i else h) @ W.T + b
        with plate("points", N):
            sample("y", dist.Categorical(logits=h), obs=labels)

    _, potential, _, _ = initialize_model(model)

    def trajectory(position: np.ndarray, momentum: np.ndarray) -> np.ndarray:
        ends = []
        for at, p in zip(position, momentum, strict=True):
            start, push = (_named(target.models.with_parameters(torch.from_numpy(row)[None])) for row in (at, p))
            end, *_ = velocity_verlet(start, push, potential, lambda r: r, STEP, STEPS)
            ends.append(torch.cat([part.flatten() for part in end.values()]).detach().numpy())
        return np.stack(ends)

    return trajectory


def numpyro(target: Posterior) -> Trajectory:
    """NumPyro's integrator, jitted, all steps in one loop and all chains in one batch."""
    flags = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
    os.environ["XLA_FLAGS"] = f"{os.environ.get('XLA_FLAGS', '')} {flags}"  # before JAX is there: one thread
    import jax
    import numpyro.distributions as dist
    from jax import numpy as jnp
    from numpyro import plate, sample
    from numpyro.infer.hmc_util import velocity_verlet
    from numpyro.infer.util import initialize_model

    X, labels = target.X.numpy(), target.loss.labels.numpy()  # type: ignore[attr-defined]
    shapes = [shape for ins, out in pairwise(WIDTHS) for shape in ((out, ins), (out,))]
    ends = np.cumsum([int(np.prod(shape)) for shape in shapes])[:-1]

    def model() -> None:
        w = sample("w", dist.Normal(0.0, SCALE).expand([sum(int(np.prod(shape)) for shape in shapes)]).to_event(1))
        parts = [part.reshape(shape) for part, shape in zip(jnp.split(w, ends), shapes, strict=True)]
        h = X
        for i, (W, b) in enumerate(zip(parts[::2], parts[1::2], strict=True)):
            h = (jnp.tanh(h) if i else h) @ W.T + b
        with plate("points", N):
            sample("y", dist.Categorical(logits=h), obs=labels)

    potential = initialize_model(jax.random.PRNGKey(0), model).potential_fn
    begin, step = velocity_verlet(potential, lambda inverse_mass, r: 0.5 * jnp.sum(inverse_mass * r["w"] ** 2))

    @jax.jit
    @jax.vmap
    def end(at, p):
        state = begin({"w": at}, {"w": p})
        return jax.lax.fori_loop(0, STEPS, lambda _, now: step(STEP, 1.0, now), state).z["w"]

    return lambda position, momentum: np.asarray(end(position, momentum))


PEERS: dict[str, tuple[str, Callable[[Posterior], Trajectory]]] = {
    "Pyro": ("velocity_verlet, autograd, chain by chain", pyro),
    "NumPyro": ("velocity_verlet, jitted, vmap over chains", numpyro),
}


def installed(target: Posterior) -> Iterator[tuple[str, str, Trajectory]]:
    """The peers that are there, by name; says which are not.

    Raises:
        Missing: if there is none.
    """
    found = 0
    for name, (how, make) in PEERS.items():
        try:
            trajectory = make(target)
        except ModuleNotFoundError as error:
            print(f"hmc: without {name}, the package {error.name} is not installed", file=sys.stderr)
            continue
        found += 1
        yield name, how, trajectory
    if not found:
        raise Missing(f"benchmark hmc needs one of {', '.join(PEERS)}")


def rows(rounds: int) -> Iterator[Row]:
    """A row for each peer and number of chains; the agreement is of where the trajectories end."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        target = problem()
        for name, how, trajectory in installed(target):
            for chains in CHAINS:
                given = begin(chains)
                away = float(np.abs(ours(target, *given) - trajectory(*given)).max())
                mine, theirs = interleave(partial(ours, target, *given), partial(trajectory, *given), rounds)
                steps = chains * STEPS
                yield Row(
                    name=f"HMC, {chains} chain{'s' * (chains > 1)}, {'-'.join(map(str, WIDTHS))}, n {N}",
                    peer=f"{name}, {how}",
                    ratio=ratio(mine, theirs),
                    target=TARGETS.get((name, chains)),
                    agreement=f"weights after {STEPS} leapfrog steps, at most {away:.0e} apart",
                    agrees=away <= 1e-3,
                    detail={"ours_steps_a_second": steps / median(mine), "peer_steps_a_second": steps / median(theirs)},
                )
    finally:
        torch.set_num_threads(threads)


def _named(models: Mlp) -> dict[str, Tensor]:
    """The weights of the one network, under the names that Pyro's model has."""
    return {f"{part}{i}": getattr(layer, part)[0] for i, layer in enumerate(models.layers) for part in ("W", "b")}
