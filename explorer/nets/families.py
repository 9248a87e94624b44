"""Names of activation families, known without importing torch (the web process lists them).

The environment is the registry, so that a worker process started later knows the same names:

    from explorer.nets import families
    families.register("softplus", "mymodule:Softplus")     # Softplus subclasses Activation
    explorer.run("live", family="softplus")
"""

import os
import re
from importlib import import_module, reload
from importlib.util import find_spec

BUILT_IN = {
    "rectified": "explorer.nets.activations:Rectified",
    "polynomial": "explorer.nets.activations:Polynomial",
    "tanh": "explorer.nets.activations:Tanh",
}
VARIABLE = "EXPLORER_ACTIVATIONS"  # name=module:Class,name=module:Class


def families() -> dict[str, str]:
    """Every known family: name -> "module:Class"."""
    own = (entry.partition("=") for entry in os.environ.get(VARIABLE, "").split(",") if "=" in entry)
    return BUILT_IN | {name.strip(): target.strip() for name, _, target in own}


def register(name: str, target: str) -> None:
    """Make `target` ("module:Class", importable) known as family `name`, here and in workers started later.

    Raises:
        ValueError: if the name is taken by another class or holds anything but letters, digits, - and _, or if `target`
            is not written so.
    """
    if not re.fullmatch(r"\w+(\.\w+)*:\w+", target):
        raise ValueError(f"activation {target!r}: use module:Class")
    if not name.replace("-", "").replace("_", "").isalnum():
        raise ValueError(f"family name {name!r}: use letters, digits, - and _")
    if families().get(name, target) != target:
        raise ValueError(f"family name {name!r} already names {families()[name]}")
    os.environ[VARIABLE] = ",".join(filter(None, [os.environ.get(VARIABLE), f"{name}={target}"]))


def lacking(family: str) -> str:
    """The module of a family where it cannot be found, else ""; imports nothing but the packages above it."""
    module = families()[family].partition(":")[0]
    try:
        return "" if find_spec(module) else module
    except (ImportError, ValueError):
        return module


def activation(family: str, degree: int):
    """The `Activation` of a family at degree p; a module of somebody's own is read again, for he may have edited it.

    Raises:
        KeyError: if the family is unknown.
        ValueError: if its module cannot be imported, or has no such class.
    """
    target = families()[family]
    module, _, cls = target.partition(":")
    try:
        found = import_module(module)
        return getattr(found if target in BUILT_IN.values() else reload(found), cls)(degree)
    except (ImportError, AttributeError) as error:
        raise ValueError(f"family {family!r} is {target}, which cannot be used: {error}") from error
