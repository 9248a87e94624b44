"""Panel: gradients averaged over a posterior, on moons in a plane of a larger space: what cancels, and what stays."""

from typing import Self

import param

from explorer.labs import Panel
from explorer.labs.bayes.gradient import GRADIENT, counts
from explorer.labs.bayes.moons import MoonPosterior
from explorer.settings import Problem, Settings
from explorer.tables import Count, Table, Text, Value

ONE, MIRROR, AVERAGE = "one", "mirror", "average"  # whose arrows
PLANE = 2  # coordinates that hold the moons; the arrows show of the others the first

#: Gradients at some points: two coordinates in the plane, one off it. `n_samples` is 0 in the warm-up.
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


class ExactSettings(MoonPosterior):
    """The posterior, and how many of its samples the arrows are averaged over."""

    views = Settings.views | {"samples_shown"}

    samples_shown = param.Integer(
        100,
        bounds=(1, 2000),
        label="samples shown",
        doc="How many of the samples the arrows are averaged over. Nothing is computed anew.",
    )

    def conflicts(self) -> list[Problem]:
        found = super().conflicts()
        stops = counts(self.samples)
        if self.samples_shown not in stops:
            nearest = min(stops, key=lambda n: abs(n - self.samples_shown))
            said = f"use one of {', '.join(map(str, stops))}"
            found.append(Problem("samples_shown", self.samples_shown, said, nearest))
        return found

    def allowed(self, name: str) -> tuple[int, ...]:
        return counts(self.samples) if name == "samples_shown" else ()

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
