"""Write the standard forms of JSON Schema out as questions with conditions.

``$ref``, ``allOf``, ``if``/``then``/``else``, ``dependentRequired``, ``dependentSchemas`` and the
choice between variants mean what they mean everywhere. Here they become what the rest of the form
language is made of: a question under ``then`` gets the ``when`` that its ``if`` says; what ``then``
asks of a question that is there anyway becomes one of its ``x-rules``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from form_definitions.alternatives import is_variants
from form_definitions.dialect import Finding
from form_definitions.either import SORTS, either
from form_definitions.merging import WORDS
from form_definitions.parts import STANDARD, TOO_MANY, Part, PartReader, Rule, Written
from form_definitions.pointers import value_at
from form_definitions.positions import Pointer
from form_definitions.presuming import RawCondition, all_of
from form_definitions.suggesting import did_you_mean

Raw = Mapping[str, Any]

_TOLD = "x-told"  # what rules say of a question's answer that says nothing itself
MAX_EXPANDED = 5_000  # questions: a few lines of $defs that use each other could make billions
MAX_INFERRED = 1_000  # questions of a plain JSON Schema: what is further inside is not asked
MAX_LEVELS = 20  # of groups in groups: no page can show more, and no author means more


@dataclass(frozen=True, slots=True)
class Expanded:
    """A form in the plain dialect, what is wrong with it, and where its parts were written."""

    form: dict[str, Any]
    findings: tuple[Finding, ...] = ()
    origins: Mapping[Pointer, Pointer] = field(default_factory=dict)

    def written(self, finding: Finding) -> Finding:
        """The finding at the place where the author wrote what it is about."""
        pointer = finding.pointer
        for upto in range(len(pointer), 0, -1):
            origin = self.origins.get(pointer[:upto])
            if origin is not None:
                moved = (*origin, *pointer[upto:])
                return replace(finding, pointer=moved)
        return finding


def expand(form: Raw, *, is_lenient: bool = False) -> Expanded:
    """The form without the standard forms. ``is_lenient``: leave out what cannot be expressed."""
    if not is_lenient and not _uses_standard(form):
        return Expanded(dict(form))
    expander = _Expander(form, is_lenient=is_lenient)
    expanded = expander.question([Written(form, ())], ())
    return Expanded(expanded, tuple(expander.findings), expander.origins)


def _uses_standard(value: object) -> bool:
    """Whether a form is written with anything that has to be expanded."""
    if isinstance(value, dict):
        if not STANDARD.isdisjoint(value) or is_variants(value.get("oneOf")):
            return True
        return any(map(_uses_standard, value.values()))
    return isinstance(value, list) and any(map(_uses_standard, value))


@dataclass(frozen=True, slots=True)
class _Questions:
    """The questions of one object, to which its rules add."""

    target: Pointer
    asked: dict[str, Any]
    added: dict[str, Raw] = field(default_factory=dict)  # those of rules only, without conditions
    early: dict[str, list[Raw]] = field(default_factory=dict)  # needed before they are asked

    def place(self, name: str) -> Pointer:
        """Where the question of that name stands, once all is written out."""
        return (*self.target, "properties", name)


class _Expander(PartReader):
    """Writes the parts that it reads as questions; ``origins`` keeps where each was written."""

    def __init__(self, form: Raw, *, is_lenient: bool) -> None:
        super().__init__(form, is_lenient=is_lenient)
        self.origins: dict[Pointer, Pointer] = {}
        self.count = 0

    def question(self, written: list[Written], target: Pointer) -> dict[str, Any]:
        """A question, or the root, from every place that says something of it.

        ``target`` is where it will stand in the expanded form.
        """
        first = written[0].pointer
        self.count += 1
        most = MAX_INFERRED if self.is_lenient else MAX_EXPANDED
        if self.count > most or len(target) > 2 * MAX_LEVELS:
            if not self.findings:
                self.refuse(first, TOO_MANY, "Write them out without repetition")
            return {"x-kind": "none"}
        part = Part()
        for each in written:
            self.add(part, self.part(each), each.pointer)
        self._moved(target, first)
        for key, place in part.places.items():
            self._moved((*target, key), place)
        raw = {key: value for key, value in part.keys.items() if key != "$defs" or not target}
        if part.properties or part.rules:
            raw["properties"] = self._object(part, target)
            if part.required:
                raw["required"] = list(part.required)
        items = part.keys.get("items")
        if isinstance(items, dict):
            place = part.places.get("items", (*first, "items"))
            trail = max((each.trail for each in part.items), key=len, default=())
            raw["items"] = self.question([Written(items, place, trail)], (*target, "items"))
        places = part.keys.get("prefixItems")
        if isinstance(places, list):
            raw["prefixItems"] = self._places(part, places, target)
        return raw

    def _places(self, part: Part, places: list[Any], target: Pointer) -> list[Any]:
        """The questions of a tuple, each from its own place."""
        start = part.places.get("prefixItems", (*target, "prefixItems"))
        trail = max((each.trail for each in part.prefix), key=len, default=())
        return [
            self.question([Written(one, (*start, at), trail)], (*target, "prefixItems", at))
            if isinstance(one, dict)
            else one
            for at, one in enumerate(places)
        ]

    def _moved(self, target: Pointer, source: Pointer) -> None:
        if target != source:
            self.origins[target] = source

    def _moved_when(self, target: Pointer, when: object, source: Pointer) -> None:
        """Each comparison of a condition comes from the property that the ``if`` writes it of."""
        for key, value in when.items() if isinstance(when, dict) else ():
            if key in {"all", "any"}:
                for at, part in enumerate(value):
                    self._moved_when((*target, key, at), part, source)
            elif key == "not":
                self._moved_when((*target, key), value, source)
            else:
                written = (*source, "properties", key)
                is_there = value_at(self.form, written) is not None
                self._moved((*target, key), written if is_there else (*source, "required"))

    def _moved_rule(self, question: Pointer, raw: Raw, rule: Rule) -> None:
        """The condition of the rule that a question was given last."""
        place = (*question, "x-rules", len(raw.get("x-rules", ())) - 1, "when")
        self._moved(place, rule.pointer)
        self._moved_when(place, rule.when, rule.pointer)

    def _object(self, part: Part, target: Pointer) -> dict[str, Any]:
        asked = {
            name: self.question(written, (*target, "properties", name))
            for name, written in part.properties.items()
            if not any(each.raw is False for each in written)
        }
        questions = _Questions(target, asked)
        for rule in part.rules:
            self._apply(rule.when, rule, questions)
        for name in questions.early.keys() & asked.keys():
            asked[name].setdefault("x-rules", []).extend(questions.early[name])
        for at, place in enumerate(part.required.values()):
            self._moved((*target, "required", at), place)
        return asked

    def _apply(self, when: RawCondition | None, rule: Rule, questions: _Questions) -> None:
        """Add to the questions of an object what a rule asks while ``when`` holds."""
        before = frozenset(questions.asked)
        for name, written in rule.then.properties.items():
            if not any(each.raw is False for each in written):
                self._ask(name, written, when, rule, questions)
        for name, pointer in rule.then.required.items():
            needed = {"when": when, "required": True, "pointer": pointer}
            if name in questions.asked and name not in before:
                questions.asked[name].setdefault("x-ui", {})["required"] = True
            elif name in questions.asked:
                questions.asked[name].setdefault("x-rules", []).append(needed)
                self._moved_rule(questions.place(name), questions.asked[name], rule)
            elif self.is_lenient:
                questions.early.setdefault(name, []).append(needed)
            else:
                fix = did_you_mean(name, questions.asked) or "Add it to properties"
                self.refuse(pointer, f"there is no question ‘{name}’", fix)
        for inner in rule.then.rules:
            both = all_of(when, inner.when) if when or inner.when else None
            self._apply(both, inner, questions)

    def _ask(
        self,
        name: str,
        written: list[Written],
        when: RawCondition | None,
        rule: Rule,
        questions: _Questions,
    ) -> None:
        """What a rule says of one question, which is asked anyway, or only because of rules."""
        place = questions.place(name)
        if name in questions.asked and name not in questions.added:
            self._refine(questions.asked[name], name, when, written)
            self._moved_rule(place, questions.asked[name], rule)
            return
        self._add_question(name, self.question(written, place), when, rule, questions)
        self._moved((*place, "x-ui", "when"), rule.pointer)
        self._moved_when((*place, "x-ui", "when"), when, rule.pointer)

    def _add_question(
        self,
        name: str,
        question: Raw,
        when: RawCondition | None,
        rule: Rule,
        questions: _Questions,
    ) -> None:
        """A question that is shown while ``when`` holds, or another one asks the same."""
        asked, added = questions.asked, questions.added
        if name not in added:
            added[name] = question
            asked[name] = _shown(question, when)
            return
        if question != added[name] and self.is_lenient:
            added[name] = either(added[name], question)
            asked[name] = {**added[name], **_apart(asked[name])}
        elif question != added[name]:
            text = f"‘{name}’ is asked in two ways, depending on other answers"
            self.refuse(rule.pointer, text, "Give each its own name, or ask both the same")
            return
        ui = asked[name].setdefault("x-ui", {})
        if ui.get("required") and not question.get("x-ui", {}).get("required"):
            del ui["required"]  # by the first rule only
            rules = asked[name].setdefault("x-rules", [])
            needed = {"when": ui.get("when"), "required": True, "pointer": rule.pointer}
            rules.append(needed)
        if when is None:
            ui.pop("when", None)
        elif "when" in ui:
            ui["when"] = {"any": [ui["when"], when]}

    def _refine(
        self, question: dict[str, Any], name: str, when: RawCondition | None, written: list[Written]
    ) -> None:
        """What a rule says of an answer to a question that is asked anyway."""
        if self.is_lenient:
            self._tell(question, written)
            return
        for each in written:
            schema = self.part(each).keys if isinstance(each.raw, dict) else {"not": {}}
            schema = {key: value for key, value in schema.items() if key != "x-ui"}
            if isinstance(each.raw, dict) and each.raw.keys() & {"properties", "items"}:
                text = f"‘{name}’ is asked anyway, and here it would be another group"
                self.refuse(each.pointer, text, "Give the group here a name of its own")
            elif schema:
                rule = {"when": when, "schema": schema, "pointer": each.pointer}
                question.setdefault("x-rules", []).append(rule)

    def _tell(self, question: dict[str, Any], written: list[Written]) -> None:
        """Ask, of a plain JSON Schema's question, also for what a rule first says of its answer."""
        told = self.question(written, ())
        if "properties" in question and "properties" in told:
            question["properties"] = {**told["properties"], **question["properties"]}
        elif _TOLD in question or SORTS.isdisjoint(question):
            before = question.get(_TOLD)
            told = either(before, told) if before else told
            words = {key: question[key] for key in WORDS if key in question}
            question |= {**told, **words, **_apart(question), _TOLD: told}


def _apart(question: Raw) -> dict[str, Any]:
    """What the expanding says of a question, besides what the schema says of its answer."""
    return {key: question[key] for key in ("x-ui", "x-rules") if key in question}


def _shown(question: Raw, when: RawCondition | None) -> dict[str, Any]:
    ui = dict(question.get("x-ui", {}))
    if when is not None:
        ui["when"] = all_of(when, ui.get("when"))
    return {**question, "x-ui": ui}
