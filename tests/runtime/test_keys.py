import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

import pytest

from explorer.device import pick
from explorer.frames import Frame
from explorer.labs import Panel, find
from explorer.labs.live.overview import LiveSettings
from explorer.nets import families
from explorer.runtime import keys
from explorer.runtime.closure import closure, within
from explorer.settings import Settings

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


def test_the_files_that_are_read_of_a_public_set_are_in_the_key(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path))
    settings = LiveSettings.make()
    monkeypatch.setattr(LiveSettings, "training", lambda self: {"data": "cifar-10"})
    place = tmp_path / "cifar-10-batches-bin"
    place.mkdir()
    found = [keys.training_key(LIVE, settings)]
    for name in ("test_batch", "data_batch_1", "data_batch_2"):
        (place / f"{name}.bin").write_bytes(name.encode())
        found.append(keys.training_key(LIVE, settings))
    assert found[0] == found[1]  # no run can be made of the test images alone
    assert len(set(found)) == 3
    assert list(keys.data_version("cifar-10")) == [
        f"cifar-10-batches-bin/{name}.bin" for name in ("data_batch_1", "data_batch_2", "test_batch")
    ]
    (place / "data_batch_2.bin").write_bytes(b"another")
    assert keys.training_key(LIVE, settings) not in found


def test_other_data_have_no_files_in_the_key() -> None:
    for data in ("sphere", "digits", "own-0123456789abcdef", None, ("mnist",)):
        assert keys.data_version(data) == {}


LAW = find("law")
PANELS = LAW.settings.param.panel.objects


def reach(settings: Settings) -> set[str]:
    """The modules that decide what a run of these settings gives."""
    lab = LIVE if isinstance(settings, LiveSettings) else LAW
    return set(closure([lab.panel(settings).compute], within(keys.ROOT.parent)).files)


@pytest.mark.parametrize("panel", LAW.panels, ids=lambda panel: panel.slug)
def test_a_panels_module_is_where_its_lab_says(panel: Panel, monkeypatch: pytest.MonkeyPatch) -> None:
    """The module that the key is made of is the one that computes."""
    settings = LAW.settings.make(panel=panel.slug)
    frame = Frame(1, 1, {}, note=panel.slug)
    monkeypatch.setattr(import_module(panel.compute), "stream", lambda *_: iter([frame]))
    assert list(LAW.stream(settings, pick(), lambda: False)) == [frame]


def test_what_decides_a_run() -> None:
    trained, circle = (reach(LAW.settings.make(panel=panel)) for panel in ("trained", "circle"))
    live = reach(LIVE.settings())
    lent = {"explorer.measure.brackets", "explorer.labs.weights"}  # another lab's panel, and what labs share
    assert trained >= {"explorer.train.adam", "explorer.measure.certificate", "explorer.labs.affordable"} | lent
    shared = {"explorer.labs.mixins", "explorer.labs.affordable", "explorer.settings", "explorer.fields"}
    assert shared <= trained & circle & live
    assert {f"explorer.labs.live.overview.{each}" for each in ("training", "attack", "pruning", "plane")} <= live
    assert {"explorer.data.own", "explorer.data.digits", "explorer.labs.weights"} <= live
    assert "explorer.theory.circle" in circle
    measures = {name for name in circle if name.startswith(("explorer.train", "explorer.measure."))}
    assert measures == {"explorer.measure.rigidity"}  # it trains and attacks nothing
    assert not {name for name in live if name.startswith("explorer.labs.law")}
    for found in (trained, circle, live):
        above = ("explorer.ui", "explorer.figures", "explorer.runtime", "explorer.cli", "explorer.server")
        assert not {name for name in found if name.startswith(above) or name.endswith(("claims", "verdicts"))} - {
            "explorer.labs.claims"  # which the declaration of a lab names
        }


def test_imports_that_cannot_be_followed_are_known() -> None:
    """Whoever adds one has to see that what it imports has another way into the key."""
    known = {
        "explorer.labs",  # finds every lab; a run knows its own
        "explorer.nets.families",  # a user's own activation: `own_version`
    }
    everything = closure(
        [panel.compute for lab in (LIVE, LAW) for panel in lab.panels],
        within(keys.ROOT.parent),
    )
    calls = re.compile(r"(import_module|__import__|exec_module|reload)\(")
    unknown = {
        name
        for name, path in everything.files.items()
        if path.suffix == ".py" and calls.search(path.read_text("utf-8"))
    }
    assert unknown == known


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A copy of the sources that keys are made of; who changes it puts it back."""
    sources = shutil.ignore_patterns("__pycache__")
    root = shutil.copytree(keys.ROOT, tmp_path_factory.mktemp("tree") / "explorer", ignore=sources)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keys, "ROOT", root)
        yield root
    keys.code_version.cache_clear()


@pytest.fixture(scope="module")
def before(tree: Path) -> dict[str, str]:
    return every_key()


def every_key() -> dict[str, str]:
    """A key of the live lab and of each panel of the law lab, with the sources as they are now."""
    keys.code_version.cache_clear()
    found = {panel: keys.run_key(LAW, LAW.settings.make(panel=panel)) for panel in PANELS}
    return found | {"live": keys.run_key(LIVE, LIVE.settings())}


TRAINS = {"overview", "ladder", "trained", "heat-map", "proxy", "noise", "live"}
ALL = {*PANELS, "live"}


@pytest.mark.parametrize(
    ("source", "moved"),
    [
        ("settings.py", ALL),
        ("fields.py", ALL),
        ("labs/__init__.py", ALL),
        ("labs/mixins.py", ALL),
        ("labs/affordable.py", ALL - {"degree"}),  # whose sizes are bounded one by one
        ("labs/weights.py", {"trained", "heat-map", "degree", "proxy", "noise", "live"}),
        ("train/adam.py", TRAINS),
        ("train/gauss_newton.py", {"overview", "trained", "heat-map", "proxy", "live"}),
        ("nets/two_layer.py", ALL - {"circle"}),
        ("measure/brackets.py", {"overview", "trained", "heat-map", "proxy", "live"}),
        ("labs/live/overview/settings.py", {"live"}),
        ("labs/live/overview/pruning.py", {"live"}),
        ("labs/law/settings.py", set(PANELS)),
        ("labs/law/circle/compute.py", {"circle"}),
        ("labs/law/circle/__init__.py", {"circle"}),
        ("labs/law/one_neuron/compute.py", {"one-neuron", "overview"}),
        ("labs/law/verdicts.py", set()),
        ("labs/law/claims.py", set()),
        ("labs/law/presets.toml", set()),
        ("labs/live/__init__.py", set()),
        ("labs/live/story.md", set()),
        ("labs/shipped.py", set()),
        ("labs/law/circle/figure.py", set()),
        ("labs/law/circle/story.md", set()),
        ("ui/view.py", set()),
        ("runtime/scheduler.py", set()),
        ("server.py", set()),
        ("__init__.py", set()),
        ("labs/other/compute.py", set()),
    ],
)
def test_a_change_in_a_source_moves_the_keys_of_what_it_decides(
    tree: Path, before: dict[str, str], source: str, moved: set[str]
) -> None:
    path = tree / source
    path.parent.mkdir(exist_ok=True)
    whole = path.read_text("utf-8") if path.exists() else ""
    path.write_text(whole + "\n# changed\n", "utf-8")
    after = every_key()
    path.write_text(whole, "utf-8")
    assert {name for name in before if before[name] != after[name]} == moved


def test_the_version_of_a_library_that_computes_is_part_of_the_key(
    before: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = {}
    for library in ("torch", "numpy", "scipy", "scikit-learn", "bokeh"):
        monkeypatch.setattr(keys, "version", lambda name, other=library: "99" if name == other else version(name))
        after = every_key()
        moved[library] = {name for name in before if before[name] != after[name]}
    digits = {"live"}
    assert moved == {"torch": ALL, "numpy": ALL, "scipy": {"circle", "noise"}, "scikit-learn": digits, "bokeh": set()}


def test_an_own_activation_is_part_of_the_key_with_what_it_imports(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sources = {
        "my_own_activation.py": "from my_helpers import deep",
        "my_helpers/__init__.py": "",
        "my_helpers/deep.py": "import my_constants",
        "my_constants.py": "",
        "my_other.py": "",
    }
    for name, content in sources.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv(families.VARIABLE, "")
    families.register("own", "my_own_activation:Own")
    settings = LiveSettings.make(family="own")
    moved = set()
    for name in sources:
        before = both(settings)
        (tmp_path / name).write_text(sources[name] + "\nchanged = True", "utf-8")
        if both(settings) != before:
            moved.add(name)
    assert moved == {"my_own_activation.py", "my_helpers/deep.py", "my_constants.py"}
    assert not {"my_own_activation", "my_helpers"} & set(sys.modules)


def test_keys_need_no_torch() -> None:
    script = (
        "import sys; from explorer.labs import find; from explorer.runtime import scheduler, keys; lab = find('live')\n"
        "keys.run_key(lab, lab.settings.make()); sys.exit('torch' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
