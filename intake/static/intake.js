// Starts the components of the page. Every journey works without this file.
// The version in our own address is passed on, so that a release is never mixed with the last one.
const version = new URL(import.meta.url).search

const { Radios, initAll } = await import(`./vendor/govuk-frontend.min.js${version}`)

// A radio may not have aria-expanded (ARIA 1.2), which the component sets on those that open a box.
const openOrClose = Radios.prototype.syncConditionalRevealWithInputState
Radios.prototype.syncConditionalRevealWithInputState = function (input) {
  openOrClose.call(this, input)
  input.removeAttribute('aria-expanded')
}

initAll()

const live = document.getElementById('intake-live')
if (live) {
  const [{ LivePage }, { Validator }] = await Promise.all([
    import(`./live.js${version}`),
    import(`./vendor/json-schema.js${version}`)
  ])
  const form = live.previousElementSibling
  const startComponents = (scope) => initAll({ scope })
  new LivePage(live.dataset, form, Validator, startComponents).start()
}

if (document.querySelector('[data-module^="moj-"]')) {
  const moj = await import(`./vendor/moj-frontend.min.js${version}`)
  moj.initAll()
}
