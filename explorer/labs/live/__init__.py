"""The live lab: move n, d, k, p and watch Lipschitz bracket, attack success and pruning curve of the same networks."""

from explorer.labs import Lab, Paper
from explorer.labs.live.settings import LiveSettings

PAPERS = (
    Paper(
        "Bubeck, Li, Nagaraj 2020",
        "A law of robustness for two-layers neural networks",
        "@inproceedings{bubeck2021law,\n  title = {A law of robustness for two-layers neural networks},\n"
        "  author = {Bubeck, S{\\'e}bastien and Li, Yuanzhi and Nagaraj, Dheeraj},\n"
        "  booktitle = {Conference on Learning Theory},\n  volume = {134},\n  pages = {804--820},\n  year = {2021},\n"
        "  eprint = {2009.14444},\n  archiveprefix = {arXiv}\n}\n",
    ),
    Paper(
        "Kuhn et al. 2021",
        "Robustness to Pruning Predicts Generalization in Deep Neural Networks",
        "@misc{kuhn2021robustness,\n"
        "  title = {Robustness to Pruning Predicts Generalization in Deep Neural Networks},\n"
        "  author = {Kuhn, Lorenz and Lyle, Clare and Gomez, Aidan N. and Rothfuss, Jonas and Gal, Yarin},\n"
        "  year = {2021},\n  eprint = {2103.06002},\n  archiveprefix = {arXiv}\n}\n",
    ),
)

LAB = Lab(
    name="live",
    title="Live",
    question="What does it take to fit the data smoothly?",
    papers=PAPERS,
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
