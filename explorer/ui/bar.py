"""The top bar: labs, play and its kin, share, compare, export, theme; and the keys that press them."""

from collections.abc import Callable
from typing import Any, Protocol, runtime_checkable

import panel as pn
import panel_material_ui as pmui

from explorer.labs import Lab, labs
from explorer.runtime.viewer import View
from explorer.ui.loop import Soon
from explorer.ui.scrub_bar import ScrubBar
from explorer.ui.session import Session
from explorer.ui.style import box, html

HELP = (
    "space: play or pause · → ←: one frame on, one back · r: first frame · s: new seed · 1 to 9: that figure large · "
    "?: this help"
)

QUIET = {"textTransform": "none", "whiteSpace": "nowrap", "minWidth": 0, "borderColor": "var(--ex-line)"}


@runtime_checkable
class Actions(Protocol):
    """What the bar can have done beside what a session does."""

    def toggle_pin(self) -> None: ...
    def share(self) -> None: ...
    def toggle_theme(self) -> None: ...
    def say(self, text: str) -> None: ...


class Bar:
    """The bar of one view.

    Args:
        lab: the current one. session, actions: do the work. exports: shown below while asked for.
        soon: has an action done in a tick, which holds the document's lock; a click, now and then, does not.
        page: whether there is an address to share, and other labs to go to.
    """

    def __init__(
        self, lab: Lab, session: Session, actions: Actions, exports: pn.Column, soon: Soon, *, page: bool
    ) -> None:
        links = "".join(
            f'<a href="{other.name}"{" aria-current=page" if other is lab else ""}>{other.title}</a>'
            for other in labs()
        )
        place = f'<b role="heading" aria-level="1">explorer</b><nav aria-label="labs">{links}</nav>'
        name = place if page else f"<b>{lab.title}</b><span>{lab.question}</span>"
        brand = html(f'<div class="brand">{name}</div>', css_classes=["ex-brand"], sizing_mode=None)
        self._exports = exports

        def button(label: str, action: Callable[[], Any], name: str, **look: str) -> pmui.Button:
            return _button(label, lambda: soon(action), name, **look)

        waits = session.course.asked is not None  # for an answer: nothing runs
        self._play = button(
            "▶ play" if waits else "❚❚ pause", session.playback.toggle, "ex-play", variant="contained", color="primary"
        )
        self._pin = button("compare", actions.toggle_pin, "ex-compare")
        self._theme = button("dark", actions.toggle_theme, "ex-theme")
        transport = [
            self._play,
            button("step", session.playback.step, "ex-step"),
            button("reset", session.playback.reset, "ex-reset"),
            button("new seed", session.new_seed, "ex-seed"),
        ]
        self._scrub = ScrubBar(session.playback.seek, soon)
        buttons = [
            self._pin,
            button("story", session.toggle_story, "ex-fold-story"),
            *([button("share", actions.share, "ex-share")] if page else []),
            button("export ▾", self._toggle_exports, "ex-export"),
            self._theme,
        ]
        run = box(
            box(*transport, css_classes=["ex-buttons"]), self._scrub, css_classes=["ex-transport"], sizing_mode=None
        )
        self.view = box(brand, run, *buttons, css_classes=["ex-top"])
        self._presses = {
            "play": session.playback.toggle,
            "step": session.playback.step,
            "back": session.playback.back,
            "reset": session.playback.reset,
            "seed": session.new_seed,
            "pin": actions.toggle_pin,
            "help": lambda: actions.say(HELP),
        }

    def press(self, name: str) -> None:
        """A key was pressed."""
        self._presses[name]()

    def follow(self, view: View) -> None:
        """Show whether the view moves, and where it stands in its run."""
        self._scrub.show(view)
        label = "❚❚ pause" if view.playing else "▶ play"
        if self._play.label != label:
            self._play.label = label

    def pinned(self, on: bool) -> None:
        """Show whether a run is pinned."""
        self._pin.param.update(label="unpin A" if on else "compare", variant="contained" if on else "outlined")

    def theme(self, theme: str) -> None:
        """Offer the other theme."""
        self._theme.label = "light" if theme == "dark" else "dark"

    def _toggle_exports(self) -> None:
        rest = [part for part in self.view if part is not self._exports]
        self.view[:] = rest if len(rest) < len(self.view) else [*rest, self._exports]


def _button(
    label: str, call: Callable[[], Any], name: str, variant: str = "outlined", color: str = "default"
) -> pmui.Button:
    button = pmui.Button(label=label, variant=variant, color=color, size="small", margin=0, css_classes=[name])
    button.sx = QUIET
    button.on_click(lambda _: call())
    return button
