"""Questions as WTForms fields whose widgets are the skeletons: ``{{ form.ward() }}`` works."""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Iterator, Mapping
from copy import deepcopy
from typing import Any, ClassVar

import wtforms
from markupsafe import Markup
from wtforms.form import BaseForm
from wtforms.utils import unset_value

from form_definitions import (
    FILE_KINDS,
    PARTS,
    FieldError,
    FormDefinition,
    Kind,
    Page,
    Question,
    check_page,
    read_parts,
    read_typed,
)
from form_definitions.tuples import by_place, in_order
from renderers.arranging import arrange
from renderers.controls import MAX_ITEMS, controls
from renderers.markup import Heading
from renderers.single_controls import Control
from renderers.skeleton import Marks, marks_for
from renderers.spots import Spot

MAX_INDEX_DIGITS = 4  # of a posted item: our pages number far fewer, and int() refuses thousands


class SkeletonWidget:
    """Renders a field as its question's skeleton, joined with what the form holds."""

    def __call__(self, field: Any, **_: object) -> Markup:
        """The control's markup, with the label, the hint, the error and what opens under it."""
        form = field.page_form
        control = form.control(field.question.name)
        return Markup(control.render(form.answers(), form.messages))  # noqa: S704, escaped by it


class AnswerField(wtforms.Field):  # type: ignore[misc]  # WTForms has no types
    """A question with one control. ``data`` is the answer that was typed, or None for nothing."""

    widget = SkeletonWidget()

    def __init__(self, question: Question, page_form: PageForm, **options: Any) -> None:
        super().__init__(question.title, description=question.hint, **options)
        self.question = question
        self.page_form = page_form

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was posted; of several values for one control, the first counts."""
        self.data = self._read(valuelist[0]) if valuelist else None

    def _read(self, typed: str) -> object:
        value = read_typed(self.question, typed)
        return None if value == "" else value

    def candidate(self, *, keep_blank: bool = False) -> object:  # noqa: ARG002, as the others
        """The answer to check, or None where nothing was answered."""
        return self.data


class FixedField(AnswerField):
    """A question that is only shown: what is posted for it counts for nothing."""

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        """Keep the stored answer."""
        del formdata
        super().process(None, data, extra_filters)
        self.data = None if data is unset_value else data


class CheckboxesField(AnswerField):
    """Several of the options."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the ticked ones, each once."""
        values = (self._read(typed) for typed in valuelist)
        chosen: list[object] = []
        for value in values:
            if value is not None and value not in chosen:
                chosen.append(value)
        self.data = chosen or None


class FileField(AnswerField):
    """Files. What was sent is no part of the text that was posted: the answer stays as it was."""

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        """Keep the stored answer."""
        del formdata
        super().process(None, data, extra_filters)


class PartsField(AnswerField):
    """A date, a month or weeks and days, in a box for each part."""

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        """Read the parts, whose names end in ``-day``, ``-month``, ``-year`` and so on."""
        super().process(None, data, extra_filters)
        if formdata is not None:
            names = PARTS[self.question.kind]
            parts = [formdata.get(f"{self.name}-{part}") or "" for part in names]
            self.raw_data = parts
            self.data = read_parts(self.question, parts) or None


class GroupField(wtforms.FormField):  # type: ignore[misc]  # WTForms has no types
    """A group of questions, or an address."""

    widget = SkeletonWidget()

    def __init__(self, question: Question, page_form: PageForm, **options: Any) -> None:
        form_class = page_form.inner_form(question)
        super().__init__(form_class, question.title, description=question.hint, **options)
        self.question = question
        self.page_form = page_form

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        """Make the form inside. WTForms would pass answers as keywords, whose names may clash."""
        del extra_filters
        self.object_data = data = data if isinstance(data, Mapping) else {}
        self.form = self.form_class(formdata, prefix=f"{self.name}{self.separator}", data=data)

    def candidate(self, *, keep_blank: bool = False) -> object:
        """The answers inside, or None where there are none."""
        return self.form.candidates(keep_blank=keep_blank) or None


class TupleField(GroupField):
    """A tuple: a group whose answers stand in an array, by their places."""

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        """Make the form inside."""
        super().process(formdata, by_place(data), extra_filters)

    def candidate(self, *, keep_blank: bool = False) -> object:
        """The array, or None where nothing was answered."""
        answers = self.form.candidates(keep_blank=keep_blank)
        return in_order(answers, len(self.question.questions))


class RepeatingField(wtforms.FieldList):  # type: ignore[misc]  # WTForms has no types
    """A group that is asked again and again, up to the author's limit or fifty."""

    widget = SkeletonWidget()

    def __init__(self, question: Question, page_form: PageForm, **options: Any) -> None:
        item = wtforms.fields.core.UnboundField(GroupField, question, page_form)
        limit = question.max_items or MAX_ITEMS
        super().__init__(item, question.title, max_entries=limit, **options)
        self.question = question
        self.page_form = page_form
        self.posted_indexes: list[int] = []
        self.edited: list[Any] | None = None  # the items after add or remove, where it was this one

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        """Read the posted items; ``posted_indexes`` keeps the numbers that the page gave them."""
        known = [item for item in data if isinstance(item, Mapping)] if _is_list(data) else []
        if formdata:
            found = sorted(set(self._extract_indices(self.name, formdata)))
            self.posted_indexes = found[: self.max_entries]
        super().process(formdata, known[: self.max_entries], extra_filters)
        for entry in self.entries:  # WTForms closed the gaps in the numbers after making the forms
            entry.form._prefix = f"{entry.name}-"

    def _extract_indices(self, prefix: str, formdata: Any) -> Iterator[int]:
        for key in formdata:
            if key.startswith(f"{prefix}-"):
                index = key[len(prefix) + 1 :].partition("-")[0]
                if index.isascii() and index.isdigit() and len(index) <= MAX_INDEX_DIGITS:
                    yield int(index)

    def candidate(self, *, keep_blank: bool = False) -> object:
        """The items; blank ones are left out unless ``keep_blank``."""
        if self.edited is not None:
            return self.edited or None
        items = [entry.form.candidates(keep_blank=keep_blank) for entry in self.entries]
        return [item for item in items if item or keep_blank] or None


def _is_list(data: object) -> bool:
    return isinstance(data, list | tuple)


_FIELDS: dict[Kind, type[Any]] = {
    Kind.CHECKBOXES: CheckboxesField,
    **dict.fromkeys(PARTS, PartsField),
    **dict.fromkeys(FILE_KINDS, FileField),
    Kind.GROUP: GroupField,
    Kind.ADDRESS: GroupField,
    Kind.BIRTH_DATE: GroupField,
    Kind.REPEATING: RepeatingField,
    Kind.TUPLE: TupleField,
}


class PageForm(wtforms.Form):  # type: ignore[misc]  # WTForms has no types
    """The fields of one page or group. ``form["data"]`` reaches a question of any name."""

    questions: ClassVar[tuple[Question, ...]] = ()
    blank: ClassVar[Mapping[str, Any]] = {}  # question → the answer that leaving it blank gives
    marks: ClassVar[Marks]
    compiled: ClassVar[dict[str, Mapping[str, Control]]]  # prefix → question → control
    inner: ClassVar[dict[str, type[PageForm]]]  # group → its form
    definition: ClassVar[FormDefinition]
    page: ClassVar[Page]

    def __init__(
        self,
        formdata: Any = None,
        obj: object = None,
        prefix: str = "",
        data: Mapping[str, Any] | None = None,
        **_: Any,
    ) -> None:
        self.stored: Mapping[str, Any] = data or {}
        self.messages: Mapping[str, str] = {}
        self.posted: frozenset[str] = frozenset()
        fields = [(question.name, self._unbound(question)) for question in self.questions]
        BaseForm.__init__(self, fields, prefix=prefix, meta=self.Meta())
        self.process(formdata, obj, data=data)

    def _unbound(self, question: Question) -> Any:
        field = FixedField if question.read_only else _FIELDS.get(question.kind, AnswerField)
        return wtforms.fields.core.UnboundField(field, question, self, name=question.control)

    @classmethod
    def inner_form(cls, question: Question) -> type[PageForm]:
        """The form of the questions inside a group, made once."""
        if question.name not in cls.inner:
            cls.inner[question.name] = _form_class("GroupForm", question.questions, cls)
        return cls.inner[question.name]

    def process(
        self,
        formdata: Any = None,
        obj: object = None,
        data: Mapping[str, Any] | None = None,
        extra_filters: Any = None,
        **_: Any,
    ) -> None:
        """Read what was posted, or else the stored answers ``data``. Raises nothing on any text."""
        del obj, extra_filters
        formdata = self.meta.wrap_formdata(self, formdata)
        if formdata is not None:
            keys = [key.removeprefix(self._prefix) for key in formdata]
            roots = {key.partition("-")[0] for key in keys}
            self.posted = frozenset(
                name for name, field in self._items() if _is_among(field, roots, keys)
            )
        for name, field in self._fields.items():
            field.process(formdata, (data or {}).get(name, unset_value))

    def __getattr__(self, name: str) -> Any:
        fields = self.__dict__.get("_fields") or {}
        if name in fields:
            return fields[name]
        raise AttributeError(name)

    def candidates(self, *, keep_blank: bool = False) -> dict[str, Any]:
        """The answers to check: nothing empty, and what cannot be read as it was typed.

        A group in which anything is answered says which of the others were left blank, if the form
        asks for that, and so does a page.
        """
        pairs = [(name, field.candidate(keep_blank=keep_blank)) for name, field in self._items()]
        answers = {name: value for name, value in pairs if value is not None}
        if keep_blank or not self.blank or (self._prefix and not answers):
            return answers
        return {
            name: deepcopy(self.blank[name]) if value is None else value
            for name, value in pairs
            if value is not None or name in self.blank
        }

    def _items(self) -> Iterable[tuple[str, Any]]:
        items: Iterable[tuple[str, Any]] = self._fields.items()
        return items

    def answers(self) -> dict[str, Any]:
        """The stored answers with this form's own in their place."""
        others = {name: value for name, value in self.stored.items() if name not in self._fields}
        return others | self.candidates(keep_blank=True)

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the page's answers as ``check_page`` does, and put its messages on the fields."""
        del extra_validators
        outcome = check_page(self.definition, self.page, self.answers())
        self.show_errors(outcome.errors)
        return outcome.accepted

    def show_errors(self, errors: Iterable[FieldError]) -> None:
        """Put messages on the fields that they belong to, here and in the groups inside."""
        self._show({error.control: error.message for error in reversed(tuple(errors))})

    def _show(self, messages: Mapping[str, str]) -> None:
        self.messages = messages
        for field in self._fields.values():
            for inner in _forms_of(field):
                inner._show(messages)
            if isinstance(field, AnswerField):
                field.errors = [messages[field.name]] if field.name in messages else []

    def control(self, name: str) -> Control:
        """The compiled control of a question, made once for every form of this class."""
        if self._prefix not in self.compiled:
            spots = _spots(self.questions, self._prefix, self.marks)
            self.compiled[self._prefix] = {one.key: one for one in controls(spots)}
        return self.compiled[self._prefix][name]


def _is_among(field: Any, roots: Container[str], keys: Iterable[str]) -> bool:
    """Whether a control of the field's was posted; ``roots`` is what stands before each dash."""
    control = field.question.control
    if "-" not in control:
        return control in roots
    return any(key == control or key.startswith(f"{control}-") for key in keys)


def _forms_of(field: Any) -> list[PageForm]:
    if isinstance(field, RepeatingField):
        return [entry.form for entry in field.entries]
    return [field.form] if isinstance(field, GroupField) else []


def _spots(questions: tuple[Question, ...], prefix: str, marks: Marks) -> Iterator[Spot]:
    """A place for each question by itself and, where it opens others, with those under it."""
    placed = {one.question.name: one for one in arrange(questions)}
    for question in questions:
        heading = Heading.GROUP if question.questions else Heading.QUESTION
        alone = placed.get(question.name) or arrange((question,))[0]
        yield Spot(alone, prefix, heading, marks)


def page_form(definition: FormDefinition, page: Page) -> type[PageForm]:
    """The WTForms form of a page; the caller keeps it, for making one takes a moment.

    ``PageForm(formdata, data=answers)``; ``.candidates()`` gives what was answered.
    """
    words = json.dumps(dict(definition.source), ensure_ascii=False)
    shared = {"definition": definition, "page": page, "marks": marks_for(words)}
    return _form_class("QuestionsForm", page.questions, PageForm, shared)


def _form_class(
    name: str,
    questions: tuple[Question, ...],
    base: type[PageForm],
    shared: Mapping[str, Any] | None = None,
) -> type[PageForm]:
    blank = {question.name: question.blank[0] for question in questions if question.blank}
    own = {"questions": questions, "blank": blank, "compiled": {}, "inner": {}}
    metaclass: Any = type(base)
    made: type[PageForm] = metaclass(name, (base,), own | dict(shared or {}))
    return made
