"""The message of a campaign: a subject and a body with places, checked before anything is sent.

```
Subject: A form for you

Hello {first_name},

we ask everyone who …

{link}

The link works until {expires}.
```

A place is ``{link}``, on a line of its own, ``{expires}``, or the name of a column. The body's
Markdown (paragraphs, lists, bold, links) makes the HTML part; the plain part is the body itself.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape, unescape

from flask import render_template

from form_definitions import FormDefinition
from form_definitions.languages import ENGLISH, words
from intake.services.messages import NEUTRAL_SUBJECT
from renderers.markdown import to_html

LARGEST_TEXT = 20_000  # characters
LONGEST_SUBJECT = 120
LINK, EXPIRES = "link", "expires"
PLACE = re.compile(r"\{([^{}\n]*)\}")
SUBJECT_LINE = re.compile(r"Subject:[ \t]*(.*)", re.IGNORECASE)
FIRST_MARK = 0xE000  # private-use characters stand for the places while Markdown is read
PAGE_CLASSES = re.compile(' class="govuk-[^"]*"')  # a message has no style sheet
PRIVATE = re.compile("[\ue000-\uf8ff]")
#: What has no place in a line: control characters, line separators, changes of direction.
UNPRINTABLE = re.compile(
    "[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ue000-\uf8ff]"
)


@dataclass(frozen=True, slots=True)
class TextProblem:
    """What is wrong in a line of the message, and what to do."""

    line: int
    message: str

    def at(self, name: str) -> str:
        """ "letter.txt:3: …"."""
        return f"{name}:{self.line}: {self.message}"


class TextRefused(Exception):  # noqa: N818
    """Raised if a message cannot be sent like this."""

    def __init__(self, *problems: TextProblem) -> None:
        super().__init__("; ".join(problem.message for problem in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class CampaignText:
    """A message with its places."""

    subject: str
    body: str

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it uses, each once, in their order."""
        found = dict.fromkeys(PLACE.findall(self.body))
        return tuple(name for name in found if name not in (LINK, EXPIRES))

    def __str__(self) -> str:
        return f"Subject: {self.subject}\n\n{self.body}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What fills the places for one recipient. Without ``url``, the link is in an earlier one."""

    words: Mapping[str, str] = field(repr=False)
    url: str = field(repr=False)
    expires: str
    unsubscribe_url: str = field(repr=False)
    team_name: str = ""
    lang: str = ENGLISH
    reminds_of: str = ""  # the day of the first message, where this is a reminder


def read_text(text: str, definition: FormDefinition, columns: Sequence[str]) -> CampaignText:
    """The message, checked against the form and the file's columns. Raises TextRefused.

    No place may be a question of the form: a message never holds an answer. Where the form is
    marked sensitive, the subject is the neutral one and nothing else.
    """
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    subject, begins = _subject(lines, definition)
    body = "\n".join(lines[begins:]).strip("\n")
    problems = [
        *_subject_problems(subject, definition),
        *_body_problems(lines, begins, definition, columns),
    ]
    if problems:
        raise TextRefused(*sorted(problems, key=lambda each: each.line))
    return CampaignText(subject, body)


def neutral_subject(definition: FormDefinition) -> str:
    """The subject that gives nothing away, in the language of the form."""
    return definition.email.subject or words(definition.language).gettext(NEUTRAL_SUBJECT)


def stored_text(text: str) -> CampaignText:
    """A message that was checked before, from ``str`` of it."""
    subject, _, body = text.partition("\n\n")
    return CampaignText(subject.removeprefix("Subject: "), body)


def render(text: CampaignText, delivery: Delivery) -> tuple[str, str]:
    """The plain and the HTML part for one recipient."""
    said = {
        "subject": text.subject,
        "unsubscribe_url": delivery.unsubscribe_url,
        "team_name": delivery.team_name,
        "reminds_of": delivery.reminds_of,
        "has_link": bool(delivery.url),
        "lang": delivery.lang,
    }
    plain, html = _plain_body(text, delivery), _html_body(text, delivery)
    return (
        render_template("email/campaign.txt", body=plain, **said),
        render_template("email/campaign.html", body=html, **said),
    )


def _subject(lines: Sequence[str], definition: FormDefinition) -> tuple[str, int]:
    """The subject, and the line that the body begins with."""
    found = SUBJECT_LINE.fullmatch(lines[0])
    if found:
        return found[1].strip(), 1
    return neutral_subject(definition), 0


def _subject_problems(subject: str, definition: FormDefinition) -> Iterator[TextProblem]:
    neutral = neutral_subject(definition)
    if definition.sensitive and subject != neutral:
        yield TextProblem(
            1,
            f"‘{definition.title}’ is marked as sensitive, and others may see the subject. Take "
            f"the line out: the subject is then ‘{neutral}’",
        )
    elif not subject or len(subject) > LONGEST_SUBJECT:
        yield TextProblem(1, f"Write a subject of 1 to {LONGEST_SUBJECT} characters")
    elif PLACE.search(subject) or UNPRINTABLE.search(subject):
        yield TextProblem(1, "The subject is the same for everyone: take places like {name} out")


def _body_problems(
    lines: Sequence[str], begins: int, definition: FormDefinition, columns: Sequence[str]
) -> Iterator[TextProblem]:
    if sum(map(len, lines)) > LARGEST_TEXT:
        yield TextProblem(1, f"Shorten the message to {LARGEST_TEXT:,} characters")
        return
    links = 0
    for number, line in enumerate(lines[begins:], start=begins + 1):
        if UNPRINTABLE.search(unescape(line)):  # Markdown reads &#xE000; too
            yield TextProblem(number, "Take out the character that cannot be printed")
        if PLACE.sub("", line).count("{") + PLACE.sub("", line).count("}"):
            yield TextProblem(number, "A curly bracket has no partner. Places look like {name}")
        for name in PLACE.findall(line):
            links += name == LINK
            yield from _place_problems(number, line, name, definition, columns)
    if links != 1:
        yield TextProblem(
            len(lines), "Put {link} on a line of its own, once: it becomes the person’s own link"
        )


def _place_problems(
    number: int, line: str, name: str, definition: FormDefinition, columns: Sequence[str]
) -> Iterator[TextProblem]:
    if name == LINK:
        if line.strip() != "{link}":
            yield TextProblem(number, "Put {link} on a line of its own")
    elif name == EXPIRES:
        return
    elif definition.question_at(name) is not None:
        yield TextProblem(
            number,
            f"‘{name}’ is a question of the form, and a message never holds an answer. Use another "
            "column, such as greeting",
        )
    elif name not in columns:
        usable = (one for one in columns if definition.question_at(one) is None)
        known = ", ".join(f"{{{one}}}" for one in usable) or "none"
        yield TextProblem(
            number, f"There is no column ‘{name}’. You can use {{expires}} and: {known}"
        )


def _plain_body(text: CampaignText, delivery: Delivery) -> str:
    return PLACE.sub(lambda place: _word(place[1], delivery), text.body)


def _html_body(text: CampaignText, delivery: Delivery) -> str:
    """The skeleton with its holes filled: nothing of a recipient is ever read as Markdown."""
    filled = []
    for part in _skeleton(text.body):
        if not isinstance(part, Hole):
            filled.append(part)
        elif part.name == LINK:
            filled.append(render_template("email/link.html", url=delivery.url, lang=delivery.lang))
        else:
            # a name in another direction must not turn the words around it
            filled.append(f"<bdi>{escape(_word(part.name, delivery))}</bdi>")
    return "".join(filled)


def _word(name: str, delivery: Delivery) -> str:
    if name == LINK:
        return delivery.url or words(delivery.lang).gettext("(The link is in our first message.)")
    return delivery.expires if name == EXPIRES else delivery.words[name]


@dataclass(frozen=True, slots=True)
class Hole:
    """A place in the HTML."""

    name: str


@lru_cache(maxsize=32)
def _skeleton(body: str) -> tuple[str | Hole, ...]:
    """The HTML of a body in pieces, with its holes between them."""
    names = PLACE.findall(body)
    marks = iter(range(FIRST_MARK, FIRST_MARK + len(names)))
    html = str(to_html(PLACE.sub(lambda _place: chr(next(marks)), body)))
    html = PAGE_CLASSES.sub("", html)
    pieces: list[str | Hole] = []
    place = 0
    for found in PRIVATE.finditer(html):
        pieces += [html[place : found.start()], Hole(names[ord(found[0]) - FIRST_MARK])]
        place = found.end()
    return (*pieces, html[place:])
