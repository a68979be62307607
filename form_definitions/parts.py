"""Read a schema with all that it refers to: ``$ref``, ``allOf``, rules and variants."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import jsonschema_rs

from form_definitions.alternatives import CHOICES, is_null, is_variants
from form_definitions.dialect import Finding
from form_definitions.either import SORTS, either, options_of
from form_definitions.merging import Contradiction, merged
from form_definitions.pointers import pointer_of, value_at
from form_definitions.positions import Pointer
from form_definitions.presuming import NoCondition, RawCondition, answered, condition_of
from form_definitions.suggesting import did_you_mean

Raw = Mapping[str, Any]

_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_RULES = frozenset({"if", "then", "else", "dependentRequired", "dependentSchemas"})
_WRITTEN_OUT = _RULES | {"$ref", "allOf"}
STANDARD = _WRITTEN_OUT | {"anyOf"}
MAX_ROUNDS = 2  # of a definition inside itself, where it is asked for at all
MAX_TRAIL = 50  # definitions that lead on to each other: each is a call inside a call
MAX_PARTS = 20_000  # schemas, each as often as it is used: no form that people fill in has as many
TOO_MANY = "the definitions use each other until there are too many questions"


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
    prefix: list[Written] = field(default_factory=list)


class PartReader:
    """Reads the parts of one form file; ``findings`` collects what is wrong with them."""

    def __init__(self, form: Raw, *, is_lenient: bool) -> None:
        self.form = form
        self.findings: list[Finding] = []
        self.is_lenient = is_lenient
        self._read = 0

    def refuse(self, pointer: Pointer, message: str, fix: str = "") -> None:
        self.findings.append(Finding(pointer, message, fix))

    # -- reading: one schema with all that it refers to -------------------------------------------

    def part(self, written: Written) -> Part:
        """What a schema says, with what its ``$ref`` and ``allOf`` add."""
        raw = written.raw
        if not isinstance(raw, dict) or self._has_read_enough(written.pointer):
            return Part()
        part = Part()
        if "$ref" in raw:
            self.add(part, self._referred(written), written.pointer)
        own = _own(written)
        own.rules = list(self._rules(written))
        self.add(part, own, written.pointer)
        parts = raw.get("allOf")
        for at in range(len(parts) if isinstance(parts, list) else 0):
            self.add(part, self.part(written.at("allOf", at)), written.pointer)
        for keyword in CHOICES:
            if self.is_lenient and isinstance(raw.get(keyword), list):
                self._choose_any(part, written, keyword)
            elif is_variants(raw.get(keyword)):
                inner = [written.at(keyword, at) for at in range(len(raw[keyword]))]
                self._choose(part, written, keyword, inner)
        return part

    def _has_read_enough(self, pointer: Pointer) -> bool:
        """Whether definitions that name each other twice and again would be read without end."""
        self._read += 1
        if self._read == MAX_PARTS + 1:
            self.refuse(pointer, TOO_MANY, "Write them out without repetition")
        return self._read > MAX_PARTS

    def add(self, part: Part, more: Part, pointer: Pointer) -> None:
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
        part.prefix += more.prefix

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
        elif len(written.trail) == MAX_TRAIL:
            self.refuse(
                place, "the definitions lead on to too many others", "Write one of them out"
            )
        else:
            target = value_at(self.form, steps)
            if target is not None:
                return self.part(Written(target, steps, (*written.trail, reference)))
            known = [str(name) for name in self.form.get("$defs", ())]
            self.refuse(place, f"there is nothing at ‘{reference}’", _definition(steps, known))
        return Part()

    def _rules(self, written: Written) -> Iterator[Rule]:
        raw = written.raw
        if "if" in raw:
            when = self._condition(written.at("if"))
            for keyword, condition in (("then", when), ("else", when and {"not": when})):
                if keyword in raw:
                    yield Rule(condition, self.part(written.at(keyword)), (*written.pointer, "if"))
        elif raw.keys() & {"then", "else"} and not self.is_lenient:
            place = (*written.pointer, "then" if "then" in raw else "else")
            self.refuse(place, "‘then’ and ‘else’ mean nothing without ‘if’", 'Add "if"')
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
            if not _is_schema(raw):
                raise NoCondition("if")
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

    def _choose_any(self, part: Part, written: Written, keyword: str) -> None:
        """Alternatives of a plain JSON Schema: variants, answers to choose from, or the first."""
        parts = written.raw[keyword]
        if any(map(is_null, filter(None, parts))):
            part.keys["x-null"] = True
        if options_of({keyword: parts}):
            return
        real = [written.at(keyword, at) for at, one in enumerate(parts) if not is_null(one)]
        is_open = SORTS.isdisjoint(written.raw.keys() - {keyword})
        if not real:
            return
        if all(map(self._is_object, real)) and (len(real) > 1 or not is_open):
            self._choose(part, written, keyword, real)
            return
        if not is_open:
            return
        first = self.part(real[0])
        if options_of(first.keys):
            for each in real[1:]:
                more = self.part(each).keys
                first.keys = either(first.keys, more) if options_of(more) else first.keys
        part.keys.pop(keyword, None)
        first.keys = {key: first.keys[key] for key in first.keys if key not in part.keys}
        self.add(part, first, written.pointer)

    def _is_object(self, written: Written) -> bool:
        return is_variants([written.raw]) and bool(self.part(written).properties)

    def _choose(self, part: Part, written: Written, keyword: str, inner: Sequence[Written]) -> None:
        """One question chooses the variant: the one whose ``const`` differs from each to each."""
        variants = [self.part(each) for each in inner]
        name = self._chooser(variants)
        if name is None:
            if not self.is_lenient:
                text = "nothing tells these variants apart"
                fix = 'Give each one a property of the same name with a "const" of its own'
                self.refuse((*written.pointer, keyword), text, fix)
                return
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
        keys = [self.part(each).keys for each in written]
        values = [each.get("const") for each in keys]
        if self.is_lenient:  # as those write it who know no const
            values += [each["enum"][0] for each in keys if len(each.get("enum") or ()) == 1]
        scalar = [value for value in values if isinstance(value, str | int)]
        return scalar[0] if scalar else None


def _definition(steps: Pointer, known: list[str]) -> str:
    """Which of the definitions a reference that leads nowhere may mean."""
    name = str(steps[-1]) if steps else ""
    if name in known:
        return f"Write ‘#/$defs/{name}’"
    return did_you_mean(name, known) or 'Add it to "$defs"'


def _is_schema(raw: object) -> bool:
    return isinstance(raw, dict) and jsonschema_rs.meta.is_valid({**raw, "$schema": _DRAFT})


def _own(written: Written) -> Part:
    """What a schema says itself, without what it refers to."""
    raw, pointer = written.raw, written.pointer
    apart = _WRITTEN_OUT | {"properties", "required"}
    choices = {keyword for keyword in CHOICES if is_variants(raw.get(keyword))}
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
        prefix=[written.at("prefixItems")] if "prefixItems" in raw else [],
    )


def _mapping(raw: Raw, keyword: str) -> Mapping[str, Any]:
    value = raw.get(keyword)
    return value if isinstance(value, dict) else {}


def _steps(reference: object) -> Pointer | None:
    """The keys that a reference within the file leads through, or None."""
    if reference == "#" or (isinstance(reference, str) and reference.startswith("#/")):
        return pointer_of(reference[1:])
    return None
