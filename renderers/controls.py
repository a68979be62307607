"""Controls as a request renders them: skeletons joined with answers and errors."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from functools import cached_property
from typing import Any

from markupsafe import Markup, escape

from form_definitions import NUMBER_KINDS, PARTS, Kind, Question, as_typed, display, parts_of
from form_definitions.tuples import by_place
from renderers import groups
from renderers.given_files import FileList, given
from renderers.live import held_html, place, placed_html
from renderers.skeleton import SHORT, SPECIAL, Skeleton, escaped, split, tidy
from renderers.spots import Indexes, Spot

Answers = Mapping[str, Any]
Errors = Mapping[str, str]  # control name → message

MAX_ITEMS = 50  # of a repeating group whose author sets no limit: a page that a phone can hold

#: Kinds whose answer is shown in the control exactly as it is stored.
VERBATIM = frozenset(
    {
        Kind.TEXT,
        Kind.LONG_TEXT,
        Kind.EMAIL,
        Kind.TELEPHONE,
        Kind.POSTCODE,
        Kind.HEALTH_POSTCODE,
        Kind.UPN,
        Kind.ULN,
        Kind.POLICE_REFERENCE,
    }
)
#: Kinds whose answer is shown in one text box, written as people know it.
_WRITTEN = (
    Kind.NHS_NUMBER,
    Kind.HEALTH_AND_CARE_NUMBER,
    Kind.NATIONAL_INSURANCE,
    *NUMBER_KINDS,
    Kind.TIME,
)


MOST_WHOLE = 32  # choices of one question that are kept joined: 100 kB where options are many

#: Kinds that are typed into a box of several lines.
AREAS = frozenset({Kind.LONG_TEXT, Kind.LIST, Kind.DATA})


class Control:
    """A question's control. ``key`` is its answer's name, ``name`` that of its HTML control."""

    def __init__(self, spot: Spot, indexes: Indexes = ()) -> None:
        self.spot = spot
        self.indexes = indexes
        self.question = spot.question
        self.key = spot.question.name
        self.name = spot.name
        for mark, index in indexes:
            self.name = self.name.replace(mark, index)
        self.skeleton = spot.skeleton(indexes)
        self._is_live = spot.placed.is_live

    @cached_property
    def in_error(self) -> Skeleton:
        """The second variant; most controls are never in error, so it is made when first asked."""
        return self.spot.skeleton(self.indexes, in_error=True)

    def render(self, answers: Answers, errors: Errors) -> str:
        """The control's HTML for the answers of the form or group that it is in."""
        raise NotImplementedError

    def piece(self, answers: Answers, errors: Errors) -> bytes:
        """The same in UTF-8, and the end of its line, as a page is put together of it."""
        return f"{self.render(answers, errors)}\n".encode()

    def piece_in_place(self, answers: Answers, errors: Errors, *, is_shown: bool) -> bytes:
        """``render_in_place`` in UTF-8, and the end of its line if there is anything."""
        if not self._is_live:
            return self.piece(answers, errors) if is_shown else b""
        if is_shown:
            before, after = self._place
            return b"".join((before, self.piece(answers, errors), after))
        if errors or not self._names.isdisjoint(answers):
            return f"{held_html(self.name, self.render(answers, errors))}\n".encode()
        return self._held_piece

    def render_in_place(self, answers: Answers, errors: Errors, *, is_shown: bool) -> str:
        """The control if it is shown; what a browser needs to show it later if it is not."""
        if not self._is_live:
            return self.render(answers, errors) if is_shown else ""
        if is_shown:
            return placed_html(self.name, self.render(answers, errors))
        if errors or not self._names.isdisjoint(answers):
            return held_html(self.name, self.render(answers, errors))
        return self._held

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(self.spot.placed.names())

    @cached_property
    def _held(self) -> str:
        return held_html(self.name, self.render({}, {}))

    @cached_property
    def _held_piece(self) -> bytes:
        return f"{self._held}\n".encode()

    @cached_property
    def _place(self) -> tuple[bytes, bytes]:
        """What stands around a question that the browser may hide."""
        before, after = place(self.name)
        return before.encode(), f"{after[1:]}\n".encode()  # a piece has the end of its line

    def parts(self, errors: Errors) -> tuple[Skeleton, list[str]]:
        """The variant to join, and its parts with the message in place."""
        message = errors.get(self.name) if errors else None
        if message is None:
            return self.skeleton, self.skeleton.parts.copy()
        parts = self.in_error.parts.copy()
        for slot in self.in_error.slots["error"]:
            parts[slot] = escaped(message)
        return self.in_error, parts


class FixedControl(Control):
    """A question that is only shown."""

    def render(self, answers: Answers, errors: Errors) -> str:
        """The question's HTML with its answer."""
        skeleton, parts = self.parts(errors)
        shown = display(self.question, answers.get(self.key))
        texts = (shown,) if isinstance(shown, str) else shown
        parts[skeleton.slots["fixed"][0]] = "<br>".join(map(escaped, texts))
        return "".join(parts)


class TextControl(Control):
    """One text box, or several lines."""

    def __init__(self, spot: Spot, indexes: Indexes = ()) -> None:
        super().__init__(spot, indexes)
        is_area = self.question.kind in AREAS
        self._opening, self._closing = ("", "") if is_area else (' value="', '"')
        before, _, after = self.skeleton.parts
        pieces = before + self._opening, f"{self._closing}{after}\n", f"{before}{after}\n"
        self._before, self._after, self._empty = (piece.encode() for piece in pieces)
        self._verbatim = self.question.kind in VERBATIM

    def render(self, answers: Answers, errors: Errors) -> str:
        """The control's HTML."""
        if errors and self.name in errors:
            return self._render_error(answers.get(self.key), errors)
        return self.piece(answers, {}).decode()[:-1]

    def piece(self, answers: Answers, errors: Errors) -> bytes:
        """The same as a line in UTF-8; only what was answered is encoded anew."""
        value = answers.get(self.key)
        if errors or not self._verbatim or type(value) is not str or len(value) >= SHORT:
            return self._any_piece(value, answers, errors)
        text = value if SPECIAL(value) is None else escape(value)
        return b"".join((self._before, text.encode(), self._after)) if text else self._empty

    def _any_piece(self, value: object, answers: Answers, errors: Errors) -> bytes:
        if errors:
            return super().piece(answers, errors)
        if value is None or value == "":
            return self._empty
        return b"".join((self._before, escaped(self._text(value)).encode(), self._after))

    def _text(self, value: object) -> str:
        if type(value) is str and self._verbatim:
            return value
        return str(value) if type(value) is int else as_typed(self.question, value)

    def _render_error(self, value: object, errors: Errors) -> str:
        skeleton, parts = self.parts(errors)
        if value is not None and value != "":
            (slot,) = skeleton.slots["value"]
            parts[slot] = f"{self._opening}{escaped(self._text(value))}{self._closing}"
        return "".join(parts)


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
        return self.piece(answers, errors).decode()[:-1]

    def piece(self, answers: Answers, errors: Errors) -> bytes:
        """The same as a line in UTF-8, kept joined where nothing opens under an option."""
        if errors or self._opened:
            return f"{self._join(answers, errors)}\n".encode()
        value = answers.get(self.key)
        texts = (value,) if type(value) is str else chosen_texts(value)
        whole = self._whole.get(texts)
        if whole is None:
            whole = f"{self._join(answers, errors)}\n".encode()
            if len(self._whole) < MOST_WHOLE and self._positions.keys() >= {*texts}:
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


class PartsControl(Control):
    """The boxes of a date, a month or weeks and days."""

    def __init__(self, spot: Spot, indexes: Indexes = ()) -> None:
        super().__init__(spot, indexes)
        self._holes = tuple(f"value-{part}" for part in PARTS[self.question.kind])
        self._slots = tuple(self.skeleton.slots[hole][0] for hole in self._holes)
        self._pieces = [part.encode() for part in (*self.skeleton.parts, "\n")]

    def piece(self, answers: Answers, errors: Errors) -> bytes:
        """The same as a line in UTF-8; only what was answered is encoded anew."""
        if errors:
            return super().piece(answers, errors)
        pieces = self._pieces.copy()
        value = answers.get(self.key)
        if value is not None:
            for slot, text in zip(self._slots, parts_of(self.question, value), strict=True):
                if text:
                    pieces[slot] = f' value="{escaped(text)}"'.encode()
        return b"".join(pieces)

    def render(self, answers: Answers, errors: Errors) -> str:
        """The control's HTML."""
        if errors and self.name in errors:
            return self._render_error(answers.get(self.key), errors)
        return self.piece(answers, {}).decode()[:-1]

    def _render_error(self, value: object, errors: Errors) -> str:
        skeleton, parts = self.parts(errors)
        if value is not None:
            for hole, text in zip(self._holes, parts_of(self.question, value), strict=True):
                if text:
                    parts[skeleton.slots[hole][0]] = f' value="{escaped(text)}"'
        return "".join(parts)


class FileControl(Control):
    """A file input, with the list of what was given."""

    def __init__(self, spot: Spot, indexes: Indexes = ()) -> None:
        super().__init__(spot, indexes)
        self._files = FileList(self.name, self.question.language, spot.marks)

    def render(self, answers: Answers, errors: Errors) -> str:
        """The control's HTML. The answer is ids, or what ``with_files`` made of them."""
        skeleton, parts = self.parts(errors)
        parts[skeleton.slots["files"][0]] = self._files.html(given(answers.get(self.key)))
        return "".join(parts)


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
    **dict.fromkeys((*VERBATIM, *AREAS, *_WRITTEN), TextControl),
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
