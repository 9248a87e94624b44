"""Keys of runs: equal keys mean equal results, bit for bit on a CPU with the same number of threads.

A run's key is that of its training, a dash, and a hash of what is measured: all measurements of one training stand
side by side, and a new eps finds the trained networks by the first part alone.
"""

import hashlib
import json
import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

import explorer
from explorer.labs import Lab
from explorer.nets import families
from explorer.settings import Settings

ROOT = Path(explorer.__file__).parent
FLOORS = (
    "settings.py",
    "fields.py",
    "frames.py",
    "device.py",
    "data",
    "nets",
    "train",
    "measure",
    "theory",
    "labs/__init__.py",
)


def training_key(lab: Lab, settings: Settings, device: str = "cpu") -> str:
    """The key of the trained networks: lab, what trains them, code, torch, and the kind of device."""
    own = own_source(settings.values().get("family", ""))
    return _hash([lab.name, settings.training(), code_version(lab.package), own, versions()["torch"], device])


def run_key(lab: Lab, settings: Settings, device: str = "cpu") -> str:
    """The key of a run: the training's, and what is measured. Fields of the view have no part in it."""
    return f"{training_key(lab, settings, device)}-{_hash(settings.measuring())}"


@cache
def code_version(package: str) -> str:
    """A hash of the sources that decide a lab's numbers: its own package and the floors below. Read once a process."""
    digest = hashlib.blake2b(digest_size=16)
    for floor in (*FLOORS, "/".join(package.split(".")[1:])):
        for path in sorted((ROOT / floor).rglob("*.py")) if (ROOT / floor).is_dir() else [ROOT / floor]:
            if path.exists():
                digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


@cache
def versions() -> dict[str, str]:
    """Versions of what computes, found without importing it."""
    found = {"explorer": explorer.__version__, "python": platform.python_version()}
    for name in ("torch", "numpy"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "unknown"
    return found


def own_source(family: str) -> str:
    """The source of a user's own activation, which may change while its name stays; "" for a built-in one."""
    if family in families.BUILT_IN or family not in families.families():
        return ""
    spec = find_spec(families.families()[family].partition(":")[0])
    return Path(spec.origin).read_text("utf-8") if spec and spec.origin and spec.has_location else ""


def _hash(what: object) -> str:
    return hashlib.blake2b(json.dumps(what, sort_keys=True).encode(), digest_size=12).hexdigest()
