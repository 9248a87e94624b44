"""Light, dark and projector: classes on the root, and the theme of every Material widget below it."""

import panel as pn
from panel_material_ui.base import MaterialComponent

FONT = 'system-ui, "DejaVu Sans", sans-serif'


def _scheme(primary: str, paper: str) -> dict[str, object]:
    """Of the Material widgets, and through them of axes and grids: light lines, no chart junk, the page's font."""
    return {
        "chart_style": "minimal",
        "typography": {"fontFamily": FONT, "fontSize": 13},
        "palette": {"primary": {"main": primary}, "background": {"paper": paper}},
        "components": {"MuiFormLabel": {"styleOverrides": {"root": {"fontSize": "12.5px"}}}},
    }


MATERIAL = {"light": _scheme("#0b6db8", "#ffffff"), "dark": _scheme("#5fb0ee", "#181b20")}


def use_theme(root: pn.Column, theme: str, *, projector: bool, story: bool) -> None:
    """Give the root and all widgets in it the theme "light" or "dark"; large type; the text beside the figures."""
    marks = {"ex-dark": theme == "dark", "ex-projector": projector, "ex-nostory": not story}
    kept = [name for name in root.css_classes if name not in marks]
    wanted = kept + [name for name, on in marks.items() if on]
    if root.css_classes != wanted:
        root.css_classes = wanted
    for widget in root.select(MaterialComponent):
        if not widget.theme_config:
            widget.theme_config = MATERIAL
        if widget.dark_theme != (theme == "dark"):
            widget.dark_theme = theme == "dark"
