"""The bound by bits, against exact binomials, counted codes, and classes in which every error is known."""

import math
from itertools import combinations, product

import numpy as np
import pytest

from explorer.theory.description_length import bound, choice, coded, length, vacuous


def test_bits_are_the_binomial_and_the_weights() -> None:
    for total, kept in ((10, 0), (10, 3), (10, 10), (2410, 700), (100_000, 9_000)):
        assert length(total, kept, 5, 7.5) == pytest.approx(math.log2(math.comb(total, kept)) + 5 * kept + 7.5)
    grid = length(50, np.arange(51), 1)
    assert grid.argmax() == pytest.approx(50 * 2 / 3, abs=1)  # C(50, k) 2^k peaks where k / (50 - k) = 2
    assert length(10, [1, 2], [[1], [8]]).shape == (2, 2)


def test_the_code_is_one_of_all_that_the_bits_can_tell_apart() -> None:
    """All networks of 5 weights that keep 2 in 2 bits: as many as 2^bits, none twice."""
    rng, found = np.random.default_rng(0), set()
    values = coded(rng.uniform(-1, 1, 1000), np.ones(1000, dtype=bool), 2)
    levels = np.unique(values)
    assert len(levels) == 4
    for places in combinations(range(5), 2):
        for chosen in product(levels, repeat=2):
            row = np.zeros(5)
            row[list(places)] = chosen
            found.add(tuple(row))
    assert len(found) == round(2 ** length(5, 2, 2).item())


@pytest.mark.parametrize("each", [1, 2, 5, 8, 20])
def test_a_coded_weight_is_near_and_stays_what_it_is(each: int) -> None:
    rng = np.random.default_rng(1)
    w, kept = rng.standard_normal((3, 200)), rng.random((3, 200)) < 0.4
    found = coded(w, kept, each)
    scale = np.abs(np.where(kept, w, 0)).max(1, keepdims=True)
    assert (np.abs(found - w)[kept] <= np.broadcast_to(scale / 2**each * (1 + 1e-6), w.shape)[kept] + 1e-7).all()
    assert (found[~kept] == 0).all()
    assert (np.sign(found) == np.sign(w))[kept].all()
    for row, keep in zip(found, kept, strict=True):
        assert len(np.unique(row[keep])) <= 2**each


def test_nothing_kept_and_nothing_but_zeros() -> None:
    w = np.array([[1.0, 2.0], [0.0, 0.0]])
    kept = np.array([[False, False], [True, True]])
    assert (coded(w, kept, 3) == 0).all()


def test_the_bound_holds_where_the_best_of_a_class_is_picked() -> None:
    """2^8 networks that guess: the error of all is 1/2, whatever the best one's is on the training points."""
    for m in (30, 200):
        broken = 0
        for seed in range(100):
            best = np.random.default_rng(seed).binomial(m, 0.5, 2**8).min() / m
            broken += bool(bound(best, 8, m) < 0.5)
        assert broken <= 5


def test_the_bound_holds_for_pruned_networks_of_random_labels() -> None:
    """Labels are coins, so that every network is wrong half the time: the best of all k, with k chosen by the data."""
    d, m, each, broken, near = 12, 60, 1, 0, []
    rows = []
    for k in (1, 2, 3):
        for places in combinations(range(d), k):
            for signs in product((-1.0, 1.0), repeat=k):
                row = np.zeros(d)
                row[list(places)] = signs
                rows.append(coded(row, row != 0, each))
    networks = np.array(rows)
    bits = length(d, (networks != 0).sum(1), each, choice(3))  # the scale does not change a sign, so it is not written
    assert np.sum(2.0**-bits) == pytest.approx(1)
    for seed in range(100):
        rng = np.random.default_rng(seed)
        X, y = rng.standard_normal((m, d)), rng.choice([-1, 1], m)
        values = bound(((X @ networks.T) * y[:, None] <= 0).mean(0), bits, m)
        broken += bool(values.min() < 0.5)
        near.append(values.min())
    assert broken <= 5
    assert np.mean(near) < 0.7  # it is not by being loose that it holds


def test_a_grid_that_is_looked_through_without_paying_breaks_it() -> None:
    """The best of 2^12 networks, told as if it took no bits."""
    broken = [np.random.default_rng(seed).binomial(200, 0.5, 2**12).min() / 200 for seed in range(100)]
    assert (bound(broken, 0, 200) < 0.5).sum() > 90
    assert (bound(broken, choice(2**12), 200) < 0.5).sum() <= 5


def test_dense_networks_have_vacuous_bounds_and_pruned_ones_less() -> None:
    d, m = 2400, 1400
    dense, pruned = (bound(0.0, length(d, k, 8), m) for k in (d, 40))
    assert vacuous(dense)
    assert not vacuous(pruned)
    assert vacuous(1.0)
    assert bound(0.1, 0, m, 0.05) == pytest.approx(0.1 + math.sqrt(math.log(20) / (2 * m)))


def test_what_is_no_code() -> None:
    for kept, each, words in ((11, 1, "10 weights"), (-1, 1, "10 weights"), (3, 0, "one bit")):
        with pytest.raises(ValueError, match=words):
            length(10, kept, each)
    with pytest.raises(ValueError, match="one bit"):
        coded(np.ones(2), np.ones(2, dtype=bool), 0)
    for delta in (0.0, 1.0):
        with pytest.raises(ValueError, match="delta"):
            bound(0.1, 1, 10, delta)


@pytest.mark.parametrize(("bits", "m", "delta"), [(0.0, 10, 0.5), (8.0, 100, 0.05), (1234.5, 1500, 1e-6)])
def test_the_bound_is_hoeffding_s_for_one_network_of_that_length(bits: float, m: int, delta: float) -> None:
    """exp(-2 m t^2) = delta 2^-bits at t, what the bound adds."""
    t = float(bound(0.1, bits, m, delta)) - 0.1
    assert -2 * m * t**2 == pytest.approx(math.log(delta) - bits * math.log(2), rel=1e-9)
