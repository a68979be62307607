"""What a page is made of, so that axe looks at each part once and not at each page.

A part is an element with what axe judges it by: its tag, classes and ARIA, the elements that it
lies in, those that lie in it where that matters (lists, tables), whether it has words, a label and
room, whether what it refers to is there; and of the whole page its headings and landmarks. What
people read in it does not count.
"""

import fcntl
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

PARTS = r"""
() => {
  const KEPT = new Set(['role', 'type', 'lang', 'scope', 'tabindex', 'hidden', 'disabled',
    'multiple', 'required', 'open', 'autocomplete'])
  const REFERS = /^(for|aria-(labelledby|describedby|controls|owns|activedescendant))$/
  const names = new Map(), paths = new Map()
  const doubled = (id) => document.querySelectorAll(`[id="${CSS.escape(id)}"]`).length > 1
  const there = (ids) => ids.split(/\s+/).every((id) => document.getElementById(id))
  const attribute = ({name, value}) => {
    if (REFERS.test(name)) return `${name}=${there(value)}`
    if (name === 'href') return `href=${value.replace(/[^#/:].*/, '')}`
    if (name === 'id') return doubled(value) ? 'id=doubled' : 'id'
    if (/^(alt|title|aria-label|placeholder)$/.test(name)) return `${name}=${Boolean(value.trim())}`
    return KEPT.has(name) || name.startsWith('aria-') ? `${name}=${value}` : ''
  }
  const words = (node) => [...node.childNodes].some((n) => n.nodeType === 3 && n.data.trim())
  const room = (tag) => {
    const {width, height} = tag.getBoundingClientRect()
    return !width || !height ? 'none' : Math.min(width, height) < 24 ? 'little' : 'enough'
  }
  const path = (tag) => {
    if (!tag) return ''
    const own = `>${tag.tagName}.${tag.className}`
    if (!paths.has(tag)) paths.set(tag, path(tag.parentElement) + own)
    return paths.get(tag)
  }
  const name = (tag) => {
    if (!names.has(tag)) {
      const words_ = words(tag) ? 'words' : tag.textContent.trim() ? 'words inside' : 'blank'
      const state = [tag.checked, tag.labels && tag.labels.length, words_, room(tag)]
      const said = [...tag.attributes].map(attribute).filter(Boolean).sort()
      names.set(tag, `${tag.tagName}.${tag.className} ${said} ${state}`)
    }
    return names.get(tag)
  }
  const GROUPS = /^(UL|OL|DL|TABLE|THEAD|TBODY|TR|FIELDSET|SELECT|LEGEND|LABEL|BUTTON|A)$/
  const kinds = (tags) => [...new Set([...tags].map(name))].sort()
  const inside = (tag) => GROUPS.test(tag.tagName) ? kinds(tag.children) : ''
  const all = [...document.querySelectorAll('html, body, body *:not(script, svg *)')]
  const parts = all.map((tag) =>
    `${path(tag.parentElement)}|${name(tag)}|${inside(tag)}`)
  const outline = (selector, told) => [...document.querySelectorAll(selector)].map(told)
    .filter((one, at, list) => one !== list[at - 1]).join(' ')
  const LANDMARKS = 'header, nav, main, footer, aside, section, form, [role]'
  parts.push(`headings ${outline('h1, h2, h3, h4, h5, h6', (tag) => tag.tagName)}`)
  parts.push(`landmarks ${outline(LANDMARKS, (tag) =>
    `${tag.tagName}.${tag.getAttribute('role')}.${tag.getAttribute('aria-label')}`)}`)
  parts.push(`title ${Boolean(document.title.trim())}`)
  return [...new Set(parts)].map((part) => `${innerWidth} ${part}`)
}
"""


@dataclass
class SeenParts:
    """The parts that axe has found nothing wrong with; all processes of a run share one file."""

    file: Path | None = None
    read: int = 0  # bytes of the file that are known
    digests: set[str] = field(default_factory=set)

    def share(self, file: Path) -> None:
        """Keep them in this file from now on."""
        self.file = file
        file.touch()

    def has_all(self, parts: list[str]) -> bool:
        """Whether axe has seen each of these."""
        self._catch_up()
        return self.digests.issuperset(map(digest, parts))

    def add(self, parts: list[str]) -> None:
        """Axe has seen these."""
        new = set(map(digest, parts)) - self.digests
        self.digests |= new
        if self.file:
            with self.file.open("a") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                file.write("".join(f"{one}\n" for one in sorted(new)))

    def _catch_up(self) -> None:
        if self.file and self.file.stat().st_size > self.read:
            with self.file.open() as file:
                fcntl.flock(file, fcntl.LOCK_SH)
                file.seek(self.read)
                self.digests.update(file.read().split())
                self.read = file.tell()


def digest(part: str) -> str:
    """A part's short name."""
    return sha256(part.encode()).hexdigest()[:24]
