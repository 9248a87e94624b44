"""Name the tests that a change is most likely to break: `python tools/touched.py` prints their files, for `make check`.

Those that were changed themselves, that import a changed module, or that have its name or its folder's. Tests of pages
and notebooks are left to `make test`, which runs all.
"""

import ast
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
LARGE = ("browser", "server", "notebooks", "pretend")  # folders of tests that need more than a minute


def touched(changed: Iterable[Path], tests: Iterable[Path], root: Path = ROOT) -> list[Path]:
    """The tests that the changed files concern; all paths are relative to `root`."""
    changed = {path for path in changed if path.suffix == ".py"}
    modules = {".".join(path.with_suffix("").parts).removesuffix(".__init__") for path in changed}
    names = {
        f"test_{name}" for path in changed for name in (path.stem, path.parent.name) if path.parts[0] == "explorer"
    }
    return sorted(
        test
        for test in tests
        if not set(test.parts) & set(LARGE)
        if test in changed or test.stem in names or modules & set(imported((root / test).read_text("utf-8")))
    )


def imported(source: str) -> Iterator[str]:
    """The modules that a source imports by name, and what it imports from them, which may be modules too."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def changes(root: Path = ROOT) -> list[Path]:
    """What differs from the last commit, also what git does not know yet; if nothing does, what that commit changed.

    What was deleted is among them, and of what was renamed both names: the tests that know it are those that break.
    """
    diff = ("diff", "--name-only", "--no-renames")
    now = _git(root, *diff, "HEAD") + _git(root, "ls-files", "--others", "--exclude-standard")
    return now or _git(root, *diff, "HEAD~1")


def _git(root: Path, *command: str) -> list[Path]:
    said = subprocess.run(("git", "-C", str(root), *command), capture_output=True, text=True, check=True).stdout
    return [Path(line) for line in said.splitlines()]


if __name__ == "__main__":
    print(*touched(changes(), (path.relative_to(ROOT) for path in (ROOT / "tests").rglob("test_*.py"))), sep="\n")
