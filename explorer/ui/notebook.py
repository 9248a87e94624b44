"""A lab in a notebook cell: the view of the page, moved by messages between the browser and the notebook's kernel.

What the page's server does by itself is done here: libraries come from the installed packages, not from a CDN; a
view ends with its cell; and Panel's way into a notebook gets what it lacks for figures that are drawn again and again
(`NotebookLoop`, `_Root`, `NotebookBrowser`).
"""

import json
import sys
from functools import cache
from typing import Any

import panel as pn
from bokeh.models import Model
from bokeh.models.ui import UIElement
from panel.io.notebook import load_notebook, patch_inline_stylesheets
from panel.models.esm import ReactComponent
from panel_material_ui import MaterialDesign
from panel_material_ui.base import BUNDLE_PATH

from explorer.labs import Lab
from explorer.runtime.fetching import Fetching
from explorer.runtime.scheduler import Scheduler
from explorer.settings import Settings
from explorer.ui.notebook_browser import NotebookBrowser
from explorer.ui.notebook_loop import NotebookLoop
from explorer.ui.view import LabView

#: The Material widgets are one module of 1.4 MB, which the browser gets once and every widget imports from there.
#: Panel would write it into the output for each of some forty widgets, or fetch it from a CDN.
PUT_WIDGETS = 'window.explorerWidgets ??= URL.createObjectURL(new Blob([%s], {type: "text/javascript"}))'
GET_WIDGETS = "const widgets = await importShim(window.explorerWidgets); export default widgets.default"


class NoKernel(RuntimeError):
    """`explore` was called outside of a notebook."""


def cell(lab: Lab, settings: Settings, device: str) -> "Cell":
    """The lab as a live view, to be the last expression of a notebook cell.

    Raises:
        NoKernel: if this is not a notebook's kernel.
    """
    if _shell() is None:
        raise NoKernel("explore() shows a lab in a notebook cell; elsewhere, explorer.serve() opens it as a page")
    return _kernel().show(lab, settings, device)


class Cell(pn.viewable.Viewer):
    """A view in a cell. It closes when its cell is run again, and with the kernel."""

    def __init__(self, lab: Lab, settings: Settings, scheduler: Scheduler) -> None:
        super().__init__()
        self._loop = NotebookLoop(self._push)
        with pn.config.set(design=MaterialDesign):
            self.view = LabView(
                lab, settings.changed(story="off"), scheduler, self._loop, page=False, fetching=Fetching()
            )
        shown = NotebookBrowser(self._appear, self.view, self._loop)
        self._root = _Root(self.view, shown, loop=self._loop, hooks=[self._rendered])
        self._outputs: set[str] = set()
        self._started = False

    def __panel__(self) -> pn.viewable.Viewable:
        return self._root

    def close(self) -> None:
        """Let the run go (it stops if nobody else watches it), and what Panel keeps for the output."""
        self.view.close()
        for output in self._outputs:  # JupyterLab should send this, but pyviz_comms 3.0.6 never opens that comm
            pn.extension._process_comm_msg({"event_type": "delete", "id": output})

    def _push(self) -> None:
        pn.io.push_notebook(self._root)

    def _appear(self, dark: bool) -> None:
        self.view.prefer_dark(dark)
        if not self._started:
            self._started = True
            self._loop.soon(self.view.start)

    def _rendered(self, _: pn.viewable.Viewable, root: Model) -> None:
        """Leave nothing for the browser to fetch; called whenever the output has new parts."""
        self._outputs.add(root.ref["id"])
        for part in root.select({"type": UIElement}):
            patch_inline_stylesheets(part)
            if isinstance(part, ReactComponent):
                part.update(bundle="explorer", css_bundle=None, esm=GET_WIDGETS)


class _Root(pn.Column):
    """The root of a cell's output. Its messages take turns with the ticks.

    Its design is plain because any other wraps what is shown, and loses the hooks.
    """

    def __init__(self, *parts: Any, loop: NotebookLoop, **options: Any) -> None:
        super().__init__(*parts, design=pn.theme.Native, sizing_mode="stretch_width", **options)
        self._loop = loop

    def _on_msg(self, ref: str, manager: Any, msg: Any) -> None:
        with self._loop.message():
            super()._on_msg(ref, manager, msg)


class _Kernel:
    """What the views of one kernel share: a scheduler a device, the libraries in the browser, who is in which cell."""

    def __init__(self) -> None:
        self._scheduler = cache(Scheduler)
        self._cells: dict[tuple[str, int], list[Cell]] = {}  # by cell and run
        self._holder: str | None = None  # the cell whose output has the libraries
        self._extended = False  # whether Panel's came from here, not from the user's own pn.extension
        pn.config.design = None  # the Material widgets, once imported, dress everything else in the notebook too

    def show(self, lab: Lab, settings: Settings, device: str) -> Cell:
        """A view for the cell that is being run, in place of those of its last run."""
        here, run = _where()
        for key in [key for key in self._cells if key[0] == here and key[1] != run]:
            for old in self._cells.pop(key):
                old.close()
        if self._holder in (None, here):
            self._load_libraries()
            self._holder = here
        made = Cell(lab, settings, self._scheduler(device))
        self._cells.setdefault((here, run), []).append(made)
        return made

    def _load_libraries(self) -> None:
        """Put BokehJS, Panel and the Material widgets into this cell's output; a new run takes them away again."""
        from IPython.display import publish_display_data

        with pn.config.set(inline=True):
            if not pn.extension._loaded:
                self._extended = True
                pn.extension()
            elif self._extended:
                load_notebook(inline=True)
        publish_display_data({"application/javascript": PUT_WIDGETS % json.dumps(BUNDLE_PATH.read_text("utf-8"))})


@cache
def _kernel() -> _Kernel:
    return _Kernel()


def _shell() -> Any:
    """The shell of this notebook's kernel; None outside of a notebook."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return shell if hasattr(shell, "kernel") else None


def _where() -> tuple[str, int]:
    """The cell that is being run (each run is one of its own where the front end gives cells no id), and which run."""
    shell = _shell()
    run = shell.execution_count
    return shell.get_parent().get("metadata", {}).get("cellId", f"run {run}"), run
