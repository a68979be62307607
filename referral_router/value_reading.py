"""Values of a rule file: read one, or find what is wrong with it."""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from form_definitions import FormDefinition, Kind
from referral_router.calendars import DurationError, read_duration
from referral_router.findings import Findings, Where
from referral_router.rule_set import Urgency

LONGEST_WHY = 300  # it stands in a table and in an email's first lines
DATES = frozenset({Kind.DATE})
TIMES = frozenset({Kind.TIME})
ONCE = frozenset({Kind.GROUP, Kind.ADDRESS, Kind.BIRTH_DATE})  # asked once, not again and again

_NAME = r"[a-z][a-z0-9-]*"
# what each text has to look like, and what to write instead
_TEXTS = {
    "form": (_NAME, "Write the form's $id, such as “master-referral”"),
    "version": (r"[0-9]+\.[0-9]+\.[0-9]+", "Write it as “1.0.0”"),
    "id": (_NAME, "Write a name in lower case with hyphens, such as “high-risk”"),
    "why": (
        rf"(?=.*\S)(?s:.{{1,{LONGEST_WHY}}})",
        f"Write one sentence, of {LONGEST_WHY} characters at most, for the team that gets it",
    ),
    "ask": (
        rf"(?=.*\S)(?s:.{{1,{LONGEST_WHY}}})",
        f"Write a question, of {LONGEST_WHY} characters at most, for the team that gets it",
    ),
    "tag": (_NAME, "Write a word in lower case with hyphens, such as “county-lines”"),
    "organisation": (_NAME, "Write an organisation's id, such as “example-council”"),
    "organisation_from": (r"\S+", "Write the name of the question that names an organisation"),
    "team": (_NAME, "Write a team's id, such as “duty-desk”"),
    "service": (_NAME, "Write a service's id, such as “early-help”"),
    "area": (r"\S+", "Write an area's code, or “*” for everywhere"),
    "area_from": (r"\S+", "Write the name of the question whose answer is the area's code"),
    "area_from_postcode": (r"\S+", "Write the name of the question that asks for a postcode"),
}


class ValueReader:
    """Reads the values of one rule file for one form; what is wrong goes into `findings`."""

    def __init__(self, definition: FormDefinition, findings: Findings) -> None:
        self.definition = definition
        self.findings = findings

    def only(self, keys: tuple[str, ...], raw: Mapping[str, Any], where: Where) -> None:
        """Find the keys that are not among those known."""
        for key in raw:
            if key not in keys:
                self.findings.add_unknown(
                    (*where, key), key, keys, "is not known here", at_key=True
                )

    def text(self, key: str, raw: Mapping[str, Any], where: Where) -> str:
        """Return the text under a key of _TEXTS, or "" if it is missing or looks wrong."""
        if key not in raw:
            self.findings.add(where, f"‘{key}’ is missing", _TEXTS[key][1])
            return ""
        return self.text_like(key, key, raw[key], (*where, key))

    def text_like(self, like: str, key: str, value: object, where: Where) -> str:
        """Return a value that has to look like a key of _TEXTS, or "" if it does not."""
        pattern, fix = _TEXTS[like]
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            self.findings.add(where, f"this cannot be ‘{key}’", fix)
            return ""
        return value

    def urgency(self, key: str, raw: Mapping[str, Any], where: Where) -> Urgency:
        """Return how urgent it is, ROUTINE if that is missing or wrong."""
        words = [urgency.key for urgency in Urgency]
        if key not in raw:
            self.findings.add(where, f"‘{key}’ is missing", f"Write one of {', '.join(words)}")
        elif raw[key] not in words:
            self.findings.add_unknown(
                (*where, key), raw[key], words, "is not how urgent something can be"
            )
        else:
            return Urgency[raw[key].upper()]
        return Urgency.ROUTINE

    def within(self, key: str, raw: Mapping[str, Any], where: Where) -> str:
        """Return a length of time, checked with the questions that it starts at."""
        text = raw.get(key)
        try:
            duration = read_duration(text if isinstance(text, str) else "")
        except DurationError as error:
            if key in raw:
                message = f"‘{text}’ is not a length of time"
                self.findings.add((*where, key), message, error.fix)
            else:
                self.findings.add(where, f"‘{key}’ is missing", error.fix)
            return str(text)
        if duration.after:
            self.path(duration.after, (*where, key), DATES, "is not a date")
        if duration.at:
            self.path(duration.at, (*where, key), TIMES, "is not a time of day")
        return str(text)

    def path(self, path: str, place: Where, kinds: Collection[Kind], cannot: str) -> None:
        """Find a path that names no question of these kinds, or one that is asked repeatedly."""
        question = self.definition.question_at(path) if path else None
        known = [name for name, kind in self._questions() if kind in kinds]
        if path and question is None:
            self.findings.add_unknown(place, path, known, "is not a question of this form")
        elif question is not None and not self._is_one(path, question.kind, kinds):
            fix = f"Name one of {', '.join(known)}" if known else "Ask a question that is"
            self.findings.add(place, f"‘{question.title}’ {cannot}", fix)

    def _is_one(self, path: str, kind: Kind, kinds: Collection[Kind]) -> bool:
        steps = path.split(".")
        groups = (self.definition.question_at(".".join(steps[:n])) for n in range(1, len(steps)))
        return kind in kinds and all(group and group.kind in ONCE for group in groups)

    def _questions(self) -> Iterator[tuple[str, Kind]]:
        for question in self.definition.questions.values():
            yield from ((leaf.path, leaf.kind) for leaf in question.leaves())
