// The offset of each label of a figure along one axis: as asked for where it fits, else nearby; NaN hides what has no room.
// Labels of the margin stand right of the axes, near the height of their points; with `leader`, where their lines end (data).
// In: fig; own, the labels' source; fixed, sources of labels that stay; across, whether along x; xs, what is asked for.

const GAP = 2 // px between two labels
const REACH = 40 // px that a label's point may lie outside of the frame
const STEPS = [0, -1, 1, -2, 2, -3, 3, -4, 4] // lines up or down from where it should stand
const FINE = Array.from({ length: 161 }, (_, i) => (i % 2 ? 0.1 : -0.1) * Math.ceil(i / 2)) // in the margin
const LINE = 14 // px from the axes to a label in the margin

const { x_range, y_range, x_scale, y_scale } = fig
const known = (model, name) => model.properties[name].is_unset ? NaN : model[name] // not before the first layout
const [width, height] = [known(fig, 'inner_width'), known(fig, 'inner_height')]
const ends = [x_range, y_range].flatMap((range) => [known(range, 'start'), known(range, 'end')])
if (!(width > 0 && height > 0 && ends.every(Number.isFinite))) return xs

const { major_label_text_font: font, major_label_text_font_size: type } = fig.below[0]
const size = parseFloat(type)
const context = document.createElement('canvas').getContext('2d')
context.font = `bold ${size}px ${font}`

const share = (value, range, scale) => {
  const at = scale.type === 'LogScale' ? Math.log : Number
  return (at(value) - at(range.start)) / (at(range.end) - at(range.start))
}
const valueAt = (part, range, scale) => {
  const [at, back] = scale.type === 'LogScale' ? [Math.log, Math.exp] : [Number, Number]
  return back(at(range.start) + part * (at(range.end) - at(range.start)))
}
const box = ({ x, y, text, align, dx, dy }, i) => {
  const wide = context.measureText(text[i]).width
  const left = share(x[i], x_range, x_scale) * width + dx[i] - { left: 0, center: 0.5, right: 1 }[align[i]] * wide
  const middle = (1 - share(y[i], y_range, y_scale)) * height + dy[i]
  return [left, middle - 0.55 * size, left + wide, middle + 0.55 * size]
}
// The boxes of a source's labels, each free of those in `taken`, which it joins; null where there is no room.
const placed = (data, margin, taken) => Array.from(data.text, (_, i) => {
  const free = (a) => !taken.some((b) => a[0] < b[2] + GAP && b[0] < a[2] + GAP && a[1] < b[3] && b[1] < a[3])
  const inside = (low, high, most) => Math.max(1 - low, Math.min(0, most - 1 - high)) // how far to move
  const at = box(data, i)
  const [x, y] = [at[0] + at[2] - 2 * data.dx[i], at[1] + at[3] - 2 * data.dy[i]].map((twice) => twice / 2)
  if (y < -REACH || y > height + REACH) return null
  if (!margin && (x < -REACH - at[2] + at[0] || x > width + REACH + at[2] - at[0])) return null
  const right = margin ? width + LINE - at[0] : inside(at[0], at[2], width)
  const down = inside(at[1], at[3], height)
  const still = !margin && data.align[i] === 'center' // a number in its cell
  for (const step of still ? [0] : margin ? FINE : STEPS) {
    const below = down + step * 1.2 * size
    const there = still ? at : [at[0] + right, at[1] + below, at[2] + right, at[3] + below]
    if (there[1] < -1 || there[3] > height + 1 || !free(there)) continue
    if (!margin && (there[0] < 0 || there[2] > width)) continue
    taken.push(there)
    return there
  }
  return null
})

const taken = []
for (const [source, beside] of fixed) placed(source.data, beside, taken)
const { data } = own
return placed(data, margin, taken).map((there, i) => {
  if (there === null) return NaN
  if (leader) {
    return across ? valueAt(1 + (LINE - 3) / width, x_range, x_scale) : valueAt(1 - (there[1] + there[3]) / 2 / height, y_range, y_scale)
  }
  const at = box(data, i)
  return xs[i] + (across ? there[0] - at[0] : there[1] - at[1])
})
