"""What panels start from, whatever the data."""

import pytest

from explorer.labs.region import LAB
from explorer.labs.region.rivals import RivalsSettings
from explorer.labs.region.rivals.pattern import SHARES

SETS = [(panel.slug, data) for panel in LAB.panels for data in panel.settings.param["data"].objects]


@pytest.mark.parametrize(("panel", "data"), SETS)
def test_every_data_set_can_be_chosen(panel: str, data: str) -> None:
    """Its defaults are not refused, and have networks enough where a lesson speaks of them."""
    settings = LAB.settings.make(panel=panel, data=data)
    assert settings.values()["seeds"] >= (2 if panel in ("boundary", "posterior") else 3)


@pytest.mark.parametrize("data", ["digits", "mnist", "cifar-10"])
def test_curves_have_the_radii_of_the_claim(data: str) -> None:
    """That which was trained for, and half of it: region-4 asks for both; and the one that is spoken of."""
    settings = RivalsSettings.make(data=data)
    for radius in (*(share * settings.delta for share in SHARES), settings.eps_shown):
        assert min(abs(radius - each) for each in settings.radii) < 1e-9
