"""What only the browser knows of a notebook cell: when it is on the screen, its links, and the notebook's theme."""

from collections.abc import Callable

from panel.custom import JSComponent


class Shown(JSComponent):
    """An invisible component that reports when the cell has been drawn, the notebook's theme, and links to settings.

    A link to other settings would open a page, and would leave the notebook's: its settings are sent instead.

    The component also stops an echo. Panel's end of the comm returns every change that came from the kernel, a
    figure's whole data among them, and holds back what the user does until the kernel has taken all of it in.
    Bokeh's own sessions send only what is marked `sync`.
    """

    _esm = """
    export function render({ model, view, el }) {
      el.style.display = 'none'
      for (const manager of view.model.document.all_models) {
        if (manager.type !== 'panel.models.comm_manager.CommManager') continue
        const send = manager._document_changed.bind(manager)
        manager._document_changed = (event) => { if (event.sync) send(event) }
      }
      const { body } = document
      const dark = () => body.dataset.jpThemeLight === 'false' || body.classList.contains('vscode-dark')
      const tell = () => model.send_msg({ dark: dark() })
      const theme = new MutationObserver(tell)
      theme.observe(body, { attributeFilter: ['class', 'data-jp-theme-light'] })
      model.on('remove', () => theme.disconnect())
      tell()
      view.root.el.addEventListener('click', (event) => {
        const link = event.composedPath().find((node) => node.tagName === 'A')?.getAttribute('href')
        if (!link?.startsWith('?')) return
        event.preventDefault()
        model.send_msg({ link })
      })
    }
    """

    def __init__(self, appear: Callable[[bool], None], follow: Callable[[str], None]) -> None:
        super().__init__(width=0, height=0, margin=0)
        self._appear, self._follow = appear, follow

    def _handle_msg(self, data: dict) -> None:
        if "dark" in data:
            self._appear(bool(data["dark"]))
        if "link" in data:
            self._follow(data["link"])
