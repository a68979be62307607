// Sends a page with large files so that one can watch it: progress, and a way to stop.
// A file that is too large is told before it is sent. Without scripts the browser sends the page
// as any other, and the server says the same.

const WATCHED_FROM = 256 * 1024 // bytes; less has arrived before anybody reads a bar
const ANNOUNCED = [25, 50, 75] // percent: often enough to trust, too seldom to disturb

export class UploadPage {
  constructor(form, words, showAnew) {
    this.form = form
    this.words = words
    this.showAnew = showAnew
    this.request = null
  }

  start() {
    this.form.addEventListener('submit', (event) => this.onSubmit(event))
    this.makeProgress()
  }

  // The bar takes the place of the page's last buttons, so that nothing moves.
  makeProgress() {
    this.buttons = [...this.form.querySelectorAll('.govuk-button-group')].at(-1)
    this.progress = document.createElement('div')
    this.progress.className = 'intake-progress'
    this.progress.hidden = true
    this.bar = document.createElement('progress')
    this.bar.max = 100
    this.bar.setAttribute('aria-label', this.words.sending)
    this.percent = document.createElement('span')
    this.percent.className = 'govuk-body intake-progress__percent'
    this.percent.setAttribute('aria-hidden', 'true')
    const cancel = document.createElement('button')
    cancel.type = 'button'
    cancel.className = 'govuk-button govuk-button--secondary'
    cancel.textContent = this.words.cancel
    cancel.addEventListener('click', () => this.request?.abort())
    this.cancel = cancel
    this.progress.append(this.bar, this.percent, cancel)
    this.status = document.createElement('div')
    this.status.className = 'govuk-visually-hidden'
    this.status.setAttribute('role', 'status')
    this.buttons.classList.add('intake-progress-place')
    this.buttons.append(this.progress)
    this.form.append(this.status)
  }

  inputs() {
    return [...this.form.querySelectorAll('input[type=file]')].filter((input) => input.files.length)
  }

  onSubmit(event) {
    if (this.request) {
      event.preventDefault()
      return
    }
    const inputs = this.inputs()
    for (const input of inputs) {
      const most = Number(this.group(input).dataset.mostBytes)
      const tooLarge = [...input.files].find((file) => file.size > most)
      if (tooLarge) {
        event.preventDefault()
        this.refuse(input, this.group(input).dataset.tooLarge.replace('{file}', tooLarge.name))
        return
      }
    }
    const bytes = inputs.flatMap((input) => [...input.files]).reduce((sum, file) => sum + file.size, 0)
    if (bytes < WATCHED_FROM) return
    event.preventDefault()
    this.send(event.submitter)
  }

  group(input) {
    return input.closest('[data-most-bytes]')
  }

  send(button) {
    const data = new FormData(this.form)
    if (button?.name) data.append(button.name, button.value)
    const request = new XMLHttpRequest()
    this.request = request
    this.announced = 0
    request.open('POST', window.location.href)
    request.upload.addEventListener('progress', (event) => this.onProgress(event))
    request.addEventListener('load', () => this.onAnswer(request))
    request.addEventListener('error', () => this.stop(this.words.failed, true))
    request.addEventListener('abort', () => this.stop(this.words.cancelled))
    this.setProgress(0)
    this.progress.hidden = false
    this.buttons.classList.add('intake-progress-place--busy')
    this.status.textContent = this.words.sending
    this.cancel.focus()
    request.send(data)
  }

  onProgress(event) {
    if (!event.lengthComputable) return
    const percent = Math.floor((event.loaded / event.total) * 100)
    this.setProgress(percent)
    const reached = ANNOUNCED.filter((one) => one <= percent).at(-1) ?? 0
    if (reached > this.announced) {
      this.announced = reached
      this.status.textContent = this.words.percent.replace('{percent}', reached)
    }
  }

  setProgress(percent) {
    this.bar.value = percent
    this.percent.textContent = `${percent}%`
  }

  // A page with errors is shown in the place of this one; else the browser goes where it was sent.
  onAnswer(request) {
    if (request.status >= 500) {
      this.stop(this.words.failed, true)
      return
    }
    const answer = new DOMParser().parseFromString(request.responseText, 'text/html')
    if (answer.querySelector('.govuk-error-summary')) {
      this.showAnew(answer)
      return
    }
    this.status.textContent = this.words.done
    window.location.replace(request.responseURL)
  }

  stop(words, isError = false) {
    this.request = null
    this.progress.hidden = true
    this.buttons.classList.remove('intake-progress-place--busy')
    const [input] = this.inputs()
    if (isError && input) {
      this.refuse(input, words)
      return
    }
    this.status.textContent = words
    this.buttons.querySelector('button')?.focus()
  }

  // The error stands where the server would put it.
  refuse(input, words) {
    const group = this.group(input)
    const control = group.querySelector('.govuk-file-upload-button') ?? input
    const id = `${control.id}-error`
    let message = document.getElementById(id)
    if (!message) {
      message = document.createElement('p')
      message.className = 'govuk-error-message'
      message.id = id
      group.querySelector('.govuk-file-upload-wrapper').before(message)
      group.classList.add('govuk-form-group--error')
      const described = control.getAttribute('aria-describedby')
      control.setAttribute('aria-describedby', [described, id].filter(Boolean).join(' '))
    }
    const prefix = document.createElement('span')
    prefix.className = 'govuk-visually-hidden'
    prefix.textContent = `${this.words.error} `
    message.replaceChildren(prefix, words)
    const links = [...document.querySelectorAll('.govuk-error-summary a')]
    links.filter((link) => link.hash === `#${control.id}`).forEach((link) => (link.textContent = words))
    control.focus()
  }
}
