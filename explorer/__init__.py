"""explorer: what does it take to fit the data smoothly? Six papers, live networks, one question.

Importing this module loads neither torch nor Panel; each function loads what it needs.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from explorer.frames import Frame
    from explorer.labs import Lab
    from explorer.runtime.result import Result
    from explorer.settings import Settings

__version__ = "0.1.0"
__all__ = ["explore", "labs", "run", "serve", "settings", "stream"]


def labs() -> "tuple[Lab, ...]":
    """Every lab, in the order of the page."""
    from explorer import labs as package

    return package.labs()


def settings(lab: str, **values: Any) -> "Settings":
    """Checked settings of a lab; what is not named has its default.

    Raises:
        UnknownName: if there is no such lab.
        SettingsError: with all problems at once, each naming field, value and what is allowed.
    """
    from explorer import labs as package

    kind = package.find(lab).settings
    return kind.make(**kind.take_in(values))


def stream(lab: str, *, device: str = "cpu", **values: Any) -> "Iterator[Frame]":
    """The frames of a run, as they are computed in this process. Raises as `settings` does, and DeviceError."""
    from explorer import labs as package
    from explorer.device import pick

    return package.find(lab).stream(settings(lab, **values), pick(device), lambda: False)


def run(lab: str, *, device: str = "cpu", fresh: bool = False, **values: Any) -> "Result":
    """A finished run, from the store unless `fresh`; `tables` are pandas data frames.

    Raises as `settings` does, and DeviceError.
    """
    from explorer import labs as package
    from explorer.runtime.run import run as run_lab

    return run_lab(package.find(lab), settings(lab, **values), device, fresh=fresh)


def explore(lab: str, *, device: str = "cpu", **values: Any) -> Any:
    """The lab as a live view in a notebook cell: make it the cell's last expression. Raises as `settings` does."""
    from explorer import labs as package
    from explorer.ui.notebook import cell

    return cell(package.find(lab), settings(lab, **values), device)


def serve(**options: Any) -> None:
    """The web app, until interrupted; see `explorer.server.serve` for the options."""
    from explorer.server import serve as serve_labs

    serve_labs(**options)
