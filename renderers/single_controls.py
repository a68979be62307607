"""Controls that hold one answer and no other control, as a request renders them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from markupsafe import escape

from form_definitions import NUMBER_KINDS, PARTS, Kind, as_typed, display, parts_of
from renderers.given_files import FileList, given
from renderers.live import held_html, place, placed_html
from renderers.skeleton import SHORT, SPECIAL, Skeleton, escaped
from renderers.spots import Indexes, Spot

Answers = Mapping[str, Any]
Errors = Mapping[str, str]  # control name → message

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
WRITTEN = (
    Kind.NHS_NUMBER,
    Kind.HEALTH_AND_CARE_NUMBER,
    Kind.NATIONAL_INSURANCE,
    *NUMBER_KINDS,
    Kind.TIME,
)

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

    def piece(self, value: object, answers: Answers) -> bytes:  # noqa: ARG002
        """The control without errors in UTF-8, and the end of its line: what pages are joined of.

        ``value`` is its own among the ``answers``.
        """
        return f"{self.render(answers, {})}\n".encode()

    def piece_in_place(self, answers: Answers, *, is_shown: bool) -> bytes:
        """``render_in_place`` without errors in UTF-8; the end of its line if there is anything."""
        if not is_shown:
            html = self.render_in_place(answers, {}, is_shown=False)
            return f"{html}\n".encode() if html else b""
        piece = self.piece(answers.get(self.key), answers)
        return piece.join(self._place) if self._is_live else piece

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
        return self.piece(answers.get(self.key), answers).decode()[:-1]

    def piece(self, value: object, answers: Answers) -> bytes:  # noqa: ARG002
        """The same as a line in UTF-8; only what was answered is encoded anew."""
        if value is None or value == "":
            return self._empty
        text = value if self._verbatim and type(value) is str else self._text(value)
        if len(text) >= SHORT or SPECIAL(text):  # as ``escaped``, without its call
            text = escape(text)
        return b"".join((self._before, text.encode(), self._after))

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


class PartsControl(Control):
    """The boxes of a date, a month or weeks and days."""

    def __init__(self, spot: Spot, indexes: Indexes = ()) -> None:
        super().__init__(spot, indexes)
        self._holes = tuple(f"value-{part}" for part in PARTS[self.question.kind])
        self._slots = tuple(self.skeleton.slots[hole][0] for hole in self._holes)
        self._pieces = [part.encode() for part in (*self.skeleton.parts, "\n")]

    def piece(self, value: object, answers: Answers) -> bytes:  # noqa: ARG002
        """The same as a line in UTF-8; only what was answered is encoded anew."""
        pieces = self._pieces.copy()
        if value is not None:
            for slot, text in zip(self._slots, parts_of(self.question, value), strict=True):
                if text:
                    pieces[slot] = f' value="{escaped(text)}"'.encode()
        return b"".join(pieces)

    def render(self, answers: Answers, errors: Errors) -> str:
        """The control's HTML."""
        if errors and self.name in errors:
            return self._render_error(answers.get(self.key), errors)
        return self.piece(answers.get(self.key), answers).decode()[:-1]

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
