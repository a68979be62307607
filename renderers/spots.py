"""A question's place on a page, and the skeletons of its markup there."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from form_definitions import FILE_KINDS, PARTS, Kind, Option, Question, control_id
from renderers import given_files, groups, markup
from renderers.arranging import Placed, arrange
from renderers.markup import Ask, Heading, Params
from renderers.skeleton import Marks, Skeleton, split, tidy

#: The class that hides what is under an option until that is chosen, where scripts run.
CLOSED = {
    Kind.CHECKBOXES: " govuk-checkboxes__conditional--hidden",
    Kind.RADIOS: " govuk-radios__conditional--hidden",
    Kind.YES_NO: " govuk-radios__conditional--hidden",
}

Indexes = tuple[tuple[str, str], ...]  # (mark of an index, the index as text)


@dataclass(frozen=True, slots=True)
class _Marking:
    """Puts holes where the values go. An option's hole is a raw attribute: `` checked``."""

    marks: Marks

    def typed(self, question: Question, part: str = "") -> str:  # noqa: ARG002
        return self.marks.hole(f"value-{part}" if part else "value")

    def choice(self, question: Question, option: Option) -> Params:
        return {"attributes": self.marks.hole(f"on-{question.options.index(option)}")}


@dataclass(frozen=True)
class Spot:
    """A question at one place. In a repeating group ``prefix`` holds the mark of the item's index.

    The macros run once for the plain variant and once, if it is ever needed, for the one in error.
    """

    placed: Placed
    prefix: str
    heading: Heading
    marks: Marks
    _html: dict[bool, str] = field(default_factory=dict, repr=False, compare=False)

    @property
    def question(self) -> Question:
        """The question that stands here."""
        return self.placed.question

    @property
    def name(self) -> str:
        """The control's name."""
        return f"{self.prefix}{self.question.control}"

    @property
    def index_mark(self) -> str:
        """What stands for the index in the names inside a repeating group."""
        return self.marks.hole(f"index-{control_id(self.question.path)}")

    @cached_property
    def children(self) -> tuple[Spot, ...]:
        """The places inside a group, an address, or one item of a repeating group."""
        prefix = f"{self.name}-"
        if self.question.kind is Kind.REPEATING:
            prefix += f"{self.index_mark}-"
        return tuple(
            Spot(placed, prefix, Heading.PLAIN, self.marks)
            for placed in arrange(self.question.questions)
        )

    @cached_property
    def opened(self) -> tuple[tuple[int, tuple[Spot, ...]], ...]:
        """For each option that opens something, by its position, the places under it."""
        return tuple(
            (
                position,
                tuple(Spot(inner, self.prefix, Heading.PLAIN, self.marks) for inner in under),
            )
            for position, option in enumerate(self.question.options)
            if (under := self.placed.reveals.get(option.text))
        )

    def skeleton(self, indexes: Indexes = (), *, in_error: bool = False) -> Skeleton:
        """The skeleton of this place, with the indexes of the items that it is in."""
        html = self._html.get(in_error)
        if html is None:
            html = self._html[in_error] = tidy(self._marked(in_error))
        for mark, index in indexes:
            html = html.replace(mark, index)
        closed = CLOSED.get(self.question.kind, "")
        return split(html, self.marks, {f"closed-{at}": closed for at, _ in self.opened})

    def _marked(self, in_error: bool) -> str:
        options = self.question.options
        ask = Ask(
            question=self.question,
            name=self.name,
            filling=_Marking(self.marks),
            heading=self.heading,
            error=self.marks.hole("error") if in_error else "",
            reveals={options[at].text: self.marks.hole(f"under-{at}") for at, _ in self.opened},
        )
        if self.question.read_only:
            return markup.fixed(ask, self.marks.hole("fixed"))
        if self.question.kind is Kind.REPEATING:
            return groups.repeating(ask, self.marks.hole("inner"), self.marks.hole("add"))
        if self.question.kind in FILE_KINDS:
            return given_files.upload(ask, self.marks.hole("files"))
        if self.question.questions:
            return groups.group(ask, self.marks.hole("inner"))
        return self._with_attributes_cut_out(markup.render(ask))

    def _with_attributes_cut_out(self, html: str) -> str:
        """An empty control has no ``value``; under an option that is chosen nothing is hidden."""
        parts = PARTS.get(self.question.kind, ())
        for name in ("value", *(f"value-{part}" for part in parts)):
            hole = self.marks.hole(name)
            html = html.replace(f' value="{hole}"', hole)
        for at, _ in self.opened:
            identity = f'" id="conditional-{markup.option_id(control_id(self.name), at)}"'
            hole = self.marks.hole(f"closed-{at}")
            html = html.replace(CLOSED[self.question.kind] + identity, hole + identity)
        return html
