"""The top bar: labs, play and its kin, share, compare, export, theme; and the keys that press them."""

from typing import TYPE_CHECKING, Any

import panel as pn
import panel_material_ui as pmui

from explorer.labs import Lab, labs
from explorer.runtime.viewer import View
from explorer.ui import export
from explorer.ui.style import box, html

if TYPE_CHECKING:
    from explorer.ui.view import LabView

HELP = "space: play or pause · → one frame on · r: first frame · s: new seed · ?: this help"

QUIET = {"textTransform": "none", "whiteSpace": "nowrap", "minWidth": 0, "borderColor": "var(--ex-line)"}


class Bar:
    """The bar of one view; every button calls the view, which does the work."""

    def __init__(self, lab: Lab, view: "LabView") -> None:
        self._lab, self._owner = lab, view
        links = "".join(
            f'<a href="{other.name}"{" aria-current=page" if other is lab else ""}>{other.title}</a>'
            for other in labs()
        )
        brand = html(f'<p class="brand"><b>explorer</b>{links}</p>', css_classes=["ex-brand"], sizing_mode=None)
        self._play = _button("❚❚ pause", view.toggle_play, "ex-play", variant="contained", color="primary")
        self._pin = _button("compare", view.toggle_pin, "ex-compare")
        self._theme = _button("dark", view.toggle_theme, "ex-theme")
        self._export = self._exports()
        buttons = [
            self._play,
            _button("step", view.step, "ex-step"),
            _button("reset", view.reset, "ex-reset"),
            _button("new seed", view.new_seed, "ex-seed"),
            self._pin,
            _button("story", view.toggle_story, "ex-fold-story"),
            _button("share", view.share, "ex-share"),
            _button("export ▾", self._toggle_export, "ex-export"),
            self._theme,
        ]
        self.view = box(brand, *buttons, css_classes=["ex-top"])
        self._presses = {
            "play": view.toggle_play,
            "step": view.step,
            "reset": view.reset,
            "seed": view.new_seed,
            "help": lambda: view._notices.say(HELP),
        }

    def press(self, name: str) -> None:
        """A key was pressed."""
        self._presses[name]()

    def follow(self, view: View) -> None:
        """Show whether the view moves."""
        label = "❚❚ pause" if view.playing else "▶ play"
        if self._play.label != label:
            self._play.label = label

    def pinned(self, on: bool) -> None:
        """Show whether a run is pinned."""
        self._pin.param.update(label="unpin A" if on else "compare", variant="contained" if on else "outlined")

    def theme(self, theme: str) -> None:
        """Offer the other theme."""
        self._theme.label = "light" if theme == "dark" else "dark"

    def _toggle_export(self) -> None:
        parts = [part for part in self.view if part is not self._export]
        self.view[:] = parts if len(parts) < len(self.view) else [*parts, self._export]

    def _exports(self) -> pn.Column:
        lab, owner = self._lab, self._owner

        def tables() -> Any:
            return export.csv(owner.looked_at()[0])

        def networks() -> Any:
            arrays = owner.looked_at()[1].arrays
            return export.networks(arrays or {})

        files = [
            ("tables, CSV", f"{lab.name}.zip", tables),
            ("tables, JSON", f"{lab.name}.json", lambda: export.as_json(lab, owner.settings, owner.looked_at()[0])),
            ("networks, npz", f"{lab.name}-networks.npz", networks),
            (
                "figures, HTML",
                f"{lab.name}-figures.html",
                lambda: export.figures(owner.scene.figures.models, lab.title),
            ),
            ("Python lines", f"{lab.name}.py", lambda: export.text(export.python(lab, owner.settings))),
            ("BibTeX", f"{lab.name}.bib", lambda: export.text(export.bibtex(lab))),
        ]
        buttons = [_download(*file) for file in files]
        return box(*buttons, css_classes=["ex-exports"])


def _download(label: str, filename: str, call: Any) -> pmui.FileDownload:
    look: dict[str, Any] = {"variant": "text", "color": "primary", "size": "small", "margin": 0}
    look |= {"css_classes": [f"ex-save-{filename.rpartition('.')[2]}"]}
    return pmui.FileDownload(label=label, filename=filename, callback=call, embed=False, **look)


def _button(label: str, call: Any, name: str, variant: str = "outlined", color: str = "default") -> pmui.Button:
    button = pmui.Button(label=label, variant=variant, color=color, size="small", margin=0, css_classes=[name])
    button.sx = QUIET
    button.on_click(lambda _: call())
    return button
