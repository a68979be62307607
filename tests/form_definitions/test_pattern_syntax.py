"""What a browser reads otherwise than the server, in the patterns of a form."""

import json

import pytest

from form_definitions import check_form
from form_definitions.pattern_syntax import foreign_part

#: Each was given to ``new RegExp(pattern, 'u')``; sets of sets it takes for something else.
READ = (
    r"(?<x>a)\k<x>",
    r"(?<=a)b",
    r"\p{Script=Greek}",
    r"\p{L}",
    r"[\-a]",
    r"[a-]",
    r"a{1,}",
    r"a{1,2}?",
    r"a*?",
    r"^(?!x)[^\]a-z0-9]{2,3}$",
    r"[^\s]+@x\.y",
    "é|\\u00e9|()",
    r"(?:a|b)?\/",
    r"[\d-]",
)
UNREAD = {
    r"(?P<x>a)": "(?<name>",
    r"(?i)abc": "[Aa]",
    r"x(?i:a)": "[Aa]",
    r"\Aabc\z": "^ for the start",
    r"\_": "without the backslash",
    r"\-": "without the backslash",
    r"[[:alpha:]]+": "JavaScript",
    r"[a&&b]": "JavaScript",
    r"a++": "JavaScript",
    r"\pL": "JavaScript",
    r"\p{Greek}": "JavaScript",
    r"a}": "JavaScript",
}


@pytest.mark.parametrize("pattern", [r"\d+\Z", r"[\w-.]", "]", "a{1", "x{,3}", "(?>a)", "(?#c)a"])
def test_what_the_server_does_not_read_either_is_found_as_well(pattern: str) -> None:
    assert foreign_part(pattern)


@pytest.mark.parametrize("pattern", READ)
def test_what_a_browser_reads_is_fine(pattern: str) -> None:
    assert foreign_part(pattern) == ""


@pytest.mark.parametrize("pattern", UNREAD)
def test_what_a_browser_does_not_read_is_told_with_what_to_write(pattern: str) -> None:
    form = {
        "$id": "made-up",
        "title": "A made-up form",
        "type": "object",
        "properties": {
            "code": {"type": "string", "title": "Code?"},
            "more": {
                "type": "string",
                "title": "More?",
                "x-ui": {"when": {"code": {"not": {"pattern": pattern}}}},
            },
        },
        "x-form": {
            "version": "1.0.0",
            "pages": [{"id": "p", "title": "P", "questions": ["code", "more"]}],
        },
    }
    text = json.dumps(form, indent=1)
    (problem,) = check_form(text)
    assert '"pattern"' in text.splitlines()[problem.line - 1]
    assert problem.severity == "warning"
    assert UNREAD[pattern] in problem.fix
