// A team's queue: says what is new without moving anything, chooses all at once, and has keys.
// Without this file the page does all that it is for.

const PAUSE = 30000 // milliseconds between two looks
const LAST_SEEN = 'intake-queue-last-seen' // in this tab's own store: the list that somebody looks at
const TAKEN = 'intake-queue-taken' // likewise: the case that they have just pressed Take for
const KEYS_OFF = 'intake-queue-keys-off' // in this browser's own store

const news = document.getElementById('queue-news')
const form = document.getElementById('queue-form')
const help = document.getElementById('queue-keys')
const rows = [...document.querySelectorAll('.intake-queue tbody tr')]

// What is new: asked for while somebody looks at the page, and said once.

class News {
  constructor(place) {
    this.place = place
    this.mark = ''
    this.timer = setInterval(() => this.look(), PAUSE)
    document.addEventListener('visibilitychange', () => this.look())
  }

  async look() {
    if (document.hidden || !this.timer) return
    const headers = this.mark ? { 'If-None-Match': this.mark } : {}
    try {
      const answer = await fetch(this.place.dataset.source, { headers, redirect: 'manual', cache: 'no-store' })
      if (answer.type === 'opaqueredirect') return this.end()
      if (!answer.ok) return // nothing changed since, or the server has a bad moment
      this.mark = answer.headers.get('ETag') || ''
      this.show(await answer.json())
    } catch {
      // the network is away: the next look may find it
    }
  }

  show({ new: count, words, figures }) {
    for (const figure of document.querySelectorAll('[data-figure]')) {
      const now = figures[figure.dataset.figure]
      if (figure.textContent !== now) figure.textContent = now
    }
    if (!words || this.place.textContent.startsWith(`${words} `)) return
    this.say(words, this.place.dataset.here, count === 1 ? 'Show it' : 'Show them')
  }

  end() {
    clearInterval(this.timer)
    this.timer = 0
    this.say('You have been signed out.', this.place.dataset.here, 'Sign in again')
  }

  say(words, address, label) {
    const link = document.createElement('a')
    link.className = 'govuk-link'
    link.href = address
    link.textContent = label
    this.place.replaceChildren(`${words} `, link)
  }
}

// All of the page at once, and how many are chosen.

function choosing() {
  const boxes = rows.map((row) => row.querySelector('input[name="case"]'))
  const all = document.getElementById('queue-all')
  const told = document.getElementById('queue-chosen')
  const usual = told.textContent
  const count = () => {
    const chosen = boxes.filter((box) => box.checked).length
    told.textContent = chosen ? `With the ${chosen === 1 ? 'case' : `${chosen} cases`} chosen:` : usual
    all.checked = chosen === boxes.length
  }
  all.closest('[hidden]').hidden = false
  all.addEventListener('change', () => {
    for (const box of boxes) box.checked = all.checked
    count()
  })
  form.addEventListener('change', (event) => {
    if (event.target !== all) count()
  })
  count() // the browser may remember what was chosen
}

// Whoever takes one case goes on from there: at it, or at what stands in its place in the list now.

function taking() {
  const [taken, at] = JSON.parse(window.sessionStorage.getItem(TAKEN) || '[]')
  const told = document.querySelector('.moj-alert__content')
  window.sessionStorage.removeItem(TAKEN)
  if (taken && told) {
    const row = document.getElementById(`case-${taken}`)?.closest('tr') || rows[Math.min(at, rows.length - 1)]
    const link = row.querySelector('a')
    told.id = 'queue-told'
    link.setAttribute('aria-describedby', told.id)
    link.focus()
  }
  form.addEventListener('submit', ({ submitter }) => {
    if (submitter?.name !== 'take') return
    const row = rows.findIndex((each) => each.contains(submitter))
    window.sessionStorage.setItem(TAKEN, JSON.stringify([submitter.value, row]))
  })
}

// Keys: only where no field has the focus, and only as long as nobody turned them off.

const isOff = () => window.localStorage.getItem(KEYS_OFF) === 'yes'
const isTyping = (element) =>
  element.isContentEditable || element.matches('textarea, select, input:not([type="checkbox"])')

function here() {
  return rows.findIndex((row) => row.contains(document.activeElement))
}

function go(step) {
  const at = here()
  const next = at < 0 ? 0 : Math.min(Math.max(at + step, 0), rows.length - 1)
  rows[next]?.querySelector('a').focus()
}

function press(selector) {
  rows[here()]?.querySelector(selector)?.click()
}

const KEYS = {
  j: () => go(1),
  k: () => go(-1),
  x: () => press('input[name="case"]'),
  t: () => press('button[name="take"]'),
  '?': () => help.showModal()
}

function listening() {
  const button = document.getElementById('queue-keys-button')
  const use = document.getElementById('queue-keys-use')
  button.hidden = false
  button.addEventListener('click', () => help.showModal())
  use.checked = !isOff()
  use.addEventListener('change', () => window.localStorage.setItem(KEYS_OFF, use.checked ? 'no' : 'yes'))
  document.addEventListener('keydown', (event) => {
    const key = KEYS[event.key]
    if (!key || event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return
    if (isOff() || help.open || isTyping(event.target)) return
    event.preventDefault()
    key()
  })
}

// A case leads back to the list that it was opened from: its team, its filters, its page. Somebody else
// who signs in here has other teams, and begins with a list of their own.

const back = document.getElementById('back-to-queue')
const lastSeen = `${LAST_SEEN}-${(news || back).dataset.person}`
if (news) window.sessionStorage.setItem(lastSeen, window.location.search)
else back.search = window.sessionStorage.getItem(lastSeen) || ''

if (news) new News(news)
if (form && rows.length) {
  choosing()
  taking()
}
if (help) listening()
