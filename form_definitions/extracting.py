"""Bring a catalogue up to date with its form, and lose nothing that a translator has written."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from form_definitions.catalogues import FUZZY, Catalogue, Entry, obsolete
from form_definitions.translating import Text

Located = tuple[Text, int]
Key = tuple[str, str]

#: How alike two texts have to be for the words of one to be a start for the other.
SIMILAR = 0.6


@dataclass(frozen=True, slots=True)
class Extraction:
    """A catalogue as it should be, and what that has changed."""

    catalogue: Catalogue
    added: int  # texts that are new
    changed: int  # texts that are new, and have the words of one that is gone, marked fuzzy
    gone: int  # texts whose words are kept as obsolete

    @property
    def counts(self) -> dict[str, int]:
        """How many texts there are, and in which state, for people and for ``--json``."""
        active = [each for each in self.catalogue.entries if not each.is_obsolete]
        return {
            "texts": len(active),
            "translated": sum(bool(each.words) and not each.is_fuzzy for each in active),
            "missing": sum(not each.words for each in active),
            "fuzzy": sum(bool(each.words) and each.is_fuzzy for each in active),
            "added": self.added,
            "changed": self.changed,
            "obsolete": self.gone,
        }


def extracted(texts: Iterable[Located], file: str, before: Catalogue) -> Extraction:
    """The catalogue of a form's texts, with all words that ``before`` has for them.

    ``file`` names the form in the references. A text that has changed a little keeps its words,
    marked fuzzy; the words of one that is gone are kept as obsolete, and come back with it.
    """
    wanted = _wanted(sorted(texts, key=lambda each: each[1]), file, before)
    active = {each.key: each for each in before.entries if not each.is_obsolete}
    known = {each.key: each for each in before.entries if each.is_obsolete} | active
    left = {key: each for key, each in active.items() if key not in wanted}
    entries, added, changed = [], 0, 0
    for key, entry in wanted.items():
        old = known.get(key)
        if old is None:
            added += 1
            old = _similar(entry, left)
            changed += old is not None
        entries.append(_with_words(entry, old) if old else entry)
    kept = [obsolete(each) for each in left.values() if each.words or each.comments]
    again = {each.key for each in entries} | {each.key for each in kept}
    dead = [each for each in before.entries if each.is_obsolete and each.key not in again]
    return Extraction(
        replace(before, entries=(*entries, *kept, *dead)),
        added,
        changed,
        len(kept),
    )


def _wanted(texts: list[Located], file: str, before: Catalogue) -> dict[Key, Entry]:
    """An entry without words for each message that the form needs."""
    by_hand = {each.key for each in before.entries if each.context and not each.is_obsolete}
    wanted: dict[Key, Entry] = {}
    for text, line in texts:
        _add(wanted, text.context, text, f"{file}:{line}")
        if not text.context and (text.place, text.text) in by_hand:
            _add(wanted, text.place, text, f"{file}:{line}")
    return wanted


def _add(wanted: dict[Key, Entry], context: str, text: Text, place: str) -> None:
    entry = wanted.setdefault((context, text.text), Entry(text.text, context=context))
    note = " ".join(f"{text.comment} ({text.place})".split())
    wanted[context, text.text] = replace(
        entry,
        notes=tuple(dict.fromkeys((*entry.notes, note))),
        places=tuple(dict.fromkeys((*entry.places, place))),
    )


def _with_words(entry: Entry, old: Entry) -> Entry:
    """An entry with what the translator wrote for it, or for another text that was like it."""
    if entry.text == old.text:
        return replace(
            entry,
            words=old.words,
            comments=old.comments,
            flags=old.flags,
            previous=old.previous if old.is_fuzzy else "",
        )
    flags = tuple(dict.fromkeys((*old.flags, FUZZY)))
    before = old.previous or old.text
    return replace(entry, words=old.words, comments=old.comments, flags=flags, previous=before)


def _similar(entry: Entry, left: dict[Key, Entry]) -> Entry | None:
    """Take out of what is left the entry with words for the text most like this one, or None."""
    candidates: Mapping[str, Key] = {
        each.text: key for key, each in left.items() if each.words and each.context == entry.context
    }
    found = difflib.get_close_matches(entry.text, candidates, n=1, cutoff=SIMILAR)
    return left.pop(candidates[found[0]]) if found else None
