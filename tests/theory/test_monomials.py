"""Counts of numbers and neurons, against the ranks that they stand for."""

import numpy as np
import pytest
import torch

from explorer.theory.monomials import enough_neurons, least_neurons, monomials, neurons


@pytest.mark.parametrize(("d", "p"), [(1, 4), (2, 3), (3, 2), (4, 3), (3, 5)])
def test_monomials_is_the_rank_of_the_kernel_of_many_points(d: int, p: int) -> None:
    X = np.random.default_rng(0).standard_normal((2 * monomials(d, p), d))
    X /= np.linalg.norm(X, axis=1, keepdims=True)
    assert np.linalg.matrix_rank((X @ X.T) ** p, tol=1e-9) == monomials(d, p)


def test_neurons_of_a_form() -> None:
    assert [neurons(20, p, 100) for p in (1, 2, 3, 4)] == [1, 20, 100, 100]
    assert neurons(20, 2, 7) == 7
    assert [enough_neurons(20, p) for p in (1, 2, 3)] == [1, 20, 1600]


@pytest.mark.parametrize("n", [1, 9, 10, 17, 30, 55])
def test_least_neurons_is_where_enough_numbers_can_be_chosen(n: int) -> None:
    """The rank of the derivative of the outputs by the neurons at random neurons is how many of them can be chosen."""
    d = 10
    generator = torch.Generator().manual_seed(n)

    def free(k: int) -> int:
        X, W = (torch.randn(rows, d, generator=generator, dtype=torch.float64) for rows in (n, k))
        J = ((X @ W.T).unsqueeze(2) * X.unsqueeze(1)).flatten(1)
        return int(torch.linalg.matrix_rank(J))

    least = least_neurons(d, 2, n)
    assert free(least) == n
    assert least == 1 or free(least - 1) < n
    assert least_neurons(d, 1, n) == 1
    assert (least_neurons(d, 3, n) - 1) * d < n <= least_neurons(d, 3, n) * d
