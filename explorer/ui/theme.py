"""Light, dark and projector: classes on the root, and the theme of every Material widget below it."""

import panel as pn
from panel_material_ui.base import MaterialComponent


def use_theme(root: pn.Column, theme: str, *, projector: bool) -> None:
    """Give the root and all widgets in it the theme "light" or "dark"."""
    marks = {"ex-dark": theme == "dark", "ex-projector": projector}
    kept = [name for name in root.css_classes if name not in marks]
    wanted = kept + [name for name, on in marks.items() if on]
    if root.css_classes != wanted:
        root.css_classes = wanted
    for widget in root.select(MaterialComponent):
        if widget.dark_theme != (theme == "dark"):
            widget.dark_theme = theme == "dark"
