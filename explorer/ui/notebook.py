"""A lab in a notebook cell: the same view as on the page, moved by the cell's own messages."""

import json
import sys
from collections.abc import Callable
from functools import cache
from typing import Any

import panel as pn
from bokeh.models import Model
from panel.custom import JSComponent
from panel.io.notebook import load_notebook
from panel.models.esm import ReactComponent
from panel_material_ui.base import BUNDLE_PATH

from explorer.labs import Lab
from explorer.runtime.board import Board
from explorer.settings import Settings
from explorer.ui.loop import NotebookLoop
from explorer.ui.view import LabView

#: The one copy of the Material widgets in a notebook, and how each of some forty widgets finds it. Panel would write
#: all 1.4 MB into the cell for each of them, or fetch it from a CDN.
SHARE_WIDGETS = 'window.explorerWidgets ??= URL.createObjectURL(new Blob([%s], {type: "text/javascript"}))'
FIND_WIDGETS = "const widgets = await importShim(window.explorerWidgets); export default widgets.default"


class NoKernel(RuntimeError):
    """`explore` was called outside of a notebook."""


def cell(lab: Lab, settings: Settings, device: str) -> "Cell":
    """The lab as a live view, to be the last expression of a notebook cell.

    Raises:
        NoKernel: if this is not a notebook's kernel.
    """
    if _shell() is None:
        raise NoKernel("explore() shows a lab in a notebook cell; outside of one, explorer.serve() opens it as a page")
    kernel = _kernel()
    kernel.clear_cell()
    kernel.load_libraries()
    made = Cell(lab, settings, kernel.board(device))
    kernel.keep(made)
    return made


class Cell(pn.viewable.Viewer):
    """A view in a cell. It closes when its cell is run again, cleared or deleted, and with the kernel."""

    def __init__(self, lab: Lab, settings: Settings, board: Board) -> None:
        super().__init__()
        self._loop = NotebookLoop(self._push)
        # figures changed by a control outside of a tick: Panel sends its own widgets' changes, not Bokeh's
        self.view = LabView(lab, settings, board, self._loop, page=False, on_settings=lambda _: self._push())
        self._roots: set[str] = set()
        self._shown = Shown(self._appear)
        plain = pn.theme.Native  # any other design wraps what is shown, and the hooks are lost
        self._root = pn.Column(
            self.view, self._shown, hooks=[self._rendered], design=plain, sizing_mode="stretch_width"
        )

    def __panel__(self) -> pn.viewable.Viewable:
        return self._root

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> object:
        with pn.config.set(inline=True):  # nothing from a CDN
            return super()._repr_mimebundle_(include, exclude)

    def close(self) -> None:
        """Let the run go; it stops if nobody else watches it."""
        self.view.close()

    def shows(self, root: str) -> bool:
        """Whether the output whose root model has this id shows this view."""
        return root in self._roots

    def _appear(self, dark: bool) -> None:
        first = self._loop.open()
        self.view.prefer_dark(dark)
        if first:
            self._loop.soon(self.view.start)

    def _push(self) -> None:
        pn.io.push_notebook(self._root)

    def _rendered(self, _: pn.viewable.Viewable, root: Model) -> None:
        self._roots.add(root.ref["id"])
        for widget in root.select({"type": ReactComponent}):
            if widget.bundle != "url":
                widget.esm = FIND_WIDGETS


class Shown(JSComponent):
    """Invisible; tells the kernel that the cell is on the screen, and whether the notebook is dark."""

    _esm = """
    export function render({ model, el }) {
      el.style.display = 'none'
      const dark = () => document.body.dataset.jpThemeLight === 'false' || document.body.classList.contains('vscode-dark')
      const tell = () => model.send_msg({ dark: dark() })
      const theme = new MutationObserver(tell)
      theme.observe(document.body, { attributeFilter: ['data-jp-theme-light', 'class'] })
      model.on('remove', () => theme.disconnect())
      tell()
    }
    """

    def __init__(self, appear: Callable[[bool], None]) -> None:
        super().__init__(width=0, height=0, margin=0)
        self._appear = appear

    def _handle_msg(self, data: dict) -> None:
        self._appear(bool(data["dark"]))


class Kernel:
    """What the views of one kernel share: a board a device, the libraries in the browser, who is in which cell."""

    def __init__(self) -> None:
        self.board = cache(Board)
        self._cells: dict[tuple[str, int], list[Cell]] = {}  # by a cell's id and its execution
        self._holder: str | None = None  # the id of the cell whose output has the libraries
        self._extended = False  # whether pn.extension was called here, not by the user
        pn.extension.add_delete_action(self._deleted)

    def load_libraries(self) -> None:
        """Put BokehJS, Panel and the Material widgets into the output of this cell, unless they are in another's."""
        here, _ = _where()
        if self._holder not in (None, here):
            return
        from IPython.display import publish_display_data

        with pn.config.set(inline=True):
            if not pn.extension._loaded:
                self._extended = True
                pn.extension()
            elif self._extended:  # it was in the output that this one replaces
                load_notebook(inline=True)
        publish_display_data({"application/javascript": SHARE_WIDGETS % json.dumps(BUNDLE_PATH.read_text("utf-8"))})
        self._holder = here

    def clear_cell(self) -> None:
        """Close the views that this cell showed when it was run before."""
        here = _where()
        for where in [where for where in self._cells if where[0] == here[0] and where != here]:
            for view in self._cells.pop(where):
                view.close()

    def keep(self, view: Cell) -> None:
        """Remember in which cell a view was made."""
        self._cells.setdefault(_where(), []).append(view)

    def _deleted(self, root: str) -> None:
        """JupyterLab says that an output has gone."""
        for view in [view for views in self._cells.values() for view in views if view.shows(root)]:
            view.close()


@cache
def _kernel() -> Kernel:
    return Kernel()


def _shell() -> Any:
    """The shell of this notebook's kernel; None outside of a notebook."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return shell if hasattr(shell, "kernel") else None


def _where() -> tuple[str, int]:
    """The cell that is being run (where the front end gives it no id: one for each run), and which run it is."""
    shell = _shell()
    run = shell.execution_count
    return shell.get_parent().get("metadata", {}).get("cellId", f"run {run}"), run
