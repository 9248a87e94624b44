"""What each panel of the law lab uses of the settings, and from which values it starts."""

from collections.abc import Mapping
from typing import Any

SHAPE = ("n", "d", "data", "seed")
TRAINER = ("trainer", "start", "batch_norm", "penalty", "strength")
TRAINING = ("widths", "seeds", *TRAINER, "init", "tolerance", "max_steps")
#: Which settings have an effect in which panel; the page shows these controls and no others.
USED: Mapping[str, tuple[str, ...]] = {
    "overview": (*SHAPE, "k", "widths", "seeds"),
    "grouped": (*SHAPE, "sizes"),
    "ladder": (*SHAPE, "k", "network", "family", "p", "init", "tolerance", "max_steps"),
    "trained": (*SHAPE, *TRAINING),
    "one-neuron": SHAPE,
    "heat-map": ("d", "ns", "widths", "seeds", "seed", "data", "init", "tolerance", "max_steps"),
    "degree": (*SHAPE, "p", "ds", "seeds"),
    "proxy": (*SHAPE, "widths", "seeds", "init", "tolerance", "max_steps"),
    "circle": ("n", "draws", "seed"),
    "noise": ("n", "d", "seed", "sigma", "widths", "seeds", "init", "tolerance", "max_steps"),
}
#: Which of its settings the ladder leaves alone, by network: an own one comes with its data and its weights.
UNUSED_ON_LADDER: Mapping[str, frozenset[str]] = {
    "trained": frozenset(),
    "grouped": frozenset({"family", "p", "init", "tolerance", "max_steps"}),
    "random": frozenset({"tolerance", "max_steps"}),
    "own": frozenset({"n", "d", "data", "k", "init", "tolerance", "max_steps"}),
}
#: What a panel starts from where it differs from the fields' own defaults: sizes that show its effect within seconds.
START: Mapping[str, Mapping[str, Any]] = {
    "overview": {"widths": (16, 32, 64, 128, 256, 512), "seeds": 4},
    "grouped": {"n": 2000, "d": 2000},
    "one-neuron": {"n": 1000, "d": 200},
    "trained": {"n": 400, "widths": (32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024), "seeds": 4},
    "heat-map": {"d": 20, "widths": (2, 4, 8, 16, 32, 64, 128, 256)},
    "degree": {"p": 2},
    "circle": {"n": 20},
    "noise": {"n": 500, "d": 10, "widths": (64, 128, 256, 512, 1024)},
}
#: What the panel degree starts from at each p, and the largest d that it takes: its tensors have d^p entries.
BY_DEGREE: Mapping[int, dict[str, Any]] = {
    1: {"n": 100, "d": 200, "ds": (100, 200, 400)},
    2: {"n": 250, "d": 50, "ds": (50, 100, 150)},
    3: {"n": 400, "d": 20, "ds": (14, 20, 28)},
    4: {"n": 250, "d": 10, "ds": (8, 10, 12)},
    5: {"n": 150, "d": 6, "ds": (5, 6, 8)},
    6: {"n": 100, "d": 5, "ds": (4, 5, 6)},
}
LARGEST_D: Mapping[int, int] = {1: 2000, 2: 400, 3: 40, 4: 14, 5: 8, 6: 6}
MOST_POINTS = 3000  # of the n x n kernels that it solves
