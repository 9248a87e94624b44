"""Labels of figures as a browser painted them: which leave their figure, and which cross. For tests and by hand.

Bokeh paints text on canvases, where no reader of the page finds it. An init script notes each text as it is painted:
the box of its ink under the canvas's transform, and what the clip leaves of it. A layer that is cleared forgets.
"""

from dataclasses import dataclass

from playwright.sync_api import Page

#: Has `labels()` return what the last paint of every figure wrote, in CSS pixels from the figure's corner.
RECORDER = """
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
  const within = (a, b) => b ? a.map((v, i) => i < 2 ? Math.max(v, b[i]) : Math.min(v, b[i])) : a
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
    const [left, above] = [ink.actualBoundingBoxLeft, ink.actualBoundingBoxAscent]
    const [wide, high] = [left + ink.actualBoundingBoxRight, above + ink.actualBoundingBoxDescent]
    const box = whole(ctx, x - left, y - above, wide, high)
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
      const { texts } = found.get(host)
      for (const { text, box, clip } of of.texts) texts.push({ text, box: place(box), clip: place(clip) })
    }
    return [...found.values()]
  }
  const fills = (canvas) => Math.abs(canvas.width / devicePixelRatio - canvas.parentElement.clientWidth) <= 1
  const canvases = () => every('canvas').filter((each) => figure(each) && shown(each))
  window.settled = () => frame > painted + 20 && canvases().every(fills)
  window.headings = () => every('.head *').filter((node) => shown(node) && node.scrollWidth > node.clientWidth + 1)
    .map((node) => node.textContent)
})()
"""

SLACK = 1.0  # px of ink that may be lost, or lie on another's: rounding, and the soft edge of a letter


@dataclass(frozen=True)
class Text:
    """A text and the box of its ink (left, top, right, bottom) in CSS pixels from the corner of its figure.

    `clip` is what of the figure may be painted where it stands.
    """

    text: str
    box: tuple[float, ...]
    clip: tuple[float, ...]


def read(page: Page) -> dict[str, list[Text]]:
    """The texts of every figure on a page that has RECORDER, by the figure's name, once nothing is painted any more."""
    page.wait_for_function("() => settled()")
    found = {}
    for i, each in enumerate(page.evaluate("() => labels()")):
        whole = (0.0, 0.0, *each["size"])
        texts = [Text(t["text"], tuple(t["box"]), _inside(tuple(t["clip"] or whole), whole)) for t in each["texts"]]
        found[each["name"] or f"figure {i}"] = texts
    return found


def cut_headings(page: Page) -> list[str]:
    """The words of headings of cards that end in dots."""
    return page.evaluate("() => headings()")


def faults(texts: list[Text]) -> list[str]:
    """Each text that leaves its figure or is clipped, and each pair that crosses."""
    out = [f"{t.text!r} is cut off by {lost:.0f} px" for t in texts if (lost := _lost(t)) > SLACK]
    for i, one in enumerate(texts):
        out += [f"{one.text!r} crosses {other.text!r}" for other in texts[i + 1 :] if _cross(one.box, other.box)]
    return out


def _inside(a: tuple[float, ...], b: tuple[float, ...]) -> tuple[float, ...]:
    return (max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3]))


def _lost(text: Text) -> float:
    """By how many pixels a text reaches over what may be painted."""
    box, clip = text.box, text.clip
    return max(clip[0] - box[0], clip[1] - box[1], box[2] - clip[2], box[3] - clip[3])


def _cross(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    both = _inside(a, b)
    return both[2] - both[0] > SLACK and both[3] - both[1] > SLACK
