"""Measures from PAC-Bayes bounds, against torch.distributions and the formula in a loop."""

import math

import pytest
import torch
from torch.distributions import Normal, kl_divergence

from explorer.measure import pac_bayes
from explorer.measure.layers import weights
from tests.measure.classifiers import classifiers

M = 500
SIGMA = torch.tensor([0.01, 0.2, 3.0], dtype=torch.float64)


def test_they_are_half_the_divergence_and_what_stands_beside_it() -> None:
    models = classifiers(5)
    start = models.parameters.roll(1, 0)
    found = pac_bayes.measures(models, start, M, SIGMA, SIGMA)
    where = weights(models)
    for i, sigma in enumerate(SIGMA):
        w, w0 = models.parameters[i][where], start[i][where]
        beside = math.log(M / sigma) + 10
        for name, mean in (("init", w0), ("orig", torch.zeros_like(w))):
            divergence = kl_divergence(Normal(w, sigma), Normal(mean, sigma)).sum()
            assert found[f"pacbayes_{name}"][i].item() == pytest.approx(divergence.item() / 2 + beside)
        posterior = Normal(w, (1e-6 + (sigma * (w - w0)) ** 2).sqrt())
        prior = Normal(w0, (1e-6 + (sigma**2 + 1) * (w - w0).square().mean()).sqrt())
        divergence = kl_divergence(posterior, prior).sum().item()
        assert found["pacbayes_mag_init"][i].item() == pytest.approx(divergence / 2 + beside)
        for scale in (0.9, 1.1):  # no other variance of the prior is nearer
            assert kl_divergence(posterior, Normal(w0, prior.scale * scale)).sum().item() > divergence
        top = 1e-6 + (sigma**2 + 1) * w.norm() ** 2 / len(w)
        terms = [math.log(top / (1e-6 + sigma**2 * (a - b) ** 2)) for a, b in zip(w, w0, strict=True)]
        assert found["pacbayes_mag_orig"][i].item() == pytest.approx(sum(terms) / 4 + beside)
    for name in ("pacbayes_flatness", "pacbayes_mag_flatness"):
        torch.testing.assert_close(found[name], 1 / SIGMA**2)


def test_noise_by_magnitude_has_a_sigma_of_its_own() -> None:
    models = classifiers(5)
    start = models.parameters.roll(1, 0)
    same, other = (pac_bayes.measures(models, start, M, SIGMA, by) for by in (SIGMA, 2 * SIGMA))
    turned = pac_bayes.measures(models, start, M, 2 * SIGMA, 2 * SIGMA)
    for name in same:
        by_magnitude = name.startswith("pacbayes_mag")
        torch.testing.assert_close(other[name], (turned if by_magnitude else same)[name])
    torch.testing.assert_close(other["pacbayes_mag_flatness"], 1 / (2 * SIGMA) ** 2)
