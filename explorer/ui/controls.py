"""Widgets made from a lab's settings. The settings are the truth: widgets show them and ask for changes."""

from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from html import escape
from typing import Any

import panel as pn
import panel_material_ui as pmui
import param

from explorer.fields import Choice, Integers, Pair, Place, write
from explorer.settings import Group, Settings
from explorer.ui.loop import Tick
from explorer.ui.menu import Menu
from explorer.ui.session import LOCKED
from explorer.ui.style import box, html, zoomed
from explorer.ui.ticks import ticks
from explorer.ui.upload import Upload

Change = Callable[[str, Any, bool], None]

ARMED = -1  # what a slider's released index is between two releases
MINE = "mine"  # the chip of points, or networks, of somebody's own
FEW = 4  # options that fit side by side in the 244 px column; more become a menu

SLIDER = {
    "& .MuiFormLabel-root": {
        "fontSize": zoomed(13),
        "color": "var(--ex-muted)",
        "display": "block",
        "width": "100%",
    },
    "& .MuiFormLabel-root strong": {"float": "right", "color": "var(--ex-ink)", "fontVariantNumeric": "tabular-nums"},
    "& .MuiSlider-root": {"padding": "9px 0"},
}
TAKEN = {  # a locked slider: a line that leads nowhere
    "& .MuiSlider-root.Mui-disabled .MuiSlider-thumb": {"display": "none"},
    "& .MuiSlider-root.Mui-disabled .MuiSlider-track": {"display": "none"},
    "& .MuiSlider-root.Mui-disabled .MuiSlider-rail": {
        "background": "none",
        "height": 0,
        "borderRadius": 0,
        "borderTop": "2px dashed var(--ex-muted)",
    },
}
SYMBOL = {"& .MuiFormLabel-root::first-letter": {"color": "var(--ex-ink)", "fontWeight": 700, "fontSize": zoomed(14)}}
CHOICE = {
    "& .MuiToggleButton-root": {
        "textTransform": "none",
        "flex": 1,
        "padding": "2px 4px",
        "fontSize": zoomed(12),
    }
}

UPLOAD = {
    "textTransform": "none",
    "fontSize": zoomed(12),
    "borderColor": "var(--ex-line)",
    "padding": "2px 6px",
}


class Controls:
    """The left column.

    Args:
        settings: what to show at first.
        change: called as change(field, value, final); `final` is false while a slider is dragged.
        take_file: called with the bytes of a file of somebody's own, where the lab reads such.
        soon: runs these calls, in order; what a component tells comes, now and then, without the document's lock.
    """

    def __init__(
        self, settings: Settings, change: Change, take_file: Callable[[bytes], None], soon: Callable[[Tick], None]
    ) -> None:
        self._change, self._take_file, self._soon = change, take_file, soon
        self._silent = False
        self._asked: Counter[str] = Counter()  # what was asked for and has not been answered yet, by field
        self._widgets: dict[str, pmui.widgets.base.MaterialWidget | Menu] = {}
        self._folds: dict[str, tuple[Group, pmui.Button, pn.Column]] = {}
        self._uploads: list[Upload] = []
        self._columns: list[pn.Column] = []  # in which widgets stand
        self._lines: dict[str, pn.pane.HTML] = {}  # under those that are locked
        self._remarks = html("", css_classes=["ex-remarks"])
        self._shown = [group for group in settings.groups if set(group.fields) - set(settings.hide)]
        self.groups = [self._group(group, settings) for group in self._shown]
        self.show(settings)

    def show(self, settings: Settings) -> None:
        """Move every widget to these settings without asking for a change.

        One that a hand has moved on meanwhile is left where it is: its own turn comes. The browser would take it back
        under the hand, and tell the server of both.
        """
        self._silent = True
        try:
            for name, widget in self._widgets.items():
                if not self._asked[name]:
                    self._move(name, widget, settings)
            for group, heading, body in self._folds.values():
                arrow = "▾" if body.visible else "▸"
                heading.label = f"{arrow} {group.title}  {summary(group, settings)}"
            for group, column in zip(self._shown, self.groups, strict=True):
                column.visible = any(settings.relevant(name) for name in group.fields if name not in settings.hide)
            for upload in self._uploads:
                upload.visible = settings.relevant(settings.upload)
            remarks = settings.remarks()
            self._remarks.object = "".join(f'<p class="remark">{escape(remark)}</p>' for remark in remarks)
            self._remarks.visible = bool(remarks)
        finally:
            self._silent = False

    def _move(self, name: str, widget: Any, settings: Settings) -> None:
        value = getattr(settings, name)
        widget.disabled = name in settings.lock
        if isinstance(widget, pmui.DiscreteSlider):
            stops = _stops(settings, name, value)
            stays = widget.value == value and widget.options != stops
            widget.param.update(options=stops, value=value)
            if stays:  # the browser knows a value by its place among the stops, and that is another now
                widget.param.trigger("value")
        elif isinstance(widget, pmui.TextInput):
            widget.value = write(value)
        elif isinstance(settings.param[name], Choice):
            options = _options(settings.param[name], value, widget.options)
            if widget.options != options:
                widget.param.update(options=options, value=value)
            else:
                widget.value = value
        else:
            widget.value = value
        widget.visible = settings.relevant(name)
        self._say_locked(name, widget, settings)

    def _say_locked(self, name: str, widget: Any, settings: Settings) -> None:
        """A line under a control that a teacher has locked; made when the first is."""
        shown = widget.disabled and widget.visible
        if shown and name not in self._lines:
            self._lines[name] = html(f'<p class="locked">{LOCKED}</p>', css_classes=[f"ex-{name}"])
            column = next(each for each in self._columns if widget in list(each))
            column.insert(list(column).index(widget) + 1, self._lines[name])
        if name in self._lines:
            self._lines[name].visible = shown

    def _group(self, group: Group, settings: Settings) -> pn.Column:
        names = [name for name in group.fields if name not in settings.hide]
        widgets = [self._widget(name, settings) for name in names]
        if settings.upload in names:
            widgets += [self._upload(settings), self._remarks]
        if not group.folded:
            title = [html(f"<h2>{group.title}</h2>")] if len(group.fields) > 1 else []
            self._columns.append(box(*title, *widgets, css_classes=["ex-group"]))
            return self._columns[-1]
        body = box(*widgets, visible=False, css_classes=["ex-body"])
        self._columns.append(body)
        heading = pmui.Button(label=group.title, variant="text", color="default", margin=0, sizing_mode="stretch_width")
        heading.sx = {
            "display": "block",
            "textAlign": "left",
            "overflow": "hidden",
            "textOverflow": "ellipsis",
            "whiteSpace": "nowrap",
            "textTransform": "none",
            "fontSize": zoomed(12.5),
            "padding": "6px 0",
        }
        self._folds[group.title] = (group, heading, body)

        def fold(_: object) -> None:
            body.visible = not body.visible
            heading.label = ("▾" if body.visible else "▸") + heading.label[1:]

        heading.on_click(fold)
        return box(heading, body, css_classes=["ex-group", "ex-fold"])

    def _widget(self, name: str, settings: Settings) -> Any:
        field, value = settings.param[name], getattr(settings, name)
        common = {"label": field.label, "margin": (0, 0, 6, 0), "sizing_mode": "stretch_width"}
        common |= {"css_classes": [f"ex-{name}"]}
        if isinstance(field, Choice | param.Selector):
            options = _options(field, value) if isinstance(field, Choice) else list(field.objects)
            if len(options) <= FEW:
                widget = pmui.RadioButtonGroup(options=options, value=value, size="small", **common)
                widget.sx = CHOICE
            else:
                widget = Menu(options=options, value=value, **common)
            widget.param.watch(lambda event: self._ask(name, event.new, True), "value")
        elif isinstance(field, Integers | Pair | Place) or not (field.softbounds or settings.allowed(name)):
            widget = pmui.TextInput(value=write(value), size="small", **common)
            widget.param.watch(lambda event: self._ask(name, event.new, True), "value")
        else:
            stops = _stops(settings, name, value)
            widget = pmui.DiscreteSlider(options=stops, value=value, formatter="%g", size="small", **common)
            widget.sx = SLIDER | TAKEN | (SYMBOL if field.label[1:2] == " " else {})
            widget.param.watch(lambda event: self._ask(name, event.new, False), "value")
            widget.param.watch(lambda event: self._released(name, widget, event.new), "value_throttled")
            _arm(widget)
        self._widgets[name] = widget
        return widget

    def _released(self, name: str, widget: pmui.DiscreteSlider, index: int) -> None:
        if index != ARMED:  # the index of the stop, not the stop
            known = index in range(len(widget.values))
            self._ask(name, widget.values[index] if known else widget.value, True)  # the value may come later
            _arm(widget)

    def _upload(self, settings: Settings) -> Upload:
        accepted = " or ".join(dict.fromkeys((settings.accepts[0], settings.accepts[-1])))  # there is no room for all
        label = f"own {settings.param[settings.upload].label}, {accepted}"
        upload = Upload(label=label, accept=",".join(settings.accepts))
        upload.param.update(
            variant="outlined",
            color="default",
            size="small",
            margin=(0, 0, 6, 0),
            disabled=settings.upload in settings.lock,
        )
        upload.param.update(sizing_mode="stretch_width", css_classes=["ex-own"], sx=UPLOAD)
        upload.param.watch(lambda event: self._uploaded(upload, event.new), "value")
        self._uploads.append(upload)
        return upload

    def _uploaded(self, upload: Upload, content: bytes | None) -> None:
        if content is not None:
            upload.clear()  # or the same file, chosen again, would be no news
            self._soon(partial(self._take_file, content))

    def _ask(self, name: str, value: Any, final: bool) -> None:
        def answer() -> None:
            self._asked[name] -= 1
            self._change(name, value, final)

        if not self._silent and value is not None:
            self._asked[name] += 1
            self._soon(answer)


def _options(field: Choice, value: str, shown: Mapping[str, str] | None = None) -> dict[str, str]:
    """The words of a choice, and what is of somebody's own: the value, or the last one, which stays at hand."""
    words = {word: word for word in field.options()}
    mine = value if value not in words else (shown or {}).get(MINE)
    return words | ({MINE: mine} if mine else {})


def _stops(settings: Settings, name: str, value: Any) -> list[Any] | dict[str, Any]:
    """Where a slider stops; by the words for the values, where there are some."""
    stops: list[Any] = list(settings.allowed(name) or ticks(_own(settings, name), value))
    words = settings.worded(name)
    return {words.get(stop, f"{stop:g}"): stop for stop in stops} if words else stops


def _arm(widget: pmui.DiscreteSlider) -> None:
    """Make sure that the next release is told: the browser keeps silent about an index that it has told before."""
    with param.edit_constant(widget):
        widget.value_throttled = ARMED


def _own(settings: Settings, name: str) -> param.Parameter:
    """The field as the panel has it that is looked at: from where to where its slider goes is that panel's matter."""
    panel = settings.of_panel()
    return (panel if name in panel.fields() else settings).param[name]


def summary(group: Group, settings: Settings) -> str:
    """A folded group's values in a few words."""
    values = [write(getattr(settings, name)) for name in group.fields if settings.relevant(name)][:3]
    return " · ".join(value if len(value) < 9 else f"{value.count(',') + 1}" for value in values)
