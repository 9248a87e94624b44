"""NumPyro's NUTS on a small network, in a process of its own: JAX starts threads that a test run should not inherit.

python numpyro_draws.py DATA.npz DRAWS.npz; the data are X, y, grid, and the scale of the prior, hidden neurons, seed.
"""

import sys

import jax
import numpy as np
import numpyro
from jax import numpy as jnp
from jax import random
from numpyro.distributions import Categorical, Normal
from numpyro.infer import MCMC, NUTS

WARMUP, DRAWS, CHAINS = 500, 1000, 4


def logits(w, X, hidden):
    """Of a tanh network with two inputs and two classes; w as ours has it, W_1, b_1, W_2, b_2 row by row."""
    W1, b1, W2, b2 = jnp.split(w, np.cumsum([2 * hidden, hidden, 2 * hidden]))
    return jnp.tanh(X @ W1.reshape(hidden, 2).T + b1) @ W2.reshape(2, hidden).T + b2


def main(given: str, made: str) -> None:
    """Draws of the weights' log-density and of the probability of class 1 on the grid."""
    data = np.load(given)
    X, y, grid, hidden, scale = (data[name] for name in ("X", "y", "grid", "hidden", "scale"))
    hidden = int(hidden)

    def model():
        w = numpyro.sample("w", Normal(0, float(scale)).expand([5 * hidden + 2]).to_event(1))
        numpyro.sample("y", Categorical(logits=logits(w, X, hidden)), obs=y)

    walk = MCMC(
        NUTS(model),
        num_warmup=WARMUP,
        num_samples=DRAWS,
        num_chains=CHAINS,
        chain_method="vectorized",
        progress_bar=False,
    )
    walk.run(random.PRNGKey(int(data["seed"])), extra_fields=("potential_energy", "num_steps"))
    w = walk.get_samples(group_by_chain=True)["w"]
    extra = walk.get_extra_fields(group_by_chain=True)
    p = jax.nn.softmax(jax.vmap(jax.vmap(lambda own: logits(own, grid, hidden)))(w))[..., 1]
    # the potential is that of the normalised densities: what ours leaves out is taken off
    constant = w.shape[-1] * (np.log(2 * np.pi) / 2 + np.log(float(scale)))
    np.savez(made, p=p, energy=extra["potential_energy"] - constant, steps=extra["num_steps"])


if __name__ == "__main__":
    numpyro.enable_x64()
    main(*sys.argv[1:])
