// Keeps a campaign's figures up to date while it is on its way. Without it, a link does the same.

const PAUSE = 5000 // milliseconds between two looks
const place = document.getElementById('campaign-figures')

async function look() {
  if (document.hidden) return
  const answer = await fetch(place.dataset.source, { credentials: 'same-origin', redirect: 'error' })
  if (!answer.ok) throw new Error(answer.status)
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
  place.replaceChildren(...page.body.childNodes)
}

if (place && 'live' in place.dataset) {
  const timer = setInterval(() => look().catch(() => clearInterval(timer)), PAUSE)
}
