"""Panel: chains that walk over a posterior, and what they pay for their steps."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar, Self

import param

from explorer.labs import Panel
from explorer.labs.affordable import over_budget
from explorer.labs.bayes.settings import Sampler
from explorer.labs.costs import FLOPS
from explorer.settings import Problem, Work
from explorer.tables import Count, Flag, Table, Text, Value

#: Activations by the names they have in settings, and in figures.
FAMILIES: Mapping[str, str] = MappingProxyType({"tanh": "tanh", "rectified": "ReLU"})
#: Where the logits are looked at that are the axes of the walk: between the moons, and beside the upper one.
PROBES = {"A": (0.5, 0.25), "B": (2.0, 1.5)}
DRAWS = 1024  # points of the posterior from which a leapfrog step is tried
PATHS = 256  # of them, from which whole trajectories are
STEPS = tuple(10 ** (i / 4 - 3) for i in range(13))  # sizes of a leapfrog step, from 0.001 to 1
GROUPS_OF_DRAWS = 16  # that are left out in turn, for intervals

DIAGNOSTICS = Table(
    "diagnostics",
    chain=Count(),
    accept=Value("acceptance"),
    step_size=Value("step"),
    rhat=Value("R-hat"),
    ess=Value("ESS"),
    divergences=Count(),
    draws=Count(),
    seed=Count(),
    rhat_most=Value("R-hat, the worst"),
    ess_all=Value("ESS"),
)
WALK = Table(
    "walk",
    chain=Count(),
    step=Count("iteration"),
    x=Value("logit at A"),
    y=Value("logit at B"),
    energy=Value("-log posterior"),
    log_lik=Value("log-likelihood of a test point"),
    accept=Value("acceptance"),
    step_size=Value("step"),
    error=Value("ΔH"),
    divergent=Flag(),
)
ENERGY_ERROR = Table(
    "energy_error",
    family=Text("activation"),
    step_size=Value("step"),
    error=Value("E|ΔH|"),
    low=Value("E|ΔH|"),
    high=Value("E|ΔH|"),
    accept=Value("acceptance"),
    median=Value("median |ΔH|"),
    fitted=Flag(),
)
SLOPES = Table("slopes", family=Text("activation"), group=Count(), slope=Value("slope"))


class SamplerSettings(Sampler):
    """The posterior of a network that separates two moons, and how chains walk over it."""

    starts: ClassVar = {
        "k": 8,
        "prior_scale": 2.0,
        "chains": 4,
        "samples": 1200,
        "warmup": 100,
        "thin": 1,
        "max_steps": 0,
    }

    n = param.Integer(
        60, bounds=(4, 2000), softbounds=(10, 300), label="n points", doc="How many points are learned from."
    )
    step_size = param.Number(
        0.0,
        bounds=(0, 10),
        softbounds=(0, 0.3),
        label="step size",
        doc="Of a leapfrog step. 0: it is fitted in the warm-up, to an acceptance of 0.8.",
    )
    max_steps = param.Integer(
        300,
        bounds=(0, 100_000),
        softbounds=(0, 2000),
        label="MAP steps",
        doc="Steps of Adam before the chains begin; with 0 they begin at draws of the prior.",
    )

    @property
    def params(self) -> int:
        """Weights and biases of a network with one logit."""
        return 4 * self.k + 1

    def preview(self) -> Self:
        """A short walk."""
        few = {"samples": 40 * self.chains, "warmup": 60, "max_steps": 100}
        return self.changed(**{name: min(getattr(self, name), most) for name, most in few.items()})

    def conflicts(self) -> list[Problem]:
        return over_budget(self, ("samples", "warmup", "max_steps", "leapfrogs", "chains", "k", "n", "thin"), "k")

    def work(self) -> Work:
        """Both activations walk, and both are tried at all step sizes."""
        each = 6 * self.params * self.n / FLOPS
        walking = (self.iterations * 0.75 * self.leapfrogs + self.max_steps) * (self.chains * each + 2e-4)
        walking += self.iterations * (self.chains * 4e-7 * self.k * 50 + 1e-3)
        trying = len(STEPS) * (3 * DRAWS + (self.leapfrogs + 2) * PATHS) * each * 3
        drawn = self.iterations * self.chains * (self.params + 10)
        tried = DRAWS * (4 * self.n * (self.k + 2) + 12 * self.params)
        return Work(16 * drawn + 8 * tried + 1e8, 1 + 2 * (walking + trying))


PANEL = Panel(
    __name__,
    "Sampler",
    settings=SamplerSettings,
    tables=(DIAGNOSTICS, WALK, ENERGY_ERROR, SLOPES),
    order=4,
    primary=True,
    answers=("diagnostics", "energy_error"),
    small={"n": 12, "k": 3, "samples": 24, "warmup": 10, "leapfrogs": 4, "max_steps": 4},
)
