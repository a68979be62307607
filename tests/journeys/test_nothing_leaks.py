"""A made-up name, typed into every text question, is found nowhere that is stored or logged."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from form_definitions import FormDefinition, Kind, Question, load_form, shipped_forms
from tests.journeys.answers import FOR_WORDS, MARK
from tests.journeys.form_filler import Answers, carry_on
from tests.journeys.staff_rooms import StaffMember
from tests.journeys.visitors import HttpTransport, Visitor, wait_until
from tests.running_demo import RunningDemo

TEXTS = frozenset({Kind.TEXT, Kind.LONG_TEXT})
TRACE = MARK.split()[1].lower().encode()  # part of the name is as bad as all of it

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def own_demo(start_another_demo: Callable[[], RunningDemo]) -> RunningDemo:
    return start_another_demo()


def text_questions(definition: FormDefinition) -> set[str]:
    """Every question that takes free words, as its control's name; items are numbered 0."""
    return {name for question in definition.questions.values() for name in names(question)}


def names(question: Question, before: str = "") -> Iterator[str]:
    own = f"{before}{question.name}"
    if question.kind in TEXTS:
        yield own
    between = f"{own}-0-" if question.kind is Kind.REPEATING else f"{own}-"
    for child in question.questions:
        yield from names(child, between)


def typed_into(visitor: Visitor) -> set[str]:
    return {
        control.name
        for page in visitor.seen
        for control in page.controls
        if control.kind in ("text", "textarea")
    }


def begin(demo: RunningDemo, definition: FormDefinition, visitor: Visitor) -> Visitor:
    """A visitor at the first page: of an open form, or of one on a case, by its link where the
    public is asked, else as trained staff."""
    if definition.is_open:
        visitor.open(f"{demo.base_url}/forms/{definition.id}")
        return visitor
    if "public" in definition.audience:
        visitor.open(demo.link(definition.id))
        return visitor
    member = StaffMember(HttpTransport(), demo.base_url, demo.staff("eastmere-early-help"))
    member.start_on_case(definition.id)
    return member


def test_only_forms_that_open_behind_a_code_are_left_out() -> None:
    left_out = (load_form(path) for form, path in shipped_forms().items() if form not in FOR_WORDS)
    assert {form.link.verify for form in left_out} == {"code"}


def test_a_name_typed_into_every_text_question_is_found_nowhere(own_demo: RunningDemo) -> None:
    references = []
    for form_id in FOR_WORDS:
        definition = load_form(shipped_forms()[form_id])
        missed = text_questions(definition)
        for way in FOR_WORDS[form_id]:
            visitor = begin(own_demo, definition, Visitor(HttpTransport()))
            answers = Answers(way, text=MARK, everything=True, words_everywhere=True)
            done = carry_on(visitor, answers)
            assert done.reference, f"{form_id}: {done.url}: {done.text[:300]}"
            references.append(done.reference)
            missed -= typed_into(visitor)
        assert not missed, f"{form_id}: no way in FOR_WORDS leads to {sorted(missed)}"
    staff_read_and_search(own_demo, references)
    wait_until(lambda: is_worked_off(own_demo), 20, "working off the outbox")
    assert traces(own_demo.folder) == []
    assert TRACE not in "".join(own_demo.log).lower().encode()
    own_demo.stop()
    assert traces(own_demo.folder) == []


def staff_read_and_search(demo: RunningDemo, references: list[str]) -> None:
    """Reading and searching must not leave it anywhere either.

    One of each team looks for what nobody before them has read, and searches for the name.
    """
    read, unread = 0, references
    for person in {person["team"]: person for person in demo.ready["staff"]}.values():
        member = StaffMember(HttpTransport(), demo.base_url, person)
        for reference in tuple(unread):
            found = [url for _, url in member.find(reference).links if "/staff/cases/" in url]
            for url in found[:1]:
                read += MARK in member.open(url).text
                unread = [each for each in unread if each != reference]
        member.open(f"{demo.base_url}/staff/find")
        member.press_first([("by", "name-and-birth"), ("name", MARK), ("birth_day", "27")])
    assert read, "nobody could read the name at all: the test shows nothing"
    assert not unread, "somebody can read each of them"


def is_worked_off(demo: RunningDemo) -> bool:
    """Whether nothing waits in the outbox."""
    import sqlite3

    with sqlite3.connect(f"file:{demo.folder / 'intake.sqlite3'}?mode=ro", uri=True) as database:
        waiting = database.execute("SELECT count(*) FROM outbox WHERE state = 'waiting'")
        (count,) = waiting.fetchone()
    database.close()
    return count == 0


def traces(folder: Path) -> list[str]:
    """The files that hold a trace of the name, the delivered mail aside."""
    files = [path for path in folder.rglob("*") if path.is_file() and "mail" not in path.parts]
    assert any(path.suffix == ".sqlite3" for path in files)
    return [str(path) for path in files if TRACE in path.read_bytes().lower()]


def test_no_message_holds_anything_that_was_answered(own_demo: RunningDemo) -> None:
    assert [
        path.name for path in own_demo.mail.rglob("*") if TRACE in path.read_bytes().lower()
    ] == []
