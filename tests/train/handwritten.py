"""Images of several classes to train on."""

import torch
from sklearn.datasets import load_digits
from torch import Tensor


def digits(n: int) -> tuple[Tensor, Tensor]:
    """The first n of the 8x8 digits, and what they show."""
    X, y = load_digits(return_X_y=True)
    return torch.tensor(X[:n] / 16, dtype=torch.float32), torch.tensor(y[:n])
