// The dots: one a card, the one that is seen as a bar, and the name of the next.

export function render({ model, el }) {
  const dots = make('div', { className: 'dots' })
  const next = make('button', { type: 'button', className: 'next' })
  const row = make('nav', { className: 'swipe', ariaLabel: 'figures' }, dots, next)
  let seen = 0

  const host = () => el.getRootNode().host
  const cards = () => host()?.parentNode?.querySelector('.ex-cards')
  const step = (box) => (box.scrollWidth - box.clientWidth) / Math.max(1, model.titles.length - 1)
  const go = (index) => {
    const box = cards()
    const still = window.matchMedia('(prefers-reduced-motion: reduce)').matches
    box?.scrollTo({ left: index * step(box), behavior: still ? 'auto' : 'smooth' })
  }
  const draw = () => {
    const titles = model.titles
    row.hidden = titles.length < 2
    dots.replaceChildren(...titles.map((title, i) => {
      const dot = make('button', { type: 'button', ariaLabel: `${title}, figure ${i + 1} of ${titles.length}` })
      if (i === seen) dot.setAttribute('aria-current', 'true')
      dot.onclick = () => go(i)
      return dot
    }))
    next.hidden = seen + 1 >= titles.length
    next.textContent = next.hidden ? '' : `swipe: ${titles[seen + 1]} ›`
    next.onclick = () => go(seen + 1)
  }
  const follow = () => {
    const box = cards()
    const at = box ? Math.min(model.titles.length - 1, Math.round(box.scrollLeft / step(box)) || 0) : 0
    if (at !== seen) {
      seen = at
      draw()
    }
  }
  let root = null
  const listen = () => { // a scroll does not leave the root in which it happens
    root?.removeEventListener('scroll', follow, true)
    root = host()?.getRootNode()
    root?.addEventListener('scroll', follow, true)
    follow()
  }
  model.on('after_render', listen)
  model.on('titles', () => {
    seen = 0
    cards()?.scrollTo({ left: 0 })
    draw()
  })
  model.on('remove', () => root?.removeEventListener('scroll', follow, true))
  draw()
  el.append(row)
}
