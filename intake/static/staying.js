// Asks, shortly before the answers of this page are deleted, whether to keep them longer.
const WARN_BEFORE = 5 * 60 * 1000 // as long as somebody needs to notice it and to answer
const LONGEST_WAIT = 24 * 3600 * 1000 // a timer takes no more than 24 days

export class TimeWarning {
  constructor(kept) {
    this.kept = kept
    this.until = Number(kept.dataset.until) * 1000
  }

  start() {
    // no page is served for answers that are gone already: the clock of this machine is wrong
    if (this.until <= Date.now()) return
    this.wait()
    // a machine that slept, or a phone that stopped its timers, looks again when it is awake
    document.addEventListener('visibilitychange', () => this.wait())
  }

  wait() {
    clearTimeout(this.timer)
    const left = this.until - WARN_BEFORE - Date.now()
    if (left <= 0) this.ask()
    else this.timer = setTimeout(() => this.wait(), Math.min(left, LONGEST_WAIT))
  }

  ask() {
    if (this.dialog?.open) return
    const { title, text, stay } = this.kept.dataset
    this.dialog = document.createElement('dialog')
    this.dialog.className = 'intake-time'
    this.dialog.setAttribute('role', 'alertdialog')
    this.dialog.setAttribute('aria-labelledby', 'intake-time-title')
    this.dialog.setAttribute('aria-describedby', 'intake-time-text')
    const heading = this.add('h2', 'govuk-heading-m', title)
    heading.id = 'intake-time-title'
    this.words = this.add('p', 'govuk-body', text)
    this.words.id = 'intake-time-text'
    this.words.setAttribute('role', 'status')
    const button = this.add('button', 'govuk-button govuk-!-margin-bottom-0', stay)
    button.type = 'button'
    button.addEventListener('click', () => this.stay())
    document.body.append(this.dialog)
    this.dialog.addEventListener('close', () => this.dialog.remove())
    this.dialog.showModal()
  }

  add(name, classes, text) {
    const element = document.createElement(name)
    element.className = classes
    element.textContent = text
    this.dialog.append(element)
    return element
  }

  async stay() {
    const token = document.querySelector('input[name=csrf_token]')
    try {
      const answer = await fetch('stay', {
        method: 'POST',
        body: new URLSearchParams({ csrf_token: token.value })
      })
      // the time was over before the button was pressed: the page that says so comes in place of this
      if (answer.status === 404 || answer.status === 410) return window.location.reload()
      if (!answer.ok) throw new Error(String(answer.status))
      const { until, words } = await answer.json()
      this.until = until * 1000
      this.kept.textContent = words
      this.dialog.close()
      this.wait()
    } catch {
      this.words.textContent = this.kept.dataset.failed
    }
  }
}
