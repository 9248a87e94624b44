"""Which modules can be reached: on packages made up for the purpose, compared with what Python itself imports."""

import subprocess
import sys
from pathlib import Path

import pytest

from explorer.runtime.closure import Closure, closure, within

#: A package in which only `far` and what it needs is reached from `start`, by every road there is.
TREE = {
    "__init__.py": "from pack import untouched  # an ancestor that nobody names",
    "untouched.py": "",
    "start.py": "from pack.plain import something\nfrom pack import sub, far\nfrom .relative import thing",
    "plain.py": "import pack.deep.inner as inner\nsomething = 1",
    "far.py": "def later():\n    from pack.lazy import late\n    return late",
    "lazy.py": "from importlib import import_module\nlate = import_module('pack.named')",
    "named.py": "TARGET = 'pack.target:Class'",
    "target.py": "from importlib import import_module as load\nclass Class: other = load('pack.aliased')",
    "aliased.py": "",
    "relative.py": "from . import sibling\nfrom .deep import inner\nthing = 1",
    "sibling.py": "import importlib\nx = importlib.import_module('.dotted', __package__)",
    "dotted.py": "import importlib\nx = importlib.import_module(f'{__package__}.formatted')",
    "formatted.py": "",
    "sub/__init__.py": "from pack.sub.part import shown",
    "sub/part.py": "from ..cousin import shown",
    "sub/other.py": "",
    "cousin.py": "from pack.all import *\nshown = 1",
    "all/__init__.py": "",
    "all/one.py": "",
    "all/two.py": "",
    "deep/__init__.py": "from pack import untouched",
    "deep/inner.py": "from pathlib import Path\nDATA = Path(__file__).parent / 'table.csv'\nNOT = 'absent.csv'",
    "deep/table.csv": "1,2",
    "deep/other.csv": "3,4",
    "importer.py": "from pack import start",
    "cycle.py": "import pack.start",
}
REACHED = {
    "pack.start",
    "pack.plain",
    "pack.deep.inner",
    "pack.deep.inner/table.csv",
    "pack.sub",
    "pack.sub.part",
    "pack.cousin",
    "pack.all",
    "pack.all.one",
    "pack.all.two",
    "pack.far",
    "pack.lazy",
    "pack.named",
    "pack.target",
    "pack.aliased",
    "pack.relative",
    "pack.sibling",
    "pack.dotted",
    "pack.formatted",
}


@pytest.fixture
def write(tmp_path: Path):
    """Writes a package called `pack`."""

    def make(tree: dict[str, str]) -> Path:
        for name, content in tree.items():
            path = tmp_path / "pack" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, "utf-8")
        return tmp_path

    return make


def reached(folder: Path, *starts: str) -> Closure:
    return closure(starts or ("pack.start",), within(folder))


def test_every_road_is_followed_and_no_other(write) -> None:
    found = reached(write(TREE))
    assert set(found.files) == REACHED
    assert found.outside == {"importlib", "pathlib"}


def test_python_itself_imports_no_module_that_was_missed(write) -> None:
    """Ancestors' __init__ aside, which are run without being named."""
    folder = write(TREE)
    script = "import sys, pack.start, pack.far; pack.far.later()\nprint(*(m for m in sys.modules if m[:4] == 'pack'))"
    loaded = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True, cwd=folder
    ).stdout.split()
    assert set(loaded) - REACHED == {"pack", "pack.untouched", "pack.deep"}


@pytest.mark.parametrize(
    ("source", "also"),
    [
        ("from pack import name", {"pack", "pack.maker"}),  # __init__ binds it
        ("from pack import maker", {"pack", "pack.maker"}),  # a submodule, which __init__ gives another meaning
        ("from pack import other", {"pack.other"}),
        ("import pack.other", {"pack", "pack.maker", "pack.other"}),  # pack.name can be reached through it
        ("import pack.other as o", {"pack.other"}),
        ("from pack import missing", {"pack", "pack.maker"}),
        ("from pack.missing import name", set()),
        ("try:\n    import pack.missing\nexcept ImportError:\n    from pack import other", {"pack", "pack.maker"}),
        ("class A:\n    async def f(self):\n        import pack.other as o", {"pack.other"}),
        ("this is no Python", set()),
        ("x = 'a pack.other in a text'", set()),
        ("import_module(f'pack.{name}')", set()),  # cannot be known
    ],
)
def test_what_an_import_means(write, source: str, also: set[str]) -> None:
    tree = {"__init__.py": "from .maker import name\nmaker = name", "maker.py": "", "other.py": "", "start.py": source}
    missing_ones = {"pack.other"} if source.startswith("try") else set()
    assert set(reached(write(tree)).files) == {"pack.start"} | also | missing_ones


def test_a_cycle_ends(write) -> None:
    found = reached(write({"start.py": "from pack import other", "other.py": "from pack import start"}))
    assert set(found.files) == {"pack.start", "pack.other"}


def test_data_is_only_what_lies_beside_a_module(write) -> None:
    literals = "x = 'table.csv', 'down/deeper.bin', '../up.csv', '/etc/hostname', '.', 'start.py', 'a.b\\0'"
    folder = write({"start.py": literals, "table.csv": "", "down/deeper.bin": ""})
    (folder / "up.csv").write_text("", "utf-8")
    assert set(reached(folder).files) == {"pack.start", "pack.start/table.csv", "pack.start/down/deeper.bin"}
