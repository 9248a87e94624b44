// What only the browser knows of a notebook cell; the Python side is notebook_browser.py.

const PATIENCE = 10_000 // ms until a kernel counts as silent
const LOOK = 500 // ms between two looks whether it is there

export function render({ model, view, el }) {
  el.style.display = 'none'
  const cell = view.root.el
  const managers = [...view.model.document.all_models].filter(({ type }) => type === 'panel.models.comm_manager.CommManager')

  // Panel's end of the comm returns every change that came from the kernel, a figure's whole data among them, and
  // holds back what the user does until the kernel has taken all of it in. Bokeh's own sessions send only what is
  // marked `sync`.
  for (const manager of managers) {
    const send = manager._document_changed.bind(manager)
    manager._document_changed = (event) => { if (event.sync) send(event) }
  }

  // A note over the cell: this view does not move.
  const note = Object.assign(document.createElement('p'), { className: 'ex-over' })
  note.setAttribute('role', 'alert')
  note.style.cssText = 'margin: 0 0 6px; padding: 6px 12px; border-radius: 6px; background: #b3261e; color: #ffffff; font: 13px/1.5 system-ui, sans-serif'
  const warn = (text) => { note.textContent = text; cell.before(note) }

  // Whatever the front end: a kernel that is touched answers; one that has lost this view does not.
  let asked = 0
  let heard = 0
  let waiting
  const ask = () => {
    if (waiting !== undefined || cell.inert) return
    model.send_msg({ ask: ++asked })
    waiting = setTimeout(() => {
      waiting = undefined
      if (heard < asked && !cell.inert) warn(model.silent)
    }, PATIENCE)
  }
  model.on('msg:custom', (told) => {
    if (told.heard === undefined) return
    heard = told.heard
    if (heard === asked) { // the next touch asks anew
      clearTimeout(waiting)
      waiting = undefined
    }
    if (!cell.inert) note.remove()
  })
  for (const touch of ['pointerdown', 'keydown']) cell.addEventListener(touch, ask)

  // JupyterLab's Panel extension lists the outputs whose kernel is there, and strikes those whose kernel is restarted.
  const listed = managers.map(({ plot_id }) => plot_id).filter((id) => window.PyViz?.kernels?.[id])
  const looking = listed.length && setInterval(() => {
    if (listed.every((id) => window.PyViz.kernels[id])) return
    clearInterval(looking)
    cell.inert = true
    cell.style.opacity = 0.5
    warn(model.over)
  }, LOOK)

  const { body } = document
  const dark = () => body.dataset.jpThemeLight === 'false' || body.classList.contains('vscode-dark')
  const tell = () => model.send_msg({ dark: dark() })
  const theme = new MutationObserver(tell)
  theme.observe(body, { attributeFilter: ['class', 'data-jp-theme-light'] })
  const still = window.matchMedia('(prefers-reduced-motion: reduce)').matches
  if (still) model.send_msg({ still })
  tell()
  ask()

  // A link to other settings, too, would open a page, and would leave the notebook's: its settings are sent instead.
  cell.addEventListener('click', (event) => {
    const told = pressed(event)
    if (told) model.send_msg(told)
  })

  model.on('remove', () => {
    theme.disconnect()
    clearInterval(looking)
    clearTimeout(waiting)
    note.remove()
  })
}
