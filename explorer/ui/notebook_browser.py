"""What only the browser knows of a notebook cell: when it is on the screen, its links, its theme, its kernel's end."""

from collections.abc import Callable

import param
from panel.custom import JSComponent

from explorer.ui.assets import read
from explorer.ui.loop import Loop
from explorer.ui.pressed import Presses, take_press

OVER = "The kernel was restarted or has ended, so this view stands still. Run its cell again."
SILENT = "The kernel does not answer: it is busy, or it was restarted. If it was, run this cell again."


class NotebookBrowser(JSComponent):
    """An invisible component that reports when the cell has been drawn, the notebook's theme, and links to settings.

    It says on the cell when the kernel behind it has gone: at once where the front end tells (JupyterLab, Notebook 7),
    else when somebody touches the view and nothing answers. And it stops an echo of Panel's.
    """

    over = param.String(OVER, constant=True)
    silent = param.String(SILENT, constant=True)

    _esm = read("fold.js", "pressed.js", "notebook_browser.js")

    def __init__(self, appear: Callable[[bool], None], hears: Presses, loop: Loop) -> None:
        super().__init__(width=0, height=0, margin=0)
        self._appear, self._hears, self._loop = appear, hears, loop

    def _handle_msg(self, data: object) -> None:
        match data:
            case {"ask": int(number)}:
                # not now: what is sent while a message is taken in takes with it what else that message changes
                self._loop.soon(lambda: self._send_msg({"heard": number}))
            case {"dark": bool(dark)}:
                self._appear(dark)
            case _:
                take_press(data, self._hears)
