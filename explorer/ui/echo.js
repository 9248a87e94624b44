// A value that nobody chose. A component of Panel's (1.9.4: `useState` in models/react_component.ts) writes what it has
// drawn into its model, a moment after it has drawn it. Where the server tells two values and the second comes within that
// moment, as it does in a busy page while a figure is dragged, the first is written over it and told to the server, which
// takes it for somebody's wish: the page goes back. So a value that was told and is told no more is not written.

const SETTLED = 3000 // ms; a component that has not written the newest by then has drawn none of those before

const { HasProps } = Bokeh.require('core/has_props')
const { default_resolver: bokeh } = Bokeh.require('base')
const { setv } = HasProps.prototype
const told = new WeakMap() // of the model of a component: by property, the newest told, and what stood there before

const tell = (model, changed) => {
  if (!told.has(model)) told.set(model, new Map())
  const known = told.get(model)
  for (const [name, value] of Object.entries(changed)) {
    const before = known.get(name)
    clearTimeout(before?.timer)
    const timer = setTimeout(() => known.delete(name), SETTLED)
    known.set(name, { newest: value, older: [...before?.older ?? [], model[name]], timer })
  }
}

const echoes = (model, name, value) => {
  const known = told.get(model), last = known?.get(name)
  if (!last) return false
  if (value === last.newest) known.delete(name) // drawn, and with it all that came before
  return value !== last.newest && last.older.includes(value)
}

HasProps.prototype.setv = function (changed, options) {
  if (bokeh.get(this.type)) return setv.call(this, changed, options) // of Bokeh or Panel, not the model of a component
  if (options?.sync === false) tell(this, changed)
  else {
    const names = Object.keys(changed).filter((name) => echoes(this, name, changed[name]))
    if (names.length) {
      changed = Object.fromEntries(Object.entries(changed).filter(([name]) => !names.includes(name)))
      for (const name of names) this.properties[name].change.emit() // what is drawn is what was told last
    }
  }
  return setv.call(this, changed, options)
}
