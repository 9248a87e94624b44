"""The papers that more than one lab is about."""

from explorer.labs import Paper

LAW_OF_ROBUSTNESS = Paper(
    "Bubeck, Li, Nagaraj 2020",
    "A law of robustness for two-layers neural networks",
    "@inproceedings{bubeck2021law,\n  title = {A law of robustness for two-layers neural networks},\n"
    "  author = {Bubeck, S{\\'e}bastien and Li, Yuanzhi and Nagaraj, Dheeraj},\n"
    "  booktitle = {Conference on Learning Theory},\n  volume = {134},\n  pages = {804--820},\n  year = {2021},\n"
    "  eprint = {2009.14444},\n  archiveprefix = {arXiv}\n}\n",
)
ROBUSTNESS_TO_PRUNING = Paper(
    "Kuhn et al. 2021",
    "Robustness to Pruning Predicts Generalization in Deep Neural Networks",
    "@misc{kuhn2021robustness,\n"
    "  title = {Robustness to Pruning Predicts Generalization in Deep Neural Networks},\n"
    "  author = {Kuhn, Lorenz and Lyle, Clare and Gomez, Aidan N. and Rothfuss, Jonas and Gal, Yarin},\n"
    "  year = {2021},\n  eprint = {2103.06002},\n  archiveprefix = {arXiv}\n}\n",
)
UNIVERSAL_LAW = Paper(
    "Bubeck, Sellke 2021",
    "A Universal Law of Robustness via Isoperimetry",
    "@inproceedings{bubeck2021universal,\n  title = {A Universal Law of Robustness via Isoperimetry},\n"
    "  author = {Bubeck, S{\\'e}bastien and Sellke, Mark},\n"
    "  booktitle = {Advances in Neural Information Processing Systems},\n  volume = {34},\n  year = {2021},\n"
    "  eprint = {2105.12806},\n  archiveprefix = {arXiv}\n}\n",
)
ROBUSTNESS_OF_BNNS = Paper(
    "Carbone et al. 2020",
    "Robustness of Bayesian Neural Networks to Gradient-Based Attacks",
    "@inproceedings{carbone2020robustness,\n"
    "  title = {Robustness of Bayesian Neural Networks to Gradient-Based Attacks},\n"
    "  author = {Carbone, Ginevra and Wicker, Matthew and Laurenti, Luca and Patane, Andrea and Bortolussi, Luca and "
    "Sanguinetti, Guido},\n"
    "  booktitle = {Advances in Neural Information Processing Systems},\n  volume = {33},\n  year = {2020},\n"
    "  eprint = {2002.04359},\n  archiveprefix = {arXiv}\n}\n",
)
REGION_ADVERSARIAL_TRAINING = Paper(
    "Wang et al. 2020",
    "Improving adversarial robustness of deep neural networks by using semantic information",
    "@misc{wang2020improving,\n"
    "  title = {Improving adversarial robustness of deep neural networks by using semantic information},\n"
    "  author = {Wang, Li-Na and Tang, Rui and Yue, Yawei and Chen, Xingshu and Wang, Wei and Zhu, Yi and Zeng, "
    "Xuemei},\n  year = {2020},\n  eprint = {2008.07838},\n  archiveprefix = {arXiv}\n}\n",
)
