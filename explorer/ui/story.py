"""The right column: the preset's caption with what came out, the lab's text, and the lesson's order."""

from collections.abc import Callable
from html import escape
from typing import Any

from markdown_it import MarkdownIt

from explorer.frames import Tables
from explorer.labs import Lab, Panel, Preset
from explorer.labs.captions import MISSED, UNKNOWN, Lesson, lesson
from explorer.settings import Settings
from explorer.ui.menu import Menu
from explorer.ui.style import box, html

FREE = "your own settings"
FREE_TITLE = "Your own settings"
FREE_TEXT = (
    "You have left the lesson; choose a step above to come back. Predict first, then look: which figure "
    "will move, and which way?"
)


class Story:
    """What you see, the formula, what the paper claims, what to try next.

    Args:
        lab: whose story. take: called with the preset that was chosen.
    """

    def __init__(self, lab: Lab, take: Callable[[Preset], None]) -> None:
        self._take = take
        self._presets = {f"{i}. {preset.title}": preset for i, preset in enumerate(lab.presets, 1)}
        self._steps = {label: _step(lab.settings.make(**p.settings)) for label, p in self._presets.items()}
        self._lesson = Menu(label="lesson", options=[*self._presets, FREE])
        self._lesson.param.update(margin=(0, 0, 8, 0), sizing_mode="stretch_width", css_classes=["ex-lesson"])
        self._lesson.param.watch(self._chosen, "value")
        self._silent = False
        self._caption = html("", css_classes=["ex-caption"])
        self._lab, self._text = lab, html("")
        self._captions: Lesson = lesson(lab)
        self._panel: Panel | None = None
        self._told: tuple[Settings, Tables] | None = None
        heading = html("<h2>What you see</h2>")
        self.view = box(heading, self._lesson, self._caption, self._text, css_classes=["ex-story"])

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
        step = _step(settings)
        label = next((label for label, values in self._steps.items() if values == step), FREE)
        self._caption.object = self._words(label, settings, tables)
        if (panel := self._lab.panel(settings)) != self._panel:
            self._panel = panel
            text = panel.story or self._lab.story
            self._text.object = f'<div class="story">{MarkdownIt("commonmark").render(text)}</div>'
        self._silent = True
        self._lesson.value = label
        self._silent = False

    def lesson(self, settings: Settings) -> tuple[str, ...]:
        """Title and paragraphs of the step that these settings are, as plain texts; none outside of the lesson."""
        label = self._lesson.value
        if label == FREE or self._told is None or self._told[0].values() != settings.values():
            return ()
        preset = self._presets[label]
        return preset.title, *self._captions.caption(preset, *self._told)

    def _words(self, label: str, settings: Settings, tables: Tables) -> str:
        if label == FREE:
            return _story(FREE_TITLE, [FREE_TEXT], "")
        preset = self._presets[label]
        links = [self._link(preset, each.settings, each.link, each.ask) for each in preset.tries]
        return _story(preset.title, self._captions.caption(preset, settings, tables), "".join(links))

    def _link(self, preset: Preset, changes: Any, link: str, ask: str) -> str:
        query = self._lab.settings.make(**{**preset.settings, **changes}).to_query()
        return f'<li><b>Try</b> <a href="?{escape(query)}">{escape(link)}</a>: {escape(ask)}</li>'

    def _chosen(self, event: object) -> None:
        if not self._silent and self._lesson.value != FREE:
            self._take(self._presets[self._lesson.value])


def _step(settings: Settings) -> dict[str, Any]:
    """What tells the steps of a lesson apart: all that a run depends on but the seed."""
    return {name: value for name, value in settings.values().items() if name != "seed"}


def _story(title: str, paragraphs: "list[str] | tuple[str, ...]", links: str) -> str:
    said = "".join(f"<p{_kind(text)}>{escape(text)}</p>" for text in paragraphs)
    return f'<div class="story"><h3>{escape(title)}</h3>{said}{f"<ul>{links}</ul>" if links else ""}</div>'


def _kind(text: str) -> str:
    return ' class="missed"' if text.startswith((MISSED, UNKNOWN)) else ""
