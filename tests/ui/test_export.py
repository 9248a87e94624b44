"""What is taken home, where no page is needed to tell."""

import json
import zipfile

import numpy as np
import pytest

from explorer.labs import find
from explorer.ui import export


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
    assert lab.settings.make(**again["settings"]).values() == settings.values()
    assert f"/live?{settings.to_query()}" in told
    assert "`lipschitz.lower`: a lower bound" in told
    assert "`lipschitz.upper`: an upper bound" in told
    assert "`success`" not in told
