"""Figures of the noise panel: sources, curves, and the sentences."""

from collections.abc import Callable

import numpy as np
import pytest

from explorer.figures.columns import patch
from explorer.figures.look import Look, Patch
from explorer.frames import Tables
from explorer.labs.law.noise import NoiseSettings
from explorer.labs.law.noise import figure as noise
from tests.figures.said import said as words

SETTINGS = NoiseSettings.make(widths=(64, 128, 256), sigma=0.5)
LOOK = Look(SETTINGS)
MSE = 10 ** -np.linspace(0, 3.1, 20)


def tables(value: float = 1.0) -> Tables:
    """Lip = value * mse^(-1/2) * 64/k with noise, and 2 * value without; the second seed has come halfway."""
    parts = []
    for sigma in (0.5, 0.0):
        for k in (64, 128, 256):
            for seed, mse in ((0, MSE), (1, MSE[:10])):
                lower = value * (mse**-0.5 * 64 / k if sigma else np.full(len(mse), 2.0))
                rows = len(mse)
                parts.append((np.full(rows, sigma), np.full(rows, k), np.full(rows, seed), np.arange(rows), mse, lower))
    names = ("sigma", "k", "seed", "step", "mse", "lower")
    return {"noise": dict(zip(names, map(np.concatenate, zip(*parts, strict=True)), strict=True))}


CASES: dict[str, Tables] = {
    "none": {},
    "empty": {"noise": {name: values[:0] for name, values in tables()["noise"].items()}},
    "nan": tables(np.nan),
    "first": {"noise": {name: values[:1] for name, values in tables()["noise"].items()}},
    "whole": tables(),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("sigma", [0.5, 0.0])
def test_every_source_is_patched_with_what_its_glyph_reads(
    case: str, sigma: float, take: Callable[[Patch], None]
) -> None:
    settings = SETTINGS.changed(sigma=sigma)
    for look in (Look(settings), Look(settings, "dark", tables(), SETTINGS), Look(settings, "dark", {}, SETTINGS)):
        take(patch(noise.draw, CASES[case], look))
        assert words(noise, CASES[case], look).keys() <= {slot.name for slot in noise.SLOTS}
    assert (words(noise, CASES[case], LOOK) == {}) == (case in ("none", "empty"))


def test_means_are_of_the_networks_that_have_come_that_far() -> None:
    lines = patch(noise.draw, tables(), LOOK)["noise:noisy"]
    assert len(lines["xs"]) == 3
    for x, y, k in zip(lines["xs"], lines["ys"], (64, 128, 256), strict=True):
        assert x[-1] == pytest.approx(SETTINGS.tolerance)
        np.testing.assert_allclose(y, x**-0.5 * 64 / k)
    level = patch(noise.draw, tables(), LOOK)["noise:level"]
    assert list(level["x"]) == [0.25, 0.25]


def test_only_networks_that_fit_count_at_the_end() -> None:
    ends = patch(noise.draw, tables(), LOOK)["noise-width:dots"]
    assert list(ends["k"]) == [64, 128, 256]
    assert set(ends["seed"]) == {0}


def test_sentences_tell_the_price_beside_the_control() -> None:
    said = words(noise, tables(), LOOK)
    assert "3.16 times" in said["noise"]
    assert "3 networks, least 3.16" in said["noise"]
    assert "Without noise, between the same errors, 1.00 times" in said["noise"]
    assert "slope −1.00" in said["noise-width"]
    assert "σ = 0: 2 at k = 64, 2 at k = 256, slope 0.00" in said["noise-width"]
    assert "no label noise" in words(noise, tables(), Look(SETTINGS.changed(sigma=0)))["noise"]
    early = {"noise": {name: values[:1] for name, values in tables()["noise"].items()}}
    assert "so far" in words(noise, early, LOOK)["noise"]
