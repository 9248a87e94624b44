"""How long chains walk on a posterior: settings of every panel that samples one. No torch."""

import param

from explorer.settings import Settings

MOST_CHAINS = 64  # of a repetition, and networks beside them: the next one has other seeds


class Sampling(Settings):
    """Chains of Hamiltonian Monte Carlo that start at MAP estimates."""

    chains = param.Integer(8, bounds=(1, MOST_CHAINS), softbounds=(1, 16), label="chains", doc="Chains, side by side.")
    samples = param.Integer(
        100,
        bounds=(1, 2000),
        softbounds=(10, 200),
        label="samples",
        doc="Draws of the posterior that are kept, of all chains together; they take turns.",
    )
    leapfrogs = param.Integer(
        15,
        bounds=(1, 500),
        softbounds=(5, 50),
        label="leapfrog steps",
        doc="Most of a trajectory; half as many at least.",
    )
    warmup = param.Integer(
        100,
        bounds=(0, 10_000),
        softbounds=(20, 500),
        label="warm-up",
        doc="Iterations in which the step size is fitted, to an acceptance of 0.8; nothing of them is kept.",
    )
    thin = param.Integer(
        10, bounds=(1, 1000), softbounds=(1, 20), label="thinning", doc="Of so many iterations a chain keeps one."
    )

    @property
    def iterations(self) -> int:
        """Of each chain, with the warm-up."""
        return self.warmup + self.thin * -(-self.samples // self.chains)
