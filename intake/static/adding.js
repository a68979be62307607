// Whoever adds an item goes on in it: a page that is loaded anew begins at its top.

const ADDED = 'intake-added'

export function goOnInItem() {
  try {
    const [where, action] = JSON.parse(window.sessionStorage.getItem(ADDED) || '[]')
    window.sessionStorage.removeItem(ADDED)
    document.addEventListener('submit', ({ submitter }) => {
      if (submitter?.name === 'action' && /^add(-|$)/.test(submitter.value)) {
        window.sessionStorage.setItem(ADDED, JSON.stringify([window.location.pathname, submitter.value]))
      }
    })
    if (where === window.location.pathname) {
      lastItemOf(action)?.querySelector('input:not([type=hidden]), select, textarea')?.focus()
    }
  } catch {
    // a browser that keeps nothing for a frame begins at the top
  }
}

// The last item of the group whose button this is; groups inside it have items of their own.
function lastItemOf(action) {
  const button = document.querySelector(`button[name="action"][value="${CSS.escape(action)}"]`)
  const group = button?.closest('.govuk-form-group')
  const items = [...(group?.querySelectorAll('.intake-item') ?? [])]
  return items.filter((item) => item.parentElement.closest('.govuk-form-group') === group).pop()
}
