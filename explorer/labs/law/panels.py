"""The panels of the law lab, in the order of its tabs, and the tables each one fills."""

from explorer.labs import Panel

TABLES = {
    "trained": ("n", "d", "k", "seed", "trainer", "mse", "fits", "lower", "upper", "product", "law"),
    "constructions": (
        "name",
        "n",
        "d",
        "k",
        "p",
        "fit_error",
        "misfit",
        "lip_data",
        "lip_sphere",
        "lip_ball",
        "formula_sphere",
        "formula_ball",
    ),
    "tensor": ("p", "n", "d", "seed", "op_norm", "scale", "ratio"),
    "floors": ("name", "n", "d", "k", "value", "applies_to"),
    "ladder": ("network", "rung", "value", "direction"),
    "circle": ("seed", "n", "lip"),
    "rigidity": ("seed", "d", "ratio"),
    "noise": ("sigma", "k", "seed", "step", "mse", "lower"),
}

PANELS = {
    panel.slug: panel
    for panel in (
        Panel("grouped", "Grouped", ("constructions",), primary=True),
        Panel("ladder", "Ladder", ("ladder",), primary=True),
        Panel("trained", "Trained", ("trained",), primary=True),
        Panel("one-neuron", "One neuron", ("constructions", "floors")),
        Panel("heat-map", "Heat map", ("trained",)),
        Panel("degree", "Degree", ("tensor", "floors")),
        Panel("proxy", "Proxy", ("floors", "trained")),
        Panel("circle", "Circle", ("circle", "rigidity")),
        Panel("noise", "Noise", ("noise",)),
    )
}
