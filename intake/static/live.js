// Shows and hides questions as the answers change, by the same JSON Schema as the server.
// The page says all it needs as data: how to read its controls, and its conditions.

const PAUSE = 250 // milliseconds without a key: what is half typed is not answered yet
// as the server reads them, in English and in Welsh
const MONTHS = [
  'january jan ionawr ion',
  'february feb chwefror chwef chw',
  'march mar mawrth maw',
  'april apr ebrill ebr',
  'may mai',
  'june jun mehefin meh',
  'july jul gorffennaf gorff gor',
  'august aug awst',
  'september sept sep medi med',
  'october oct hydref hyd',
  'november nov tachwedd tach tac',
  'december dec rhagfyr rhag rha'
].map((names) => names.split(' '))

const CONTROL_CHARACTERS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g
const WHOLE_NUMBER = /^[+-]?[0-9]{1,15}$/
const NUMBER = /^[+-]?[0-9]{1,15}(\.[0-9]{1,15})?$/
const AMOUNT = /^-?([0-9]{1,15}(\.[0-9]{1,2})?|\.[0-9]{1,2})$/

// the spaces of Python's strip(): those of trim() without the byte order mark, and with U+0085
const EDGES = /^(?!\ufeff)[\s\u0085]+|(?!\ufeff)[\s\u0085]+$/g
const strip = (text) => text.replace(EDGES, '')
const tidyLines = (text) => strip(text.replace(/\r\n?/g, '\n').replace(CONTROL_CHARACTERS, ''))
const tidyLine = (text) => strip(tidyLines(text).replace(/[\n\t]/g, ' '))

function number(text, pattern, ignored) {
  const digits = text.replace(ignored, '').replace('\u2212', '-')
  return pattern.test(digits) ? Number(digits) : text
}

function date(parts) {
  const typed = parts.map(tidyLine)
  if (!typed.some(Boolean)) return ''
  const [day, word, year] = typed
  const name = word.toLowerCase().replace(/\.+$/, '')
  const at = MONTHS.findIndex((names) => names.includes(name))
  const month = at < 0 ? word : String(at + 1)
  const iso = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
  const time = /^(?!0000)[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(iso) ? Date.parse(`${iso}T00:00:00Z`) : NaN
  const isDay = !Number.isNaN(time) && new Date(time).toISOString().startsWith(iso)
  return isDay ? iso : typed.map((part) => part.replaceAll('/', '-')).join('/')
}

export class LivePage {
  constructor(data, form, Validator, startComponents) {
    this.data = JSON.parse(data.page)
    this.earlier = JSON.parse(data.answers)
    this.form = form
    this.startComponents = startComponents
    this.conditions = this.data.conditions.map((schema) => new Validator(schema, '2020-12', true))
    this.places = new Map()
    this.changes = []
    this.findPlaces(form)
  }

  start() {
    this.update()
    this.changes = [] // what was there from the beginning is no news
    this.status = document.createElement('div')
    this.status.className = 'govuk-visually-hidden'
    this.status.setAttribute('role', 'status')
    this.form.after(this.status)
    let waiting
    this.form.addEventListener('input', () => {
      clearTimeout(waiting)
      waiting = setTimeout(() => this.refresh(), PAUSE)
    })
    this.form.addEventListener('change', () => this.refresh())
    this.form.addEventListener('submit', () => this.update())
    window.addEventListener('pageshow', () => this.update())
  }

  refresh() {
    this.update()
    if (!this.changes.length) return
    const words = this.changes.map(([how, title]) => this.data.words[how].replace('{title}', () => title))
    this.status.textContent = words.join('. ')
    this.changes = []
  }

  update() {
    return this.read(this.data.questions, '', this.earlier)
  }

  holds(condition, answers) {
    return this.conditions[condition].validate(answers).valid
  }

  // The answers of one object: a condition sees only what is before it and is itself shown.
  read(questions, prefix, known = {}) {
    const seen = { ...known }
    for (const question of questions) {
      const name = prefix + (question.control ?? question.name)
      const isShown = question.when === undefined || this.holds(question.when, seen)
      if (question.when !== undefined) this.show(name, isShown, question.title)
      const answer = isShown ? this.answer(question, name) : undefined
      if (answer !== undefined && answer !== '') seen[question.name] = answer
    }
    return seen
  }

  answer(question, name) {
    switch (question.as) {
      case 'option': {
        const text = this.chosen(name)[0]
        return question.options[text] ?? text
      }
      case 'options': {
        const chosen = this.chosen(name).map((text) => question.options[text] ?? text)
        return chosen.length ? chosen : undefined
      }
      case 'whole':
        return number(tidyLine(this.typed(name)), WHOLE_NUMBER, /[, ]/g)
      case 'number':
        return number(tidyLine(this.typed(name)), NUMBER, /[, ]/g)
      case 'amount':
        return number(tidyLine(this.typed(name)), AMOUNT, /[£, ]/g)
      case 'percentage':
        return number(tidyLine(this.typed(name)).replace(/%$/, ''), AMOUNT, /[£, ]/g)
      case 'date':
        return date(['day', 'month', 'year'].map((part) => this.typed(`${name}-${part}`)))
      case 'lines':
        return tidyLines(this.typed(name))
      case 'group':
        return this.filled(question.questions, `${name}-`)
      case 'places': {
        const places = this.read(question.questions, `${name}-`)
        const count = Math.max(0, ...Object.keys(places).map((at) => Number(at) + 1))
        return count ? Array.from({ length: count }, (_, at) => places[at] ?? null) : undefined
      }
      case 'items': {
        const items = this.indexes(name).map((at) => this.filled(question.questions, `${name}-${at}-`))
        const given = items.filter(Boolean)
        return given.length ? given : undefined
      }
      case 'server': // no condition that the browser judges looks at it
        return undefined
      default:
        return tidyLine(this.typed(name))
    }
  }

  filled(questions, prefix) {
    const answers = this.read(questions, prefix)
    return Object.keys(answers).length ? answers : undefined
  }

  controls(name) {
    return [...this.form.querySelectorAll(`[name="${CSS.escape(name)}"]`)]
  }

  typed(name) {
    return this.controls(name)[0]?.value ?? ''
  }

  chosen(name) {
    const isChosen = (control) => control.checked || (control.tagName === 'SELECT' && control.value)
    return this.controls(name).filter(isChosen).map((control) => control.value)
  }

  indexes(name) {
    const start = `${name}-`
    const found = new Set()
    for (const control of this.form.querySelectorAll(`[name^="${CSS.escape(start)}"]`)) {
      found.add(Number.parseInt(control.name.slice(start.length), 10))
    }
    return [...found].filter((at) => at >= 0).sort((one, other) => one - other)
  }

  findPlaces(root) {
    for (const place of root.querySelectorAll('[data-live]')) {
      this.places.set(place.dataset.live, place)
      this.mark(place)
    }
  }

  // What the browser brought up was asked, even where an unchosen radio posts nothing.
  mark(place) {
    const asked = document.createElement('input')
    Object.assign(asked, { type: 'hidden', name: 'intake:asked', value: place.dataset.live })
    asked.disabled = place.hidden
    place.append(asked)
  }

  // What is hidden stays in the form, and so keeps what was typed into it.
  show(name, isShown, title) {
    const place = this.places.get(name)
    if (!place || place.hidden !== isShown) return
    if (isShown) this.fill(place)
    place.hidden = !isShown
    place.querySelector(':scope > [name="intake:asked"]').disabled = !isShown
    this.changes.push([isShown ? 'shown' : 'hidden', title])
  }

  fill(place) {
    const { held } = place.dataset
    if (!held) return
    delete place.dataset.held
    const template = document.createElement('template')
    template.innerHTML = held
    this.findPlaces(template.content)
    place.prepend(template.content)
    this.startComponents(place)
  }
}
