"""Panel: norms, margins and other measures of networks while they learn."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar

import param

from explorer.labs import Panel
from explorer.labs.affordable import over_budget
from explorer.labs.costs import FLOPS
from explorer.labs.image_sets import CLASSES
from explorer.labs.prunability.settings import Borne, Repeated
from explorer.settings import Problem, Settings, Work
from explorer.tables import Count, Flag, Table, Value

#: Epochs after which networks are looked at: each at first, then after a quarter more.
LOOKS: frozenset[int] = frozenset({1, 2, 3, 4, 5, 6, 7, 8, *(round(10 * 1.25**i) for i in range(30))})

#: Columns, by their names in `measure.norms` and `measure.pac_bayes`, and how each is said.
MEASURES: Mapping[str, str] = MappingProxyType(
    {
        "l2": "|w|",
        "l2_dist": "|w − w₀|",
        "inverse_margin": "1/γ²",
        "path_norm": "path norm",
        "path_norm_over_margin": "path norm / γ²",
        "param_norm": "Σ F²",
        "fro_dist": "Σ F₀²",
        "dist_spec_init": "Σ S₀²",
        "fro_over_spec": "Σ F²/S²",
        "log_prod_of_spec": "Σ ln S²",
        "log_prod_of_spec_over_margin": "Σ ln S² − ln γ²",
        "log_sum_of_spec": "ln d + Σ ln S² / d",
        "log_sum_of_spec_over_margin": "ln d + (Σ ln S² − ln γ²) / d",
        "log_prod_of_fro": "Σ ln F²",
        "log_prod_of_fro_over_margin": "Σ ln F² − ln γ²",
        "log_sum_of_fro": "ln d + Σ ln F² / d",
        "log_sum_of_fro_over_margin": "ln d + (Σ ln F² − ln γ²) / d",
        "log_spec_orig_main": "Σ ln S² − ln γ² + ln Σ F²/S²",
        "log_spec_init_main": "Σ ln S² − ln γ² + ln Σ F₀²/S²",
        "pacbayes_init": "|w − w₀|² / 4σ² + ...",
        "pacbayes_orig": "|w|² / 4σ² + ...",
        "pacbayes_flatness": "1/σ²",
        "pacbayes_mag_init": "by magnitude, from w₀",
        "pacbayes_mag_orig": "by magnitude, from 0",
        "pacbayes_mag_flatness": "1/σ², by magnitude",
    }
)

#: After one epoch; a network that has ended stays as it is.
NORMS = Table(
    "norms",
    net=Count(),
    epoch=Count(),
    step=Count(),
    loss=Value("training loss"),
    error=Value("training error"),
    test_loss=Value("test loss"),
    test_error=Value("test error"),
    gamma=Value("γ"),
    **{name: Value(said) for name, said in MEASURES.items()},
    fits=Flag(),
)


class NormsSettings(Repeated, Borne):
    """Some networks of one width, and which measure of them is drawn."""

    views: ClassVar = Settings.views | {"norm", "step"}
    starts: ClassVar = {"cross_entropy": 0.001, "max_epochs": 500, "draws": 2}

    norm = param.Selector(
        default="l2",
        objects=list(MEASURES),
        label="measure",
        doc="What is drawn while the networks learn. Nothing is computed anew.",
    )
    step = param.Integer(
        500,
        bounds=(0, 1_000_000),
        softbounds=(0, 5000),
        label="training step",
        doc="The minibatches after which the numbers are spoken of. Nothing is computed anew.",
    )

    @property
    def epochs(self) -> list[int]:
        """After which networks are looked at, if none has ended before."""
        return [0, *(epoch for epoch in sorted(LOOKS) if epoch < self.max_epochs), self.max_epochs]

    def conflicts(self) -> list[Problem]:
        return self.too_many() or over_budget(self, ("n", "max_epochs", "seeds", "draws", "k"), "k")

    def work(self) -> Work:
        """At every look the noise that is borne is searched for twice."""
        learning = self.learning()
        looks = len(self.epochs) * (4 + 2 * 11 * 2 * self.draws) * self.seeds * (self.n + 1000)
        floats = self.params * self.seeds * 8 * (1 + self.draws) + 2 * self.seeds * self.n * (self.k + CLASSES)
        return Work(learning.bytes + 8 * floats, learning.seconds + looks * 2 * self.params / FLOPS)


PANEL = Panel(
    __name__,
    "Norms",
    settings=NormsSettings,
    tables=(NORMS,),
    order=8,
    small={"n": 40, "k": 3, "seeds": 2, "draws": 1, "max_epochs": 3},
)
