"""Panel: how well smooth functions agree with random signs, which is what generalisation bounds are made of."""

import param

from explorer.fields import Integers
from explorer.labs import Panel
from explorer.labs.affordable import over_budget
from explorer.labs.mixins import Seeds, Steps
from explorer.labs.universal.settings import Points, Smoothness
from explorer.settings import Problem, Work
from explorer.tables import Bound, Count, Table, Text, Value

OUTER = 10.0  # the class: |(w_j, b_j)| <= 1, and the outer weights together no longer than this
STARTS = 2  # of the ascent: the best linear function, and a random network
SMOOTH, LINEAR, NETWORKS = "all smooth", "linear", "networks"

GENERALISATION = Table(
    "generalisation",
    n=Count(),
    d=Count(),
    lip=Value("L"),
    seed=Count(),
    estimate=Bound(">=", "R"),
    bound=Bound("<=", "R"),
    name=Text(),
    massart=Bound("<=", "R"),
)


class GeneralisationSettings(Points, Seeds, Smoothness, Steps):
    """Points of the sphere and random signs; networks of k neurons and all functions, as smooth as lip says."""

    d = param.Integer(20, bounds=(2, 2048), softbounds=(2, 200))
    k = param.Integer(4, bounds=(2, 8), softbounds=(2, 8), label="k width", doc="Width of the networks.")
    lip = param.Number(
        bounds=(0, 20),
        softbounds=(0.2, 4),
        label="L smoothness",
        doc="The Lipschitz constant that all functions keep to.",
    )
    ns = Integers((50, 100, 200, 400, 800), bounds=(2, 2000), most=16, label="n points", doc="Numbers of points.")
    ds = Integers((5, 10, 20, 40, 80), bounds=(2, 2000), most=12, label="d dimensions", doc="Dimensions.")
    seeds = param.Integer(8, softbounds=(1, 16), doc="Draws of points and signs: seed, seed + 1, ...")
    max_steps = param.Integer(200)

    @property
    def cells(self) -> list[tuple[int, int]]:
        """(n, d): every number of points in d dimensions, then n points in every dimension."""
        return list(dict.fromkeys([*((n, self.d) for n in self.ns), *((self.n, d) for d in self.ds)]))

    def conflicts(self) -> list[Problem]:
        return over_budget(self, ("n", "max_steps", "d"), "ns")

    def work(self) -> Work:
        nets = self.seeds * STARTS
        steps = [4e-3 + 1.5e-9 * nets * self.k * (n * (d + 9) + 2**self.k * d) for n, d in self.cells]
        matched = sum(1e-9 * n**3 * self.seeds for n, _ in self.cells)
        most = max(n * (d + 6 * STARTS * self.k) for n, d in self.cells)
        return Work(
            8 * self.seeds * most + 16 * max(n for n, _ in self.cells) ** 2, self.max_steps * sum(steps) + matched
        )


PANEL = Panel(
    __name__,
    "Generalisation",
    settings=GeneralisationSettings,
    tables=(GENERALISATION,),
    order=9,
    small={"n": 12, "d": 4, "ns": (6, 12), "ds": (3, 4), "seeds": 2, "max_steps": 5},
)
