"""What is wrong with a campaign's file or message is said by row, column and line, with the fix."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from form_definitions import FormDefinition, parse_form
from intake.services.campaign_texts import CampaignText, TextRefused, read_text, stored_text
from intake.services.recipient_files import (
    FileProblem,
    FileRefused,
    FileRow,
    RecipientFile,
    read_recipient_file,
)
from tests.intake.case_making import REFERRAL

COLUMNS = ("email", "greeting", "last_name")
GOOD = "Hello {greeting},\n\n{link}\n\nUntil {expires}.\n"


def rows(content: bytes) -> list[FileRow | FileProblem]:
    return list(read_recipient_file(content).rows())


def refusal(content: bytes) -> str:
    with pytest.raises(FileRefused) as caught:
        read_recipient_file(content)
    return "\n".join(problem.at("people.csv") for problem in caught.value.problems)


@pytest.mark.parametrize(
    "content",
    [
        "email,name\nzoë@example.org,Zoë\n".encode(),
        "\ufeffemail;name\r\nzoë@example.org;Zoë\r\n".encode(),
        "email\tname\nzoë@example.org\tZoë\n".encode("utf-16"),
        '"Email" , "name"\n"zoë@example.org","Zoë"'.replace(" ", "").encode(),
        "sep=;\r\nemail;name\r\nzoë@example.org;Zoë\r\n".encode("utf-16"),
        "email,name\n\n,\n zoë@example.org , Zoë \n\n".encode(),
    ],
)
def test_every_common_way_of_saving_a_table_is_read(content: bytes) -> None:
    (row,) = (one for one in rows(content) if isinstance(one, FileRow))
    assert row.cells == {"email": "zoë@example.org", "name": "Zoë"}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "people.csv:1: The file is empty"),
        (b" \n\n", "people.csv:1: The file is empty"),
        (b"PK\x03\x04...", "people.csv:1: This is a workbook"),
        (b"email,name\na@example.org,Zo\xeb\n", "people.csv:2: A letter here is not in"),
        (b"e\0m\0a\0i\0l\0\n", "people.csv:1: This is not a text file"),
        (b"name,ward\nA,B\n", "people.csv:1:email: There is no column"),
        (b"email,name,Name\n", "people.csv:1:Name: Two columns have this name"),
        (b"email,,name\n", "people.csv:1: Column 2 has no name"),
        (b'email,"na"me\n', "people.csv:1: A quotation mark in the header"),
        (b"email" + b",x" * 200 + b"\n", "more than 100 columns"),
    ],
)
def test_a_file_that_cannot_be_read_says_where_and_what_to_do(content: bytes, said: str) -> None:
    assert said in refusal(content)


def test_rows_are_numbered_as_the_spreadsheet_shows_them() -> None:
    (row,) = rows(b"sep=;\nemail;name\na@example.org;A\n")
    assert isinstance(row, FileRow)
    assert row.row == 2


def test_a_row_with_too_many_cells_names_itself_and_the_separator() -> None:
    found = rows(b"email,name\na@example.org,Smith, Ada\nb@example.org,Bo\n")
    assert isinstance(found[0], FileProblem)
    assert found[0].at("people.csv").startswith("people.csv:2: The row has 3 cells")
    assert isinstance(found[1], FileRow)
    assert found[1].row == 3


def test_a_quotation_mark_that_is_not_closed_ends_the_reading() -> None:
    found = rows(b'email,name\na@example.org,"Ada\nb@example.org,Bo\n')
    assert [type(one) for one in found] == [FileProblem]


def test_no_problem_repeats_what_stands_in_the_file() -> None:
    assert "Smith" not in repr(rows(b"email,name\na@example.org,Smith,1,2\n"))
    assert "example.org" not in repr(rows(b"email,name\na@example.org,Ada\n"))


@given(st.binary(max_size=300))
def test_whatever_the_bytes_are_they_are_read_or_refused(content: bytes) -> None:
    try:
        file = read_recipient_file(b"email," + content)
    except FileRefused:
        return
    assert isinstance(file, RecipientFile)
    for row in file.rows():
        assert isinstance(row, FileProblem) or set(row.cells) == set(file.columns)


def form(**options: object) -> FormDefinition:
    changed = {**REFERRAL, "x-form": {**REFERRAL["x-form"], **options}}
    return parse_form(json.dumps(changed), "visit.json")


def text(words: str, **options: object) -> CampaignText:
    return read_text(words, form(**options), COLUMNS)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("Hello\n", "letter.txt:2: Put {link} on a line of its own, once"),
        ("{link}\n\n{link}", "letter.txt:3: Put {link} on a line of its own, once"),
        ("Open {link} now", "letter.txt:1: Put {link} on a line of its own"),
        ("Hello {name},\n{link}", "letter.txt:1: There is no column ‘name’"),
        ("Hello {last_name},\n{link}", "letter.txt:1: ‘last_name’ is a question of the form"),
        ("Hello {greeting,\n{link}", "letter.txt:1: A curly bracket has no partner"),
        ("Subject: For {greeting}\n\n{link}", "letter.txt:1: The subject is the same for everyone"),
        ("Subject:\n\n{link}", "letter.txt:1: Write a subject"),
        ("Subject: " + "x" * 121 + "\n\n{link}", "letter.txt:1: Write a subject"),
        ("Hello\x07\n{link}", "letter.txt:1: Take out the character"),
        ("\u202eHello\n{link}", "letter.txt:1: Take out the character"),
        ("Hello &#xE001; &#x202E;\n{link}", "letter.txt:1: Take out the character"),
        ("x" * 20_001, "letter.txt:1: Shorten the message"),
    ],
)
def test_a_message_that_cannot_be_sent_says_in_which_line(words: str, said: str) -> None:
    with pytest.raises(TextRefused) as caught:
        text(words)
    assert said in "\n".join(problem.at("letter.txt") for problem in caught.value.problems)


def test_a_sensitive_form_has_the_neutral_subject_and_no_other() -> None:
    assert text(GOOD, sensitive=True).subject == "A form for you to fill in"
    with pytest.raises(TextRefused, match="marked as sensitive"):
        text(f"Subject: About the visit\n\n{GOOD}", sensitive=True)


def test_a_message_is_stored_and_read_again_as_it_was() -> None:
    written = text(f"Subject: Hello, neighbour\r\n\r\n{GOOD}")
    assert stored_text(str(written)) == written
    assert written.columns == ("greeting",)
