"""Controls as a request renders them: skeletons joined with answers and errors.

Those that hold others are here: options with questions under them, groups and lists.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from functools import cached_property
from typing import Any

from markupsafe import Markup

from form_definitions import PARTS, Kind, Question
from form_definitions.tuples import by_place
from renderers import groups
from renderers.single_controls import (
    AREAS,
    VERBATIM,
    WRITTEN,
    Answers,
    Control,
    Errors,
    FileControl,
    FixedControl,
    PartsControl,
    TextControl,
)
from renderers.skeleton import split, tidy
from renderers.spots import Indexes, Spot

MAX_ITEMS = 50  # of a repeating group whose author sets no limit: a page that a phone can hold

MOST_WHOLE = 32  # choices of one question that are kept joined: 100 kB where options are many


class ChoiceControl(Control):
    """Radios, yes or no, a scale, a select or checkboxes, with what opens under the options."""

    def __init__(self, spot: Spot, indexes: Indexes = ()) -> None:
        super().__init__(spot, indexes)
        self._chosen = " selected" if self.question.kind is Kind.SELECT else " checked"
        self._positions = {option.text: f"on-{at}" for at, option in enumerate(self._options)}
        self._opened = tuple(
            (self._options[at].text, f"under-{at}", f"closed-{at}", controls(spots, indexes))
            for at, spots in spot.opened
        )
        self._whole: dict[tuple[str, ...], bytes] = {}  # the chosen options → all of it

    @property
    def _options(self) -> tuple[Any, ...]:
        return self.question.options

    def render(self, answers: Answers, errors: Errors) -> str:
        """The control's HTML."""
        if errors:
            return self._join(answers, errors)
        return self.piece(answers.get(self.key), answers).decode()[:-1]

    def piece(self, value: object, answers: Answers) -> bytes:
        """The same as a line in UTF-8, kept joined where nothing opens under an option."""
        texts = (value,) if type(value) is str else chosen_texts(value)
        whole = self._whole.get(texts)
        if whole is None:
            whole = f"{self._join(answers, {})}\n".encode()
            is_known = not self._opened and len(self._whole) < MOST_WHOLE
            if is_known and self._positions.keys() >= {*texts}:
                self._whole[texts] = whole
        return whole

    def _join(self, answers: Answers, errors: Errors) -> str:
        skeleton, parts = self.parts(errors)
        texts = chosen_texts(answers.get(self.key))
        for text in texts:
            hole = self._positions.get(text)
            if hole:
                parts[skeleton.slots[hole][0]] = self._chosen
        for text, under, closed, inner in self._opened:
            parts[skeleton.slots[under][0]] = render_all(inner, answers, errors)
            if text in texts:
                parts[skeleton.slots[closed][0]] = ""
        return "".join(parts)


def chosen_texts(value: object) -> tuple[str, ...]:
    """The chosen options as their controls post them."""
    if type(value) is str:
        return (value,)
    if value is None:
        return ()
    if isinstance(value, bool):
        return ("yes" if value else "no",)
    if isinstance(value, list | tuple):
        if {*map(type, value)} == {str}:
            return tuple(value)
        return tuple(text for one in value for text in chosen_texts(one))
    return (str(value),)


class GroupControl(Control):
    """A group of questions, or an address."""

    @cached_property
    def children(self) -> tuple[Control, ...]:
        """The controls inside."""
        return controls(self.spot.children, self.indexes)

    def render(self, answers: Answers, errors: Errors) -> str:
        """The control's HTML."""
        own = answers.get(self.key)
        inner = render_shown(self.question, self.children, own, errors)
        skeleton, parts = self.parts(errors)
        parts[skeleton.slots["inner"][0]] = inner
        return "".join(parts)


class TupleControl(GroupControl):
    """A tuple: a group whose answers stand in an array."""

    def render(self, answers: Answers, errors: Errors) -> str:
        """The control's HTML."""
        return super().render({self.key: by_place(answers.get(self.key))}, errors)


class RepeatingControl(Control):
    """A group asked again and again: one fieldset an item, and buttons to add and remove."""

    def __init__(self, spot: Spot, indexes: Indexes = ()) -> None:
        super().__init__(spot, indexes)
        marks, question = spot.marks, self.question
        number, index = marks.hole("number"), marks.hole("index")
        item = groups.item(question, number, marks.hole("inner") + marks.hole("remove"))
        self._item = split(tidy(item), marks)
        inside = self.name if spot.prefix else ""
        self._remove = split(tidy(groups.remove_button(question, number, index, inside)), marks)
        self._add = tidy(groups.add_button(question, inside))
        self._children: dict[int, tuple[Control, ...]] = {}

    def children_of(self, index: int) -> tuple[Control, ...]:
        """The controls of one item."""
        if index not in self._children:
            indexes = (*self.indexes, (self.spot.index_mark, str(index)))
            self._children[index] = controls(self.spot.children, indexes)
        return self._children[index]

    def render(self, answers: Answers, errors: Errors) -> str:
        """The control's HTML; where nothing is answered yet, one empty item."""
        own = answers.get(self.key)
        limit = self.question.max_items or MAX_ITEMS
        items = (own if isinstance(own, list) else [])[:limit] or [None]
        rendered = [self._render_item(at, items, errors) for at in range(len(items))]
        skeleton, parts = self.parts(errors)
        parts[skeleton.slots["inner"][0]] = "\n".join(rendered)
        parts[skeleton.slots["add"][0]] = self._add if len(items) < limit else ""
        return "".join(parts)

    def _render_item(self, at: int, items: list[Any], errors: Errors) -> str:
        inner = render_shown(self.question, self.children_of(at), items[at], errors)
        values = {"number": str(at + 1), "index": str(at)}
        remove = self._remove.fill(values) if len(items) > 1 else ""
        safe = {"inner": Markup(inner), "remove": Markup(remove)}  # noqa: S704, both are joined above
        return self._item.fill(values | safe)


_CONTROLS: dict[Kind, type[Control]] = {
    **dict.fromkeys((*VERBATIM, *AREAS, *WRITTEN), TextControl),
    **dict.fromkeys((Kind.RADIOS, Kind.YES_NO, Kind.SCALE, Kind.SELECT), ChoiceControl),
    Kind.CHECKBOXES: ChoiceControl,
    **dict.fromkeys(PARTS, PartsControl),
    Kind.FILE: FileControl,
    Kind.FILES: FileControl,
    Kind.GROUP: GroupControl,
    Kind.ADDRESS: GroupControl,
    Kind.BIRTH_DATE: GroupControl,
    Kind.REPEATING: RepeatingControl,
    Kind.TUPLE: TupleControl,
}


def controls(spots: Iterable[Spot], indexes: Indexes = ()) -> tuple[Control, ...]:
    """The controls at these places."""
    return tuple(_control_class(spot.question)(spot, indexes) for spot in spots)


def _control_class(question: Question) -> type[Control]:
    return FixedControl if question.read_only else _CONTROLS[question.kind]


def render_all(all_controls: Iterable[Control], answers: Answers, errors: Errors) -> str:
    """The controls' HTML, one after another."""
    return "\n".join([control.render(answers, errors) for control in all_controls])


def render_shown(
    question: Question, children: tuple[Control, ...], answers: object, errors: Errors
) -> str:
    """The controls of a group that are shown for what is answered in it."""
    own: Answers = answers if isinstance(answers, Mapping) else {}
    shown = shown_inside(question, own)
    return render_those(children, shown, own, errors)


def render_those(
    all_controls: Iterable[Control], shown: Container[str], answers: Answers, errors: Errors
) -> str:
    """The HTML of the controls that are shown, with the places of those that may yet be."""
    pairs = ((control, control.key in shown) for control in all_controls)
    html = (control.render_in_place(answers, errors, is_shown=on) for control, on in pairs)
    return "\n".join(filter(None, html))


def shown_inside(question: Question, answers: Answers) -> frozenset[str]:
    """Which questions of a group are on the page: a condition sees only what is itself shown."""
    seen: dict[str, Any] = {}
    shown = set()
    for child in question.questions:
        if child.when is None or child.when.holds(seen):
            shown.add(child.name)
            if child.name in answers:
                seen[child.name] = answers[child.name]
    return frozenset(shown)
