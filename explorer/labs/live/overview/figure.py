"""The live lab's cards."""

from explorer.figures.layout import Part, Sheet, Slot
from explorer.figures.look import Look
from explorer.labs.live.overview.closer import CLOSER, draw_plane
from explorer.labs.live.overview.curves import DRAW, key
from explorer.labs.live.overview.facts import facts
from explorer.labs.live.overview.settings import LiveSettings
from explorer.labs.live.overview.words import sentences

SLOTS = (
    Slot("lipschitz", "Lipschitz constant", "Lip of f on the ball", key=True),
    Slot("attack", "Attack success", "share of points flipped", key=True),
    Slot("pruning", "Pruning curve", "MSE", key=True),
    Slot(
        "plane",
        "The function itself",
        "f, |∇f| and the neurons, on the plane of the closest unlike points",
        ("f", "slope", "neurons"),
        legend={
            "values": "f: −, 0, +",
            "steepness": "|∇f|: flat to steep",
            "plus": "label +",
            "minus": "label −",
            "ring": "closest unlike pair",
            "path": "attack: tap or drag",
            "positive": "neuron, a > 0",
            "negative": "neuron, a < 0",
        },
        pending="Drawn as soon as the networks are trained.",
        wide=True,
    ),
    Slot("training", "Training", "MSE", key=True),
)
PARTS = (*(Part((name,), draw) for name, draw in DRAW.items()), Part(tuple(DRAW), sentences=sentences))
BLANK = [figure for draw in DRAW.values() for figure in draw({}, Look(LiveSettings.make()))]
SHEET = Sheet(
    SLOTS,
    PARTS,
    [*BLANK, *draw_plane({})],
    key,
    CLOSER,
    facts=facts,
    at=lambda look: f"at k = {look.settings.k_shown}",
)
