"""The text beside the figures: the caption of the lesson's step, then the panel's story."""

from collections.abc import Mapping, Sequence
from html import escape

from markdown_it import MarkdownIt

from explorer.frames import Tables
from explorer.labs import Lab, Panel, Preset
from explorer.labs.captions import MISSED, UNKNOWN, lesson
from explorer.settings import Settings
from explorer.ui.course import Course
from explorer.ui.style import box, html

FREE_TITLE = "Your own settings"
FREE_TEXT = (
    "You have left the lesson; the bar above leads back to its steps. Predict first, then look: which figure "
    "will move, and which way?"
)


class Story:
    """What you see, what to try next, the formula, what the paper claims."""

    def __init__(self, lab: Lab, course: Course) -> None:
        self._lab, self._course = lab, course
        self._captions = lesson(lab)
        self._caption, self._text = html("", css_classes=["ex-caption"]), html("")
        self._panel: Panel | None = None
        self._told: tuple[Settings, Tables] | None = None
        self.view = box(html("<h2>What you see</h2>"), self._caption, self._text, css_classes=["ex-story"])

    def show(self, settings: Settings, tables: Tables) -> None:
        """Follow the page: a preset's caption, or a word for those who have left the lesson; the panel's text.

        Args:
            settings: a step of the lesson stays one under another seed.
            tables: those of the last frame of the run of these settings, if it is on the page, else none: a caption
                says of a run only what its figures beside it show.
        """
        if self._told and self._told[0] == settings and (self._told[1] is tables or not (self._told[1] or tables)):
            return  # every tick tells, most tell nothing new
        self._told = settings, tables
        self._caption.object = self._words(self._course.preset(settings), settings, tables)
        if (panel := self._lab.panel(settings)) != self._panel:
            self._panel = panel
            text = panel.story or self._lab.story
            self._text.object = f'<div class="story">{MarkdownIt("commonmark").render(text)}</div>'

    def lesson(self, settings: Settings) -> tuple[str, ...]:
        """Title and paragraphs of the step that these settings are, as plain texts; none outside of the lesson."""
        preset = self._course.preset(settings)
        if preset is None or self._told is None or not self._told[0].same_run(settings):
            return ()
        return preset.title, *self._captions.caption(preset, *self._told)

    def _words(self, preset: Preset | None, settings: Settings, tables: Tables) -> str:
        if preset is None:
            return _story(FREE_TITLE, [FREE_TEXT], "")
        links = [self._link(preset, each.settings, each.link, each.ask) for each in preset.tries]
        return _story(preset.title, self._captions.caption(preset, settings, tables), "".join(links))

    def _link(self, preset: Preset, changes: Mapping[str, object], link: str, ask: str) -> str:
        query = self._lab.settings.make(**{**preset.settings, **changes}).to_query()
        return f'<li><b>Try</b> <a href="?{escape(query)}">{escape(link)}</a>: {escape(ask)}</li>'


def _story(title: str, paragraphs: Sequence[str], links: str) -> str:
    said = "".join(f"<p{_kind(text)}>{escape(text)}</p>" for text in paragraphs)
    return f'<div class="story"><h3>{escape(title)}</h3>{said}{f"<ul>{links}</ul>" if links else ""}</div>'


def _kind(text: str) -> str:
    return ' class="missed"' if text.startswith((MISSED, UNKNOWN)) else ""
