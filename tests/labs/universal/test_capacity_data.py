"""The capacity panel: which settings and data it takes."""

from pathlib import Path

import pytest

from explorer.data.folder import VARIABLE, Absent, folder
from explorer.data.images import load
from explorer.labs.universal import LAB
from explorer.labs.universal.capacity import SOURCES, CapacitySettings
from explorer.settings import SettingsError
from tests.labs.universal.runs_capacity import run


def test_what_cannot_be_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    with pytest.raises(SettingsError, match="8x8 digits, not MNIST: at most 1,500 images"):
        CapacitySettings.make(n=1501)
    with pytest.raises(SettingsError, match="at most 50,000"):
        CapacitySettings.make(data="cifar-10", n=50_001)
    with pytest.raises(SettingsError, match="are allowed: use"):
        CapacitySettings.make(data="mnist", n=60_000, max_steps=100_000, widths=(4096,))
    for bad in ({"eps_max": 1.1}, {"hidden": 3}, {"adversary": "carlini"}, {"widths": ()}, {"n": 3}):
        with pytest.raises(SettingsError, match=next(iter(bad))):
            CapacitySettings.make(**bad)


def test_a_radius_suits_its_data() -> None:
    for name, source in SOURCES.items():
        assert CapacitySettings.make(data=name).eps_max == source.eps
    assert CapacitySettings.make(data="mnist", eps_max=0.2).eps_max == 0.2
    assert LAB.settings.make(panel="capacity", data="cifar-10").eps_max == SOURCES["cifar-10"].eps


def test_a_set_that_is_not_here_is_named_with_its_size(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    with pytest.raises(Absent, match=r"explorer data fetch mnist` downloads it \(11\.6 MB\); data=digits"):
        run(data="mnist")


@pytest.mark.parametrize("name", ["mnist", "fashion-mnist", "cifar-10"])
def test_real_images_are_learned(name: str) -> None:
    try:
        load(name)
    except Absent:
        pytest.skip(f"{name} is not in the data folder {folder()}; .ci/run names one that has it")
    last = run(data=name, widths=(32,), seeds=1, max_steps=150, n=300)[-1].tables["capacity"]
    assert last["d"][0] == SOURCES[name].d
    assert last["tested"][0] == 500
    assert last["clean"][0] > 0.15
    assert last["d_neighbours"][0] < last["d_pca"][0] < last["d"][0]


def test_of_a_set_in_part_no_more_is_asked_than_is_here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    (tmp_path / "cifar-10-batches-bin").mkdir()
    (tmp_path / "cifar-10-batches-bin" / "data_batch_1.bin").touch()
    with pytest.raises(SettingsError, match="at most 10,000"):
        CapacitySettings.make(data="cifar-10", n=10_001)
