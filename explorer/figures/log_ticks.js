// The ticks of a logarithmic axis: round numbers over all of it. Bokeh's own are evenly spaced below two decades, so that
// they crowd at the upper end.
const { start, end } = cb_data
const [low, high] = [Math.min(start, end), Math.max(start, end)]
if (!(low > 0 && high < Infinity && low < high)) return []
const decades = Math.log10(high / low)
const inside = (ticks) => ticks.filter((tick) => low <= tick * (1 + 1e-9) && tick <= high * (1 + 1e-9))
if (decades < 0.4) {  // as good as an even axis
  const rough = (high - low) / 4
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].find((each) => each * power >= rough) * power
  const first = Math.ceil(low / step)
  return inside(Array.from({ length: 8 }, (_, i) => Number(((first + i) * step).toPrecision(12))))
}
const steps = decades < 1 ? [1, 1.5, 2, 3, 5, 7] : decades < 2.5 ? [1, 2, 5] : [1]
const every = Math.ceil(decades / 9)
const found = []
for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++)
  if (power % every === 0) found.push(...steps.map((step) => Number(`${step}e${power}`)))
return inside(found)
