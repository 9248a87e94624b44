"""The tabs of a lab's panels."""

from collections.abc import Callable

import panel_material_ui as pmui
import param

from explorer.labs import Lab
from explorer.settings import Settings
from explorer.ui.loop import Soon
from explorer.ui.style import zoomed

LOOK = {
    "& .MuiTabs-root, & .MuiTabs-scroller": {"minHeight": 34, "height": "auto"},
    "& .MuiTabs-scrollButtons": {"color": "var(--ex-ink)"},  # or it is black on dark, too
    "& .MuiTab-root": {
        "textTransform": "none",
        "minHeight": 34,
        "minWidth": 0,
        "padding": "4px 10px",
        "fontSize": zoomed(13),
    },
}


class Tabs:
    """One tab a panel. The settings are the truth: a tab asks, and is shown what was decided, in a tick.

    Until then the tab stays where somebody put it: were it moved back meanwhile, the browser would not say that the
    old one has been asked for again. Of several the newest is taken.
    """

    def __init__(self, lab: Lab, settings: Settings, choose: Callable[[str], None], soon: Soon) -> None:
        self._slugs = [panel.slug for panel in lab.panels]
        titles = [panel.title for panel in lab.panels]
        self.view = pmui.Tabs(*((title, pmui.Column(visible=False)) for title in titles), dynamic=True)
        self.view.param.update(margin=0, sizing_mode="stretch_width", css_classes=["ex-tabs"], sx=LOOK)
        self.view.visible = "panel" not in settings.hide
        self.view.disabled = list(range(len(titles))) if "panel" in settings.lock else []
        self._silent = False
        self.show(lab.panel(settings).slug)
        self._choose, self._soon = choose, soon
        self._wanted: str | None = None  # that nothing is decided about yet
        self.view.param.watch(self._asked, "active")

    def show(self, panel: str) -> None:
        """Mark the tab of this panel."""
        self._shown = panel
        self._silent = True
        self.view.active = self._slugs.index(panel)
        self._silent = False

    def _asked(self, event: param.parameterized.Event) -> None:
        if self._silent or event.new not in range(len(self._slugs)):
            return
        waits, self._wanted = self._wanted is not None, self._slugs[event.new]
        if not waits:
            self._soon(self._decide)

    def _decide(self) -> None:
        wanted, self._wanted = self._wanted, None
        if wanted is not None:
            self._choose(wanted)
        self.show(self._shown)  # another one if settings have turned to it, the old one if they were refused
