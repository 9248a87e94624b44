"""The live lab's figures, declared once from nothing, and how they are laid out and coloured."""

import holoviews as hv

from explorer.figures import parts
from explorer.figures.layout import Slot

#: Rows of cards.
LAYOUT = (
    (
        Slot("lipschitz", "Lipschitz constant", "Lip of f on the ball", ("lipschitz",), key=True),
        Slot("attack", "Attack success", "share of points flipped", ("attack",), key=True),
        Slot("pruning", "Pruning curve", "MSE", ("pruning",), key=True),
    ),
    (
        Slot("plane", "f and |∇f|", "on the plane of the two closest opposite points", ("f", "slope")),
        Slot("training", "Training", "MSE", ("training",), key=True),
    ),
)
#: Sentences until there is something to say.
PENDING = {"plane": "Drawn as soon as the networks are trained."}
#: Figures in which the chosen width can be dragged.
DRAG_K = ("lipschitz",)
#: What hovering a dot tells of its network.
NUMBERS = [
    ("width k, seed", "@k{%d}, @seed{%d}"),
    ("found ≥", "@lower{%.3g}"),
    ("certified ≤", "@upper{%.3g}"),
    ("at the data", "@at_data{%.3g}"),
    ("MSE", "@mse{%.2g}"),
]

#: Which theme colour each source is drawn in, where it is one colour.
ROLES = {
    "lipschitz:k": "ink",
    "lipschitz:band": "found",
    "lipschitz:product": "loose",
    "lipschitz:law": "law",
    "lipschitz:upper": "certified",
    "lipschitz:lower": "found",
    "lipschitz:above": "certified",
    "lipschitz:dots": "found",
    "lipschitz:unfit": "ink",
    "lipschitz:pin-upper": "pinned",
    "lipschitz:pin-lower": "pinned",
    "attack:chosen": "ink",
    "attack:pin": "pinned",
    "pruning:tolerance": "certified",
    "pruning:chosen": "ink",
    "pruning:pin": "pinned",
    "pruning:prunability": "certified",
    "training:tolerance": "certified",
    "training:chosen": "ink",
    **{
        f"{plane}:{part}": role
        for plane in ("f", "slope")
        for part, role in (("minus", "minus"), ("plus", "plus"), ("pair", "ink"), ("path", "ink"), ("end", "ink"))
    },
}
PICTURES = {"f:image": "diverging", "slope:image": "sequential"}


def declare() -> dict[str, hv.Overlay]:
    """One HoloViews overlay a slot; all sources empty."""
    p = parts
    return {
        "lipschitz": p.figure(
            [
                p.line("lipschitz:k", "ink", width=1, alpha=0.6),
                p.band("lipschitz:band", "found"),
                p.line("lipschitz:product", "loose", dash="dotted", width=1.5),
                p.line("lipschitz:law", "law", dash="dashed", width=1.5),
                p.line("lipschitz:upper", "certified"),
                p.line("lipschitz:lower", "found"),
                p.line("lipschitz:pin-upper", "pinned", dash="dashed", width=1.8),
                p.line("lipschitz:pin-lower", "pinned", dash="dashed", width=1.8),
                p.dots("lipschitz:above", "certified", size=4),
                p.dots("lipschitz:dots", "found", hover=NUMBERS),
                p.dots("lipschitz:unfit", "ink", size=10, hollow=True, hover=NUMBERS),
                p.labels("lipschitz:text"),
            ],
            name="lipschitz",
            x="width k",
            log_x=True,
            log_y=True,
            x_ticks=[2**i for i in range(13)],
        ),
        "attack": p.figure(
            [
                p.lines("attack:all"),
                p.line("attack:chosen", "ink", width=3),
                p.line("attack:pin", "pinned", dash="dashed", width=1.8),
                p.labels("attack:text"),
            ],
            name="attack",
            x="ε",
            y_bounds=(0, 1.04),
        ),
        "pruning": p.figure(
            [
                p.line("pruning:tolerance", "certified", dash="dashed", width=1.2),
                p.lines("pruning:all"),
                p.line("pruning:chosen", "ink", width=3),
                p.line("pruning:pin", "pinned", dash="dashed", width=1.8),
                p.dots("pruning:prunability", "certified", size=9),
                p.labels("pruning:text"),
            ],
            name="pruning",
            x="fraction of weights kept",
            log_y=True,
        ),
        "f": _plane("f", "diverging"),
        "slope": _plane("slope", "sequential"),
        "training": p.figure(
            [
                p.line("training:tolerance", "certified", dash="dashed", width=1.2),
                p.lines("training:all"),
                p.line("training:chosen", "ink", width=3),
                p.labels("training:text"),
            ],
            name="training",
            x="step",
            log_y=True,
        ),
    }


def _plane(name: str, scale: str) -> hv.Overlay:
    rest = [parts.line(f"{name}:path", "ink", width=2.5), parts.dots(f"{name}:end", "ink", size=8, hollow=True)]
    shadows = [parts.dots(f"{name}:minus", "minus", size=5), parts.dots(f"{name}:plus", "plus", size=5)]
    pair = [parts.dots(f"{name}:pair", "ink", size=11, hollow=True)]
    return parts.figure([parts.image(f"{name}:image", scale), *shadows, *pair, *rest], name=name, x="", square=True)
