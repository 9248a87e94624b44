"""The scripts and style sheets that lie beside this file."""

from functools import cache
from importlib import resources


@cache
def read(*names: str) -> str:
    """The files of these names, one after another."""
    return "\n".join(resources.files(__package__).joinpath(name).read_text("utf-8") for name in names)
