// The scrub bar. While a hand is on it, it stands where the hand is, whatever the run does.

export function render({ model, el }) {
  const step = make('span', {})
  const frame = make('span', {})
  const range = make('input', { type: 'range', min: 0, ariaLabel: 'frame of the run' })
  let held = false

  const say = (at) => {
    step.textContent = `step ${at.step.toLocaleString('en')}`
    frame.textContent = at.recorded ? `frame ${at.position + 1} of ${at.recorded}` : 'no frame yet'
    range.setAttribute('aria-valuetext', `${frame.textContent}, ${step.textContent}`)
  }
  const draw = () => {
    const at = { step: 0, position: -1, recorded: 0, ...model.at }
    range.disabled = at.recorded < 2
    range.max = Math.max(1, at.recorded - 1)
    if (!held) range.value = at.recorded > 1 ? at.position : 1
    range.style.setProperty('--share', `${(100 * Number(range.value)) / Number(range.max)}%`)
    say(at)
  }
  range.oninput = () => {
    held = true
    range.style.setProperty('--share', `${(100 * Number(range.value)) / Number(range.max)}%`)
    model.send_msg({ to: Number(range.value) })
  }
  const free = () => { held = false }
  range.onchange = range.onpointerup = range.onpointercancel = range.onblur = free
  model.on('at', draw)
  draw()
  el.append(make('label', { className: 'scrub' }, step, range, frame))
}
