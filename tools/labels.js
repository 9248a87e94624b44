// For tools/labels.py: `labels()` returns what the last paint of every figure wrote, in CSS pixels from its corner.
(() => {
  const proto = CanvasRenderingContext2D.prototype
  const kept = new WeakMap()  // canvas -> its state
  const state = (ctx) => {
    const { canvas } = ctx
    let found = kept.get(canvas)
    if (!found || found.width !== canvas.width || found.height !== canvas.height) {
      found = { width: canvas.width, height: canvas.height, texts: [], clip: null, path: null, stack: [] }
      kept.set(canvas, found)
    }
    return found
  }
  const whole = (ctx, x, y, w, h) => {  // the box of a rectangle after the transform, in canvas pixels
    const m = ctx.getTransform()
    const ends = [[x, y], [x + w, y], [x, y + h], [x + w, y + h]].map(([p, q]) => m.transformPoint({ x: p, y: q }))
    const [xs, ys] = [ends.map((e) => e.x), ends.map((e) => e.y)]
    return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)]
  }
  const within = (a, b) => b ? [Math.max(a[0], b[0]), Math.max(a[1], b[1]), Math.min(a[2], b[2]), Math.min(a[3], b[3])] : a
  let frame = 0, painted = 0  // the browser's frames so far, and the last in which a figure was painted
  const count = () => { frame += 1; requestAnimationFrame(count) }
  count()
  const wrap = (name, before) => {
    const plain = proto[name]
    proto[name] = function (...given) { before(this, given); return plain.apply(this, given) }
  }
  wrap('clearRect', (ctx, [x, y, w, h]) => {
    const [left, top, right, bottom] = whole(ctx, x, y, w, h), { canvas } = ctx
    if (left <= 1 && top <= 1 && right >= canvas.width - 1 && bottom >= canvas.height - 1) state(ctx).texts = []
    painted = frame
  })
  wrap('save', (ctx) => { const s = state(ctx); s.stack.push(s.clip) })
  wrap('restore', (ctx) => { const s = state(ctx); if (s.stack.length) s.clip = s.stack.pop() })
  wrap('beginPath', (ctx) => { state(ctx).path = null })
  wrap('rect', (ctx, given) => { state(ctx).path = whole(ctx, ...given) })
  wrap('clip', (ctx) => { const s = state(ctx); if (s.path) s.clip = within(s.path, s.clip) })
  wrap('fillText', (ctx, [text, x, y]) => {
    if (!String(text).trim() || ctx.globalAlpha === 0) return
    const ink = ctx.measureText(text)
    const box = whole(ctx, x - ink.actualBoundingBoxLeft, y - ink.actualBoundingBoxAscent,
      ink.actualBoundingBoxLeft + ink.actualBoundingBoxRight, ink.actualBoundingBoxAscent + ink.actualBoundingBoxDescent)
    const s = state(ctx)
    s.texts.push({ text: String(text), box, clip: s.clip })
  })
  const every = (selector, node = document, found = []) => {  // also in shadow roots
    found.push(...node.querySelectorAll(selector))
    for (const each of node.querySelectorAll('*')) if (each.shadowRoot) every(selector, each.shadowRoot, found)
    return found
  }
  const figure = (canvas) => {  // the outermost box of Bokeh's that the canvas is in
    for (let node = canvas; node; node = node.parentNode ?? node.host)
      if (node.classList?.contains('bk-Figure')) return node
  }
  const shown = (node) => node.checkVisibility?.() ?? true
  const named = () => {  // the name of each figure, by the element that it is in
    const names = new Map(), look = (view) => {
      if (view.model.type === 'Figure') names.set(view.el, view.model.name)
      for (const child of view.children()) look(child)
    }
    for (const root of window.Bokeh.index) look(root)
    return names
  }
  window.labels = () => {
    const found = new Map(), names = named()
    for (const canvas of every('canvas')) {
      const host = figure(canvas), of = kept.get(canvas)
      if (!host || !of || !canvas.width || !shown(canvas)) continue
      const at = host.getBoundingClientRect(), own = canvas.getBoundingClientRect()
      const scale = own.width / canvas.width
      const place = (box) => box && box.map((v, i) => v * scale + (i % 2 ? own.top - at.top : own.left - at.left))
      if (!found.has(host)) {
        const name = names.get(host)
        found.set(host, { size: [at.width, at.height], name, texts: [] })
      }
      found.get(host).texts.push(...of.texts.map(({ text, box, clip }) => ({ text, box: place(box), clip: place(clip) })))
    }
    return [...found.values()]
  }
  const fills = (canvas) => {
    const { clientWidth } = canvas.parentElement ?? canvas.parentNode.host
    return Math.abs(canvas.width / devicePixelRatio - clientWidth) <= 1
  }
  // Nothing is painted any more, and every figure has the size of its place.
  window.settled = () => frame > painted + 20 && every('canvas').filter((each) => figure(each) && shown(each)).every(fills)
  // Words of headings of cards that are cut off.
  window.headings = () => every('.head *').filter((node) => shown(node) && node.scrollWidth > node.clientWidth + 1)
    .map((node) => node.textContent)
})()
