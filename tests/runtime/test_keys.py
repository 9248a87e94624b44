import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import explorer
from explorer.labs import find
from explorer.labs.live import LiveSettings
from explorer.nets import families
from explorer.runtime import keys

LIVE = find("live")


def both(settings: LiveSettings, device: str = "cpu") -> tuple[str, str]:
    training, _, measuring = keys.run_key(LIVE, settings, device).partition("-")
    assert training == keys.training_key(LIVE, settings, device)
    return training, measuring


def test_equal_settings_have_equal_keys_also_in_another_process() -> None:
    script = (
        "from explorer.labs import find; from explorer.runtime import keys; lab = find('live')\n"
        "print(keys.run_key(lab, lab.settings.make(n=33, widths='4,8')))"
    )
    other = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True).stdout.strip()
    assert other == keys.run_key(LIVE, LiveSettings.make(n=33, widths=(4, 8)))


@pytest.mark.parametrize(
    ("change", "training", "measuring"),
    [
        ({"n": 150}, True, False),
        ({"seed": 1}, True, False),
        ({"widths": (8, 64)}, True, False),
        ({"eps_max": 0.5}, False, True),
        ({"scope": "random"}, False, True),
        ({"k_shown": 8}, False, False),
        ({"theme": "dark"}, False, False),
    ],
)
def test_what_changes_which_part_of_the_key(change: dict, training: bool, measuring: bool) -> None:
    before, after = both(LiveSettings.make()), both(LiveSettings.make(**change))
    assert (before[0] != after[0], before[1] != after[1]) == (training, measuring)


def test_a_gpu_has_keys_of_its_own() -> None:
    assert both(LiveSettings.make(), "cpu")[0] != both(LiveSettings.make(), "cuda")[0]


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the sources that keys are made of."""
    root = shutil.copytree(Path(explorer.__file__).parent, tmp_path / "explorer")
    monkeypatch.setattr(keys, "ROOT", root)
    return root


@pytest.mark.parametrize(
    ("source", "matters"),
    [
        ("settings.py", True),
        ("nets/two_layer.py", True),
        ("labs/live/settings.py", True),
        ("labs/__init__.py", True),
        ("runtime/board.py", False),
        ("ui/__init__.py", False),
        ("labs/other/compute.py", False),
    ],
)
def test_the_code_version_follows_the_code_that_computes(tree: Path, source: str, matters: bool) -> None:
    version = keys.code_version.__wrapped__  # without its cache
    before = version("explorer.labs.live")
    path = tree / source
    path.parent.mkdir(exist_ok=True)
    path.write_text((path.read_text("utf-8") if path.exists() else "") + "\n# changed\n", "utf-8")
    assert (version("explorer.labs.live") != before) == matters


def test_an_own_activation_is_part_of_the_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = tmp_path / "my_own_activation.py"
    module.write_text("one", "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv(families.VARIABLE, "")
    families.register("own", "my_own_activation:Own")
    settings = LiveSettings.make(family="own")
    before = both(settings)
    module.write_text("two", "utf-8")
    assert both(settings)[0] != before[0]


def test_keys_need_no_torch() -> None:
    script = (
        "import sys; from explorer.labs import find; from explorer.runtime import board, keys; lab = find('live')\n"
        "keys.run_key(lab, lab.settings.make()); sys.exit('torch' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
