"""The tabs of a lab's panels."""

from collections.abc import Callable

import panel_material_ui as pmui
import param

from explorer.labs import Lab
from explorer.settings import Settings
from explorer.ui.style import zoomed

LOOK = {
    "& .MuiTabs-root, & .MuiTabs-scroller": {"minHeight": 34, "height": "auto"},
    "& .MuiTab-root": {
        "textTransform": "none",
        "minHeight": 34,
        "minWidth": 0,
        "padding": "4px 10px",
        "fontSize": zoomed(13),
    },
}


class Tabs:
    """One tab a panel. The settings are the truth: a tab asks, and is shown what was decided."""

    def __init__(self, lab: Lab, settings: Settings, choose: Callable[[str], None]) -> None:
        self._slugs = [panel.slug for panel in lab.panels]
        titles = [panel.title for panel in lab.panels]
        self.view = pmui.Tabs(*((title, pmui.Column(visible=False)) for title in titles), dynamic=True)
        self.view.param.update(margin=0, sizing_mode="stretch_width", css_classes=["ex-tabs"], sx=LOOK)
        self.view.visible = "panel" not in settings.hide
        self.view.disabled = list(range(len(titles))) if "panel" in settings.lock else []
        self._silent = False
        self.show(lab.panel(settings).slug)
        self._choose = choose
        self.view.param.watch(self._asked, "active")

    def show(self, panel: str) -> None:
        """Mark the tab of this panel."""
        self._shown = panel
        self._silent = True
        self.view.active = self._slugs.index(panel)
        self._silent = False

    def _asked(self, event: param.parameterized.Event) -> None:
        if not self._silent and event.new in range(len(self._slugs)):
            self._choose(self._slugs[event.new])
            self.show(self._shown)  # another one if settings have turned to it, the old one if they were refused
