"""What a card does: `make cuda` with a PYTHON that has torch; nothing is installed and no network is asked.

First the tests marked `cuda`, where this Python has what they import, then the benchmark. Prints a line a row, and JSON
to standard output, which `python -m benchmarks._docs` puts into docs/benchmarks.md. What else is imported may lie in
`.wheels`, see `make wheels`.
"""

import json
import os
import subprocess
import sys
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROUNDS = 5
DONE, DISAGREES, MISSING = 0, 1, 3
TESTED_WITH = ("pytest", "pytest_timeout", "hypothesis", "beartype", "pandas", "platformdirs", "pyarrow", "scipy")


def main() -> int:
    """Measure; 0 without a card too, 1 if it computes something else than the CPU, 3 if this Python lacks a package."""
    sys.path[:0] = [str(ROOT), *map(str, sorted((ROOT / ".wheels").glob("*.whl")))]
    try:
        import torch

        from benchmarks import gpu
    except ModuleNotFoundError as error:
        print(f"this Python has no {error.name}: give one that has torch, and `make wheels` before", file=sys.stderr)
        return MISSING
    if torch.cuda.is_available() and tests_fail():
        return DISAGREES
    found = []
    for row in gpu.rows(ROUNDS):
        found.append(row)
        print(f"{row.name}: {row.ratio:.1f} x {row.peer}; {row.agreement}; {row.detail}", file=sys.stderr)
    if not found:
        return DONE
    machine = {"cores": os.cpu_count(), "card": torch.cuda.get_device_name(), "torch": torch.__version__}
    print(json.dumps({"machine": machine, "rows": [{"bench": "gpu", **asdict(row)} for row in found]}, indent=1))
    return DONE if all(row.agrees for row in found) else DISAGREES


def tests_fail() -> bool:
    """Whether a test that wants a card fails; none does where this Python cannot run them, which is said."""
    if lacking := [name for name in TESTED_WITH if find_spec(name) is None]:
        print(f"tests marked cuda: skipped, this Python has no {', '.join(lacking)}", file=sys.stderr)
        return False
    # by name: others import what a Python with torch alone lacks
    files = sorted(str(path) for path in (ROOT / "tests").rglob("test_*.py") if "mark.cuda" in path.read_text("utf-8"))
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-m", "cuda", "-p", "no:cacheprovider", *files],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=sys.stderr,
        check=False,
    )
    return ran.returncode != 0


if __name__ == "__main__":
    sys.exit(main())
