"""What is left of a change of probabilities once they are taken for logits: softmax of what is one already.

For a distribution p over K classes softmax(p) is smallest at a class where p is 0 and all of it lies on another one,
1 / (e + K - 1), and largest where p is 1, e / (e + K - 1). So no class moves by more than (e - 1) / (e + K - 1).
"""

import math


def largest_change(classes: int) -> float:
    """How far a class can move at most. Raises ValueError for fewer than two classes."""
    if classes < 2:
        raise ValueError(f"classes = {classes}: at least two")
    return (math.e - 1) / (math.e + classes - 1)


def floor(classes: int) -> float:
    """The least softmax robustness that can be measured so, whatever becomes of the predictions: 0.853 of ten."""
    return 1 - largest_change(classes)
