"""What is said of a walk is said of it after the warm-up: R-hat and ESS see no iteration of that, in any panel."""

import math
from types import ModuleType

import numpy as np
import pytest

from explorer.device import pick
from explorer.labs import walks
from explorer.labs.bayes import cloud, directions, exact, headline, prior, support, vanishing
from explorer.labs.bayes.cloud import compute as of_cloud
from explorer.labs.bayes.directions import compute as of_directions
from explorer.labs.bayes.exact import compute as of_exact
from explorer.labs.bayes.headline import compute as of_headline
from explorer.labs.bayes.prior import compute as of_prior
from explorer.labs.bayes.support import compute as of_support
from explorer.labs.bayes.vanishing import compute as of_vanishing

PANELS = {
    "headline": (headline, of_headline, walks),
    "exact": (exact, of_exact, walks),
    "vanishing": (vanishing, of_vanishing, walks),
    "support": (support, of_support, of_support),
    "prior": (prior, of_prior, of_prior),
    "directions": (directions, of_directions, walks),
    "cloud": (cloud, of_cloud, walks),
}


@pytest.mark.parametrize("name", PANELS)
def test_r_hat_is_of_the_iterations_after_the_warm_up(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    panel, compute, walked = PANELS[name]
    settings = panel.PANEL.settings.make(**panel.PANEL.small)
    seen = list[tuple[int, ...]]()

    def rhat(draws: np.ndarray) -> float:
        seen.append(draws.shape)
        return 1.0

    _replace(walked, rhat, monkeypatch)
    for _ in compute.stream(settings, pick("cpu"), lambda: False):
        pass
    assert settings.warmup > 0
    if name == "vanishing":  # after images it walks over moons, where every draw is kept
        counts = [math.ceil(which.samples / settings.chains) for which in settings.moons_of(settings.widths)]
        moons = [(settings.chains, count) for count in counts for _ in ("R-hat", "ESS")]
        assert seen[-len(moons) :] == moons
        seen = seen[: -len(moons)]
    assert set(seen) == {(settings.chains, settings.iterations - settings.warmup)}


def _replace(module: ModuleType, rhat: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "rhat", rhat)
    if hasattr(module, "ess"):
        monkeypatch.setattr(module, "ess", rhat)
