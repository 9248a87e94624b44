// What only the browser knows or can do: keys, the system's theme, the clipboard, the address and its history.

const make = (tag, given, ...parts) => {
  const node = Object.assign(document.createElement(tag), given)
  node.append(...parts)
  return node
}

// Where the clipboard is out of reach (plain http, an iframe, a refusal) the link stands in a box, selected.
const offer = (link, note) => {
  document.querySelector('dialog.ex-link')?.close()
  const field = make('input', { type: 'text', readOnly: true, value: link })
  const close = make('button', { type: 'button', textContent: 'Close', onclick: () => box.close() })
  const box = make('dialog', { className: 'ex-link', onclose: () => box.remove() },
    make('label', {}, 'The link to this view, to be copied from here', field), make('p', { textContent: note }), close)
  document.body.append(box)
  box.showModal() // Escape closes it, and the focus goes back to where it was
  field.focus()
  field.select()
}

export function render({ model, el }) {
  el.style.display = 'none'
  const sheet = make('style', { textContent: model.style })
  document.head.append(sheet)

  const busy = (event) => event.composedPath().some((node) => node.tagName &&
    (/^(INPUT|TEXTAREA|SELECT|BUTTON|SUMMARY|A)$/.test(node.tagName) || node.isContentEditable || node.role === 'slider'))
  const keydown = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || busy(event) || !model.keys.includes(event.key)) return
    event.preventDefault()
    model.send_msg({ key: event.key })
  }

  const click = (event) => {
    const told = pressed(event)
    if (told?.drawer) {
      const root = el.getRootNode().host
      root.dataset.open = root.dataset.open === told.drawer ? '' : told.drawer
    } else if (told) model.send_msg(told)
  }

  const dark = window.matchMedia('(prefers-color-scheme: dark)')
  const theme = () => model.send_msg({ dark: dark.matches })

  const still = window.matchMedia('(prefers-reduced-motion: reduce)')
  const rest = () => model.send_msg({ still: still.matches })

  // The address is the page's to write, the history the person's: only what he would call a step is an entry of it.
  let shown = location.search
  let returns = 0 // how often he has gone back or forth; what was written before the last time is of another entry
  const returned = () => {
    if (location.search === shown) return // another #fragment
    shown = location.search
    returns += 1
    model.send_msg({ address: shown, returns })
  }
  const remember = ({ query, step, returns: at }) => {
    if (at !== returns || query === shown) return
    history[step ? 'pushState' : 'replaceState'](null, '', location.pathname + query + location.hash)
    shown = location.search
  }

  const share = async ({ query }) => {
    const link = location.origin + location.pathname + query
    const here = ['localhost', '127.0.0.1', '[::1]'].includes(location.hostname)
    try {
      await navigator.clipboard.writeText(link)
      model.send_msg({ copied: true, here })
    } catch {
      offer(link, here ? model.here : '')
    }
  }

  document.addEventListener('keydown', keydown)
  document.addEventListener('click', click)
  dark.addEventListener('change', theme)
  still.addEventListener('change', rest)
  window.addEventListener('popstate', returned)
  theme()
  if (still.matches) rest()
  model.on('msg:custom', (told) => {
    if (told.share) share(told.share)
    if (told.remember) remember(told.remember)
    if (told.theme) document.documentElement.dataset.exTheme = told.theme
  })
  model.on('remove', () => {
    sheet.remove()
    document.removeEventListener('keydown', keydown)
    document.removeEventListener('click', click)
    dark.removeEventListener('change', theme)
    still.removeEventListener('change', rest)
    window.removeEventListener('popstate', returned)
  })
}
