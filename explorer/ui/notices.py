"""Messages over the figures: what was refused, what failed, what was done."""

from collections.abc import Iterable

import panel_material_ui as pmui

from explorer.fields import write
from explorer.settings import Problem
from explorer.ui.style import box


class Notices:
    """One notice at a time; the next change clears it."""

    def __init__(self, problems: Iterable[Problem] = ()) -> None:
        self._alert = pmui.Alert(object="", closeable=True, margin=0, sizing_mode="stretch_width")
        self.view = box(self._alert, css_classes=["ex-notices"], visible=False)
        if problems := tuple(problems):
            self.refuse(problems)

    def refuse(self, problems: Iterable[Problem]) -> None:
        """Settings that were not taken, one line each."""
        self._post("warning", "  \n".join(map(_line, problems)))

    def fail(self, message: str) -> None:
        """A run that ended with an error."""
        self._post("error", message)

    def say(self, message: str) -> None:
        """Something that went well."""
        self._post("success", message)

    def clear(self) -> None:
        """Nothing to say any more."""
        self.view.visible = False

    def _post(self, severity: str, text: str) -> None:
        self._alert.param.update(object=text, severity=severity, closed=False)
        self.view.visible = True


def _line(problem: Problem) -> str:
    used = "" if problem.instead is None else f" (using {write(problem.instead)})"
    return f"{problem}{used}"
