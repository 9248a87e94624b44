"""Panel: gradients averaged over a posterior, on moons in a plane of a larger space: what cancels, and what stays."""

from typing import Self

from explorer.labs import Panel
from explorer.labs.bayes.gradient import GRADIENT, counts
from explorer.labs.bayes.moons import MoonPosterior
from explorer.labs.bayes.shown import SamplesShown
from explorer.settings import Problem
from explorer.tables import Count, Table, Text, Value

ONE, MIRROR, AVERAGE = "one", "mirror", "average"  # whose arrows

#: Gradients at some points: two coordinates in the plane, and the first one off it. `n_samples` is 0 in the warm-up.
ARROWS = Table(
    "arrows",
    n_samples=Count(),
    kind=Text(),
    point=Count(),
    x=Value("x₁"),
    y=Value("x₂"),
    along_x=Value("∂L/∂x₁"),
    along_y=Value("∂L/∂x₂"),
    off=Value("∂L/∂x₃"),
)
MOONS = Table("moons", x=Value("x₁"), y=Value("x₂"), label=Count())
#: One posterior: how its walk went, averaged gradients in units of their exact deviation, and mirrored weights.
EXACT = Table(
    "exact",
    seed=Count(),
    samples=Count(),
    chains=Count(),
    accept=Value("acceptance"),
    step_size=Value("step"),
    rhat=Value("R-hat"),
    ess=Value("ESS"),
    divergences=Count(),
    accuracy=Value("accuracy of the average"),
    z=Value("mean |z|"),
    beyond=Value("share of |z| > 3"),
    mirror_output=Value("max |f(w) - f(w')|"),
    mirror_gradient=Value("max |∇⊥L(w) + ∇⊥L(w')|"),
)


class ExactSettings(SamplesShown, MoonPosterior):
    """The posterior, and how many of its samples the arrows are averaged over."""

    @property
    def stops(self) -> tuple[int, ...]:
        return counts(self.samples)

    def conflicts(self) -> list[Problem]:
        return super().conflicts() + self.unshown()

    def preview(self) -> Self:
        """One repetition, a short walk."""
        few = {"seeds": 1, "samples": 20, "warmup": 40, "max_steps": 100}
        found = {name: min(getattr(self, name), most) for name, most in few.items()}
        shown = max(n for n in counts(found["samples"]) if n <= max(1, self.samples_shown))
        return self.changed(**found, samples_shown=shown)


PANEL = Panel(
    __name__,
    "Exact case",
    settings=ExactSettings,
    tables=(GRADIENT, ARROWS, MOONS, EXACT),
    order=1,
    primary=True,
    answers=("gradient", "exact"),
    small={
        "n": 20,
        "k": 3,
        "d": 6,
        "chains": 2,
        "samples": 10,
        "warmup": 6,
        "thin": 1,
        "leapfrogs": 4,
        "max_steps": 20,
    },
)
