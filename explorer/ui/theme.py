"""Light, dark and projector: classes on the root, and the theme of every Material widget below it."""

import panel as pn
from panel_material_ui.base import MaterialComponent

from explorer.settings import Settings

FONT = 'system-ui, "DejaVu Sans", sans-serif'


def _scheme(primary: str, paper: str, type_size: int) -> dict[str, object]:
    """Of the Material widgets: the page's own font and colours."""
    return {
        "typography": {"fontFamily": FONT, "fontSize": type_size},
        "palette": {"primary": {"main": primary}, "background": {"paper": paper}},
        "components": {"MuiFormLabel": {"styleOverrides": {"root": {"fontSize": f"{type_size - 0.5}px"}}}},
    }


def _material(type_size: int) -> dict[str, object]:
    return {"light": _scheme("#0b6bb8", "#ffffff", type_size), "dark": _scheme("#62b1f5", "#181b20", type_size)}


PLAIN, LARGE = _material(13), _material(17)


class Theme:
    """How a view looks: its theme, large type for a class, and whether the text stands beside the figures.

    `system_dark` says what surrounds the view, which settings with the theme "auto" follow.
    """

    def __init__(self, root: pn.Column) -> None:
        self._root = root
        self._applied: tuple[str, bool, bool] | None = None
        self.system_dark = False

    def scheme(self, settings: Settings) -> str:
        """ "light" or "dark"."""
        return settings.theme if settings.theme != "auto" else "dark" if self.system_dark else "light"

    def apply(self, settings: Settings) -> None:
        """Follow the settings."""
        chosen = self.scheme(settings), settings.projector == "on", settings.story == "on"
        if chosen != self._applied:
            self._applied = chosen
            self._use(*chosen)

    def _use(self, theme: str, projector: bool, story: bool) -> None:
        marks = {"ex-dark": theme == "dark", "ex-projector": projector, "ex-nostory": not story}
        kept = [name for name in self._root.css_classes if name not in marks]
        self._root.css_classes = kept + [name for name, on in marks.items() if on]
        for widget in self._root.select(MaterialComponent):
            if widget.theme_config is not (config := LARGE if projector else PLAIN):
                widget.theme_config = config
            if widget.dark_theme != (theme == "dark"):
                widget.dark_theme = theme == "dark"
