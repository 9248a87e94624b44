"""Panel: how the loss rises under noise on the weights and at the worst place nearby, and what its Hessian says."""

from typing import ClassVar, Final

import param

from explorer.labs import Panel
from explorer.labs.affordable import over_budget
from explorer.labs.costs import FLOPS
from explorer.labs.image_sets import CLASSES
from explorer.labs.prunability.settings import Borne, Moved, Repeated
from explorer.settings import Problem, Settings, Work
from explorer.tables import Bound, Count, Flag, Table, Text, Value

RELU: Final = "relu"
TANH: Final = "tanh"
FAMILIES: tuple[str, ...] = (RELU, TANH)
SAID = {RELU: "ReLU", TANH: "tanh"}
SIGMAS: tuple[float, ...] = tuple(10 ** (i / 2) for i in range(-10, 1))  # from 0.00001 to 1
RADII: tuple[float, ...] = (0.03, 0.1, 0.3, 1.0, 3.0)  # from 0.03 to 3
PROBES, ASCENT = 20, 10  # of Hutchinson's estimate; steps of an ascent in the ball
NEAR, WIDE = 1e-3, 0.1  # how near to 0 a preactivation is beside its kink, and in a range around it

#: Under noise of one size, in the mean over draws.
FLATNESS = Table(
    "flatness",
    net=Count(),
    family=Text(),
    sigma=Value("σ"),
    rise=Value("rise of the loss"),
    rise_error=Value("standard error"),
    predicted=Value("½σ² tr H, same draws"),
    slope=Value("slope by ½σ²"),
    slope_error=Value("standard error"),
)
#: The shape of the loss at the trained weights; `along` is tr H by the draws of the noise.
SHAPE = Table(
    "shape",
    net=Count(),
    family=Text(),
    loss=Value("training loss"),
    test_loss=Value("test loss"),
    trace=Value("tr H"),
    trace_error=Value("standard error"),
    along=Value("tr H, same draws"),
    along_error=Value("standard error"),
    top=Bound(">=", "λ max"),
    residual=Value("|Hv − λv|"),
    tolerated=Value("σ that is borne"),
    tolerated_error=Value("standard error"),
    inside=Flag(),
    near=Count(),
    wide=Count(),
    weights=Count(),
    step=Count(),
    fits=Flag(),
)
#: In a ball around the trained weights: at the worst place found, and under noise as long as its radius.
BALL = Table(
    "ball",
    net=Count(),
    family=Text(),
    radius=Value("radius"),
    worst=Bound(">=", "worst rise"),
    noise=Value("rise under noise as long"),
)


class FlatnessSettings(Repeated, Borne, Moved):
    """Some networks of ReLU, as many of tanh, and how their weights are moved."""

    measures: ClassVar = frozenset({"rise", "draws"})
    views: ClassVar = Settings.views | {"sigma", "rho", "family"}
    starts: ClassVar = {"cross_entropy": 0.001, "max_epochs": 500, "draws": 10}

    sigma = param.Number(
        1e-4,
        bounds=(1e-5, 1),
        softbounds=(1e-5, 1),
        label="σ noise",
        doc="The standard deviation of noise on every weight that is spoken of. Nothing is computed anew.",
    )
    family = param.Selector(
        default=RELU,
        objects=list(FAMILIES),
        label="activation",
        doc="Whose ball is drawn. Nothing is computed anew.",
    )

    def conflicts(self) -> list[Problem]:
        return self.too_many() or over_budget(self, ("n", "max_epochs", "seeds", "draws", "k"), "k")

    def work(self) -> Work:
        """Both kinds learn; under each noise the loss is looked at twice with its gradient, and twice without."""
        learning = self.learning()
        looks = len(SIGMAS) * 8 * self.draws + 16 * 2 * self.draws + 4 * len(RADII) * (6 * ASCENT + self.draws) + 800
        seconds = 2 * looks * self.seeds * self.n * 4 * self.params / FLOPS
        floats = self.seeds * self.params * (30 + self.draws) + 6 * self.seeds * self.n * (self.k + CLASSES)
        return Work(learning.bytes + 16 * floats, 2 * learning.seconds + seconds)


PANEL = Panel(
    __name__,
    "Flatness",
    settings=FlatnessSettings,
    tables=(FLATNESS, SHAPE, BALL),
    order=7,
    small={"n": 40, "k": 3, "seeds": 2, "draws": 2, "max_epochs": 3},
)
