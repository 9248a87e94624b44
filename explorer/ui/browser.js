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

  const dark = window.matchMedia('(prefers-color-scheme: dark)')
  const theme = () => model.send_msg({ dark: dark.matches })

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
  dark.addEventListener('change', theme)
  window.addEventListener('popstate', returned)
  theme()
  model.on('msg:custom', (told) => {
    if (told.share) share(told.share)
    if (told.remember) remember(told.remember)
    if (told.theme) document.documentElement.dataset.exTheme = told.theme
  })
  model.on('remove', () => {
    sheet.remove()
    document.removeEventListener('keydown', keydown)
    dark.removeEventListener('change', theme)
    window.removeEventListener('popstate', returned)
  })
}
