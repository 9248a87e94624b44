"""The lesson above the figures: which step this is, its question or what came of it, and the ways back and on."""

from dataclasses import asdict

import param
from panel.custom import JSComponent

from explorer.ui.assets import read
from explorer.ui.course import Place
from explorer.ui.loop import Soon
from explorer.ui.session import Session


class LessonBar(JSComponent):
    """Drawn in the browser from one `Place`, as one component: it costs a page no more than a line of text.

    Args:
        session: whose lesson it is. soon: has a call made in a tick.
    """

    titles = param.List([], doc="Of all steps.")
    place = param.Dict({}, doc="What is said now; see `Place`.")
    answered = param.List([], doc="The steps whose question was answered.")

    _esm = read("make.js", "lesson_bar.js")
    _stylesheets = [read("lesson_bar.css")]  # noqa: RUF012 (Panel's)

    def __init__(self, session: Session, soon: Soon) -> None:
        titles = [preset.title for preset in session.course.presets]
        super().__init__(titles=titles, sizing_mode="stretch_width", margin=0, css_classes=["ex-lesson"])
        self._session, self._soon = session, soon

    def show(self, place: Place) -> None:
        """Say this."""
        said = {**asdict(place), "answers": list(place.answers)}
        if said != self.place:
            self.param.update(place=said, answered=sorted(self._session.course.answered))

    def _handle_msg(self, data: object) -> None:
        match data:
            case {"go": int(step)}:
                self._soon(lambda: self._session.go_to(step))
            case {"by": (1 | -1) as by}:
                self._soon(lambda: self._session.go_on(by))
            case {"answer": str(answer)}:
                self._soon(lambda: self._session.answer(answer))
