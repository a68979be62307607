// Starts the components of the page. Every journey works without this file.
// The version in our own address is passed on, so that a release is never mixed with the last one.
const version = new URL(import.meta.url).search

const { ExitThisPage, Radios, initAll } = await import(`./vendor/govuk-frontend.min.js${version}`)

// The answer to a button, such as a page with its errors, becomes an ordinary page of the history: for
// the back button a browser would otherwise show an error, and ask whether to send everything again.
// Each such page of the public can be looked at as well; staff have addresses that only take a button.
if (!window.location.pathname.startsWith('/staff/')) {
  window.history.replaceState(window.history.state, '', window.location.href)
}

// A radio may not have aria-expanded (ARIA 1.2), which the component sets on those that open a box.
const openOrClose = Radios.prototype.syncConditionalRevealWithInputState
Radios.prototype.syncConditionalRevealWithInputState = function (input) {
  openOrClose.call(this, input)
  input.removeAttribute('aria-expanded')
}

// Whoever leaves in a hurry also takes the key to their answers out of the browser, and the page out
// of its history; the other website is not kept waiting for that.
ExitThisPage.prototype.exitPage = function () {
  const overlay = document.createElement('div')
  overlay.className = 'govuk-exit-this-page-overlay'
  overlay.setAttribute('role', 'alert')
  document.body.classList.add('govuk-exit-this-page-hide-content')
  document.body.append(overlay)
  overlay.textContent = this.i18n.t('activated')
  this.$overlay = overlay
  if (this.$root.dataset.forget) navigator.sendBeacon(this.$root.dataset.forget)
  try {
    window.top.location.replace(this.$button.href) // also from inside another website's page
  } catch {
    window.location.replace(this.$button.href)
  }
}

const kept = document.getElementById('intake-kept')
if (kept) {
  const { TimeWarning } = await import(`./staying.js${version}`)
  new TimeWarning(kept).start()
}

const challenge = document.getElementById('intake-challenge')
if (challenge) {
  const { Challenge } = await import(`./challenge.js${version}`)
  new Challenge(challenge).start()
}

// Inside another website's page only the form itself is shown: what leads elsewhere opens a tab.
if (window.top !== window) {
  for (const link of document.querySelectorAll('a[href^="/"]:not([href^="/form"], [href^="/exit"])')) {
    link.target = '_blank'
    link.rel = 'noopener'
  }
}

startComponents(document.body)
await startPage()

if (document.querySelector('.intake-item, button[value^="add"]')) {
  const { goOnInItem } = await import(`./adding.js${version}`)
  goOnInItem()
}

function startComponents(scope) {
  initAll({ scope })
  // The button's words run into each other, so that speech control does not find what is read.
  for (const words of scope.querySelectorAll('.govuk-file-upload-button__status')) {
    if (words.nextSibling?.nodeType !== Node.TEXT_NODE) words.after(' ')
  }
}

// What a page of a form needs besides; again where the page was shown anew without being loaded.
async function startPage() {
  const live = document.getElementById('intake-live')
  const upload = document.getElementById('intake-upload')
  if (live) {
    const [{ LivePage }, { Validator }] = await Promise.all([
      import(`./live.js${version}`),
      import(`./vendor/json-schema.js${version}`)
    ])
    const form = live.parentElement.querySelector('form')
    new LivePage(live.dataset, form, Validator, startComponents).start()
  }
  if (upload) {
    const { UploadPage } = await import(`./upload.js${version}`)
    const form = upload.parentElement.querySelector('form')
    new UploadPage(form, JSON.parse(upload.dataset.words), showAnew).start()
  }
}

// The answer to what was sent, in the place of the page that sent it.
async function showAnew(answer) {
  const main = document.getElementById('main-content')
  const shown = document.adoptNode(answer.getElementById('main-content'))
  main.replaceWith(shown)
  document.title = answer.title
  startComponents(shown)
  await startPage()
}

if (document.querySelector('[data-module^="moj-"]')) {
  const moj = await import(`./vendor/moj-frontend.min.js${version}`)
  moj.initAll()
}
