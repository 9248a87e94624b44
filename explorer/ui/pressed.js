// What stands in a text of ours to be pressed (a figure's number, the way to a panel, a button, a drawer, a link to other
// settings), as a message; undefined where nothing of the kind was pressed.

const OURS = '[data-figure], [data-panel], [data-press], [data-drawer], a[href^="?"]'

const pressed = (event) => {
  const on = event.composedPath().find((node) => node.matches?.(OURS))
  if (!on || event.ctrlKey || event.metaKey || event.shiftKey) return undefined
  event.preventDefault()
  const [[name, value]] = [...Object.entries(on.dataset), ['link', on.getAttribute('href')]]
  return { [name]: name === 'figure' ? Number(value) : value }
}

