"""How the command line ends: 0 done, 2 bad settings or usage, 3 something needed is not there, 1 a failure."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import typer

from explorer.data.files import BadFile
from explorer.data.folder import Absent
from explorer.device import DeviceError
from explorer.labs import UnknownName
from explorer.settings import SettingsError

FAILURE, USAGE, MISSING = 1, 2, 3


@contextmanager
def errors_reported() -> Iterator[None]:
    """Say a user's mistake in one line each, without a traceback, and leave with its exit code."""
    try:
        yield
    except (SettingsError, UnknownName) as error:
        fail(str(error), USAGE)
    except (DeviceError, Absent) as error:
        fail(str(error), MISSING)
    except BadFile as error:
        fail(str(error), FAILURE)


def fail(message: str, code: int) -> NoReturn:
    """Print the message to stderr and leave."""
    typer.echo(message, err=True)
    raise typer.Exit(code)
