// The points of a line up to where a walk along it has come; those beyond are NaN, which a line leaves out.
// In: source, the line's; across, whether these are its x, which Bokeh asks for first; xs, all of them.
// A line that follows a hand, anew every moment, is there at once, as is all for those who want nothing to move.

const LASTS = 1000 // ms of a walk
const RESTS = 400 // ms without a new line, before one is walked

const now = performance.now()
const { data } = source
if (source.walk?.data !== data) {
  const at_once = matchMedia('(prefers-reduced-motion: reduce)').matches || now - (source.walk?.came ?? -Infinity) < RESTS
  source.walk = { data, came: now, until: at_once ? 0 : now + LASTS, asked: new Set() }
}
const { until, asked } = source.walk
if (now >= until || xs.length < 3) return xs
if (!asked.has(across)) {
  asked.add(across)
  requestAnimationFrame(() => { asked.delete(across); this.change.emit() })
}
const come = 2 + Math.floor((xs.length - 2) * (1 - (until - now) / LASTS))
return Float64Array.from(xs, (x, i) => (i < come ? x : NaN))
