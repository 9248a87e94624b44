"""A run that plays in a page without a server: its frames as they are drawn, moved by Bokeh's own slider and button."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from bokeh.models import Column, CustomJS, Model, Row
from bokeh.models.renderers import GlyphRenderer
from bokeh.models.widgets import Div, Slider, Toggle

from explorer.figures.extent import extents
from explorer.figures.layout import Sheet
from explorer.figures.look import Look, Patch
from explorer.frames import Frame
from explorer.ui.assets import read
from explorer.ui.figures import same

MOST = 40  #: frames of a film: from one to the next little moves
PLAY = "\u25b6 play"


@dataclass(frozen=True)
class Shot:
    """A frame as it is drawn.

    Args:
        patch: the columns of every source. said: the sentence (HTML) beside each figure, by the figure's name.
        caption: which frame it is, in words; plain text.
    """

    patch: Patch
    said: Mapping[str, str]
    caption: str


def shots(sheet: Sheet, film: Sequence[Frame], look: Look) -> list[Shot]:
    """Some frames of one run as a sheet draws them."""
    figures = {slot.name: slot.figures for slot in sheet.slots}
    found = []
    for frame in film:
        patch: Patch = {}
        said: dict[str, str] = {}
        for part in sheet.parts:
            patch |= part.patch(frame.tables, look)
            told = part.sentences(frame.tables, look) if part.sentences else {}
            said |= {name: sentence.html for slot, sentence in told.items() for name in figures.get(slot, ())}
        found.append(Shot(patch, said, ", ".join(filter(None, (f"step {frame.step:,}", frame.note)))))
    return found


def player(
    film: Sequence[Shot], at: int, renderers: Mapping[str, GlyphRenderer], says: Mapping[str, Div], paper: str
) -> list[Model]:
    """Slider and button that show these shots in figures and sentences; nothing for a film of one.

    Args:
        at: which of them is on the page now. renderers: of the figures, by the names of their sources.
        says: where the sentence beside each figure stands. paper: the colour of the page.
    """
    if len(film) < 2:
        return []
    captions = [escape(shot.caption) for shot in film]  # a note is text
    args: dict[str, Any] = {
        "renderers": dict(renderers),
        "says": dict(says),
        "states": {name: states for name in moving(film) if name in renderers and (states := _states(film, name))},
        "said": {name: [shot.said.get(name, "") for shot in film] for name in says if _told(film, name)},
        "extents": {name: columns for name, columns in extents(s.patch for s in film).items() if name in renderers},
        "caption": Div(text=captions[at], margin=(0, 5), sizing_mode="stretch_width"),
        "captions": captions,
    }
    slider = Slider(start=0, end=len(film) - 1, step=1, value=at, title="frame of the run", show_value=False)
    slider.update(sizing_mode="stretch_width", max_width=420, name="frame")
    button = Toggle(label=PLAY, width=90, margin=(14, 5), name="play")
    slider.js_on_change("value", CustomJS(args=args, code=read("playable.js")))
    button.js_on_change("active", CustomJS(args={"slider": slider, "label": PLAY}, code=read("playable_button.js")))
    # while one reads on below
    above: dict[str, str | None] = {"position": "sticky", "top": "0", "z-index": "9", "background": paper}
    row = Row(children=[button, slider], sizing_mode="stretch_width")
    return [Column(children=[row, args["caption"]], sizing_mode="stretch_width", styles=above)]


def moving(film: Sequence[Shot]) -> list[str]:
    """The sources that are not the same in all shots."""
    names = dict.fromkeys(name for shot in film for name in shot.patch)
    return [name for name in names if len(_states(film, name)["columns"]) > 1]


def _states(film: Sequence[Shot], name: str) -> dict[str, Any]:
    """What a source holds, each only once, and which of it in each shot; nothing where its figure is not yet drawn."""
    blank: dict[str, list] = {column: [] for shot in film for column in shot.patch.get(name, {})}
    columns: list[Mapping[str, Any]] = []
    which = []
    for shot in film:
        here = shot.patch.get(name, blank)
        if not columns or not same(columns[-1], here):
            columns.append(here)
        which.append(len(columns) - 1)
    return {"columns": columns, "which": which}


def _told(film: Sequence[Shot], name: str) -> bool:
    return any(name in shot.said for shot in film)
