"""`intake forms new`, `preview` and `export`: a form from nothing to something one can look at."""

import json
import re
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.testing import FlaskClient

from form_definitions import check_answers, check_file, load_form, shipped_forms
from form_definitions.sampling import sample_answers
from intake.cli.checking import rules_beside
from intake.cli.forms import forms
from intake.cli.previewing import STATES, FormOnDisk, preview_app
from intake.cli.reviewing import review
from tests.intake import food_parcel as fp

pytestmark = pytest.mark.database("sqlite")

ROOT = Path(__file__).parents[2]


def run(*args: str | Path) -> Result:
    return CliRunner().invoke(forms, [str(each) for each in args])


# -- new -----------------------------------------------------------------------------------------


def test_new_writes_a_form_that_has_no_problems(tmp_path: Path) -> None:
    path = tmp_path / "quiet-room.json"
    result = run("new", path, "--title", "Ask for a “quiet” room", "--json")
    assert result.exit_code == 0, result.stderr
    assert check_file(path) == ()
    form = load_form(path)
    assert (form.id, form.title) == ("quiet-room", "Ask for a “quiet” room")
    assert set(map(Path, json.loads(result.stdout)["written"])) == {
        each for each in tmp_path.rglob("*") if each.is_file()
    }


def test_new_makes_completion_work_at_once(tmp_path: Path) -> None:
    run("new", tmp_path / "quiet-room.json")
    named = json.loads((tmp_path / "quiet-room.json").read_text("utf-8"))["$schema"]
    schema = (tmp_path / named).read_text("utf-8")
    assert schema == (ROOT / "form_definitions" / "form.schema.json").read_text("utf-8")
    settings = json.loads((tmp_path / ".vscode" / "settings.json").read_text("utf-8"))
    (entry,) = settings["json.schemas"]
    assert (tmp_path / entry["url"]).is_file()
    assert "*.json" in entry["fileMatch"]


def test_new_replaces_nothing(tmp_path: Path) -> None:
    path = tmp_path / "quiet-room.json"
    path.write_text("mine", "utf-8")
    settings = tmp_path / ".vscode" / "settings.json"
    settings.parent.mkdir()
    settings.write_text("also mine", "utf-8")
    result = run("new", path)
    assert result.exit_code == 2
    assert f"{path}: it exists already" in result.stderr
    assert path.read_text("utf-8") == "mine"
    run("new", tmp_path / "other.json")
    assert settings.read_text("utf-8") == "also mine"


def test_new_beside_a_schema_uses_that_one(tmp_path: Path) -> None:
    (tmp_path / "form.schema.json").write_text("{}", "utf-8")
    run("new", tmp_path / "forms" / "quiet-room.json")
    assert [each.name for each in (tmp_path / "forms").iterdir()] == ["quiet-room.json"]
    text = (tmp_path / "forms" / "quiet-room.json").read_text("utf-8")
    assert '"../form.schema.json"' in text


@pytest.mark.parametrize("name", ["Quiet Room.json", "quiet-room.txt", "quiet_room.json", "-.json"])
def test_new_takes_a_name_that_can_be_an_address(tmp_path: Path, name: str) -> None:
    result = run("new", tmp_path / name)
    assert result.exit_code == 2
    assert "like quiet-room.json" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_editor_settings_of_this_repository_lead_to_its_schemas() -> None:
    settings = json.loads((ROOT / ".vscode" / "settings.json").read_text("utf-8"))
    for entry in settings["json.schemas"]:
        assert (ROOT / entry["url"]).is_file()
        assert all(list(ROOT.glob(pattern)) for pattern in entry["fileMatch"])
    editor = ROOT / "intake" / "cli" / "editor" / "tasks.json"
    assert (ROOT / ".vscode" / "tasks.json").read_text("utf-8") == editor.read_text("utf-8")


# -- preview -------------------------------------------------------------------------------------


@pytest.fixture
def form_file(tmp_path: Path) -> Path:
    path = tmp_path / "food-parcel.json"
    path.write_text(json.dumps(fp.FORM, indent=2, ensure_ascii=False), "utf-8")
    return path


@pytest.fixture
def client(form_file: Path, tmp_path: Path) -> FlaskClient:
    rules = tmp_path / "rules.json"
    rules.write_text(json.dumps(fp.RULES), "utf-8")
    return preview_app(FormOnDisk(form_file, rules)).test_client()


def test_the_overview_leads_to_every_page_in_every_state(client: FlaskClient) -> None:
    html = client.get("/").text
    links = set(re.findall(r'href="(/(?:frames/)?\w+/[\w-]+)"', html))
    assert {f"/{state}/about" for state in STATES} <= links
    for link in links:
        answer = client.get(link)
        assert answer.status_code == 200, link
        assert answer.text.count("<h1") == 1, link
        assert "/static/preview.js?stamp=" in answer.text


def test_the_states_of_a_page_differ(client: FlaskClient) -> None:
    empty = client.get("/empty/about").text
    assert "error-summary" not in empty
    assert "Enter full name" in client.get("/missing/about").text
    assert "60 characters or fewer" in client.get("/wrong/about").text
    answered = client.get("/sample/about").text
    assert "An example answer" in answered
    assert "An example answer" not in empty


def test_a_page_is_shown_as_wide_as_a_phone_and_as_a_desktop(client: FlaskClient) -> None:
    html = client.get("/frames/missing/about").text
    assert html.count('<iframe title="') == 2
    assert html.count('src="/missing/about"') == 2
    css = (ROOT / "intake" / "static" / "preview.css").read_text("utf-8")
    assert "360px" in css
    assert "1280px" in css


def test_saving_the_file_changes_the_page_and_the_stamp(
    client: FlaskClient, form_file: Path
) -> None:
    before = client.get("/stamp").text
    assert f"stamp={before}" in client.get("/sample/about").text
    form_file.write_text(form_file.read_text("utf-8").replace("Full name", "Your name"), "utf-8")
    assert client.get("/stamp").text != before
    assert "Your name" in client.get("/sample/about").text


def test_a_file_saved_with_a_mistake_shows_its_line_until_it_is_right(
    client: FlaskClient, form_file: Path
) -> None:
    right = form_file.read_text("utf-8")
    form_file.write_text(right.replace('"title": "Full name",', '"titel": "Full name",'), "utf-8")
    html = client.get("/sample/about").text
    assert "This form does not load yet" in html
    assert "Did you mean ‘title’?" in html
    form_file.write_bytes(b"\xff\xfe\x00")
    assert "UTF-16" in client.get("/").text
    form_file.unlink()
    assert "cannot be read" in client.get("/").text
    form_file.write_text(right, "utf-8")
    assert client.get("/sample/about").status_code == 200


def test_a_form_can_be_tried_from_start_to_end(client: FlaskClient) -> None:
    page = client.post("/try/start", follow_redirects=True)
    assert page.request.path == "/try/who"
    refused = client.post("/try/who", data={"action": "continue"})
    assert "error-summary" in refused.text
    for path, data in (
        ("who", {"applying_as": "professional", "ward": "Ward 3"}),
        ("danger", {"in_danger": "no"}),
        ("about", {"full_name": fp.NAME}),
        ("news", {}),
        ("family", {}),
        ("visits", {"visit_days": "Monday"}),
    ):
        page = client.post(f"/try/{path}", data={**data, "action": "continue"})
        assert page.status_code == 303, page.text
    assert page.location == "/try/check-answers"
    summary = client.get("/try/check-answers").text
    assert fp.NAME in summary
    assert "error-summary" not in summary
    assert client.post("/try/check-answers").location == "/try/done"
    overview = client.get("/").text
    assert "With what you tried" in overview
    assert "Professionals ask the northern team" in overview


EVERY_WIDGET = Path("docs/authors/examples/every-widget.json")


def test_an_item_of_a_list_can_be_added_and_changed_in_the_preview() -> None:
    client = preview_app(FormOnDisk(EVERY_WIDGET)).test_client()
    assert "You have not added any." in client.get("/try/your-jobs").text
    assert 'name="jobs-0-employer"' in client.post("/try/your-jobs", data={"action": "add"}).text
    job = {"intake:item": "0", "jobs-0-employer": "A bakery", "action": "continue"}
    assert "A bakery" in client.post("/try/your-jobs", data=job).text
    assert 'value="A bakery"' in client.get("/try/your-jobs?item=0").text
    assert client.post("/try/your-jobs", data={"action": "continue"}).status_code == 303


def test_the_task_list_of_a_form_is_previewed() -> None:
    client = preview_app(FormOnDisk(shipped_forms()["gcp2"])).test_client()
    assert "/frames/sample/task-list" in client.get("/").text
    assert "Completed" in client.get("/sample/task-list").text
    assert "Completed" not in client.get("/empty/task-list").text
    assert client.post("/try/start").location == "/try/task-list"
    assert client.post("/try/task-list").location == "/try/check-answers"
    assert client.get("/prefilled/consent-first").status_code == 200, "a page of words"


def test_what_nobody_can_mistype_has_no_such_state(client: FlaskClient) -> None:
    overview = client.get("/").text
    assert "/wrong/about" in overview
    assert "/wrong/danger" not in overview
    assert 'href="/frames/sample/call"' in client.get("/frames/wrong/danger").text


def test_the_preview_answers_only_to_this_machine(client: FlaskClient) -> None:
    assert client.get("/", headers={"Host": "elsewhere.example.org"}).status_code == 400


def test_the_preview_runs_no_script_but_its_own(client: FlaskClient) -> None:
    policy = client.get("/sample/about").headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"<script(?![^>]*\bsrc=)|\sstyle=|\son\w+=", client.get("/").text)


@pytest.mark.parametrize("form_id", sorted(shipped_forms()))
def test_every_shipped_form_has_a_preview_with_sample_answers(form_id: str) -> None:
    path = shipped_forms()[form_id]
    definition = load_form(path)
    assert check_answers(definition, sample_answers(definition)).accepted
    client = preview_app(FormOnDisk(path, rules_beside(path, form_id))).test_client()
    assert "cannot be used" not in client.get("/").text
    for page in definition.pages:
        assert client.get(f"/sample/{page.id}").status_code == 200


# -- export --------------------------------------------------------------------------------------


def test_the_exported_schema_is_plain_and_gives_the_same_verdict(form_file: Path) -> None:
    result = run("export", form_file, "--as", "schema")
    schema = json.loads(result.stdout)
    assert '"x-' not in result.stdout
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    definition = load_form(form_file)
    sample = sample_answers(definition)
    assert validator.is_valid(sample)
    assert not validator.is_valid({**sample, "full_name": "x" * 61})
    assert not validator.is_valid({})


@pytest.mark.parametrize("form_id", sorted(shipped_forms()))
def test_the_markdown_names_every_question_page_and_option(form_id: str) -> None:
    path = shipped_forms()[form_id]
    text = run("export", path, "--as", "markdown").stdout
    definition = load_form(path)
    assert definition.content_hash in text
    for question in definition.questions.values():
        assert f"`{question.path}`" in text
        for leaf in question.leaves():
            assert f"`{leaf.path}`" in text or question.kind == "address"
    assert len(re.findall(r"^## \d+\. ", text, re.MULTILINE)) == len(definition.pages)
    assert "None" not in re.sub(r"None of", "", text)


def test_the_markdown_says_when_a_question_is_shown(form_file: Path) -> None:
    text = run("export", form_file, "--as", "markdown").stdout
    assert "- Shown if ‘Who is asking?’ is ‘A professional’" in text
    assert "*Shown if ‘Who is asking?’ is ‘A professional’.*" in text
    assert "**The form ends here; nothing is sent.**" in text


def test_the_markdown_says_in_words_what_each_question_takes_and_begins_with() -> None:
    text = review(load_form(ROOT / "docs" / "authors" / "examples" / "every-widget.json"))
    said = dict(re.findall(r"^- `([a-z_.0-9]+)` · (.+)$", text, re.MULTILINE))
    assert [words for words in said.values() if not words[0].isupper()] == []
    assert said["photo"] == "A file, JPG, PNG, GIF or WebP, up to 5MB"
    assert said["worry"].endswith("from ‘not at all’ to ‘very’")
    parts = dict(re.findall(r"^- `([a-z_]+)` · .+\n((?:.+\n)*)", text, re.MULTILINE))
    assert "- Only this is accepted: Yes\n" in parts["agree"]
    assert "- Only this is accepted: United Kingdom\n- Cannot be changed\n" in parts["country"]
    assert "- Filled in with: Ward 1\n" in parts["ward"]
    loan = review(load_form(shipped_forms()["breast-pump-loan"]))
    assert "Minutes that it takes: 6\n\nWhat people need:\n\n- " in loan
    case = review(load_form(shipped_forms()["gcp2"]))
    assert "- Filled in from what is known: `worker.name`\n" in case


def test_an_export_goes_into_a_file(form_file: Path, tmp_path: Path) -> None:
    out = tmp_path / "review.md"
    result = run("export", form_file, "--as", "markdown", "--out", out)
    assert result.stdout == f"{out}\n"
    assert out.read_text("utf-8").startswith("# Ask for a food parcel\n")


def test_a_form_on_paper_goes_into_a_file_and_nowhere_else(form_file: Path, tmp_path: Path) -> None:
    out = tmp_path / "form.pdf"
    assert run("export", form_file, "--as", "pdf", "--out", out).stdout == f"{out}\n"
    assert out.read_bytes().startswith(b"%PDF")
    refused = run("export", form_file, "--as", "pdf")
    assert refused.exit_code == 2
    assert "--out" in refused.stderr


# -- bad files -----------------------------------------------------------------------------------

GOOD = json.dumps(fp.FORM, indent=1, ensure_ascii=False).encode()
BAD = {
    "empty": b"",
    "truncated": GOOD[: len(GOOD) // 2],
    "cut in a character": GOOD + "“".encode()[:2],
    "a megabyte": b'{"title": "' + b"x" * 1_000_000 + b'"}',
    "three megabytes": b" " * 3_000_000,
    "nested deeply": b"[" * 100_000,
    "objects nested deeply": b'{"a":' * 50_000,
    "conditions nested deeply": GOOD.replace(
        b'"when": {', b'"when": ' + b'{"not": ' * 40 + b"{", 1
    ).replace(b'"professional"}', b'"professional"}' + b"}" * 40, 1),
    "binary": bytes(range(256)) * 40,
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(100),
    "a key twice": GOOD.replace(b'"title"', b'"title": "a", "title"', 1),
    "another encoding": GOOD.decode().encode("utf-16"),
    "latin 1": '{"title": "café"}'.encode("latin-1"),
    "NUL": b"\x00" * 100,
    "half a character": b'{"title": "\\ud800"}',
    "not an object": b"[]",
    "a number": b"1" * 5000,
    "nulls": b'{"$id": null, "title": null, "type": null, "properties": null, "x-form": null}',
    "pages that are none": GOOD.replace(b'"pages": [', b'"pages": [null, 3, [], ', 1),
    "questions that are none": GOOD.replace(b'"properties": {', b'"properties": {"a": 3,', 1),
}
COMMANDS = {
    "check": ["check"],
    "check for tools": ["check", "--json"],
    "check for editors": ["check", "--format", "problem-matcher"],
    "preview": ["preview", "--port", "0"],
    "export schema": ["export", "--as", "schema"],
    "export markdown": ["export", "--as", "markdown"],
    "export pdf": ["export", "--as", "pdf", "--out", "never.pdf"],
    "try": ["try", "--answers", "-"],
    "render": ["render", "--out", "never"],
    "diff": ["diff", str(shipped_forms()["closure"])],
}


@pytest.mark.parametrize("what", BAD)
@pytest.mark.parametrize("command", COMMANDS)
def test_whatever_a_file_holds_ends_in_a_message_and_status_2(
    tmp_path: Path, what: str, command: str
) -> None:
    path = tmp_path / "bad.json"
    path.write_bytes(BAD[what])
    name, *options = COMMANDS[command]
    arguments = [*options, path] if name == "diff" else [path, *options]
    result = run(name, *arguments)
    assert result.exit_code == 2, result.output
    assert isinstance(result.exception, SystemExit)
    assert re.search(rf"{re.escape(str(path))}\D", result.output)
    assert "Traceback" not in result.output


@pytest.mark.parametrize("command", COMMANDS)
def test_a_file_that_is_not_there_ends_in_a_message_and_status_2(
    tmp_path: Path, command: str
) -> None:
    name, *options = COMMANDS[command]
    for path in (tmp_path / "none.json", tmp_path):
        result = run(name, path, *options)
        assert result.exit_code == 2
        assert isinstance(result.exception, SystemExit)


def test_a_bad_file_is_never_published(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "bad.json"
    runner = app.test_cli_runner()
    for content in BAD.values():
        path.write_bytes(content)
        result = runner.invoke(forms, ["publish", str(path)])
        assert result.exit_code == 2, result.output
        assert isinstance(result.exception, SystemExit)
        assert str(path) in result.output
