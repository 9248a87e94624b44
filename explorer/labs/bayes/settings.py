"""What several panels of the Bayes lab are set by."""

from typing import Self

import param

from explorer.labs.mixins import Seed
from explorer.labs.sampling import Sampling
from explorer.settings import Group, Settings

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


class Sampler(Network, Sampling):
    """Chains of Hamiltonian Monte Carlo that start at MAP estimates."""

    max_steps = param.Integer(
        300,
        bounds=(1, 100_000),
        softbounds=(100, 2000),
        label="MAP steps",
        doc="Steps of Adam before the chains begin.",
    )
