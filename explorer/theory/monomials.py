"""How many numbers a symmetric tensor has, and how many neurons t^p write it; imports no torch."""

from math import comb


def monomials(d: int, p: int) -> int:
    """dim Sym^p(R^d) = C(d + p - 1, p): the most points in general position that a form of degree p fits."""
    return comb(d + p - 1, p)


def neurons(d: int, p: int, n: int) -> int:
    """Neurons t^p of a form through n points: one for p = 1, its eigenvectors for p = 2, else a neuron a point."""
    return {1: 1, 2: min(n, d)}.get(p, n)


def enough_neurons(d: int, p: int) -> int:
    """Neurons t^p with which every form can be written: 1, d, and (2d)^(p-1) by polarisation.

    T is a sum of d^(p-1) products of p linear forms, and a product of p linear forms is one of 2^(p-1) p-th powers.
    """
    return {1: 1, 2: d}.get(p, (2 * d) ** (p - 1))


def least_neurons(d: int, p: int, n: int) -> int:
    """No form with fewer neurons t^p fits n points, except for exceptional ones: too few numbers could be chosen.

    k neurons a_j (w_j . x)^p are k d numbers; for p = 2 a rotation of the neurons changes nothing, which leaves
    k d - k (k - 1) / 2. A form fits at most `monomials(d, p)` points, however many neurons it has.
    """
    if p == 1:
        return 1
    if p == 2:
        return next((k for k in range(1, d) if k * d - k * (k - 1) // 2 >= n), d)
    return -(-n // d)
