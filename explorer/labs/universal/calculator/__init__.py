"""Panel: the bound of the universal law with all its constants, its shape, and the sizes of real networks."""

from typing import Self

import param

from explorer.labs import Panel
from explorer.labs.mixins import LabelNoise
from explorer.labs.universal.settings import UniversalPanel
from explorer.settings import Work
from explorer.tables import Bound, Count, Flag, Table, Text, Value
from explorer.theory.universal import Theorem, parameters

CALCULATOR = Table(
    "calculator", params=Count(), bound_exact=Bound(">=", "Lip"), bound_shape=Value("shape of Lip"), name=Text()
)
CONDITIONS = Table("conditions", name=Text(), value=Value(), least=Value(), holds=Flag())

#: What the rows of a curve are called: whose law it is.
LAW = "Bubeck, Sellke 2021"
LOGS = "Bubeck, Sellke 2021, with logarithms"
DEEP = "Bubeck, Sellke 2021, D layers"
ANY_DATA = "Wu, Huang, Zhang 2023, any distribution"
ANY_FUNCTION = "Wu, Huang, Zhang 2023, any function"
TWO_LAYERS = "Shmalo 2026, two layers"
#: What the rows are called that are one number of these settings: of the network, and that could be counted instead.
OWN, POINTS, EQUATIONS, EFFECTIVE = "own params", "own n", "own n d", "own n d / c"
#: From where to where numbers of parameters reach in the paper's discussion (submission text, section 1): what the law
#: counts, n times an effective dimension, and networks that were trained to be robust (MNIST: Madry et al. 2018).
REAL = {
    ("MNIST", "law"): (10**6, 10**7),
    ("MNIST", "networks"): (2 * 10**5, 3 * 10**6),
    ("ImageNet", "law"): (10**10, 10**11),
    ("ImageNet", "networks"): (10**8, 10**9),
}
#: Conditions without which Theorem 3 says nothing.
ENOUGH, REACHABLE = "n >= 8^4 r log(8 r / delta) / eps^2", "sigma^2 >= eps"
PER_DECADE = 6  # points of a curve
STOPS = tuple(digit * 10**power for power in range(2, 13) for digit in (1, 2, 5))  # of the slider of params


class CalculatorSettings(UniversalPanel, LabelNoise):
    """What Theorem 3 is told."""

    n = param.Integer(
        60_000, bounds=(2, 10**9), softbounds=(100, 10**9), label="n points", doc="How many points are fitted."
    )
    d = param.Integer(
        784, bounds=(1, 10**6), softbounds=(2, 10**6), label="d dimension", doc="Dimension of the inputs."
    )
    k = param.Integer(
        100,
        bounds=(1, 10**6),
        softbounds=(1, 10**5),
        label="k width",
        doc="Width of the network: of each hidden layer.",
    )
    params = param.Integer(
        0,
        bounds=(0, 10**15),
        softbounds=(0, 10**12),
        label="params, 0: of width k",
        doc="Parameters of the network; 0: as many as width and depth make, k (d + 2) for two layers.",
    )
    eps = param.Number(
        0.5, bounds=(1e-6, 0.99), softbounds=(0.01, 0.99), label="eps below the noise", doc="MSE <= sigma^2 - eps."
    )
    delta = param.Number(
        0.01,
        bounds=(0, 0.99),
        inclusive_bounds=(False, True),
        softbounds=(1e-6, 0.5),
        label="delta, chance of failure",
        doc="The theorem holds with probability 1 - delta.",
    )
    c = param.Number(
        1.0,
        bounds=(1e-3, 1e9),
        softbounds=(0.1, 10_000),
        label="c isoperimetry",
        doc="1 for a Gaussian N(0, I/d); d / c is an effective dimension.",
    )
    weights = param.Number(
        10.0, bounds=(1, 1e9), softbounds=(1, 1000), label="weights at most", doc="Largest weight that the class has."
    )
    depth = param.Integer(2, bounds=(2, 1000), softbounds=(2, 100), label="D layers", doc="Layers of weights.")
    mixture = param.Integer(
        1, bounds=(1, 10**6), softbounds=(1, 100), label="r mixed", doc="Isoperimetric distributions in the mixture."
    )
    sigma = param.Number(1.0)

    @property
    def size(self) -> int:
        """The parameters of the network."""
        return self.params or parameters(self.d, self.k, self.depth)

    @property
    def theorem(self) -> Theorem:
        """What Theorem 3 says of these settings."""
        told = ("n", "d", "eps", "delta", "c", "mixture", "weights", "depth", "sigma")
        return Theorem(**{name: getattr(self, name) for name in told})

    def relevant(self, name: str) -> bool:
        """Where parameters are given nobody asks for the width."""
        return name != "k" or not self.params

    def allowed(self, name: str) -> tuple[int, ...]:
        """A slider of powers that can be taken back to 0."""
        return tuple(sorted({0, *STOPS, self.params})) if name == "params" else ()

    def preview(self) -> Self:
        """The whole run takes milliseconds."""
        return self

    def work(self) -> Work:
        """A row for every point of a few curves, which reach over so many decades."""
        rows = 8 * PER_DECADE * (self.n * self.d * self.size).bit_length()
        return Work(200.0 * rows, 1e-6 * rows)


PANEL = Panel(
    __name__,
    "Calculator",
    settings=CalculatorSettings,
    tables=(CALCULATOR, CONDITIONS),
    order=3,
    primary=True,
    small={"n": 9, "d": 5, "k": 3},
)
