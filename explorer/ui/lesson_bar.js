// The lesson bar: one row that says where one is, one that asks, answers or claims. It shows `place`, and decides nothing.

const SAID = {
  right: (place) => [make('b', { className: 'right', textContent: `✓ ${sentence(place.came)}, as you said. ` }), place.why],
  wrong: (place) => [make('b', { textContent: `You said “${place.given}”; it came out “${place.came}”. ` }), place.why],
  open: (place) => [make('b', { textContent: `You say ${place.given}. ` }), 'The answer stands at the last frame of its run.'],
  unknown: (place) => [make('b', { textContent: `You said “${place.given}”. ` }),
    'This run cannot tell: too few networks fit, too little is done, or what there is could be chance.'],
}

const sentence = (text) => text.charAt(0).toUpperCase() + text.slice(1)

export function render({ model, el }) {
  const said = make('p', { className: 'said' })
  said.setAttribute('aria-live', 'polite')
  const top = make('div', { className: 'head' })
  const offered = make('div', { className: 'choices' })
  const bar = make('section', { className: 'bar', ariaLabel: 'lesson' }, top, make('div', { className: 'ask' }, said, offered))

  const press = (label, name, message, more = {}) =>
    make('button', { type: 'button', textContent: label, className: name, onclick: () => model.send_msg(message), ...more })

  const head = (place, titles) => {
    const choice = make('select', { ariaLabel: 'step of the lesson', onchange: () => model.send_msg({ go: Number(choice.value) }) },
      ...titles.map((title, i) => make('option', { value: i, textContent: `${i + 1}. ${title}` })))
    choice.value = place.step
    const title = make('label', { className: 'title' }, make('span', { textContent: place.title, ariaHidden: 'true' }), choice)
    const done = new Set(model.answered)
    const dots = make('span', { className: 'dots', ariaHidden: 'true' }, ...titles.map((_, i) =>
      make('i', { className: i === place.step ? 'here' : done.has(i) ? 'done' : '' })))
    const muted = place.waits ? 'next muted' : 'next'
    choice.dataset.key = 'step'
    const back = press('← Back', 'back', { by: -1 }, { disabled: place.step === 0, ariaLabel: 'Back, to the step before' })
    const next = press('Next →', muted, { by: 1 }, { disabled: place.step === titles.length - 1, ariaLabel: 'Next step' })
    back.dataset.key = 'back'
    next.dataset.key = 'next'
    return [make('span', { className: 'count', textContent: `${place.step + 1} of ${titles.length}` }), title, dots, back, next]
  }

  const words = (place) => {
    if (place.left) return ['You have left this step: these are settings of your own.']
    if (place.waits) return [make('b', { textContent: 'Before it runs: ' }), place.question]
    return place.verdict ? SAID[place.verdict](place) : [place.claim]
  }

  const choices = (place) => {
    if (place.left) return [press(`back to step ${place.step + 1}`, 'answer', { go: place.step })]
    if (place.waits) {
      const buttons = [...place.answers.map((answer) => press(answer, 'answer', { answer })), press('just show it', 'skip', { answer: '' })]
      buttons.forEach((button, i) => { button.dataset.key = `answer-${i}` })
      return buttons
    }
    if (!place.verdict) return []
    return place.answers.map((answer) => make('span', {
      className: ['given', answer === place.came && 'came', answer === place.given && 'mine'].filter(Boolean).join(' '),
      textContent: `${answer === place.came ? '✓ ' : ''}${answer}`,
    }))
  }

  const draw = () => {
    const place = model.place
    if (!('step' in place)) return
    const focused = bar.getRootNode().activeElement
    const key = focused?.dataset.key
    bar.className = place.verdict === 'right' ? 'bar good' : 'bar'
    said.replaceChildren(...words(place), ...(place.end ? [make('span', { className: 'end', textContent: ` ${place.end}` })] : [])) // stays where it is, or nobody would read it aloud
    top.replaceChildren(...head(place, model.titles))
    offered.replaceChildren(...choices(place))
    if (key) (bar.querySelector(`[data-key="${key}"]:enabled`) ?? bar.querySelector('[data-key="next"]:enabled'))?.focus()
  }

  model.on('place', draw)
  model.on('answered', draw)
  draw()
  el.append(bar)
}
