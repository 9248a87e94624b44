"""Keys of runs: equal keys mean equal results, bit for bit on a CPU with the same number of threads.

A run's key is that of its training, a dash, and a hash of what is measured: all measurements of one training stand
side by side, and a new eps finds the trained networks by the first part alone. Only fields that matter as the others
stand have a part in it, and only code that can be reached from what computes them.
"""

import hashlib
import json
import platform
import sysconfig
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

import explorer
from explorer import labs
from explorer.data import folder
from explorer.data.files import BadFile
from explorer.data.public import PUBLIC_SETS
from explorer.labs import Lab
from explorer.nets import families
from explorer.runtime.closure import Closure, Find, closure, within
from explorer.settings import Settings

ROOT = Path(explorer.__file__).parent
#: Of the libraries that code may import: those that decide numbers, by the name they are imported and released under.
LIBRARIES = {"numpy": "numpy", "scipy": "scipy", "sklearn": "scikit-learn", "torch": "torch"}


def training_key(lab: Lab, settings: Settings, device: str = "cpu") -> str:
    """The key of the trained networks: lab, what trains them, code, libraries, and the kind of device.

    Own points and networks are named by a hash of their contents, so that their names stand for what is read. Of a
    public data set the files that are read have a part in it, with a hash of each.
    """
    training = settings.training()
    own = own_version(training.get("family", ""))
    what = [lab.name, training, code_version((lab.panel(settings).compute,), ROOT), own, device]
    read = data_version(training.get("data"))
    return _hash([*what, read] if read else what)


def run_key(lab: Lab, settings: Settings, device: str = "cpu") -> str:
    """The key of a run: the training's, and what is measured. Fields of the view have no part in it."""
    return f"{training_key(lab, settings, device)}-{_hash(settings.measuring())}"


def training_of(key: str) -> str:
    """The training key of a run's."""
    return key.partition("-")[0]


def warm(device: str = "cpu") -> None:
    """Read the sources that keys are made of (some tenths of a second) before somebody waits for it."""
    for lab in labs.labs():
        run_key(lab, lab.settings.make(), device)


@cache
def code_version(modules: tuple[str, ...], root: Path) -> str:
    """A hash of all that these modules can reach: sources and data files in the package `root`, versions of libraries.

    Read once a process, as code is.
    """
    return _version(closure(modules, _inside(root)))


def own_version(family: str) -> str:
    """The same of a user's own activation, which may change while its name stays; "" for a built-in one.

    Followed are imports of what lies beside its module: of an installed one, only of its own package.
    """
    if family in families.BUILT_IN or family not in families.families():
        return ""
    module = families.families()[family].partition(":")[0]
    top = module.partition(".")[0]
    try:
        spec = find_spec(top)
    except (ImportError, ValueError):
        return ""
    if spec is None or not (spec.origin or spec.submodule_search_locations):
        return ""
    place = Path(next(iter(spec.submodule_search_locations or ()), None) or spec.origin or "").parent
    installed = {Path(sysconfig.get_path(name)) for name in ("purelib", "platlib", "stdlib")}
    beside, ours = within(place), _inside(ROOT)

    def find(name: str) -> Path | None:
        theirs = name.partition(".")[0] == top or place not in installed
        return ours(name) or (beside(name) if theirs else None)

    return _version(closure([module], find))


def data_version(data: object) -> dict[str, str]:
    """The files that a run on this public data set reads here, with a hash of each: a set may be there in part.

    Empty for other data, and where the set is absent or damaged: such a run ends in an error, which is not kept.
    """
    entry = PUBLIC_SETS.get(data) if isinstance(data, str) else None
    if entry is None:
        return {}
    try:
        return folder.version(entry, folder.folder())
    except BadFile:
        return {}


@cache
def versions() -> dict[str, str]:
    """Versions of what computes, found without importing it."""
    found = {"explorer": explorer.__version__, "python": platform.python_version()}
    return found | {name: _released(name) for name in ("torch", "numpy")}


def _inside(root: Path) -> Find:
    """Finds the modules of the package whose folder is `root`, and no others."""
    beside = within(root.parent)
    return lambda name: beside(name) if name.partition(".")[0] == root.name else None


def _version(found: Closure) -> str:
    digest = hashlib.blake2b(digest_size=16)
    for name, path in sorted(found.files.items()):
        content = path.read_bytes()
        digest.update(f"{name} {len(content)}\0".encode() + content)
    for name, release in LIBRARIES.items():
        if name in found.outside:
            digest.update(f"{release} {_released(release)}\0".encode())
    return digest.hexdigest()


def _released(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "unknown"


def _hash(what: object) -> str:
    return hashlib.blake2b(json.dumps(what, sort_keys=True).encode(), digest_size=12).hexdigest()
