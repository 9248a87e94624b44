"""A JupyterLab as a user has it: a server in a process of its own, and a notebook in a browser. For tests."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import psutil
from playwright.sync_api import Page

from tools.pages import PATIENCE, until

KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}


class JupyterLab:
    """A JupyterLab with a folder of its own. Everything it says goes to `log`."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.log = folder, folder / "jupyterlab.log"
        options = ["--no-browser", "--allow-root", "--expose-app-in-browser", "--LabApp.news_url="]
        options += ["--ServerApp.port=0", "--ServerApp.ip=127.0.0.1", "--IdentityProvider.token="]
        with self.log.open("wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "jupyterlab", *options, f"--ServerApp.root_dir={folder}"],
                stdout=out,
                stderr=subprocess.STDOUT,
            )
        self.address: str = until(self._address, f"address in {self.log}")

    def _address(self) -> str | None:
        assert self.process.poll() is None, self.said()
        note = Path(os.environ["JUPYTER_RUNTIME_DIR"], f"jpserver-{self.process.pid}.json")
        written = note.read_text() if note.exists() else ""  # for a moment the file is there and empty
        return json.loads(written)["url"].rstrip("/") if written else None

    def said(self) -> str:
        """The log so far."""
        return self.log.read_text("utf-8", "replace")

    def notebook(self, page: Page, *cells: str) -> "Notebook":
        """A new notebook of these cells, opened in the page, with a kernel that has started."""
        name = f"{len(list(self.folder.glob('*.ipynb')))}.ipynb"
        made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
        made.metadata.kernelspec = KERNEL
        nbformat.write(made, self.folder / name)
        page.goto(f"{self.address}/lab/tree/{name}?reset")
        page.wait_for_function(
            "() => window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"
        )
        return Notebook(page)

    def close(self) -> None:
        """End the server, its kernels and their workers; none may outlive it."""
        started = psutil.Process(self.process.pid).children(recursive=True)
        self.process.terminate()
        self.process.wait(PATIENCE)
        _, left = psutil.wait_procs(started, PATIENCE)
        for process in left:
            process.kill()
        assert not left


class Notebook:
    """A notebook that a page shows."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def command(self, name: str, **arguments: Any) -> None:
        """A command of JupyterLab; waits until it is done."""
        self.page.evaluate("([name, options]) => jupyterapp.commands.execute(name, options)", [name, arguments])

    def run(self, cell: int) -> str:
        """Run a cell; what it prints."""
        self.page.evaluate("(cell) => { jupyterapp.shell.currentWidget.content.activeCellIndex = cell }", cell)
        self.command("notebook:run-cell")
        printed = self.page.locator(".jp-CodeCell").nth(cell).locator(".jp-RenderedText")
        return "".join(printed.all_inner_texts()).strip()

    def restart(self) -> None:
        """Restart the kernel, as its menu does; waits until it is there again."""
        self.page.evaluate("() => jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")

    def crash(self) -> None:
        """Kill the kernel from within; waits until JupyterLab has noticed, and takes away what it says about that."""
        self.page.evaluate(
            """() => new Promise((resolve) => {
              const { kernel } = jupyterapp.shell.currentWidget.sessionContext.session
              kernel.statusChanged.connect((_, status) => { if (status === 'autorestarting') resolve() })
              kernel.requestExecute({ code: 'import os; os._exit(1)' })
            })"""
        )
        self.page.locator(".jp-Dialog .jp-mod-accept").click()
