"""A question as GOV.UK markup, straight through the macros: slow, right, and done once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Protocol

from markupsafe import escape

from form_definitions import PARTS, Kind, Option, Question, control_id
from form_definitions.languages import ENGLISH, N_, words
from renderers import shapes

_WIDE_PARTS = frozenset({"year"})  # four characters; the others take two
COUNTED_FROM_PERCENT = 75  # a count of characters is noise until one is near the limit

Params = dict[str, Any]
Component = Callable[[str, Mapping[str, Any]], str]


class Heading(Enum):
    """How a question's title stands on its page: (class suffix, whether it is the page's h1)."""

    PAGE = ("l", True)
    GROUP = ("m", False)
    QUESTION = ("s", False)
    PLAIN = ("", False)


class Filling(Protocol):
    """Where values come from: marks when a skeleton is made, answers when rendered straight."""

    def typed(self, question: Question, part: str = "") -> str:
        """The text in a control, or in one ``part`` of a date."""

    def choice(self, question: Question, option: Option) -> Params:
        """The macro's parameters that say whether an option is chosen."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One question in one place: its control's name, its heading, its values and its error."""

    question: Question
    name: str
    filling: Filling
    heading: Heading = Heading.QUESTION
    error: str = ""
    reveals: Mapping[str, str] = field(default_factory=dict)  # an option's text → what it opens
    component: Component = shapes.component

    @property
    def id(self) -> str:
        """The id of its first control, and what its other ids begin with."""
        return control_id(self.name)


def render(ask: Ask) -> str:
    """The question's markup."""
    return _RENDER[ask.question.kind](ask)


def fixed(ask: Ask, value: str) -> str:
    """A question that is only shown, with its answer (HTML)."""
    size, is_heading = ask.heading.value
    tag = "h1" if is_heading else "p"
    parts = [
        f'<{tag} class="{f"govuk-heading-{size}" if size else "govuk-body"} intake-fixed-title">'
        f"{escape(ask.question.title)}</{tag}>",
        ask.component("hint", {"text": ask.question.hint}) if ask.question.hint else "",
        ask.component("error-message", {"text": ask.error}) if ask.error else "",
        f'<p class="govuk-body intake-fixed">{value}</p>',
    ]
    inner = "\n".join(filter(None, parts))
    css_class = "govuk-form-group" + " govuk-form-group--error" * bool(ask.error)
    return f'<div class="{css_class}" id="{ask.id}">\n{inner}\n</div>'


def option_id(first: str, position: int) -> str:
    """The id of the nth option (from 0); the first is the control's own, for links to errors."""
    return first if position == 0 else f"{first}-{position + 1}"


def title_of(question: Question) -> str:
    """The title, marked where an answer is not needed. Groups are marked question by question."""
    if question.may_be_required or question.kind in (Kind.GROUP, Kind.REPEATING):
        return question.title
    return words(question.language).gettext("{title} (optional)").format(title=question.title)


def _heading_class(ask: Ask, base: str) -> str:
    size, _ = ask.heading.value
    return f"{base}--{size}" if size else ""


def label(ask: Ask) -> Params:
    """The title as a label."""
    return {
        "text": title_of(ask.question),
        "classes": _heading_class(ask, "govuk-label"),
        "isPageHeading": ask.heading.value[1],
    }


def legend(ask: Ask) -> Params:
    """The title as a fieldset's legend."""
    return {
        "text": title_of(ask.question),
        "classes": _heading_class(ask, "govuk-fieldset__legend"),
        "isPageHeading": ask.heading.value[1],
    }


def shared(ask: Ask, default_hint: str = "") -> Params:
    """What all controls have: the name, the hint and the error."""
    params: Params = {"name": ask.name}
    said = words(ask.question.language)
    hint = ask.question.hint or (default_hint and said.gettext(default_hint))
    if hint:
        params["hint"] = {"text": hint}
    if ask.error:
        params["errorMessage"] = {"text": ask.error, "visuallyHiddenText": said.gettext("Error")}
    return params


@dataclass(frozen=True, slots=True)
class _Box:
    """What a kind's text box is like: its type, the keyboard it calls up, its usual width."""

    type: str = "text"
    inputmode: str | None = None
    width: int | None = None
    prefix: str = ""
    suffix: str = ""
    hint: str = ""
    classes: str = ""
    spellcheck: bool = True


_TEN_DIGITS = _Box(
    inputmode="numeric", width=10, classes="govuk-input--extra-letter-spacing", spellcheck=False
)
_BOXES = {
    Kind.TEXT: _Box(),
    Kind.EMAIL: _Box(type="email", spellcheck=False),
    Kind.TELEPHONE: _Box(type="tel", width=20),
    Kind.POSTCODE: _Box(width=10, spellcheck=False),
    Kind.HEALTH_POSTCODE: _Box(width=10, spellcheck=False),
    Kind.NHS_NUMBER: _TEN_DIGITS,
    Kind.HEALTH_AND_CARE_NUMBER: _TEN_DIGITS,
    Kind.UPN: _Box(width=20, spellcheck=False),
    Kind.ULN: _TEN_DIGITS,
    Kind.NATIONAL_INSURANCE: _Box(width=10, spellcheck=False),
    Kind.POLICE_REFERENCE: _Box(width=20, spellcheck=False),
    Kind.TIME: _Box(width=10, hint=N_("For example, 9:30am or 5pm"), spellcheck=False),
    Kind.INTEGER: _Box(inputmode="numeric", width=5, spellcheck=False),
    Kind.NUMBER: _Box(inputmode="decimal", width=10, spellcheck=False),
    Kind.MONEY: _Box(inputmode="decimal", width=10, prefix="£", spellcheck=False),
    Kind.PERCENTAGE: _Box(inputmode="decimal", width=5, suffix="%", spellcheck=False),
}


def _input(ask: Ask) -> str:
    question, box = ask.question, _BOXES[ask.question.kind]
    width = question.width or box.width
    params = shared(ask, box.hint) | {
        "id": ask.id,
        "label": label(ask),
        "value": ask.filling.typed(question) or None,
        "type": box.type,
        "inputmode": box.inputmode,
        "autocomplete": question.autocomplete or None,
        "classes": " ".join(filter(None, (f"govuk-input--width-{width}" if width else "",
                                          box.classes))),
    }  # fmt: skip
    if not (box.spellcheck and question.spellcheck):
        params["spellcheck"] = False
    prefix, suffix = question.prefix or box.prefix, question.suffix or box.suffix
    for affix, text in (("prefix", prefix), ("suffix", suffix)):
        if text:
            params[affix] = {"text": text}
    return ask.component("input", params)


_WRITTEN_HOW = {Kind.LIST: N_("Write each on its own line"), Kind.DATA: N_("Write it as JSON")}


def _textarea(ask: Ask) -> str:
    question = ask.question
    params = shared(ask, _WRITTEN_HOW.get(question.kind, "")) | {
        "id": ask.id,
        "label": label(ask),
        "value": ask.filling.typed(question),
        "rows": question.rows,
    }
    if not question.spellcheck:
        params["spellcheck"] = False
    limit = question.schema.get("maxLength")
    if not limit:
        return ask.component("textarea", params | {"autocomplete": question.autocomplete or None})
    counted = {"maxlength": limit, "threshold": COUNTED_FROM_PERCENT}
    return ask.component("character-count", params | counted | _counting(question.language))


def _counting(language: str) -> Params:
    """What the character count says, where that is not English: it knows English by itself."""
    if language == ENGLISH:
        return {}
    said = words(language).gettext
    under = said("You have %{count} characters remaining")
    over = said("You have %{count} characters too many")
    return {
        "textareaDescriptionText": said("You can enter up to %{count} characters"),
        "charactersUnderLimitText": dict.fromkeys(PLURALS, under),
        "charactersAtLimitText": said("You have 0 characters remaining"),
        "charactersOverLimitText": dict.fromkeys(PLURALS, over),
    }


#: The plural forms of Welsh in a browser; after a figure its nouns are always in the singular.
PLURALS = ("zero", "one", "two", "few", "many", "other")


_PART_LABELS = {
    "day": N_("Day"),
    "month": N_("Month"),
    "year": N_("Year"),
    "weeks": N_("Weeks"),
    "days": N_("Days"),
}
_PARTS_HINTS = {
    Kind.DATE: N_("For example, 27 3 2026"),
    Kind.MONTH: N_("For example, 3 2026"),
    Kind.GESTATION: N_("For example, 31 weeks and 4 days"),
}


def _parts(ask: Ask) -> str:
    """The boxes of a date, a month or weeks and days."""
    question = ask.question
    params = shared(ask, _PARTS_HINTS[question.kind]) | {
        "id": ask.id,
        "namePrefix": ask.name,
        "fieldset": {"legend": legend(ask)},
        "items": [_part(ask, part) for part in PARTS[question.kind]],
    }
    return ask.component("date-input", params)


def _part(ask: Ask, part: str) -> Params:
    width = 4 if part in _WIDE_PARTS else 2
    return {
        "name": part,
        "label": words(ask.question.language).gettext(_PART_LABELS[part]),
        "value": ask.filling.typed(ask.question, part) or None,
        "classes": f"govuk-input--width-{width}" + (" govuk-input--error" * bool(ask.error)),
        "autocomplete": f"bday-{part}" if ask.question.autocomplete == "bday" else None,
    }


def _select(ask: Ask) -> str:
    question = ask.question
    nothing = words(question.language).gettext("Select an option")
    items = [{"value": "", "text": nothing}] + [
        {"value": option.text, "text": option.title, **ask.filling.choice(question, option)}
        for option in question.options
    ]
    return ask.component(
        "select", shared(ask) | {"id": ask.id, "label": label(ask), "items": items}
    )


def _items(ask: Ask) -> list[Params]:
    return [_item(ask, position, option) for position, option in enumerate(ask.question.options)]


def _item(ask: Ask, position: int, option: Option) -> Params:
    item = {
        "id": option_id(ask.id, position),
        "value": option.text,
        "text": option.title,
        **ask.filling.choice(ask.question, option),
    }
    if option.hint:
        item["hint"] = {"text": option.hint}
    if option.text in ask.reveals:
        item["conditional"] = {"html": ask.reveals[option.text]}
    return item


def _choices(ask: Ask, items: list[Params], classes: str = "", default_hint: str = "") -> Params:
    return shared(ask, default_hint) | {
        "idPrefix": ask.id,
        "fieldset": {"legend": legend(ask)},
        "items": items,
        "classes": classes,
    }


def _radios(ask: Ask) -> str:
    side_by_side = ask.question.inline or ask.question.kind is Kind.YES_NO
    inline = side_by_side and not ask.reveals  # what opens under an option needs the full width
    return ask.component("radios", _choices(ask, _items(ask), "govuk-radios--inline" * inline))


def _scale(ask: Ask) -> str:
    question, items = ask.question, _items(ask)
    for item, end in ((items[0], question.low), (items[-1], question.high)):
        if end:
            item["text"] = f"{item['text']} – {end}"
    classes = "govuk-radios--inline intake-scale"
    return ask.component("radios", _choices(ask, items, classes))


def _checkboxes(ask: Ask) -> str:
    question, items = ask.question, _items(ask)
    exclusive = question.option(question.exclusive) if question.exclusive is not None else None
    if exclusive:
        position = question.options.index(exclusive)
        items[position]["behaviour"] = "exclusive"
        if position == len(items) - 1:
            items.insert(position, {"divider": words(question.language).gettext("or")})
    hint = "" if len(question.options) == 1 else N_("Select all that apply.")
    return ask.component("checkboxes", _choices(ask, items, default_hint=hint))


_RENDER: dict[Kind, Callable[[Ask], str]] = {
    **dict.fromkeys(_BOXES, _input),
    **dict.fromkeys((Kind.LONG_TEXT, Kind.LIST, Kind.DATA), _textarea),
    **dict.fromkeys(PARTS, _parts),
    Kind.SELECT: _select,
    Kind.RADIOS: _radios,
    Kind.YES_NO: _radios,
    Kind.SCALE: _scale,
    Kind.CHECKBOXES: _checkboxes,
}
