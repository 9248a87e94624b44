// What only the browser knows or can do: keys, the system's theme, the address and its history.

// A hand that rests before it drags, drags all the same. After a third of a second Bokeh (3.9.2) takes it for a press, of
// which nothing of ours makes use, and tells of no move that follows. Where a page is busy that long the hand need not even
// rest: the timer comes before the first move, and a drag is lost whole.
Bokeh.require('core/ui_gestures').UIGestures.press_threshold = 2 ** 31 - 1 // ms, the most that a timer takes

export function render({ model, el }) {
  el.style.display = 'none'
  const sheet = Object.assign(document.createElement('style'), { textContent: model.style })
  document.head.append(sheet)

  const busy = (event) => event.composedPath().some((node) => node.tagName &&
    (/^(INPUT|TEXTAREA|SELECT|BUTTON|SUMMARY|A)$/.test(node.tagName) || node.isContentEditable || node.role === 'slider'))
  const keydown = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || busy(event) || !model.keys.includes(event.key)) return
    event.preventDefault()
    model.send_msg({ key: event.key })
  }

  let drawer = null // the button of the one that was opened last: another shuts it
  const click = (event) => {
    const told = pressed(event)
    if (told?.drawer) {
      const root = event.composedPath().find((node) => node.classList?.contains('ex-root'))
      root.dataset.open = root.dataset.open === told.drawer ? '' : told.drawer
      if (drawer) drawer.ariaExpanded = 'false'
      drawer = event.composedPath().find((node) => node.dataset?.drawer)
      drawer.ariaExpanded = String(root.dataset.open === told.drawer)
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

  const coarse = window.matchMedia('(pointer: coarse)') // a finger's drag swipes or scrolls
  const touch = () => model.send_msg({ coarse: coarse.matches })

  // A preview stands as long as a hand is on a slider. An arrow key lets go at once.
  let held = false
  const hold = (now) => { if (now !== held) model.send_msg({ held: held = now }) }
  const down = (event) => hold(event.composedPath().some((node) => node.classList?.contains('MuiSlider-root')))
  const move = (event) => { if (!event.buttons) hold(false) } // let go where nobody told of it
  const off = () => hold(false)
  const away = (event) => { if (event.target === window) hold(false) }
  const HELD = { pointerdown: down, pointermove: move, pointerup: off, pointercancel: off, blur: away }
  for (const [type, call] of Object.entries(HELD)) window.addEventListener(type, call, true)
  model.send_msg({ held })

  document.addEventListener('keydown', keydown)
  document.addEventListener('click', click)
  dark.addEventListener('change', theme)
  still.addEventListener('change', rest)
  coarse.addEventListener('change', touch)
  window.addEventListener('popstate', returned)
  theme()
  if (still.matches) rest()
  if (coarse.matches) touch()
  model.on('msg:custom', (told) => {
    if (told.remember) remember(told.remember)
    if (told.theme) document.documentElement.dataset.exTheme = told.theme
  })
  model.on('remove', () => {
    sheet.remove()
    for (const [type, call] of Object.entries(HELD)) window.removeEventListener(type, call, true)
    document.removeEventListener('keydown', keydown)
    document.removeEventListener('click', click)
    dark.removeEventListener('change', theme)
    still.removeEventListener('change', rest)
    coarse.removeEventListener('change', touch)
    window.removeEventListener('popstate', returned)
  })
}
