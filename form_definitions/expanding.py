"""Write the standard forms of JSON Schema out as questions with conditions.

``$ref``, ``allOf``, ``if``/``then``/``else``, ``dependentRequired``, ``dependentSchemas`` and the
choice between variants mean what they mean everywhere. Here they become what the rest of the form
language is made of: a question under ``then`` gets the ``when`` that its ``if`` says; what ``then``
asks of a question that is there anyway becomes one of its ``x-rules``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from form_definitions.dialect import Finding, did_you_mean
from form_definitions.merging import Contradiction, merged
from form_definitions.positions import Pointer
from form_definitions.presuming import NoCondition, RawCondition, all_of, answered, condition_of

Raw = Mapping[str, Any]

MAX_EXPANDED = 5_000  # questions: a few lines of $defs that use each other could make billions
MAX_LEVELS = 20  # of groups in groups: no page can show more, and no author means more

_RULES = frozenset({"if", "then", "else", "dependentRequired", "dependentSchemas"})
_WRITTEN_OUT = _RULES | {"$ref", "allOf"}
_STANDARD = _WRITTEN_OUT | {"anyOf"}
MAX_ROUNDS = 2  # of a definition inside itself, where it is asked for at all
_CHOICES = ("oneOf", "anyOf")


@dataclass(frozen=True, slots=True)
class Written:
    """A schema where it is written. ``trail`` holds the ``$ref`` that led to it."""

    raw: Any
    pointer: Pointer
    trail: tuple[str, ...] = ()

    def at(self, *steps: str | int) -> Written:
        """What is written under these keys."""
        raw = self.raw
        for step in steps:
            raw = raw[step]
        return Written(raw, (*self.pointer, *steps), self.trail)


@dataclass(frozen=True, slots=True)
class Rule:
    """What applies while a condition holds; ``pointer`` is where the condition is written."""

    when: RawCondition | None
    then: Part
    pointer: Pointer


@dataclass(slots=True)
class Part:
    """One schema with all that it refers to, before its rules are applied."""

    keys: dict[str, Any] = field(default_factory=dict)
    places: dict[str, Pointer] = field(default_factory=dict)
    properties: dict[str, list[Written]] = field(default_factory=dict)
    required: dict[str, Pointer] = field(default_factory=dict)
    rules: list[Rule] = field(default_factory=list)
    items: list[Written] = field(default_factory=list)


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
                return Finding(moved, finding.message, finding.fix, finding.on_key)
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
        if not _STANDARD.isdisjoint(value) or _is_variants(value.get("oneOf")):
            return True
        return any(map(_uses_standard, value.values()))
    return isinstance(value, list) and any(map(_uses_standard, value))


def _is_variants(parts: object) -> bool:
    """Whether a ``oneOf`` holds objects with questions, and not options."""
    if not isinstance(parts, list) or not parts:
        return False
    return all(isinstance(part, dict) and part.keys() & {"properties", "$ref"} for part in parts)


class _Expander:
    def __init__(self, form: Raw, *, is_lenient: bool) -> None:
        self.form = form
        self.findings: list[Finding] = []
        self.origins: dict[Pointer, Pointer] = {}
        self.count = 0
        self.is_lenient = is_lenient

    def refuse(self, pointer: Pointer, message: str, fix: str = "") -> None:
        self.findings.append(Finding(pointer, message, fix))

    # -- reading: one schema with all that it refers to -------------------------------------------

    def part(self, written: Written) -> Part:
        """What a schema says, with what its ``$ref`` and ``allOf`` add."""
        raw = written.raw
        if not isinstance(raw, dict):
            return Part()
        part = Part()
        if "$ref" in raw:
            self._add(part, self._referred(written), written.pointer)
        own = _own(written)
        own.rules = list(self._rules(written))
        self._add(part, own, written.pointer)
        parts = raw.get("allOf")
        for at in range(len(parts) if isinstance(parts, list) else 0):
            self._add(part, self.part(written.at("allOf", at)), written.pointer)
        for keyword in _CHOICES:
            if _is_variants(raw.get(keyword)):
                self._choose(part, written, keyword)
        return part

    def _add(self, part: Part, more: Part, pointer: Pointer) -> None:
        try:
            part.keys = merged(part.keys, more.keys)
        except Contradiction as error:
            text = f"‘{error.keyword}’ is said twice, and not the same"
            self.refuse((*pointer, "$ref"), text, "Write it in one of the places only")
        part.places |= more.places
        for name, written in more.properties.items():
            part.properties.setdefault(name, []).extend(written)
        part.required |= more.required
        part.rules += more.rules
        part.items += more.items

    def _referred(self, written: Written) -> Part:
        reference = written.raw["$ref"]
        place = (*written.pointer, "$ref")
        steps = _steps(reference)
        if steps is None:
            text = f"‘{reference}’ leads out of the file"
            self.refuse(place, text, 'Copy it into "$defs", and write "#/$defs/its-name"')
        elif written.trail.count(reference) >= (MAX_ROUNDS if self.is_lenient else 1):
            text = f"‘{reference}’ leads back to itself"
            self.refuse(place, text, "Write one of them out")
            return Part(keys={"x-kind": "none"})
        else:
            target = self._find(steps)
            if target is not None:
                return self.part(Written(target, steps, (*written.trail, reference)))
            known = [str(name) for name in self.form.get("$defs", ())]
            fix = did_you_mean(str(steps[-1]) if steps else "", known)
            text = f"there is nothing at ‘{reference}’"
            self.refuse(place, text, fix or 'Add it to "$defs"')
        return Part()

    def _find(self, steps: Pointer) -> Any:
        found: Any = self.form
        for step in steps:
            if isinstance(found, list) and str(step).isdigit() and int(step) < len(found):
                found = found[int(step)]
            elif isinstance(found, dict) and step in found:
                found = found[step]
            else:
                return None
        return found

    def _rules(self, written: Written) -> Iterator[Rule]:
        raw = written.raw
        if "if" in raw:
            when = self._condition(written.at("if"))
            for keyword, condition in (("then", when), ("else", when and {"not": when})):
                if keyword in raw:
                    yield Rule(condition, self.part(written.at(keyword)), (*written.pointer, "if"))
        elif raw.keys() & {"then", "else"} and not self.is_lenient:
            self.refuse(written.pointer, "‘then’ and ‘else’ mean nothing without ‘if’", 'Add "if"')
        for name in _mapping(raw, "dependentSchemas"):
            inner = written.at("dependentSchemas", name)
            yield Rule(answered(name), self.part(inner), inner.pointer)
        for name, needed in _mapping(raw, "dependentRequired").items():
            place = (*written.pointer, "dependentRequired", name)
            names = needed if isinstance(needed, list) else []
            yield Rule(answered(name), Part(required=dict.fromkeys(names, place)), place)

    def _condition(self, written: Written) -> RawCondition | None:
        raw = self.part(written).keys if self._is_reference(written.raw) else written.raw
        try:
            return condition_of(raw)
        except NoCondition as error:
            text = f"‘{error.keyword}’ cannot be used for a condition here"
            fix = (
                'Write {"properties": {"question": {"const": "answer"}}, "required": ["question"]}'
            )
            self.refuse(written.pointer, text, fix)
            return None

    @staticmethod
    def _is_reference(raw: object) -> bool:
        return isinstance(raw, dict) and raw.keys() == {"$ref"}

    # -- a choice between variants -----------------------------------------------------------------

    def _choose(self, part: Part, written: Written, keyword: str) -> None:
        """One question chooses the variant: the one whose ``const`` differs from each to each."""
        inner = [written.at(keyword, at) for at in range(len(written.raw[keyword]))]
        variants = [self.part(each) for each in inner]
        name = self._chooser(variants)
        if name is None:
            if not self.is_lenient:
                text = "nothing tells these variants apart"
                fix = 'Give each one a property of the same name with a "const" of its own'
                self.refuse((*written.pointer, keyword), text, fix)
            part.rules += [Rule(None, variant, written.pointer) for variant in variants]
            return
        options = []
        for each, variant in zip(inner, variants, strict=True):
            value = self._const(variant, name)
            title = variant.keys.get("title") or str(value)
            options.append({"const": value, "title": title})
            # of none of them, more than one variant would hold, and a oneOf allows one only
            if variant.required.pop(name, None) or keyword == "oneOf":
                part.required[name] = written.pointer
            del variant.properties[name]
            part.rules.append(Rule({name: {"const": value}}, variant, each.pointer))
        if name not in part.properties:
            title = part.keys.get("title", "Which applies?")
            asked = Written({"title": title, "oneOf": options}, (*written.pointer, keyword))
            part.properties = {name: [asked], **part.properties}

    def _chooser(self, variants: list[Part]) -> str | None:
        for name in variants[0].properties:
            values = [self._const(variant, name) for variant in variants]
            if None not in values and len(set(map(str, values))) == len(values):
                return name
        return None

    def _const(self, variant: Part, name: str) -> Any:
        written = variant.properties.get(name, [])
        values = [self.part(each).keys.get("const") for each in written]
        scalar = [value for value in values if isinstance(value, str | int)]
        return scalar[0] if scalar else None

    # -- writing: questions ------------------------------------------------------------------------

    def question(self, written: list[Written], target: Pointer) -> dict[str, Any]:
        """A question, or the root, from every place that says something of it.

        ``target`` is where it will stand in the expanded form.
        """
        first = written[0].pointer
        self.count += 1
        if self.count > MAX_EXPANDED or len(target) > 2 * MAX_LEVELS:
            if not self.findings:
                text = "the definitions use each other until there are too many questions"
                self.refuse(first, text, "Write them out without repetition")
            return {}
        part = Part()
        for each in written:
            self._add(part, self.part(each), each.pointer)
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
        return raw

    def _moved(self, target: Pointer, source: Pointer) -> None:
        if target != source:
            self.origins[target] = source

    def _object(self, part: Part, target: Pointer) -> dict[str, Any]:
        asked = {
            name: self.question(written, (*target, "properties", name))
            for name, written in part.properties.items()
            if not any(each.raw is False for each in written)
        }
        added: dict[str, Raw] = {}
        for rule in part.rules:
            self._apply(rule.when, rule, asked, added, target)
        for at, place in enumerate(part.required.values()):
            self._moved((*target, "required", at), place)
        return asked

    def _apply(
        self,
        when: RawCondition | None,
        rule: Rule,
        asked: dict[str, Any],
        added: dict[str, Raw],
        target: Pointer,
    ) -> None:
        """Add to the questions of an object what a rule asks while ``when`` holds."""
        part = rule.then
        before = frozenset(asked)
        for name, written in part.properties.items():
            if any(each.raw is False for each in written):
                continue
            if name in asked and name not in added:
                self._refine(asked[name], name, when, written)
                continue
            place = (*target, "properties", name)
            self._add_question(name, self.question(written, place), when, rule, asked, added)
            self._moved((*place, "x-ui", "when"), rule.pointer)
        for name, pointer in part.required.items():
            if name in asked and name not in before:
                asked[name].setdefault("x-ui", {})["required"] = True
            elif name in asked:
                asked[name].setdefault("x-rules", []).append({"when": when, "required": True})
            elif not self.is_lenient:
                fix = did_you_mean(name, list(asked)) or "Add it to properties"
                self.refuse(pointer, f"there is no question ‘{name}’", fix)
        for inner in part.rules:
            both = all_of(when, inner.when) if when or inner.when else None
            self._apply(both, inner, asked, added, target)

    def _add_question(
        self,
        name: str,
        question: Raw,
        when: RawCondition | None,
        rule: Rule,
        asked: dict[str, Any],
        added: dict[str, Raw],
    ) -> None:
        """A question that is shown while ``when`` holds, or another one asks the same."""
        if name not in added:
            added[name] = question
            asked[name] = _shown(question, when)
            return
        if question != added[name]:
            text = f"‘{name}’ is asked in two ways, depending on other answers"
            self.refuse(rule.pointer, text, "Give each its own name, or ask both the same")
            return
        ui = asked[name].setdefault("x-ui", {})
        if ui.get("required") and not question.get("x-ui", {}).get("required"):
            del ui["required"]  # by the first rule only
            rules = asked[name].setdefault("x-rules", [])
            rules.append({"when": ui.get("when"), "required": True})
        if when is None:
            ui.pop("when", None)
        elif "when" in ui:
            ui["when"] = {"any": [ui["when"], when]}

    def _refine(
        self, question: dict[str, Any], name: str, when: RawCondition | None, written: list[Written]
    ) -> None:
        """What a rule says of an answer to a question that is asked anyway."""
        for each in written:
            schema = self.part(each).keys if isinstance(each.raw, dict) else {"not": {}}
            schema = {key: value for key, value in schema.items() if key != "x-ui"}
            if isinstance(each.raw, dict) and each.raw.keys() & {"properties", "items"}:
                text = f"‘{name}’ is asked anyway, and here it would be another group"
                self.refuse(each.pointer, text, "Give the group here a name of its own")
            elif schema:
                rule = {"when": when, "schema": schema, "pointer": each.pointer}
                question.setdefault("x-rules", []).append(rule)


def _own(written: Written) -> Part:
    """What a schema says itself, without what it refers to."""
    raw, pointer = written.raw, written.pointer
    apart = _WRITTEN_OUT | {"properties", "required"}
    choices = {keyword for keyword in _CHOICES if _is_variants(raw.get(keyword))}
    keys = {key: value for key, value in raw.items() if key not in apart | choices}
    required = raw.get("required", [])
    return Part(
        keys=keys,
        places={key: (*pointer, key) for key in keys},
        properties={name: [written.at("properties", name)] for name in _mapping(raw, "properties")},
        required={
            name: (*pointer, "required", at)
            for at, name in enumerate(required if isinstance(required, list) else [])
        },
        items=[written.at("items")] if "items" in raw else [],
    )


def _mapping(raw: Raw, keyword: str) -> Mapping[str, Any]:
    value = raw.get(keyword)
    return value if isinstance(value, dict) else {}


def _steps(reference: object) -> Pointer | None:
    """The keys that a reference within the file leads through, or None."""
    if not isinstance(reference, str) or not reference.startswith("#"):
        return None
    if reference == "#":
        return ()
    if not reference.startswith("#/"):
        return None
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in reference[2:].split("/"))


def _shown(question: Raw, when: RawCondition | None) -> dict[str, Any]:
    ui = dict(question.get("x-ui", {}))
    if when is not None:
        ui["when"] = all_of(when, ui.get("when"))
    return {**question, "x-ui": ui}
