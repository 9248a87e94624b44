// The box that share opens. It shows the link and the code that Python makes of the ticks, and decides nothing.

const SELECTED = 'Selected: press Ctrl+C (⌘C) to copy it.'
// as long as that, or what lies below would move away from under a pointer that is pressed
const TO_SELECT = 'Click the link, then press Ctrl+C (⌘C).'

export function render({ model, el }) {
  let box = null // while it is open
  let shown = () => {}

  const tick = ({ name, symbol, word, on }, ask) =>
    make('label', {}, make('input', { type: 'checkbox', name, checked: on, onchange: ask }),
      make('span', {}, make('b', { textContent: symbol }), symbol ? ' ' : '', word))

  const open = ({ locks, lesson, compared }) => {
    box?.close()
    const here = ['localhost', '127.0.0.1', '[::1]'].includes(location.hostname)
    let asked = 0 // for links that have not come yet; until then there is nothing to copy
    const ask = () => {
      asked += 1
      copies.forEach((button) => { button.disabled = true })
      model.send_msg({
        base: location.origin + location.pathname,
        ticked: [...mine.querySelectorAll('input:checked')].map((input) => input.name),
      })
    }
    const said = make('p', { className: 'how' })
    said.setAttribute('role', 'status')
    const field = make('input', { type: 'text', readOnly: true, ariaLabel: 'The link to this view' })
    const select = () => {
      field.select()
      requestAnimationFrame(() => { field.scrollLeft = 0 }) // its start is seen
      said.textContent = SELECTED
    }
    field.onfocus = select
    field.onblur = () => { if (said.textContent === SELECTED) said.textContent = TO_SELECT }
    const copy = async () => {
      try {
        await navigator.clipboard.writeText(field.value)
        said.textContent = 'Copied: the link is in the clipboard.'
      } catch {
        field.focus()
        select()
      }
    }
    // on plain http a browser has no clipboard to offer: the link stands there selected all the same
    const copies = navigator.clipboard?.writeText ? [make('button', { type: 'button', textContent: 'copy', onclick: copy })] : []
    const code = make('div', { className: 'code' })
    code.setAttribute('role', 'img')
    const title = make('h2', { id: 'title', textContent: 'Share what is on screen' })
    const group = (name, ticks, className) => {
      const set = make('fieldset', { className }, make('legend', { textContent: name }))
      set.append(...ticks.map((each) => tick(each, ask)))
      return set
    }
    const mine = make('dialog', { onclose: () => { mine.remove(); if (box === mine) box = null } },
      make('div', { className: 'head' }, title,
        make('button', { type: 'button', textContent: 'close', onclick: () => mine.close() })),
      make('p', { textContent: 'The link opens the same settings and the same step of the lesson.' }),
      make('div', { className: 'link' }, field, ...copies), said,
      make('p', { className: 'here', textContent: here ? model.here : '' }),
      make('div', { className: 'both' },
        make('figure', {}, code, make('figcaption', { textContent: 'for a phone in the room' })),
        make('div', { className: 'ticks' }, group('Locked for students', locks, 'locks'), group('The lesson', lesson, ''),
          ...(compared.length ? [group('Compare', compared, '')] : []))))
    mine.setAttribute('aria-labelledby', 'title')
    mine.addEventListener('keydown', (event) => event.stopPropagation()) // the page's keys are not the box's
    shown = ({ link, qr }) => {
      const first = !field.value
      asked -= 1
      copies.forEach((button) => { button.disabled = asked > 0 })
      field.value = link
      code.innerHTML = qr // made by the server of this link
      code.firstElementChild?.setAttribute('aria-hidden', 'true') // the box around it has the name
      code.ariaLabel = qr ? 'QR code of the link' : 'no QR code'
      if (!qr) code.textContent = 'This link is too long for a QR code.'
      if (first) field.focus()
      else said.textContent = 'The link has changed. ' + TO_SELECT
    }
    box = mine
    el.append(mine)
    mine.showModal() // Escape closes it, and the focus goes back to where it was
    ask()
  }

  model.on('msg:custom', (told) => {
    if (told.open) open(told.open)
    if (told.shared && box) shown(told.shared)
  })
  model.on('remove', () => box?.close())
}
