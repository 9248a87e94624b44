"""The live lab: move n, d, k, p and watch Lipschitz bracket, attack success and pruning curve of the same networks."""

from explorer.labs import Lab
from explorer.labs.live.settings import LiveSettings
from explorer.labs.papers import LAW_OF_ROBUSTNESS, ROBUSTNESS_TO_PRUNING

LAB = Lab(
    name="live",
    title="Live",
    question="What does it take to fit the data smoothly?",
    papers=(LAW_OF_ROBUSTNESS, ROBUSTNESS_TO_PRUNING),
    settings=LiveSettings,
    compute="explorer.labs.live.compute",
    tables={
        "training": ("k", "seed", "step", "mse"),
        "lipschitz": ("k", "seed", "mse", "fits", "at_data", "lower", "formal_lower", "upper", "product", "law"),
        "attack": ("k", "seed", "eps", "success"),
        "pruning": ("k", "seed", "kept", "loss"),
        "prunability": ("k", "seed", "fraction"),
    },
    closer=lambda chosen: {"k": chosen.k_shown, "seed": chosen.seed},
)
