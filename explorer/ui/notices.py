"""Messages over the figures: what was refused, what failed, what was done."""

from collections.abc import Iterable
from html import escape

import panel_material_ui as pmui

from explorer.fields import write
from explorer.settings import Problem
from explorer.ui.style import box, html

MOST = 10  # problems that are told one by one; an address may have a hundred


class Notices:
    """One notice at a time, to which a line can be added; the next change clears it.

    What it says is text: much of it came from outside.
    """

    def __init__(self, problems: Iterable[Problem] = ()) -> None:
        # not the alert's own `object`, which is Markdown and ends as HTML, however often it is escaped
        self._text = html("")
        self._lines: list[str] = []
        self._alert = pmui.Alert(self._text, closeable=True, margin=0, sizing_mode="stretch_width")
        self.view = box(self._alert, css_classes=["ex-notices"], visible=False)
        if problems := tuple(problems):
            self.refuse(problems)

    def refuse(self, problems: Iterable[Problem]) -> None:
        """Settings that were not taken, one line each."""
        lines = [_line(problem) for problem in problems]
        more = [f"and {len(lines) - MOST} more"] if len(lines) > MOST else []
        self._post("warning", lines[:MOST] + more)

    def fail(self, message: str) -> None:
        """A run that ended with an error."""
        self._post("error", message.splitlines())

    def say(self, message: str) -> None:
        """Something that went well."""
        self._post("success", message.splitlines())

    def add(self, line: str) -> None:
        """One more line, under those that are read now."""
        there = self._lines if self.view.visible and not self._alert.closed else []
        if line not in there:
            self._post(self._alert.severity if there else "success", [*there, line])

    def take_back(self, line: str) -> None:
        """This line goes; what was closed stays closed."""
        if line in self._lines:
            self._write(each for each in self._lines if each != line)
            self.view.visible = self.view.visible and bool(self._lines)

    def clear(self) -> None:
        """Nothing to say any more."""
        self.view.visible = False

    def _write(self, lines: Iterable[str]) -> None:
        self._lines = list(lines)
        self._text.object = "".join(f'<p class="notice">{escape(line)}</p>' for line in self._lines)

    def _post(self, severity: str, lines: Iterable[str]) -> None:
        self._write(lines)
        self._alert.param.update(severity=severity, closed=False)
        self.view.visible = True


def _line(problem: Problem) -> str:
    used = "" if problem.instead is None else f" (using {write(problem.instead) or 'none'})"
    return f"{problem}{used}"
