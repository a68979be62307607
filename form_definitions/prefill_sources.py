"""What may be filled in from what the platform knows already: a closed list, checked by kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from form_definitions.definition import Kind
from form_definitions.dialect import Finding
from form_definitions.kinds import Outlined, Raw

WORKER = "worker"
PERSON = "person"

_TEXT = frozenset({Kind.TEXT})

#: From where → the kinds of question that take it. The dialect names the same sources.
SOURCES: Mapping[str, frozenset[Kind]] = {
    "worker.name": _TEXT,
    "worker.email": _TEXT | {Kind.EMAIL},
    "worker.organisation": _TEXT,
    "person.name": _TEXT,
    "person.first_name": _TEXT,
    "person.last_name": _TEXT,
    "person.date_of_birth": frozenset({Kind.DATE}),
    "person.nhs_number": frozenset({Kind.NHS_NUMBER, Kind.HEALTH_AND_CARE_NUMBER}),
    "person.address": frozenset({Kind.ADDRESS}),
    "person.postcode": frozenset({Kind.POSTCODE, Kind.HEALTH_POSTCODE}),
    "person.telephone": frozenset({Kind.TELEPHONE}),
    "person.email": frozenset({Kind.EMAIL}),
}


def prefill_findings(questions: Mapping[str, Outlined], settings: Raw) -> Iterator[Finding]:
    """Sources that do not fit their question, or that nothing says whom they mean."""
    roles = settings.get("prefill", {}).get(PERSON)
    for root in questions.values():
        for question in root.walk():
            yield from _source_findings(question, root, has_roles=bool(roles))


def _source_findings(question: Outlined, root: Outlined, *, has_roles: bool) -> Iterator[Finding]:
    source = question.ui.get("prefill")
    if source is None:
        return
    place = (*question.pointer, "x-ui", "prefill")
    if question.kind not in SOURCES[source]:
        kinds = " or ".join(sorted(kind.value for kind in SOURCES[source]))
        text = f"‘{question.name}’ is of the kind {question.kind}, and {source} is not"
        article = "an" if kinds.startswith(tuple("aeiou")) else "a"
        yield Finding(place, text, f"Remove it, or ask for {article} {kinds}")
    elif any(each.kind is Kind.REPEATING and question in each.walk() for each in root.walk()):
        text = f"‘{question.name}’ is in a repeating group, where every item begins empty"
        yield Finding(place, text, "Remove ‘prefill’")
    elif source.startswith(f"{PERSON}.") and not has_roles:
        text = f"nothing says which person ‘{question.name}’ is about"
        fix = 'Name the roles of other forms in x-form: "prefill": {"person": ["Child"]}'
        yield Finding(place, text, fix)
