// What a page shows, and where that is not what its models say: then a view has lost it. What the models lack never came.

const report = () => {
  const find = (selector, root = document.body, found = []) => {
    for (const node of root.children) {
      if (node.matches(selector)) found.push(node)
      find(selector, node, found)
      if (node.shadowRoot) find(selector, node.shadowRoot, found)
    }
    return found
  }
  const words = (text) => (text ?? '').replace(/\s+/g, ' ').trim()
  const decoded = (text) => new DOMParser().parseFromString(text, 'text/html').documentElement.textContent
  const plain = (text) => words(new DOMParser().parseFromString(decoded(text), 'text/html').body.textContent)
  const named = (node) => [...node.getRootNode().host?.classList ?? []].find((name) => name.startsWith('ex-say-')) ?? ''
  const lines = (what, selector) => find(selector).map((node) => `${what(node)}: ${words(node.innerText)}`)

  const differ = [], seen = new Set()
  const look = (view) => {
    const { model } = view
    seen.add(model)
    if (model.type.endsWith('HTML') && view.container && words(view.container.textContent) !== plain(model.text))
      differ.push(`a text shows ${JSON.stringify(words(view.container.textContent))}, its model ${model.id} says `
        + JSON.stringify(plain(model.text)))
    if (model.type === 'GlyphRenderer' && view.glyph.data_size !== model.data_source.get_length())
      differ.push(`${model.name} has drawn ${view.glyph.data_size} rows of ${model.data_source.get_length()}`)
    for (const child of view.children()) look(child)
  }
  for (const root of window.Bokeh?.index ?? []) look(root)
  for (const root of (window.Bokeh?.documents ?? []).flatMap((doc) => doc.roots()))
    for (const model of root.references())
      if (model.type.endsWith('HTML') && !seen.has(model)) differ.push(`never drawn: ${JSON.stringify(plain(model.text))}`)

  return [
    ...lines(() => 'status', '.status'),
    ...lines(() => 'notice', '.notice'),
    ...lines(named, '.say'),
    ...differ,
  ]
}
