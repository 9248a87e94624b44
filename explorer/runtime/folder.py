"""A folder of the user's own that a run is written to: looked at before anything is computed."""

import json
import tempfile
from pathlib import Path
from typing import Any

from explorer.labs import Lab
from explorer.settings import Problem, Settings, SettingsError

FILES = ("run.json", "arrays.npz", "frames.bin")  # what `Result.save` writes beside the tables


def take(out: str, lab: Lab, settings: Settings) -> Path:
    """The folder that a run of these settings may be written to, made if it is not there.

    Raises SettingsError when it cannot be one, or holds what is not this run's and would be replaced.
    """

    def refused(allowed: str) -> SettingsError:
        return SettingsError([Problem("--out", out, allowed)])

    if not out.strip():
        raise refused("use the name of a folder")
    folder = Path(out)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        found = {path.name for path in folder.iterdir()}
        with tempfile.TemporaryFile(dir=folder):
            pass
    except (FileExistsError, NotADirectoryError):
        raise refused("use a folder: this is a file, or lies below one") from None
    except (OSError, ValueError) as error:
        raise refused(f"it cannot be written to ({getattr(error, 'strerror', None) or error})") from None
    if "run.json" in found:
        if _run(folder) == (lab.name, json.loads(json.dumps(settings.values()))):
            return folder
        raise refused("another run is in this folder; use a new one")
    if taken := sorted(found & {*FILES, *(f"{name}.parquet" for name in lab.tables)}):
        raise refused(f"its {taken[0]} would be replaced; use a new folder")
    return folder


def _run(folder: Path) -> tuple[Any, Any]:
    """Lab and settings of the run that is there."""
    try:
        head = json.loads((folder / "run.json").read_bytes())
        return head["lab"], head["settings"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None, None
