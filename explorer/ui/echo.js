// A value that nobody chose. A component of Panel's (1.9.4: `useState` in models/react_component.ts) writes what it has
// drawn into its model, a moment after it has drawn it. Where the server tells two values and the second comes within that
// moment, as it does in a busy page while a figure is dragged, the first is written over it and told to the server, which
// takes it for somebody's wish: the page goes back. So a component writes nothing over what it was told until a hand comes.

const HAND = ['pointerdown', 'pointerup', 'keydown', 'input', 'change', 'click', 'drop', 'focusout']

const { HasProps } = Bokeh.require('core/has_props')
const { default_resolver: bokeh } = Bokeh.require('base')
const { setv } = HasProps.prototype
const told = new WeakMap() // of the model of a component: the names of what it was told since a hand was there

HasProps.prototype.setv = function (changed, options) {
  if (bokeh.get(this.type)) return setv.call(this, changed, options) // of Bokeh or Panel, not the model of a component
  if (!told.has(this)) told.set(this, new Set())
  const names = told.get(this)
  if (options?.sync === false) for (const name of Object.keys(changed)) names.add(name)
  else {
    const echoes = Object.keys(changed).filter((name) => names.has(name) && changed[name] !== this[name])
    if (echoes.length) {
      changed = Object.fromEntries(Object.entries(changed).filter(([name]) => !echoes.includes(name)))
      for (const name of echoes) this.properties[name].change.emit() // what is drawn is what was told last
    }
  }
  return setv.call(this, changed, options)
}

let grasped = [] // where the hand came down: it may have gone on when it lets go
const touch = (event) => {
  let path = event.composedPath()
  if (event.type === 'pointerdown') grasped = path
  if (event.type === 'pointerup') path = grasped
  for (const { model } of Bokeh.index.query(({ el, model }) => model.data && path.includes(el))) told.get(model.data)?.clear()
}
for (const type of HAND) document.addEventListener(type, touch, true) // before the component hears of it

