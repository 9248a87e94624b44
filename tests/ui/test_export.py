"""What is taken home, where no page is needed to tell."""

import json
import subprocess
import sys
import zipfile
from html import unescape
from pathlib import Path

import numpy as np
import pytest

from explorer.labs import find
from explorer.ui import export
from tests.ui.stage import LIVE


@pytest.mark.parametrize(
    ("lab", "values", "names"),
    [
        ("live", {}, ("lipschitz",)),
        ("law", {"panel": "degree"}, ("tensor", "floors")),
        ("law", {"panel": "circle"}, ("circle", "rigidity")),
        ("law", {}, ("constructions", "ladder", "trained")),
    ],
)
def test_python_lines_print_the_answer_of_the_panel(lab: str, values: dict, names: tuple[str, ...]) -> None:
    found = find(lab)
    lines = export.python(found, found.settings.make(**values))
    assert [line for line in lines.splitlines() if "print" in line] == [
        f'print(run.tables["{name}"])' for name in names
    ]
    compile(lines, "lines", "exec")


def test_a_zip_of_tables_gives_the_settings_back_and_says_the_direction_of_columns() -> None:
    lab = find("live")
    settings = lab.settings.make(n=77, widths=(4, 8), k_shown=8)
    table = {"k": np.array([4, 8]), "lower": np.array([1.0, np.nan]), "upper": np.array([2.0, 3.0])}
    with zipfile.ZipFile(export.csv(lab, settings, {"lipschitz": table})) as archive:
        assert sorted(archive.namelist()) == ["README.md", "lipschitz.csv", "settings.json"]
        again = json.loads(archive.read("settings.json"))
        told = archive.read("README.md").decode()
    assert lab.settings.from_query(again["link"].partition("?")[2]) == (settings, [])
    assert again["versions"].keys() == {"explorer", "python", "torch", "numpy"}
    assert f"torch {again['versions']['torch']}" in told
    assert lab.settings.make(**again["settings"]).values() == settings.values()
    assert f"/live?{settings.to_query()}" in told
    assert "`lipschitz.lower` (Lip): a lower bound" in told
    assert "`lipschitz.upper` (Lip): an upper bound" in told
    assert "`success`" not in told


def test_a_page_takes_texts_as_texts() -> None:
    """A label is a stranger's text in the settings; nothing in it is markup, nor a template."""
    lab, evil = find("live"), "<img src=x onerror=alert(1)>"
    settings = lab.settings.make(n=40, labels=(evil, "{{ 7 * 7 }}"))
    said = export.figures(lab, settings, {}, {}, (evil, evil), "dark").read().decode()
    assert evil not in said
    assert "{{ 7 * 7 }}" in said


@pytest.mark.parametrize("lab", ["live", "law"])
def test_the_lines_run_and_print(lab: str, tmp_path: Path) -> None:
    values = {
        "live": {"n": 20, "d": 3, "widths": (4,), "k_shown": 4, "seeds": 1, "max_steps": 20},
        "law": {"panel": "circle", "n": 5, "draws": 100},
    }[lab]
    found = find(lab)
    lines = export.python(found, found.settings.make(**values))
    done = subprocess.run([sys.executable, "-c", lines], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split()[:2] == {"live": ["k", "seed"], "law": ["seed", "n"]}[lab]


def test_the_page_to_hand_in_says_what_stands_beside_and_leads_to_both() -> None:
    settings, other = LIVE.settings.make(n=50), LIVE.settings.make(n=70, data="gaussian")
    said = unescape(export.figures(LIVE, settings, {}, {}, run_a=other).read().decode())
    assert "Beside it run A: n = 70, " in said
    assert "beside=n%3D70%26data%3Dgaussian" in said
    assert "labels =" not in said  # of own data only
    alone = unescape(export.figures(LIVE, settings, {}, {}).read().decode())
    assert "run A:" not in alone
    assert "beside" not in alone
