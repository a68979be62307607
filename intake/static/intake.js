// Starts the components of the page. Every journey works without this file.
// The version in our own address is passed on, so that a release is never mixed with the last one.
const version = new URL(import.meta.url).search

const { initAll } = await import(`./vendor/govuk-frontend.min.js${version}`)
initAll()

if (document.querySelector('[data-module^="moj-"]')) {
  const moj = await import(`./vendor/moj-frontend.min.js${version}`)
  moj.initAll()
}
