"""The numeric tests as other processors would run them: `python tools/portable.py [--quick] [what pytest takes]`.

Torch and MKL choose their kernels by the processor, and each sums in an order of its own. What a test says must hold
in all of them. A processor without AVX-512 leaves that one out and says so.
"""

import os
import subprocess
import sys

SETTINGS = (
    {"ATEN_CPU_CAPABILITY": "default"},
    {"MKL_CBWR": "COMPATIBLE"},
    {"ATEN_CPU_CAPABILITY": "avx2"},
    {"ATEN_CPU_CAPABILITY": "avx512"},
)
LEVELS = ("DEFAULT", "AVX2", "AVX512")  # as torch names them, each with all before it

PARTS = ("data", "figures", "labs", "measure", "nets", "theory", "train")
NUMERIC = (*(f"tests/{part}" for part in PARTS), "tests/test_frames.py")
#: Two settings that differ from most machines' own, and the kernels with the runs that a page shows first.
QUICK = 2
BESIDE = (
    "-q",
    "-n",
    "logical",
    "--maxprocesses",
    "4",
    "--dist",
    "loadgroup",
    "--no-loadscope-reorder",
)  # as `make test`
CORE = ("tests/measure", "tests/nets", "tests/theory", "tests/train", "tests/labs/test_shipped.py")


def main(arguments: list[str]) -> int:
    """Run all, however many fail; 1 when one does."""
    quick = "--quick" in arguments
    arguments = [argument for argument in arguments if argument != "--quick"]
    named = any(not argument.startswith("-") and os.path.exists(argument.split("::")[0]) for argument in arguments)
    chosen = () if named else CORE if quick else NUMERIC
    own = os.environ | {"OMP_NUM_THREADS": "1"}
    found = {}
    for setting in SETTINGS[:QUICK] if quick else SETTINGS:
        name = " ".join(f"{variable}={value}" for variable, value in setting.items())
        print(f"\n{name}", flush=True)
        command = [sys.executable, "-m", "pytest", *BESIDE, *chosen, *arguments]
        if not can(setting.get("ATEN_CPU_CAPABILITY", "default").upper()):
            found[name] = "left out: not on this processor"
        elif subprocess.run(command, env=own | setting).returncode:
            found[name] = "failed"
        else:
            found[name] = "passed"
    print("\n" + "\n".join(f"{name:34}{result}" for name, result in found.items()))
    return int("failed" in found.values())


def can(level: str) -> bool:
    """Whether this processor has the instructions: with others torch would be killed."""
    import torch

    has = torch.backends.cpu.get_cpu_capability()  # of this process, which was started without a setting
    return level == "DEFAULT" or (has in LEVELS and LEVELS.index(level) <= LEVELS.index(has))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
