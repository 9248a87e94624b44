// The box over the figures where a data set is not here. It shows `offer`, and decides nothing.

export function render({ model, el }) {
  const press = (label, name, what) =>
    make('button', { type: 'button', className: name, textContent: label, onclick: () => model.send_msg({ do: what }) })

  const parts = ({ state, title, size, where, licence, command, share, why, other }) => {
    const instead = other ? [press('use the 8x8 digits', 'instead', 'instead')] : []
    if (state === 'running') {
      const bar = make('progress', { max: 1, value: share, ariaLabel: `${title}: download` })
      return [make('p', {}, make('b', { textContent: title }), ` is on its way: ${Math.floor(100 * share)} % of ${size}.`),
        bar, make('div', { className: 'choices' }, press('stop', 'stop', 'stop'))]
    }
    if (state === 'refused') {
      return [make('p', {}, make('b', { textContent: title }), ' is not on this server. Whoever runs it brings it with ',
        make('code', { textContent: command }), ` (${size}).`), make('div', { className: 'choices' }, ...instead)]
    }
    const said = make('p', {}, make('b', { textContent: title }),
      ` is not here. Download ${size} to ${where}? Licence of the data: ${licence}.`)
    const trouble = why.split('\n').filter(Boolean).map((line) => make('p', { className: 'why', textContent: line }))
    const again = state === 'failed' ? 'try again' : 'download'
    return [said, ...trouble, make('div', { className: 'choices' }, press(`${again} (${size})`, 'download', 'download'), ...instead)]
  }

  const box = make('section', { className: 'data', ariaLabel: 'a data set is not here' })
  box.setAttribute('aria-live', 'polite')
  const draw = () => box.replaceChildren(...(model.offer.state ? parts(model.offer) : []))
  model.on('offer', draw)
  draw()
  el.append(box)
}
