"""Which tests `make check` picks for a change."""

import subprocess
from pathlib import Path

import pytest

from tools.touched import ROOT, changes, imported, touched

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


def test_what_was_deleted_or_renamed_is_a_change(tmp_path: Path) -> None:
    def git(*command: str) -> None:
        me = ("-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false")
        subprocess.run(("git", "-C", str(tmp_path), *me, *command), check=True, capture_output=True)

    module = tmp_path / "explorer" / "powers.py"
    module.parent.mkdir()
    git("init")
    for name in ("powers", "vectors", "device"):
        module.with_stem(name).write_text(f"# {name}\n" * 9)
        git("add", ".")
        git("commit", "-m", name)
    module.unlink()
    git("mv", "explorer/vectors.py", "explorer/arrows.py")
    module.with_stem("new").write_text("")
    known = ["explorer/arrows.py", "explorer/powers.py", "explorer/vectors.py", "explorer/new.py"]
    assert changes(tmp_path) == [Path(name) for name in known]
    assert {Path("tests/test_powers.py"), Path("tests/measure/test_scale.py")} <= {*touched(changes(tmp_path), TESTS)}
    git("add", ".")
    git("commit", "-m", "all of it")
    assert {*changes(tmp_path)} == {Path(name) for name in known}


def test_what_is_imported_from_a_package_may_be_a_module() -> None:
    assert set(imported("import a.b\nfrom c.d import e\nfrom . import f")) == {"a.b", "c.d", "c.d.e"}
