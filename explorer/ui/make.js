// Elements from their properties and parts; put before the scripts that draw with it (assets.py).

const make = (tag, given, ...parts) => {
  const node = Object.assign(document.createElement(tag), given)
  node.append(...parts)
  return node
}
