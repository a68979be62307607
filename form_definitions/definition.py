"""What a form is: frozen values, read from a form file once and shared by every part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any

from form_definitions.file_kinds import USUAL_SIZE
from form_definitions.form_settings import Contact, Email, LinkPolicy, Person, Retention, Start

if TYPE_CHECKING:
    from form_definitions.calculating import Calculation
    from form_definitions.conditions import Condition
    from form_definitions.judging import Judge
    from form_definitions.visibility import AnswerPlan


class Kind(StrEnum):
    """What sort of answer a question takes, and so how it is asked, read and checked."""

    TEXT = "text"
    LONG_TEXT = "long-text"
    EMAIL = "email"
    TELEPHONE = "telephone"
    POSTCODE = "postcode"
    HEALTH_POSTCODE = "health-postcode"
    NHS_NUMBER = "nhs-number"
    HEALTH_AND_CARE_NUMBER = "health-and-care-number"
    UPN = "upn"
    ULN = "uln"
    NATIONAL_INSURANCE = "national-insurance-number"
    POLICE_REFERENCE = "police-reference"
    INTEGER = "integer"
    MONEY = "money"
    PERCENTAGE = "percentage"
    YES_NO = "yes-no"
    RADIOS = "radios"
    SELECT = "select"
    CHECKBOXES = "checkboxes"
    DATE = "date"
    MONTH = "month"
    TIME = "time"
    GESTATION = "gestation"
    BIRTH_DATE = "birth-date"
    ADDRESS = "address"
    GROUP = "group"
    REPEATING = "repeating"
    TUPLE = "tuple"
    SCALE = "scale"
    FILE = "file"
    FILES = "files"
    NUMBER = "number"
    LIST = "list"
    DATA = "data"


#: Kinds whose answer is one of ``Question.options``.
ONE_OF_KINDS = frozenset({Kind.RADIOS, Kind.SELECT, Kind.YES_NO, Kind.SCALE})
#: Kinds whose answer is a number that is typed.
NUMBER_KINDS = frozenset({Kind.INTEGER, Kind.NUMBER, Kind.MONEY, Kind.PERCENTAGE})
#: Kinds whose answer is made of the answers to ``Question.questions``.
NESTED_KINDS = frozenset({Kind.GROUP, Kind.ADDRESS, Kind.BIRTH_DATE, Kind.REPEATING, Kind.TUPLE})
#: Kinds whose answer is the id of a stored file, or several.
FILE_KINDS = frozenset({Kind.FILE, Kind.FILES})


class PageType(StrEnum):
    """A page of questions, a page that only informs, or one where the journey stops."""

    QUESTIONS = "questions"
    INFORMATION = "information"
    END = "end"


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of radios, a select, checkboxes, a scale or yes/no."""

    value: str | int | bool
    title: str
    hint: str = ""

    @property
    def text(self) -> str:
        """The value as a control posts it: ``yes`` and ``no`` for a boolean."""
        if isinstance(self.value, bool):
            return "yes" if self.value else "no"
        return str(self.value)


@dataclass(frozen=True, slots=True)
class Rule:
    """What an answer has to satisfy besides, and whether it is required, while ``when`` holds.

    ``when`` looks at the answers beside it, all of them that are shown.
    """

    when: Condition
    required: bool = False
    schema: Mapping[str, Any] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class Question:
    """One question. ``path`` is dotted and has no index: ``children.first_name``."""

    name: str
    path: str
    kind: Kind
    title: str
    hint: str = ""
    required: bool = False
    options: tuple[Option, ...] = ()
    questions: tuple[Question, ...] = ()
    when: Condition | None = None
    schema: Mapping[str, Any] = field(default_factory=dict, compare=False)
    errors: Mapping[str, str] = field(default_factory=dict, compare=False)
    short_name: str = ""
    width: int | None = None
    rows: int = 5
    autocomplete: str = ""
    spellcheck: bool = True
    prefix: str = ""
    suffix: str = ""
    item: str = ""
    exclusive: str | int | bool | None = None
    low: str = ""
    high: str = ""
    inline: bool = False
    minimum: int | None = None
    maximum: int | None = None
    min_items: int | None = None
    max_items: int | None = None
    rules: tuple[Rule, ...] = ()
    is_list: bool = False
    language: str = "en"
    accept: tuple[str, ...] = ()  # kinds of files, of ``file_kinds.FORMATS_BY_KIND``
    max_size: int = USUAL_SIZE  # of a file, in bytes
    control_name: str = ""
    default: Any = field(default=None, compare=False)
    examples: tuple[Any, ...] = field(default=(), compare=False)
    read_only: bool = False
    prefill: str = ""
    blank: tuple[Any, ...] = field(default=(), compare=False)  # what a blank answer is stored as

    @property
    def control(self) -> str:
        """The last part of the name of its HTML control: its own name, nearly always."""
        return self.control_name or self.name

    @property
    def may_be_required(self) -> bool:
        """Whether it has to be answered, always or while something else holds."""
        return self.required or any(rule.required for rule in self.rules)

    def is_required(self, beside: Mapping[str, Any]) -> bool:
        """Whether it has to be answered where these are the answers beside it."""
        return self.required or any(
            rule.required and rule.when.holds(beside) for rule in self.rules
        )

    def under(self, rule: Rule) -> Question:
        """The question with what the rule asks as its own schema, for the words of an error."""
        return replace(self, schema={**self.schema, **rule.schema})

    def option(self, value: object) -> Option | None:
        """The option with this value (``True`` is not ``1``), or None."""
        for option in self.options:
            if option.value == value and isinstance(option.value, bool) == isinstance(value, bool):
                return option
        return None

    def question(self, name: str) -> Question | None:
        """The question of that name inside this group, or None."""
        return next((child for child in self.questions if child.name == name), None)

    def walk(self) -> Iterator[Question]:
        """This question and all inside it."""
        yield self
        for child in self.questions:
            yield from child.walk()

    def leaves(self) -> Iterator[Question]:
        """This question, or those inside it, that take an answer of their own."""
        if self.kind not in NESTED_KINDS:
            yield self
        for child in self.questions:
            yield from child.leaves()


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the journey. ``body`` is Markdown; ``section`` groups it in the summary."""

    id: str
    title: str
    caption: str = ""
    section: str = ""
    type: PageType = PageType.QUESTIONS
    questions: tuple[Question, ...] = ()
    when: Condition | None = None
    body: str = ""


class PageNotFound(LookupError):  # noqa: N818 - reads as what happened, like FormNotFound
    """Raised if a form has no page of that id."""

    def __init__(self, form_id: str, page_id: str) -> None:
        super().__init__(f"form {form_id!r} has no page {page_id!r}")
        self.form_id = form_id
        self.page_id = page_id


@dataclass(frozen=True, eq=False)
class FormDefinition:
    """A compiled form. Two definitions are equal if they were made from the same content and words.

    ``source`` is the file's JSON; ``schema`` is the effective plain JSON Schema (no ``x-*``) that
    every stored set of answers satisfies; ``content_hash`` is the SHA-256 of the canonical JSON.
    ``judge`` is there if the file is a plain JSON Schema, which then decides what is accepted.
    In another language only the words differ: ``translation_hash`` is that of its catalogue, and
    ``untranslated`` holds the texts that are still in English.
    """

    id: str
    title: str
    description: str
    version: str
    content_hash: str
    source: Mapping[str, Any] = field(repr=False)
    schema: Mapping[str, Any] = field(repr=False)
    pages: tuple[Page, ...] = field(repr=False)
    questions: Mapping[str, Question] = field(repr=False)
    conditions: Mapping[str, Condition] = field(repr=False)
    calculated: Mapping[str, Calculation] = field(repr=False)
    audience: frozenset[str]
    reference_prefix: str
    facets: tuple[str, ...]
    people: tuple[Person, ...]
    start: Start
    confirmation_next: str
    exit_this_page: str
    layout: str
    on_case: bool
    prefill_roles: tuple[str, ...]
    requires_training: str
    contact: Contact | None
    email: Email
    sensitive: bool
    link: LinkPolicy
    retention: Retention
    plan: AnswerPlan = field(repr=False)
    judge: Judge | None = field(default=None, repr=False)
    language: str = "en"
    translation_hash: str = ""
    untranslated: tuple[str, ...] = field(default=(), repr=False)
    no_email_when: Condition | None = field(default=None, repr=False)
    embed: tuple[str, ...] = ()  # origins of the websites that may frame it
    challenge: bool = False  # whether a browser proves some work before the form begins
    tell_sender: tuple[str, ...] | None = None  # at which points; None: how far each team is

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, FormDefinition):
            return NotImplemented
        return self._identity == other._identity

    def __hash__(self) -> int:
        return hash(self._identity)

    @cached_property
    def _identity(self) -> tuple[str, str, str]:
        return self.content_hash, self.language, self.translation_hash

    def is_email_unsafe(self, answers: Mapping[str, Any]) -> bool:
        """Whether these answers say that whoever gave them is not to be sent an email."""
        return self.no_email_when is not None and self.no_email_when.holds(answers)

    @property
    def is_open(self) -> bool:
        """Whether anybody may start it without a link: never a form that is filled in on a case."""
        return not self.on_case and bool(self.audience & {"public", "professional"})

    @property
    def has_tasks(self) -> bool:
        """Whether its sections are filled in as tasks, in any order."""
        return self.layout == "task-list"

    def list_on(self, page: Page) -> Question | None:
        """The repeating group that has the page to itself as a list, item by item, or None."""
        return next((question for question in page.questions if question.is_list), None)

    @cached_property
    def file_questions(self) -> tuple[Question, ...]:
        """The questions that take files; the checker lets them stand outside of groups only."""
        return tuple(one for one in self.questions.values() if one.kind in FILE_KINDS)

    @cached_property
    def pages_with_files(self) -> frozenset[str]:
        """The ids of the pages that ask for files."""
        return frozenset(self.page_of(question.name).id for question in self.file_questions)

    def page(self, page_id: str) -> Page:
        """The page of that id. Raises PageNotFound."""
        for page in self.pages:
            if page.id == page_id:
                return page
        raise PageNotFound(self.id, page_id)

    def page_of(self, name: str) -> Page:
        """The page that asks the root question ``name``. Raises PageNotFound."""
        for page in self.pages:
            if any(question.name == name for question in page.questions):
                return page
        raise PageNotFound(self.id, f"of {name}")

    def question_at(self, path: str | Sequence[str]) -> Question | None:
        """The question at a dotted path, indexes allowed (``children.0.first_name``), or None.

        A path may also be given as its steps, for names that have dots of their own. A calculated
        value is found as if it had been asked.
        """
        head, *rest = path.split(".") if isinstance(path, str) else path
        question = self.questions.get(head)
        if head in self.calculated:
            question = self.calculated[head].question
        for step in rest:
            inner = question.question(step) if question else None
            if inner is None and step.isdigit():
                continue
            question = inner
        return question
