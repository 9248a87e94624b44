// One frame of the film on a page without a server. From the first move on the axes reach over the whole run.

const at = cb_obj.value
const plain = (columns) => columns instanceof Map ? Object.fromEntries(columns) : columns
const each = (found) => found instanceof Map ? [...found] : Object.entries(found)
const get = (found, name) => found instanceof Map ? found.get(name) : found[name]

for (const [name, columns] of each(extents)) {
  const source = get(renderers, name).data_source
  if (!source.get_length()) source.data = plain(columns)
}
for (const [name, held] of each(states)) {
  const { columns, which } = plain(held)
  const renderer = get(renderers, name)
  const now = plain(columns[which[at]])
  renderer.data_source.data = now
  for (const [low, high] of now.limits ?? []) renderer.glyph.color_mapper.setv({ low, high })
}
for (const [name, texts] of each(said)) get(says, name).text = texts[at]
caption.text = captions[at]
