"""Which tests `make check` picks for a change."""

from pathlib import Path

import pytest

from tools.touched import ROOT, imported, touched

TESTS = [path.relative_to(ROOT) for path in (ROOT / "tests").rglob("test_*.py")]


@pytest.mark.parametrize(
    ("changed", "picked"),
    [
        ("explorer/theory/mcshane.py", "tests/theory/test_mcshane.py"),  # by name and import
        ("explorer/labs/law/circle/figure.py", "tests/figures/law/test_circle.py"),  # by its folder's name
        ("explorer/vectors.py", "tests/measure/test_scale.py"),  # by import
        ("tests/test_cli.py", "tests/test_cli.py"),  # itself
    ],
)
def test_a_change_picks_the_tests_that_know_it(changed: str, picked: str) -> None:
    found = touched([Path(changed)], TESTS)
    assert Path(picked) in found
    assert len(found) < len(TESTS) / 4
    assert not [test for test in found if "browser" in test.parts]


def test_other_files_pick_none() -> None:
    assert touched([Path("README.md"), Path("explorer/labs/law/story.md")], TESTS) == []


def test_what_is_imported_from_a_package_may_be_a_module() -> None:
    assert set(imported("import a.b\nfrom c.d import e\nfrom . import f")) == {"a.b", "c.d", "c.d.e"}
