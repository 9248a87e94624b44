"""Find a Chromium for the browser tests, or get one: `python tools/browser.py` prints its path.

In this order: $CHROMIUM, a system Chromium or Chrome, Playwright's own download, Debian's package (as root or with
a sudo that asks for no password).
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from typing import TextIO

SYSTEM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PATIENCE = 900  # seconds for one download; a machine without a route to it must get to the next way


def find() -> str | None:
    """The path in $CHROMIUM, or a system browser; None where there is neither (Playwright then looks for its own)."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, SYSTEM)), None)


def arguments() -> list[str]:
    """Command line of a Chromium that works in a container and looks for nothing on the network."""
    quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    return ["--disable-dev-shm-usage", "--disable-gpu", "--disable-quic", *quiet, *(["--no-sandbox"] if root else [])]


def downloaded() -> str | None:
    """Playwright's own Chromium, if it is there."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if os.path.exists(path) else None


def download() -> str | None:
    """Have Playwright fetch its own Chromium."""
    return downloaded() if _run(sys.executable, "-m", "playwright", "install", "chromium") else None


def install() -> str | None:
    """Install Debian's Chromium."""
    if not shutil.which("apt-get"):
        return None
    become = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if become and not shutil.which("sudo"):
        return None
    apt = [*become, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
    _run(*apt, "update")  # a stale list may still do
    return find() if _run(*apt, "install", "-y", "--no-install-recommends", "chromium") else None


def starts(path: str) -> bool:
    """Whether the browser runs at all: a download lacks its libraries on a bare system."""
    return _run(path, "--version", output=subprocess.DEVNULL)


def main() -> int:
    """Print the path of the first browser that starts; 1 when there is none."""
    ways: tuple[Callable[[], str | None], ...] = (find, downloaded, download, install)
    for way in ways:
        path = way()
        if path and starts(path):
            print(path)
            return 0
    print("No browser for the tests: install Chromium, or name one with CHROMIUM=/path/to/chromium", file=sys.stderr)
    return 1


def _run(*command: str, output: int | TextIO = sys.stderr) -> bool:
    # stdout belongs to the path that is printed
    try:
        return subprocess.run(command, stdout=output, stderr=output, timeout=PATIENCE, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired) as error:
        print(error, file=sys.stderr)
        return False


if __name__ == "__main__":
    sys.exit(main())
