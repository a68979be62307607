// Finds the number that the page asks for, while its reader still reads (intake/challenges.py).
// PBKDF2 is the browser's own and runs beside the page; nothing leaves it but the number.

export class Challenge {
  constructor(place) {
    this.place = place
    this.form = place.closest('form')
    this.field = this.form.elements.namedItem('number')
    this.isOver = false
  }

  start() {
    this.form.addEventListener('submit', (event) => this.hold(event))
    this.found = this.solve().catch(() => undefined).then(() => { this.isOver = true })
  }

  // Who is quicker than the sum is told, and need not press again. What cannot be solved is sent
  // without: the answer says what to do.
  hold(event) {
    if (this.isOver) return
    event.preventDefault()
    if (this.place.textContent) return
    this.place.textContent = this.place.dataset.wait
    const button = event.submitter
    this.found.then(() => this.form.requestSubmit(button))
  }

  async solve() {
    const { salt, key, cost, most } = this.place.dataset
    const parameters = { name: 'PBKDF2', hash: 'SHA-256', salt: bytes(salt), iterations: Number(cost) }
    for (let number = 1; number <= Number(most); number++) {
      const typed = new TextEncoder().encode(String(number))
      const material = await crypto.subtle.importKey('raw', typed, 'PBKDF2', false, ['deriveBits'])
      const bits = await crypto.subtle.deriveBits(parameters, material, key.length * 4)
      if (hexadecimal(bits) === key) {
        this.field.value = number
        return
      }
    }
  }
}

function bytes(text) {
  return Uint8Array.from(text.match(/../g), (pair) => parseInt(pair, 16))
}

function hexadecimal(buffer) {
  return Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
