"""Check what each question of a form file means: titles, options, limits, what is required."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from form_definitions.condition_reading import COMBINERS
from form_definitions.definition import FILE_KINDS, Kind
from form_definitions.dialect import Finding, as_written
from form_definitions.file_kinds import MOST_FILES, MOST_SIZE, USUAL_FILES, read_size, size_in_words
from form_definitions.kinds import Outlined, Raw, kind_findings, object_of
from form_definitions.positions import Pointer
from form_definitions.schemas import compiled
from form_definitions.suggesting import did_you_mean
from form_definitions.supplied import SUPPLIED
from form_definitions.tuple_linting import tuple_findings

#: Names of controls that every page has besides its questions.
PAGE_CONTROLS = frozenset({"action", "csrf_token"})

MAX_SCALE_STEPS = 21  # 0 to 20: more do not fit on a page as radios

_PAIRS = (("minimum", "maximum"), ("minLength", "maxLength"), ("minItems", "maxItems"))
_CONST_TYPES = {"string": str, "integer": int, "boolean": bool}


def question_findings(questions: Mapping[str, Outlined]) -> Iterator[Finding]:
    """What is wrong with each question by itself, and with those inside it."""
    for root in questions.values():
        for question in root.walk():
            yield from kind_findings(question)
            yield from _name_findings(question, is_root=question is root)
            yield from _limit_findings(question)
            yield from _option_findings(question)
            yield from _pattern_findings(question)
            yield from _fixed_findings(question, root)
            yield from _file_findings(question, is_root=question is root)
            yield from tuple_findings(question)
            if "list" in question.ui and question.kind is not Kind.REPEATING:
                text = f"‘{question.name}’ is no repeating group, so it cannot be a list"
                yield Finding((*question.pointer, "x-ui", "list"), text, "Remove ‘list’")


def _name_findings(question: Outlined, *, is_root: bool) -> Iterator[Finding]:
    name = question.name
    if name in COMBINERS or (is_root and name in PAGE_CONTROLS):
        text = f"‘{name}’ has a meaning of its own and cannot name a question"
        yield Finding(question.pointer, text, "Choose another name", on_key=True)
    if "title" not in question.raw:
        text = f"‘{name}’ has no title"
        yield Finding(question.pointer, text, 'Add "title": the question as it is asked')


def _limit_findings(question: Outlined) -> Iterator[Finding]:
    raw = question.raw
    for least, most in _PAIRS:
        if least in raw and most in raw and raw[least] > raw[most]:
            text = f"‘{least}’ of ‘{question.name}’ is more than its ‘{most}’"
            yield Finding((*question.pointer, least), text, "Swap them")
    if question.kind is Kind.SCALE:
        yield from _scale_findings(question)
    yield from _no_multiple(question)
    if question.kind is Kind.CHECKBOXES:
        yield from _too_many_needed(question)


def _no_multiple(question: Outlined) -> Iterator[Finding]:
    """Between the limits there has to be a multiple of what an answer is a multiple of."""
    raw = question.raw
    if not {"multipleOf", "minimum", "maximum"} <= raw.keys() or raw["minimum"] > raw["maximum"]:
        return
    step = Decimal(str(raw["multipleOf"]))
    highest = Decimal(str(raw["maximum"])) // step * step
    if highest < Decimal(str(raw["minimum"])):
        text = f"no answer to ‘{question.name}’ is a multiple of {raw['multipleOf']}"
        place = (*question.pointer, "multipleOf")
        yield Finding(place, text, "Change it, or the minimum and the maximum")


def _too_many_needed(question: Outlined) -> Iterator[Finding]:
    """Nobody can choose more answers than there are; the exclusive one stands by itself."""
    options = len(option_values(question))
    most = options - 1 if options > 1 and "exclusive" in question.ui else options
    if question.raw.get("minItems", 0) > most:
        text = f"‘{question.name}’ needs more answers than anybody can choose"
        place = (*question.pointer, "minItems")
        yield Finding(place, text, f"{most} {'are' if most > 1 else 'is'} the most")


def _scale_findings(question: Outlined) -> Iterator[Finding]:
    low, high = question.raw.get("minimum"), question.raw.get("maximum")
    if not isinstance(low, int) or not isinstance(high, int):
        text = f"the scale ‘{question.name}’ needs whole numbers as minimum and maximum"
        yield Finding(question.pointer, text, 'Add "minimum": 1, "maximum": 5')
    elif high - low >= MAX_SCALE_STEPS:
        text = f"the scale ‘{question.name}’ has more than {MAX_SCALE_STEPS} steps"
        yield Finding(question.pointer, text, "Use a whole number without the widget")


def _fixed_findings(question: Outlined, root: Outlined) -> Iterator[Finding]:
    """What cannot be edited has to come from somewhere."""
    if not question.raw.get("readOnly"):
        return
    place = (*question.pointer, "readOnly")
    if question.questions or question.kind is Kind.BIRTH_DATE:
        text = f"‘{question.name}’ holds other questions, and only one answer can be readOnly"
        yield Finding(place, text, "Write readOnly in the questions inside", on_key=True)
    elif any(each.kind is Kind.REPEATING and question in each.walk() for each in root.walk()):
        text = f"‘{question.name}’ is in a repeating group, where every item begins empty"
        yield Finding(place, text, "Remove readOnly", on_key=True)
    elif "prefill" in question.ui and not question.ui.get("required"):
        return
    elif not {"default", "const"} & question.raw.keys():
        text = f"‘{question.name}’ is readOnly, and nothing answers it"
        yield Finding(place, text, 'Add "default", or "const"', on_key=True)


def _pattern_findings(question: Outlined) -> Iterator[Finding]:
    if "pattern" not in question.raw:
        return
    try:
        compiled({"pattern": question.raw["pattern"]})
    except ValueError:
        text = f"the pattern of ‘{question.name}’ cannot be read"
        fix = "Check its brackets, and write every backslash twice"
        yield Finding((*question.pointer, "pattern"), text, fix)


# -- files ----------------------------------------------------------------------------------------


def _file_findings(question: Outlined, *, is_root: bool) -> Iterator[Finding]:
    if question.kind not in FILE_KINDS:
        return
    raw, name = question.raw, question.name
    if not is_root:
        text = f"‘{name}’ takes files, which no group can hold"
        fix = "Ask for the files outside of the group, on a page of their own or at its end"
        yield Finding(question.pointer, text, fix, on_key=True)
    for key in sorted({"default", "examples", "readOnly"} & raw.keys()):
        text = f"‘{key}’ means nothing for ‘{name}’, whose files only its visitor has"
        yield Finding((*question.pointer, key), text, "Remove it", on_key=True)
    if "max_size" in question.ui and read_size(question.ui["max_size"]) > MOST_SIZE:
        text = f"a file for ‘{name}’ may be larger than the platform takes"
        fix = f"{size_in_words(MOST_SIZE)} are the most"
        yield Finding((*question.pointer, "x-ui", "max_size"), text, fix)
    if raw.get("maxItems", 0) > MOST_FILES:
        text = f"‘{name}’ takes more files than the platform keeps for one question"
        yield Finding((*question.pointer, "maxItems"), text, f"{MOST_FILES} are the most")
    if raw.get("minItems", 0) > raw.get("maxItems", USUAL_FILES):
        text = f"‘{name}’ needs {raw['minItems']} files and takes {USUAL_FILES}"
        fix = f'Add "maxItems": {raw["minItems"]}, or ask for fewer'
        if "maxItems" not in raw:  # else two limits are the wrong way round, which is said above
            yield Finding((*question.pointer, "minItems"), text, fix)


# -- options --------------------------------------------------------------------------------------


def option_values(question: Outlined) -> list[object]:
    """The values of a question's options; of yes/no and a scale too."""
    if question.kind is Kind.YES_NO:
        return [True, False]
    if question.kind is Kind.SCALE:
        low, high = question.raw.get("minimum"), question.raw.get("maximum")
        if not isinstance(low, int) or not isinstance(high, int):
            return []
        return list(range(low, min(high, low + MAX_SCALE_STEPS) + 1))
    return [option["const"] for _steps, option in _options(question)]


def _options(question: Outlined) -> Iterator[tuple[Pointer, Raw]]:
    is_many = question.kind is Kind.CHECKBOXES
    holder = question.raw.get("items", {}) if is_many else question.raw
    start: Pointer = ("items",) if is_many else ()
    for at, option in enumerate(holder.get("oneOf", [])):
        yield (*start, "oneOf", at), option
    for at, value in enumerate(holder.get("enum", [])):
        yield (*start, "enum", at), {"const": value, "title": str(value)}
    if "const" in holder and not {"oneOf", "enum"} & holder.keys():
        yield (*start, "const"), {"const": holder["const"], "title": str(holder["const"])}


def _option_findings(question: Outlined) -> Iterator[Finding]:
    holder = question.raw.get("items", {}) if question.kind is Kind.CHECKBOXES else question.raw
    wanted = _CONST_TYPES.get(holder.get("type", ""))
    texts: set[str] = set()
    titles: set[str] = set()
    for steps, option in _options(question):
        place = (*question.pointer, *steps)
        value = option["const"]
        if wanted and type(value) is not wanted:
            text = f"option ‘{value}’ of ‘{question.name}’ is not of its type {holder['type']}"
            yield Finding(place, text, "Change the option or the type")
        # a control posts text, so that 1 and "1" would be the same
        if str(value) in texts:
            text = f"‘{question.name}’ has the option ‘{value}’ twice"
            yield Finding(_inside(place, "const"), text, "Remove one")
        elif option["title"] in titles:
            text = f"‘{question.name}’ has two options that read ‘{option['title']}’"
            yield Finding(_inside(place, "title"), text, "Change one of the titles")
        texts.add(str(value))
        titles.add(option["title"])
    yield from _named_option_findings(question)


def _inside(place: Pointer, key: str) -> Pointer:
    """Where an option says it: one of ``oneOf`` has keys, one of ``enum`` is the value itself."""
    return (*place, key) if "oneOf" in place[-2:] else place


def _named_option_findings(question: Outlined) -> Iterator[Finding]:
    """``exclusive`` and ``const`` name an option that has to exist."""
    named: list[tuple[Pointer, object]] = [(("x-ui", "exclusive"), question.ui.get("exclusive"))]
    if question.kind in {Kind.RADIOS, Kind.SELECT, Kind.YES_NO}:
        named.append((("const",), question.raw.get("const")))
    for steps, value in named:
        if value is not None and not is_option(question, value):
            yield no_option(question, value, (*question.pointer, *steps))


def is_option(question: Outlined, value: object) -> bool:
    """Whether the value is one of the question's options (``True`` is not ``1``)."""
    return any(
        value == known and isinstance(value, bool) == isinstance(known, bool)
        for known in option_values(question)
    )


def no_option(question: Outlined, value: object, place: Pointer) -> Finding:
    """The finding for a value that is none of the question's options."""
    known = [as_written(value) for value in option_values(question)]
    few = f"Use one of: {', '.join(known[:20])}"
    written = as_written(value)
    if written in known:  # "true" for true, 3 for "3"
        few = "Write it without quotes" if isinstance(value, str) else "Write it in quotes"
    fix = few if written in known else did_you_mean(written, known) or few
    return Finding(place, f"‘{written}’ is not an option of ‘{question.name}’", fix)


# -- required -------------------------------------------------------------------------------------


def required_findings(
    holder: Raw,
    questions: Mapping[str, Outlined],
    pointer: Pointer,
    hidden_pages: frozenset[str] = frozenset(),
) -> Iterator[Finding]:
    """What is in ``required`` has to exist and to be shown to everybody, at every level.

    A question that is not always shown would make its absence an error in any other validator.
    """
    for at, name in enumerate(holder.get("required", [])):
        place = (*pointer, "required", at)
        question = questions.get(name)
        if question is None:
            fix = did_you_mean(name, list(questions)) or "Remove it"
            yield Finding(place, f"there is no question ‘{name}’", fix)
        elif "when" in question.ui or name in hidden_pages:
            text = f"‘{name}’ is not always shown, so it cannot be in ‘required’"
            yield Finding(place, text, 'Move it: "x-ui": {"required": true} in the question')
        elif question.ui.get("required") is False:
            text = f"‘{name}’ is in ‘required’, and its x-ui says that it is not"
            yield Finding(place, text, "Remove one of them")
    for question in questions.values():
        yield from _rule_findings(question, is_on_hidden_page=question.name in hidden_pages)
        inside, steps = object_of(question.raw, question.kind)
        if question.kind not in SUPPLIED and question.questions:
            yield from required_findings(inside, question.questions, (*question.pointer, *steps))


def _rule_findings(question: Outlined, *, is_on_hidden_page: bool) -> Iterator[Finding]:
    """``then`` and ``dependentRequired`` may require only what is shown whenever they hold."""
    when = question.ui.get("when")
    for rule in question.raw.get("x-rules", ()):
        is_hidden = is_on_hidden_page or (when is not None and when != rule["when"])
        if rule.get("required") and is_hidden:
            text = f"‘{question.name}’ is not always shown where this requires it"
            fix = 'Write "x-ui": {"required": true} in the question instead'
            yield Finding(rule["pointer"], text, fix)
