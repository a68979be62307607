// Reloads a page of the preview when the form's file was saved. Without scripts, reload by hand.
const shown = new URL(import.meta.url).searchParams.get('stamp')
const PAUSE = 1000 // milliseconds: saving and looking up takes longer

async function look () {
  try {
    const answer = await fetch('/stamp', { cache: 'no-store' })
    if (answer.ok && (await answer.text()) !== shown) {
      window.location.reload()
      return
    }
  } catch {
    // the preview was stopped: it may be started again
  }
  window.setTimeout(look, PAUSE)
}

// in a frame, the page around it reloads both
if (window.self === window.top) window.setTimeout(look, PAUSE)
