// <ex-fold><details>: what somebody has opened stays open although the text around it is put there anew at every frame.

customElements.get('ex-fold') ?? customElements.define('ex-fold', class extends HTMLElement {
  connectedCallback() {
    const { host } = this.getRootNode() // outlives the text
    const details = this.querySelector('details')
    if (!host || !details) return
    details.open = host.hasAttribute('data-unfolded')
    details.addEventListener('toggle', () => host.toggleAttribute('data-unfolded', details.open))
  }
})
