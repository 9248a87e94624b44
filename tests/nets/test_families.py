"""Activations of somebody's own, by name."""

import os
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from typer.testing import CliRunner

import explorer
from explorer import cli, labs
from explorer.nets import families
from explorer.nets.activations import Tanh
from explorer.runtime.run import run
from explorer.runtime.scheduler import Scheduler
from explorer.runtime.store import Store
from explorer.runtime.viewer import View
from explorer.settings import Settings, SettingsError

SOFTPLUS = """
import torch
from explorer.nets.activations import Activation

class Softplus(Activation):
    def value(self, t, out=None):
        return torch.logaddexp(t, torch.zeros_like(t), out=out)
    def slope(self, t):
        return torch.sigmoid(t)
    def slope_range(self, low, high):
        return torch.sigmoid(low), torch.sigmoid(high)
"""
CUBIC = """
import torch
from explorer.nets.activations import Activation

class Cubic(Activation):
    def value(self, t, out=None):
        return torch.pow(t, 3, out=out)
    def slope(self, t):
        return 3 * t.square()
    def slope_range(self, low, high):
        ends = 3 * low.square(), 3 * high.square()
        return torch.minimum(*ends) * ((low > 0) | (high < 0)), torch.maximum(*ends)
"""
SMALL: dict = {"widths": [8], "n": 20, "d": 3, "seeds": 1}


@pytest.fixture
def save(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Saves a module where Python finds it; no other activation is registered."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv(families.VARIABLE, "")
    return lambda name, source: (tmp_path / f"{name}.py").write_text(source, "utf-8") and None


@pytest.mark.parametrize(("name", "source"), [("Softplus", SOFTPLUS), ("Cubic", CUBIC)])
def test_ten_lines_make_an_activation(name: str, source: str, save: Callable[[str, str], None]) -> None:
    assert len([line for line in source.splitlines() if line]) <= 10
    save(f"mine_{name}", source)
    families.register(name.lower(), f"mine_{name}:{name}")
    made = explorer.run("live", family=name.lower(), trainer="gauss-newton", **SMALL)
    (row,) = made.tables["lipschitz"].to_dict("records")
    assert row["fits"] == (row["mse"] <= made.settings.tolerance)
    assert 0 < row["at_data"] <= row["lower"] <= row["formal_lower"] <= row["upper"] <= row["product"]
    assert all(np.isfinite(table.to_numpy(float)).all() for table in made.tables.values())

    # the networks are what they say, and no two points differ by more than the certificate
    psi = families.activation(name.lower(), 1)
    X, W, b, a = (torch.tensor(made.arrays[key]) for key in ("X", "k8_s0_W", "k8_s0_b", "k8_s0_a"))

    def f(points: torch.Tensor) -> torch.Tensor:
        return psi.value(points @ W + b) @ a

    assert (f(X) - torch.tensor(made.arrays["y"])).square().mean().item() == pytest.approx(row["mse"])
    points = torch.nn.functional.normalize(torch.randn(200, 3, dtype=X.dtype, generator=torch.manual_seed(0)))
    steepness = torch.pdist(f(points)[:, None]) / torch.pdist(points)
    assert steepness.max().item() <= row["upper"]


def test_a_worker_that_runs_already_learns_of_it(tmp_path: Path, save: Callable[[str, str], None]) -> None:
    save("mine_late", SOFTPLUS)
    store, woken = Store(tmp_path / "runs"), threading.Event()
    with Scheduler(store=store) as scheduler:
        viewer = scheduler.viewer(woken.set)

        def show(settings: Settings, until: Callable[[View], object]) -> View:
            viewer.request("live", settings)
            viewer.inspect(k=8, seed=0)
            while not until(view := viewer.look()) and view.state != "failed":
                assert woken.wait(120)
                woken.clear()
            return view

        assert show(explorer.settings("live", **SMALL, max_steps=3), lambda view: view.state == "done").frame
        families.register("late", "mine_late:Softplus")
        stored, fresh = (explorer.settings("live", **SMALL, family="late", max_steps=steps) for steps in (2, 3))

        # the first that the worker hears of it is a closer look at a run from the store
        run(labs.find("live"), stored, store=store)
        view = show(stored, lambda view: view.source == "store" and (view.inspection or view.inspection_problem))
        assert (view.source, view.inspection_problem) == ("store", "")
        assert view.inspection is not None

        view = show(fresh, lambda view: view.state == "done")
        assert (view.source, view.message) == ("computed", "")
        table = view.frame.tables["lipschitz"]
        assert (table["lower"] <= table["upper"]).all()


def test_an_edited_module_is_computed_anew(save: Callable[[str, str], None]) -> None:
    save("mine_edited", SOFTPLUS)
    families.register("edited", "mine_edited:Softplus")
    first = explorer.run("live", family="edited", max_steps=3, **SMALL)
    again = explorer.run("live", family="edited", max_steps=3, **SMALL)
    save("mine_edited", SOFTPLUS + "# the same, said at more length")
    same = explorer.run("live", family="edited", max_steps=3, **SMALL)
    save("mine_edited", CUBIC.replace("Cubic", "Softplus"))
    other = explorer.run("live", family="edited", max_steps=3, **SMALL)
    assert [made.source for made in (first, again, same, other)] == ["computed", "store", "computed", "computed"]
    assert same.tables["lipschitz"].equals(first.tables["lipschitz"])
    assert not other.tables["lipschitz"]["mse"].equals(first.tables["lipschitz"]["mse"])


@pytest.mark.parametrize("name", ["", " ", "a,b", "a=b", "soft plus", "a:b", "a/b"])
def test_names_that_could_not_be_written_in_a_link_are_refused(name: str, save: Callable[[str, str], None]) -> None:
    with pytest.raises(ValueError, match="letters, digits"):
        families.register(name, "mine:Softplus")
    assert os.environ[families.VARIABLE] == ""


@pytest.mark.parametrize("target", ["", "mine", "mine:", ":Softplus", "mine:Soft,plus", "mine.py:Softplus:", "a b:C"])
def test_targets_that_name_no_class_are_refused(target: str, save: Callable[[str, str], None]) -> None:
    with pytest.raises(ValueError, match="module:Class"):
        families.register("mine", target)


def test_a_name_stays_with_its_class(save: Callable[[str, str], None]) -> None:
    families.register("mine", "mine:Softplus")
    families.register("mine", "mine:Softplus")
    for name in ("mine", *families.BUILT_IN):
        with pytest.raises(ValueError, match="already names"):
            families.register(name, "other:Softplus")


def test_another_name_for_a_class_of_ours_is_that_class(save: Callable[[str, str], None]) -> None:
    families.register("sigmoid", "explorer.nets.activations:Tanh")
    assert families.activation("sigmoid", 1) == Tanh(1)


def test_a_module_that_is_not_there_is_named(save: Callable[[str, str], None]) -> None:
    families.register("ghost", "no_such_module:Ghost")
    with pytest.raises(SettingsError, match="no_such_module cannot be found"):
        explorer.settings("live", family="ghost")
    done = CliRunner().invoke(cli.app, ["run", "live", "--set", "family=ghost"])
    assert done.exit_code == 2
    assert "no_such_module cannot be found" in done.output
    families.register("below", "no_such_package.mine:Ghost")
    assert families.lacking("below") == "no_such_package.mine"


def test_a_class_that_is_not_there_is_named(save: Callable[[str, str], None]) -> None:
    save("mine_empty", "")
    families.register("empty", "mine_empty:Nothing")
    with pytest.raises(ValueError, match=r"mine_empty:Nothing, which cannot be used: .*no attribute 'Nothing'"):
        families.activation("empty", 1)


def test_entries_of_the_environment_may_have_spaces_and_gaps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(families.VARIABLE, " one = mine:One ,, nonsense, two=mine:Two")
    own = {name: target for name, target in families.families().items() if name not in families.BUILT_IN}
    assert own == {"one": "mine:One", "two": "mine:Two"}
