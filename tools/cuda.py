"""What a card does: `make cuda` with a PYTHON that has torch; nothing is installed and no network is asked.

Prints a line a row, and JSON to standard output, which `python -m benchmarks._docs` puts into docs/benchmarks.md. What
else is imported (jaxtyping) may lie as wheels in `.wheels`, see `make wheels`.
"""

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROUNDS = 5
DONE, DISAGREES, MISSING = 0, 1, 3


def main() -> int:
    """Measure; 0 without a card too, 1 if it computes something else than the CPU, 3 if this Python lacks a package."""
    sys.path[:0] = [str(ROOT), *map(str, sorted((ROOT / ".wheels").glob("*.whl")))]
    try:
        import torch

        from benchmarks import gpu
    except ModuleNotFoundError as error:
        print(f"this Python has no {error.name}: give one that has torch, and `make wheels` before", file=sys.stderr)
        return MISSING
    found = []
    for row in gpu.rows(ROUNDS):
        found.append(row)
        print(f"{row.name}: {row.ratio:.1f} x {row.peer}; {row.agreement}; {row.detail}", file=sys.stderr)
    if not found:
        return DONE
    machine = {"cores": os.cpu_count(), "card": torch.cuda.get_device_name(), "torch": torch.__version__}
    print(json.dumps({"machine": machine, "rows": [{"bench": "gpu", **asdict(row)} for row in found]}, indent=1))
    return DONE if all(row.agrees for row in found) else DISAGREES


if __name__ == "__main__":
    sys.exit(main())
