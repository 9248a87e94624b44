"""Where there is no notebook, `explore` says what to do instead."""

import pytest

import explorer
from explorer.settings import SettingsError
from explorer.ui.notebook import NoKernel


def test_outside_of_a_notebook_explore_names_the_way_to_a_page() -> None:
    with pytest.raises(NoKernel, match=r"explorer\.serve\(\) opens it as a page"):
        explorer.explore("live")


def test_settings_are_checked_first() -> None:
    with pytest.raises(SettingsError, match="n = 0"):
        explorer.explore("live", n=0)
