"""What only the browser knows or can do: keys, the system's theme, the clipboard."""

from collections.abc import Callable
from importlib import resources

import param
from panel.custom import JSComponent

KEYS = {" ": "play", "ArrowRight": "step", "r": "reset", "s": "seed", "?": "help"}


class Browser(JSComponent):
    """An invisible component that reports keys and the preferred theme, and copies text.

    Keys are ignored while a slider, a field or a button has the focus: there they have a meaning of their own.
    """

    style = param.String(resources.files(__package__).joinpath("page.css").read_text("utf-8"), constant=True)

    _esm = """
    export function render({ model, el }) {
      const sheet = Object.assign(document.createElement('style'), { textContent: model.style })
      document.head.append(sheet)
      const busy = (event) => event.composedPath().some((node) => node.tagName &&
        (/^(INPUT|TEXTAREA|SELECT|BUTTON|A)$/.test(node.tagName) || node.isContentEditable || node.role === 'slider'))
      const keydown = (event) => {
        if (event.ctrlKey || event.metaKey || event.altKey || busy(event)) return
        if (!KEYS.includes(event.key)) return
        event.preventDefault()
        model.send_msg({ key: event.key })
      }
      const dark = window.matchMedia('(prefers-color-scheme: dark)')
      const theme = () => model.send_msg({ dark: dark.matches })
      document.addEventListener('keydown', keydown)
      dark.addEventListener('change', theme)
      theme()
      model.on('msg:custom', ({ copy, theme }) => {
        const here = location.origin + location.pathname
        if (copy !== undefined && navigator.clipboard) navigator.clipboard.writeText(here + copy)
        if (theme !== undefined) document.documentElement.dataset.exTheme = theme
      })
      model.on('remove', () => {
        sheet.remove()
        document.removeEventListener('keydown', keydown)
        dark.removeEventListener('change', theme)
      })
      el.style.display = 'none'
    }
    """.replace("KEYS", str(list(KEYS)))

    def __init__(self, pressed: Callable[[str], None], prefers_dark: Callable[[bool], None]) -> None:
        super().__init__(width=0, height=0, margin=0)
        self._pressed, self._prefers_dark = pressed, prefers_dark

    def _handle_msg(self, data: dict) -> None:
        match data:
            case {"key": str(key)} if key in KEYS:
                self._pressed(KEYS[key])
            case {"dark": bool(dark)}:
                self._prefers_dark(dark)

    def copy(self, query: str) -> None:
        """Put the page's own address with this query into the clipboard."""
        self._send_msg({"copy": query})

    def set_theme(self, theme: str) -> None:
        """Mark the whole document as "light" or "dark"."""
        self._send_msg({"theme": theme})
