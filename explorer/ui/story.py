"""The right column: the preset's caption, the lab's text, and the lesson's order."""

from collections.abc import Callable
from html import escape

import panel_material_ui as pmui
from markdown_it import MarkdownIt

from explorer.labs import Lab, Preset
from explorer.settings import Settings
from explorer.ui.style import box, html

FREE = "your own settings"
FREE_TEXT = (
    "Your own settings",
    "You have left the lesson; choose a step above to come back. Predict first, then look: which figure "
    "will move, and which way?",
)


class Story:
    """What you see, the formula, what the paper claims, what to try next.

    Args:
        lab: whose story. take: called with the preset that was chosen.
    """

    def __init__(self, lab: Lab, take: Callable[[Preset], None]) -> None:
        self._take = take
        self._presets = {f"{i}. {preset.title}": preset for i, preset in enumerate(lab.presets, 1)}
        self._values = {label: lab.settings.make(**p.settings).values() for label, p in self._presets.items()}
        self._lesson = pmui.Select(label="lesson", options=[*self._presets, FREE], size="small")
        self._lesson.param.update(margin=(0, 0, 8, 0), sizing_mode="stretch_width", css_classes=["ex-lesson"])
        self._lesson.param.watch(self._chosen, "value")
        self._silent = False
        self._caption = html("", css_classes=["ex-caption"])
        self._lab, self._text = lab, html("")
        heading = html("<h2>What you see</h2>")
        self.view = box(heading, self._lesson, self._caption, self._text, css_classes=["ex-story"])

    def show(self, settings: Settings) -> None:
        """Follow the settings: a preset's caption, or a word for those who have left the lesson; the panel's text."""
        label = next((label for label, values in self._values.items() if values == settings.values()), FREE)
        title, caption = FREE_TEXT if label == FREE else (self._presets[label].title, self._presets[label].caption)
        self._caption.object = f'<div class="story"><h3>{escape(title)}</h3><p>{escape(caption)}</p></div>'
        text = self._lab.paragraph(self._lab.panel(settings)) or self._lab.story
        self._text.object = f'<div class="story">{MarkdownIt("commonmark").render(text)}</div>'
        self._silent = True
        self._lesson.value = label
        self._silent = False

    def _chosen(self, event: object) -> None:
        if not self._silent and self._lesson.value != FREE:
            self._take(self._presets[self._lesson.value])
