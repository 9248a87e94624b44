"""The lesson: its presets are settings, and their captions say what the runs show."""

from collections.abc import Callable
from math import comb, sqrt

import numpy as np
import pytest

from explorer.frames import Columns, Frame
from explorer.labs import UnknownName
from explorer.labs.live import LAB, LiveSettings

Film = Callable[[str], list[Frame]]
PRESETS = [preset.name for preset in LAB.presets]


def test_the_first_preset_is_the_default() -> None:
    assert LAB.settings.make(**LAB.presets[0].settings) == LiveSettings.make()


def test_the_lesson_has_what_it_should_show() -> None:
    made = [LiveSettings.make(**preset.settings) for preset in LAB.presets]
    assert len(made) >= 6
    assert {chosen.data for chosen in made} >= {"sphere", "digits"}
    assert {chosen.family for chosen in made} >= {"rectified", "polynomial"}
    assert len({chosen.to_query() for chosen in made}) == len(made)


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_settings_with_words(name: str) -> None:
    preset = LAB.preset(name)
    chosen, problems = LiveSettings.check(preset.settings)
    assert not problems
    assert LiveSettings.from_query(chosen.to_query()) == (chosen, [])
    assert chosen.k_shown in chosen.widths
    assert preset.title
    assert preset.caption.endswith((".", "?"))
    if chosen.data == "digits":
        assert "8x8" in preset.caption or name == "digits-noise"
    if chosen.family == "polynomial" and name != "blow-up":
        assert chosen.d >= 30


def test_an_unknown_preset_is_refused_with_a_near_one() -> None:
    with pytest.raises(UnknownName, match="did you mean smooth"):
        LAB.preset("smoth")


# What the captions say. Seed 0 is the one that is on the page first. ------------------------------------------------


@pytest.fixture
def lipschitz(film: Film) -> Callable[[str], dict[str, Columns]]:
    """Columns of the table `lipschitz` at the end of a preset's run, by width; one row a seed."""

    def by_width(name: str) -> dict[int, Columns]:
        table = film(name)[-1].tables["lipschitz"]
        return {int(k): {c: v[table["k"] == k] for c, v in table.items()} for k in np.unique(table["k"])}

    return by_width


Table = Callable[[str], dict[int, Columns]]


def test_noise_is_fitted_smoothly_only_by_more_neurons(lipschitz: Table) -> None:
    table = lipschitz("noise")
    assert not table[8]["fits"].any()
    assert all(table[k]["fits"].all() for k in table if k >= 24)
    narrow, wide = (np.mean([table[k]["upper"].mean() for k in ks]) for ks in ((8, 12), (64, 96, 128, 192, 256, 512)))
    assert narrow > 1.5 * wide
    assert (np.concatenate([row["lower"] / row["upper"] for row in table.values()]) > 0.5).all()


@pytest.mark.slow
def test_a_width_that_cannot_fit_does_not_and_the_first_that_can_is_steepest(lipschitz: Table, film: Film) -> None:
    table, last = lipschitz("too-narrow"), film("too-narrow")[-1]
    for k in table:
        assert sum(last.arrays[f"k{k}_s0_{part}"].size for part in "Wba") == 12 * k
    few = [k for k in table if 12 * k < 300]  # numbers to choose, for as many equations
    assert few == [4, 8, 16, 24]
    assert all(table[k]["mse"].min() > 0.01 for k in few)
    # k = 32 ends within a factor of five of the tolerance, on either side of it: that is left to the processor
    assert table[32]["mse"].max() < 0.02
    wide = [k for k in table if k >= 48]
    assert all(table[k]["fits"].all() for k in wide)
    assert max(wide, key=lambda k: table[k]["upper"].mean()) == 48
    attack = last.tables["attack"]
    flipped = {k: attack["success"][attack["k"] == k].mean() for k in wide}
    assert max(wide, key=lambda k: flipped[k]) == 48


def test_without_noise_there_is_nothing_to_pay(lipschitz: Table) -> None:
    table = lipschitz("smooth")
    assert all(row["fits"].all() for row in table.values())
    assert table[8]["upper"] == pytest.approx(sqrt(20), rel=0.3)
    assert table[512]["upper"].min() >= table[8]["upper"].max()
    noisy = lipschitz("noise")
    assert all(table[k]["upper"].max() < noisy[k]["lower"].min() for k in table)


@pytest.mark.slow
def test_in_more_dimensions_found_meets_certified_up_to_k_equal_d(lipschitz: Table) -> None:
    table, before = lipschitz("dimension"), lipschitz("noise")
    assert table[16]["fits"].all()
    assert not before[16]["fits"].all()
    for k in (k for k in table if k <= 100):
        assert table[k]["lower"] == pytest.approx(table[k]["upper"], rel=0.03 if k > 64 else 0.01)
    assert all(table[k]["upper"].mean() > before[k]["upper"].mean() for k in table if k >= 64)


def test_quadratic_networks_have_an_eigenvalue_for_a_constant(lipschitz: Table, film: Film) -> None:
    table, arrays = lipschitz("polynomial"), film("polynomial")[-1].arrays
    assert not table[4]["fits"].any()
    assert all(row["fits"].all() for k, row in table.items() if k > 4)
    radius = np.linalg.norm(arrays["X"], axis=1).max()
    for k, row in table.items():
        assert row["lower"] == pytest.approx(row["upper"], rel=0.01)
        for i, seed in enumerate(row["seed"]):
            W, a = arrays[f"k{k}_s{seed}_W"], arrays[f"k{k}_s{seed}_a"]
            largest = np.abs(np.linalg.eigvalsh((W * a) @ W.T)).max()
            assert row["upper"][i] == pytest.approx(2 * radius * largest, rel=1e-6)


def test_squares_fit_barely_at_the_edge_and_pay_for_it(lipschitz: Table) -> None:
    chosen = LiveSettings.make(**LAB.preset("blow-up").settings)
    assert comb(chosen.d + 1, 2) == 210
    assert chosen.n == 200
    edge, roomy = lipschitz("blow-up"), lipschitz("polynomial")
    assert all(edge[k]["fits"].all() for k in edge if k >= 16)
    paid = [edge[k]["upper"].mean() / roomy[k]["upper"].mean() for k in (16, 24, 32, 64)]
    assert 1.4 < np.exp(np.mean(np.log(paid))) < 2.8


@pytest.mark.slow
def test_real_digits_ask_for_less_than_random_labels(lipschitz: Table, film: Film) -> None:
    real, random = lipschitz("digits"), lipschitz("digits-noise")
    both = sorted(set(real) & set(random))
    assert len(both) >= 4
    for k in both:
        assert random[k]["upper"].mean() > 2 * real[k]["upper"].mean()

    def flipped(name: str, k: int) -> np.ndarray:
        table = film(name)[-1].tables["attack"]
        return table["success"][table["k"] == k].reshape(-1, 11).mean(0)

    eps = np.linspace(0, 0.25, 11)
    assert flipped("digits", 256)[-1] < 0.5
    for k in random:
        assert eps[np.argmax(flipped("digits-noise", k) >= 0.5)] <= 0.1
