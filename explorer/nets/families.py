"""Names of activation families, known without importing torch (the web process lists them).

The environment is the registry, so that a worker process started later knows the same names:

    from explorer.nets import families
    families.register("softplus", "mymodule:Softplus")     # Softplus subclasses Activation
    explorer.run("live", family="softplus")
"""

import os
from importlib import import_module

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
        ValueError: if the name is taken by another class, or holds anything but letters, digits, - and _.
    """
    if not name.replace("-", "").replace("_", "").isalnum():
        raise ValueError(f"family name {name!r}: use letters, digits, - and _")
    if families().get(name, target) != target:
        raise ValueError(f"family name {name!r} already names {families()[name]}")
    os.environ[VARIABLE] = ",".join(filter(None, [os.environ.get(VARIABLE), f"{name}={target}"]))


def activation(family: str, degree: int):
    """The `Activation` of a family at degree p. Raises KeyError for an unknown family."""
    module, _, cls = families()[family].partition(":")
    return getattr(import_module(module), cls)(degree)
