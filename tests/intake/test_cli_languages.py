"""`intake forms extract` and `check`: catalogues as translators and authors meet them."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from form_definitions import Problem
from form_definitions.catalogue_checking import check_catalogues
from intake.cli.forms import forms
from intake.cli.previewing import FormOnDisk, preview_app
from intake.services.form_files import catalogues_beside

FORM: dict[str, Any] = {
    "$id": "made-up",
    "title": "A made-up form",
    "type": "object",
    "properties": {"ward": {"type": "string", "title": "Which ward?"}},
    "x-form": {
        "version": "1.0.0",
        "pages": [
            {"id": "ward", "questions": ["ward"], "body": "Call [01632 960 400](tel:01632960400)"}
        ],
    },
}
WELSH = {
    "A made-up form": "Ffurflen",
    "Which ward?": "Pa ward?",
    "Call [01632 960 400](tel:01632960400)": "Ffoniwch [01632 960 400](tel:01632960400)",
}


def run(*args: str | Path) -> Result:
    return CliRunner().invoke(forms, list(map(str, args)))


@pytest.fixture
def form(tmp_path: Path) -> Path:
    path = tmp_path / "made-up.json"
    path.write_text(json.dumps(FORM, indent=2), "utf-8")
    return path


@pytest.fixture
def welsh(form: Path) -> Path:
    """The complete Welsh catalogue of the form."""
    run("extract", form, "--language", "cy")
    path = form.parent / "locale/cy/made-up.po"
    text = path.read_text("utf-8")
    for english, words in WELSH.items():
        text = text.replace(f'msgid "{english}"\nmsgstr ""', f'msgid "{english}"\nmsgstr "{words}"')
    path.write_text(text, "utf-8")
    return path


def change(path: Path, before: str, after: str) -> None:
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after), "utf-8")


def warnings(form: Path) -> list[str]:
    result = run("check", form)
    assert result.exit_code == 0
    return [re.sub(r"^\S*/", "", line) for line in result.stderr.splitlines()]


def test_extract_makes_a_catalogue_for_a_new_language(form: Path) -> None:
    result = run("extract", form, "--language", "cy")
    path = form.parent / "locale/cy/made-up.po"
    assert result.stdout == f"{path}: 3 texts, 3 without a translation\n"
    assert '#: made-up.json:8\nmsgid "Which ward?"\nmsgstr ""\n' in path.read_text("utf-8")


def test_extract_writes_a_template_where_there_is_no_language_yet(form: Path) -> None:
    (report,) = json.loads(run("extract", form, "--json").stdout)
    assert (report["language"], report["texts"], report["missing"]) == (None, 3, 3)
    assert (form.parent / "locale/made-up.pot").is_file()


def test_extract_brings_every_catalogue_up_to_date(form: Path, welsh: Path) -> None:
    change(form, "Which ward?", "Which ward is it?")
    (report,) = json.loads(run("extract", form, "--json").stdout)
    assert (report["translated"], report["fuzzy"], report["changed"]) == (2, 1, 1)
    assert '#| msgid "Which ward?"' in welsh.read_text("utf-8")


def test_extract_twice_changes_nothing(form: Path, welsh: Path) -> None:
    before = welsh.read_bytes()
    run("extract", form)
    assert welsh.read_bytes() == before


def test_extract_refuses_a_language_that_is_none(form: Path) -> None:
    result = run("extract", form, "--language", "../cy")
    assert (result.exit_code, list(form.parent.iterdir())) == (2, [form])


def test_extract_leaves_a_catalogue_that_it_cannot_read_as_it_is(form: Path, welsh: Path) -> None:
    change(welsh, '"Pa ward?"', '"Pa ward?')
    before = welsh.read_bytes()
    result = run("extract", form)
    assert result.exit_code == 2
    assert re.match(rf"{re.escape(str(welsh))}:\d+:1: .* is not a text in quotation", result.stderr)
    assert welsh.read_bytes() == before


def test_a_complete_catalogue_has_no_problems(form: Path, welsh: Path) -> None:
    assert warnings(form) == []


MISTAKES = {
    "an empty translation": (
        '"Pa ward?"',
        '""',
        "‘Which ward?’ has no translation into ‘cy’. Write it after msgstr",
    ),
    "a translation that is marked": (
        'msgid "Which ward?"',
        '#, fuzzy\nmsgid "Which ward?"',
        "the translation of ‘Which ward?’ is out of date, and is not shown. "
        "Put it right, and remove the word fuzzy",
    ),
    "a phone number that has changed": (
        "Ffoniwch [01632 960 400](tel:01632960400)",
        "Ffoniwch [01632 960 400](tel:01632960404)",
        "the link ‘tel:01632960400’ has become ‘tel:01632960404’. Write it as the English has it",
    ),
    "a link that is lost": (
        "Ffoniwch [01632 960 400](tel:01632960400)",
        "Ffoniwch 01632 960 400",
        "the link ‘tel:01632960400’ is not in the translation. Write it as the English has it",
    ),
    "an address that is new": (
        '"Pa ward?"',
        '"Pa ward? pa@example.org"',
        "the email address ‘pa@example.org’ is in the translation, and not in the English. "
        "Write it as the English has it",
    ),
    "the wrong language": (
        "Language: cy",
        "Language: ga",
        "the header says that this is ‘ga’, and the folder that it is ‘cy’. "
        "Write “Language: cy”, or move the file",
    ),
}


@pytest.mark.parametrize(("before", "after", "said"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_in_a_catalogue_is_told_with_its_line_and_what_to_do(
    form: Path, welsh: Path, before: str, after: str, said: str
) -> None:
    change(welsh, before, after)
    (line,) = warnings(form)
    assert re.fullmatch(rf"made-up\.po:\d+:1: warning: {re.escape(said)}", line)


def test_a_text_that_the_form_no_longer_has_is_told(form: Path, welsh: Path) -> None:
    change(form, "Which ward?", "Your ward")
    gone, missing = sorted(warnings(form), key=lambda line: "no translation" in line)
    assert missing.startswith("made-up.json:8:1: warning: ‘Your ward’ has no translation into ‘cy’")
    assert "the form says ‘Which ward?’ nowhere any more" in gone


def test_a_catalogue_of_no_form_is_told(form: Path, welsh: Path) -> None:
    welsh.rename(welsh.with_name("made-upp.po"))
    (line,) = warnings(form)
    assert line.startswith("made-upp.po:1:1: warning: there is no form ‘made-upp’")
    assert line.endswith("Did you mean ‘made-up’?")


def test_a_language_that_the_platform_does_not_know_is_told(form: Path, welsh: Path) -> None:
    change(welsh, "Language: cy", "Language: xx")
    welsh.parent.rename(welsh.parent.with_name("xx"))
    (line,) = warnings(form)
    assert "Intake has no words of its own in ‘xx’, so the catalogue is not used" in line


def test_a_catalogue_that_cannot_be_read_is_an_error(form: Path, welsh: Path) -> None:
    change(welsh, '"Pa ward?"', '"Pa ward?')
    result = run("check", form)
    assert result.exit_code == 2
    assert f"{welsh.name}:" in result.stderr


def test_json_names_the_catalogue_and_the_line(form: Path, welsh: Path) -> None:
    change(welsh, '"Pa ward?"', '""')
    ((report,), *_) = [json.loads(run("check", form, "--json").stdout)]
    (problem,) = report["problems"]
    assert (problem["file"], problem["severity"]) == (str(welsh), "warning")
    line = welsh.read_text("utf-8").splitlines()[problem["line"] - 1]
    assert line == 'msgid "Which ward?"'


# -- a form in its other languages ---------------------------------------------------------------


def test_render_writes_the_pages_in_a_language(form: Path, welsh: Path, tmp_path: Path) -> None:
    out = tmp_path / "pages"
    assert run("render", form, "--out", out, "--language", "cy").exit_code == 0
    page = (out / "ward.html").read_text("utf-8")
    assert '<html lang="cy"' in page
    assert "Pa ward?" in page


def test_try_says_its_errors_in_a_language(form: Path, welsh: Path, tmp_path: Path) -> None:
    answers = tmp_path / "answers.jsonl"
    answers.write_text('{"ward": 5}\n')
    result = run("try", form, "--answers", answers, "--language", "cy", "--json")
    (error,) = json.loads(result.stdout)["errors"]
    assert error["message"] == "Rhowch yr ateb i ‘Pa ward?’"


def test_export_lists_the_questions_in_a_language(form: Path, welsh: Path) -> None:
    text = run("export", form, "--as", "markdown", "--language", "cy").stdout
    assert "# Ffurflen" in text
    assert "Pa ward?" in text


def test_a_language_without_a_catalogue_is_bad_input_that_says_how_to_make_one(form: Path) -> None:
    result = run("render", form, "--out", form.parent / "pages", "--language", "cy")
    assert result.exit_code == 2
    assert f"intake forms extract {form} --language cy" in result.stderr


def test_a_file_that_is_saved_while_its_catalogues_are_checked_is_a_message(
    form: Path, welsh: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def saved_in_between(path: Path) -> tuple[Problem, ...]:
        path.write_text("{", "utf-8")
        return check_catalogues(path)

    monkeypatch.setattr("intake.cli.previewing.check_catalogues", saved_in_between)
    page = preview_app(FormOnDisk(form)).test_client().get("/")
    assert page.status_code == 200
    assert f"{form.name}" in page.text


def test_the_preview_shows_each_page_in_each_language(form: Path, welsh: Path) -> None:
    client = preview_app(FormOnDisk(form)).test_client()
    assert 'href="/cy/try/start"' in client.get("/").text
    frames = client.get("/cy/frames/wrong/ward").text
    assert 'src="/cy/wrong/ward"' in frames
    assert 'href="/frames/wrong/ward"' in frames
    assert "Pa ward?" in client.get("/cy/sample/ward").text
    assert "Which ward?" in client.get("/sample/ward").text
    answered = client.post("/cy/try/ward", data={"ward": "", "action": "continue"})
    assert answered.location == "/cy/try/check-answers"


def test_the_preview_has_the_switch_of_the_form_which_keeps_what_was_typed(
    form: Path, welsh: Path
) -> None:
    client = preview_app(FormOnDisk(form)).test_client()
    assert 'value="language-cy"' in client.get("/try/ward").text
    switched = client.post("/try/ward", data={"ward": "Seren", "action": "language-cy"})
    assert switched.location == "/cy/try/ward"
    assert 'value="Seren"' in client.get("/cy/try/ward").text
    assert client.post("/cy/try/start", data={"action": "language-en"}).location == "/try/start"
    there = client.post("/try/ward", data={"action": "language-xx"}, follow_redirects=True)
    assert there.request.path == "/"


def test_the_preview_follows_a_catalogue_as_it_is_saved(form: Path, welsh: Path) -> None:
    shown = FormOnDisk(form)
    client = preview_app(shown).test_client()
    before = client.get("/stamp").text
    change(welsh, "Pa ward?", "")
    assert client.get("/stamp").text != before
    assert "Which ward?" in client.get("/cy/sample/ward").text
    overview = client.get("/").text
    assert "1 text is still in English" in overview
    assert "has no translation into ‘cy’" in overview


def test_the_preview_goes_on_in_english_while_a_catalogue_cannot_be_read(
    form: Path, welsh: Path
) -> None:
    change(welsh, '"Pa ward?"', '"Pa ward?')
    client = preview_app(FormOnDisk(form)).test_client()
    assert client.get("/sample/ward").status_code == 200
    assert client.get("/cy/sample/ward").location == "/"
    assert f"{welsh}, line" in client.get("/").text


@pytest.mark.parametrize(
    "identity", ["a**b", "/../x", "https://example.org/person.json", "\0", 5, {}]
)
def test_whatever_a_form_calls_itself_its_catalogues_are_looked_for(
    tmp_path: Path, identity: object
) -> None:
    path = tmp_path / "person.json"
    plain = {"title": "Person", "properties": {"name": {"type": "string"}}}
    path.write_text(json.dumps(plain | {"$id": identity}), "utf-8")
    (tmp_path / "locale" / "cy").mkdir(parents=True)
    assert run("check", path).exit_code in {0, 2}
    assert catalogues_beside(path) == {}


def test_a_plain_json_schema_has_catalogues_too(tmp_path: Path) -> None:
    path = tmp_path / "person.schema.json"
    plain = {"$id": "https://example.org/person.schema.json", "title": "Person"}
    properties = {"shoeSize": {"type": "integer"}}
    path.write_text(json.dumps(plain | {"properties": properties}), "utf-8")
    run("extract", path, "--language", "cy")
    assert '"Shoe size"' in (tmp_path / "locale/cy/person.po").read_text("utf-8")
    assert list(catalogues_beside(path)) == ["cy"]
    assert "has no translation into ‘cy’" in run("check", path).stderr


def test_no_shipped_catalogue_has_a_problem() -> None:
    result = run("check")
    assert (result.exit_code, result.stderr) == (0, "")
