"""The files around the code agree with it and with each other."""

import re
import subprocess
import sys
import tomllib
from importlib.metadata import distributions
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

import explorer
from explorer.labs import labs

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def requirements(lines: list[str]) -> dict[str, Requirement]:
    """Name -> requirement, names in their canonical form."""
    parsed = [Requirement(line) for line in lines]
    return {canonicalize_name(requirement.name): requirement for requirement in parsed}


def pins() -> dict[str, str]:
    """Name -> version in constraints.txt."""
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    return dict(line.split("==") for line in lines if line and not line.startswith("#"))


def test_conda_gets_the_same_ranges():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))
    listed = requirements([line for line in environment["dependencies"] if isinstance(line, str)])
    assert str(listed.pop("python").specifier) == PROJECT["requires-python"]
    listed.pop("pip")
    listed["torch"] = listed.pop("pytorch")
    ours = requirements(PROJECT["dependencies"])
    assert {name: r.specifier for name, r in listed.items()} == {name: r.specifier for name, r in ours.items()}


@pytest.mark.parametrize("group", ["core", *PROJECT["optional-dependencies"]])
def test_the_pins_are_in_range(group):
    wanted = PROJECT["dependencies"] if group == "core" else PROJECT["optional-dependencies"][group]
    pinned = pins()
    for name, requirement in requirements(wanted).items():
        assert requirement.specifier.contains(pinned[name]), requirement


def test_no_pin_names_a_build():
    assert not [f"{name}=={version}" for name, version in pins().items() if "+" in version]


def test_the_pins_install_on_the_oldest_python():
    """One that wants 3.11.5 cannot be had on Debian's 3.11.2, and pip speaks of a conflict."""
    oldest = PROJECT["requires-python"].removeprefix(">=") + ".0"
    installed = {canonicalize_name(each.metadata["Name"]): each.metadata["Requires-Python"] for each in distributions()}
    wanted = {name: installed[name] for name in pins() if installed.get(name)}
    assert len(wanted) > 100
    assert not {name: python for name, python in wanted.items() if not SpecifierSet(python).contains(oldest)}


def test_one_version():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert explorer.__version__ == PROJECT["version"] == citation["version"]
    changes = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert f"## {explorer.__version__} ({citation['date-released']})" in changes


def test_importing_explorer_loads_neither_torch_nor_panel():
    heavy = "{'torch', 'panel', 'holoviews', 'bokeh', 'pandas', 'sklearn'}"
    script = f"import explorer, sys; print(sorted({heavy} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"


def test_declaring_every_lab_loads_no_torch():
    script = "from explorer.labs import labs; import sys; labs(); print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "False"


def test_every_make_target_has_a_line_of_help():
    text = (ROOT / "Makefile").read_text("utf-8")
    targets = set(" ".join(re.findall(r"^\.PHONY: (.*)$", text, re.M)).split())
    assert targets == set(re.findall(r"^([a-z]+):.*## \S", text, re.M))
    shown = subprocess.run(["make", "help"], capture_output=True, text=True, check=True, cwd=ROOT).stdout
    assert targets <= set(re.findall(r"^ +make ([a-z]+)", shown, re.M))


@pytest.mark.parametrize("symbol", ["n", "d", "k", "p", "eps", "delta", "tau"])
def test_the_glossary_has_every_symbol(symbol):
    assert f"| `{symbol}` |" in (ROOT / "docs/glossary.md").read_text("utf-8")


def test_the_glossary_has_every_column_of_a_bracket():
    glossary = (ROOT / "docs/glossary.md").read_text("utf-8")
    for column in ("at_data", "lower", "formal_lower", "upper", "product", "law", "fits", "kept", "success"):
        assert re.search(rf"^\| `?{column}`? \|", glossary, re.M), column


def test_the_readme_names_every_lab():
    readme = (ROOT / "README.md").read_text("utf-8")
    for lab in labs():
        assert f"| `{lab.name}` |" in readme


def test_every_decision_is_listed():
    listed = (ROOT / "docs/adr/README.md").read_text("utf-8")
    for page in (ROOT / "docs/adr").glob("0*.md"):
        assert f"]({page.name})" in listed
        assert re.search(r"^Date: 20\d\d-\d\d-\d\d\.", page.read_text("utf-8"), re.M), page.name


@pytest.mark.parametrize("text", ["README.md", "CONTRIBUTING.md", "docs/adr/README.md", "docs/glossary.md"])
def test_links_between_pages_lead_somewhere(text):
    for target in re.findall(r"\]\(([^)#:]+)\)", (ROOT / text).read_text("utf-8")):
        assert ((ROOT / text).parent / target).exists(), target
