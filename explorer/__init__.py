"""explorer: what does it take to fit the data smoothly? Six papers, live networks, one question.

Importing this module loads neither torch nor Panel; each function loads what it needs.
"""

import sys
from collections.abc import Iterator
from types import ModuleType
from typing import TYPE_CHECKING, Any

from explorer import labs, settings

if TYPE_CHECKING:
    from explorer.frames import Frame
    from explorer.labs import Lab
    from explorer.runtime.result import Result
    from explorer.settings import Settings

__version__ = "0.1.0"
__all__ = ["explore", "labs", "run", "serve", "settings", "stream"]


class _Labs(ModuleType):
    """The package `explorer.labs`, which may be called: `explorer.labs()`."""

    def __call__(self) -> "tuple[Lab, ...]":
        """Every lab, in the order of the page."""
        return self.labs()


class _Settings(ModuleType):
    """The module `explorer.settings`, which may be called: `explorer.settings("live", n=200)`."""

    def __call__(self, lab: str, **values: Any) -> "Settings":
        """Checked settings of a lab; what is not named has its default.

        Raises:
            UnknownName: if there is no such lab.
            SettingsError: with all problems at once, each naming field, value and what is allowed.
        """
        kind = labs.find(lab).settings
        return kind.given(**values)


# a submodule and a function cannot share a name in their package, but a module can be callable (docs/adr)
sys.modules[labs.__name__].__class__ = _Labs
sys.modules[settings.__name__].__class__ = _Settings


def stream(lab: str, *, device: str = "cpu", **values: Any) -> "Iterator[Frame]":
    """The frames of a run, as they are computed in this process. Raises as `settings` does, and DeviceError."""
    from explorer.device import pick
    from explorer.frames import Frame

    found = labs.find(lab).stream(settings(lab, **values), pick(device), lambda: False)  # type: ignore[operator]
    return (frame for frame in found if isinstance(frame, Frame))


def run(lab: str, *, device: str = "cpu", fresh: bool = False, **values: Any) -> "Result":
    """A finished run, from the store unless `fresh`; `tables` are pandas data frames.

    Raises as `settings` does, and DeviceError.
    """
    from explorer.runtime.run import run as run_lab

    return run_lab(labs.find(lab), settings(lab, **values), device, fresh=fresh)  # type: ignore[operator]


def explore(lab: str, *, device: str = "cpu", **values: Any) -> Any:
    """The lab as a live view in a notebook cell: make it the cell's last expression. Raises as `settings` does."""
    from explorer.ui.notebook import cell

    return cell(labs.find(lab), settings(lab, **values), device)  # type: ignore[operator]


def serve(**options: Any) -> None:
    """The web app, until interrupted; see `explorer.server.serve` for the options."""
    from explorer.server import serve as serve_labs

    serve_labs(**options)
