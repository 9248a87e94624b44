"""Light, dark and projector: classes on the root, and the theme of every Material widget below it."""

import panel as pn
from panel_material_ui.base import MaterialComponent

FONT = 'system-ui, "DejaVu Sans", sans-serif'


def _scheme(primary: str, paper: str, type_size: int) -> dict[str, object]:
    """Of the Material widgets: the page's own font and colours."""
    return {
        "typography": {"fontFamily": FONT, "fontSize": type_size},
        "palette": {"primary": {"main": primary}, "background": {"paper": paper}},
        "components": {"MuiFormLabel": {"styleOverrides": {"root": {"fontSize": f"{type_size - 0.5}px"}}}},
    }


def _material(type_size: int) -> dict[str, object]:
    return {"light": _scheme("#0b6db8", "#ffffff", type_size), "dark": _scheme("#5fb0ee", "#181b20", type_size)}


PLAIN, LARGE = _material(13), _material(17)


def use_theme(root: pn.Column, theme: str, *, projector: bool, story: bool) -> None:
    """Give the root and all widgets in it the theme "light" or "dark"; large type; the text beside the figures."""
    marks = {"ex-dark": theme == "dark", "ex-projector": projector, "ex-nostory": not story}
    kept = [name for name in root.css_classes if name not in marks]
    wanted = kept + [name for name, on in marks.items() if on]
    if root.css_classes != wanted:
        root.css_classes = wanted
    for widget in root.select(MaterialComponent):
        if widget.theme_config is not (config := LARGE if projector else PLAIN):
            widget.theme_config = config
        if widget.dark_theme != (theme == "dark"):
            widget.dark_theme = theme == "dark"
