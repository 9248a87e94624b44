"""What several panels of the Bayes lab are set by."""

from typing import Self

import param

from explorer.labs.mixins import Seed
from explorer.settings import Group, Settings

MOST_CHAINS = 64  # of a repetition, and networks beside them: the next one has other seeds

#: How the page arranges the controls of all panels.
GROUPS = (
    Group("The sliders", ("n", "d", "k", "prior_scale", "prior_scales", "samples", "samples_shown", "picture")),
    Group("Data", ("data", "noise", "noise_max")),
    Group("Moons", ("moons_sizes", "batch", "mini_batch")),
    Group("Attack", ("attack", "attacker", "eps", "eps_max", "attack_steps", "restarts", "tested")),
    Group("Priors", ("priors", "class_i", "class_j")),
    Group("Cloud", ("draws", "dot")),
    Group("Network", ("family", "ensemble", "widths", "sizes"), folded=True),
    Group("Mean-field VI", ("n_vi", "vi_steps"), folded=True),
    Group("Sampler", ("chains", "leapfrogs", "step_size", "warmup", "thin", "max_steps"), folded=True),
    Group("Seeds", ("seeds", "seed"), folded=True),
)


class BayesPanel(Settings):
    """What every panel has."""

    groups = GROUPS

    def preview(self) -> Self:
        """What a slider shows while it is dragged: one repetition, a short walk."""
        few = {"seeds": 1, "samples": 20, "warmup": 40, "max_steps": 100, "vi_steps": 200}
        values = self.values()
        return self.changed(**{name: min(values[name], most) for name, most in few.items() if name in values})


class Network(BayesPanel, Seed):
    """A perceptron with one hidden layer, and the prior of its weights."""

    k = param.Integer(32, bounds=(1, 1024), softbounds=(2, 128), label="k width", doc="Neurons of the hidden layer.")
    family = param.Selector(
        default="tanh",
        objects=["tanh", "rectified"],
        label="activation",
        doc="tanh, or max(0, t), whose kinks cost the sampler acceptance.",
    )
    prior_scale = param.Number(
        1.0,
        bounds=(0.01, 30),
        softbounds=(0.1, 10),
        label="prior scale",
        doc="Standard deviation of the prior, N(0, s²) for every weight and bias, whatever the width.",
    )


class Sampler(Network):
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
    max_steps = param.Integer(
        300,
        bounds=(1, 100_000),
        softbounds=(100, 2000),
        label="MAP steps",
        doc="Steps of Adam before the chains begin.",
    )

    @property
    def iterations(self) -> int:
        """Of each chain, with the warm-up."""
        return self.warmup + self.thin * -(-self.samples // self.chains)
