"""Panel: the averaged gradient at unseen images: its mean and its median, chosen images and others, width and data."""

from typing import ClassVar, Self

import param

from explorer.fields import Integers
from explorer.labs import Panel
from explorer.labs.affordable import over_budget
from explorer.labs.bayes.gradient import GRADIENT
from explorer.labs.bayes.images import TESTED, ImagePosterior
from explorer.labs.bayes.vanishing.plane import SCATTER, SPREAD, PlanarMoons
from explorer.labs.costs import FLOPS
from explorer.settings import Problem, Settings, Work
from explorer.tables import Count, Table, Text, Value

SHOWN = 5  # images of either kind that can be looked at
RANDOM = "random"
STAGES = (1, 10, 50, 100)  # numbers of samples at which published code looks whether a norm falls

#: Of some unseen images the averaged gradient, pixel by pixel; with `n_samples` 0 the image itself.
PICTURES = Table(
    "pictures",
    kind=Text(),
    rank=Count(),
    image=Count(),
    label=Text(),
    n_samples=Count(),
    norm=Value("|E∇L|∞"),
    row=Count(),
    column=Count(),
    value=Value(),
)
#: All components of the averaged gradient at all unseen images, by their quantiles.
COMPONENTS = Table(
    "components",
    n_samples=Count(),
    least=Value("∂E L/∂x"),
    q05=Value("∂E L/∂x"),
    q25=Value("∂E L/∂x"),
    q75=Value("∂E L/∂x"),
    q95=Value("∂E L/∂x"),
    most=Value("∂E L/∂x"),
)
#: One posterior: how its walk went, and at which share of the images the norm does what, see `docs`.
VANISHING = Table(
    "vanishing",
    width=Count(),
    points=Count("n"),
    seed=Count(),
    samples=Count(),
    chains=Count(),
    accept=Value("acceptance"),
    step_size=Value("step"),
    rhat=Value("R-hat"),
    ess=Value("ESS"),
    divergences=Count(),
    accuracy=Value("accuracy of the average"),
    tested=Count(),
    falling=Value("share where the norm never rises"),
    rising=Value("share where it never falls"),
    null=Value("share of gradients that are 0"),
)


def stages(samples: int) -> tuple[int, ...]:
    """Numbers of samples between which a norm must not rise, for an image to be selected."""
    return (*(n for n in STAGES if n < samples), samples)


class VanishingSettings(PlanarMoons, ImagePosterior):
    """A posterior, others of other widths and of fewer images, and those of moons in the plane."""

    starts: ClassVar = {"n": 400, "chains": 4, "leapfrogs": 30, "warmup": 50, "thin": 2}
    views: ClassVar = Settings.views | {"picture", "mini_batch"}

    widths = Integers(
        (8, 32, 64),
        bounds=(1, 1024),
        most=6,
        label="widths",
        doc="Widths of further networks, which learn from n images, and of those that learn moons.",
    )
    sizes = Integers(
        (50, 150, 400),
        bounds=(20, 60_000),
        most=6,
        label="data sizes",
        doc="How many images further networks learn from, of width k.",
    )
    picture = param.Integer(
        1,
        bounds=(1, SHOWN),
        softbounds=(1, SHOWN),
        label="picture",
        doc="Which of the first images of either kind is shown. Nothing is computed anew.",
    )

    @property
    def posteriors(self) -> tuple[tuple[int, int], ...]:
        """Width and number of images of each: first the one that is looked at, then the others."""
        others = [(k, self.n) for k in self.widths] + [(self.k, n) for n in self.sizes]
        return tuple(dict.fromkeys([(self.k, self.n), *others]))

    def like(self, k: int, n: int) -> Self:
        """The same with another width and as many images."""
        return type(self)(**self.values() | {"k": k, "n": n})

    def conflicts(self) -> list[Problem]:
        found = self.too_many()
        if max(self.sizes) > self.source.most:
            most = self.source.most
            fewer = tuple(n for n in self.sizes if n <= most) or (most,)
            found.append(Problem("sizes", self.sizes, f"{self.source.said}: at most {most:,}", fewer))
        if found:
            return found
        fit = (
            "samples",
            "n",
            "warmup",
            "thin",
            "leapfrogs",
            "chains",
            "max_steps",
            "seeds",
            "k",
            "sizes",
            "moons_sizes",
        )
        return over_budget(self, fit, "widths")

    def preview(self) -> Self:
        """One short walk over one posterior."""
        return super().preview().changed(widths=(self.k,), sizes=(self.n,), moons_sizes=self.moons_sizes[:1])

    def work(self) -> Work:
        """Every posterior in turn: MAP, the walk, and gradients at the tested images, of two losses; then moons."""
        moons = self.moons_work(self.widths)
        floats, seconds = moons.bytes / 8, 0.5 + self.seeds * moons.seconds
        for k, n in self.posteriors:
            walked = self.sampling(k, n)
            tested = 2 * self.samples * (8 * self.params_of(k) * TESTED / FLOPS + 2e-4)
            floats = max(floats, walked.bytes / 8)
            seconds += self.seeds * (walked.seconds + tested)
        floats += TESTED * (10 * self.source.d + self.samples)
        return Work(int(8 * floats), seconds)


PANEL = Panel(
    __name__,
    "Vanishing",
    settings=VanishingSettings,
    tables=(GRADIENT, PICTURES, COMPONENTS, VANISHING, SCATTER, SPREAD),
    order=7,
    answers=("gradient", "vanishing"),
    small={
        "n": 60,
        "k": 8,
        "widths": (8,),
        "sizes": (60,),
        "moons_sizes": (20, 40),
        "batch": 9,
        "chains": 2,
        "samples": 6,
        "warmup": 6,
        "thin": 1,
        "leapfrogs": 4,
        "max_steps": 20,
    },
)
