"""`intake forms diff`, `withdraw` and `publish --from`, as authors and administrators use them."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from intake.cli.forms import forms
from tests.intake import food_parcel as fp
from tests.intake.conftest import Clock

pytestmark = pytest.mark.database("sqlite")


def form_file(folder: Path, version: str = "1.0.0", **changes: Any) -> str:
    form = json.loads(json.dumps(fp.FORM)) | changes
    form["x-form"]["version"] = version
    path = folder / f"food-parcel-{version}.json"
    path.write_text(json.dumps(form, indent=2), "utf-8")
    return str(path)


def without_notes(folder: Path) -> str:
    properties = {name: raw for name, raw in fp.FORM["properties"].items() if name != "notes"}
    settings = json.loads(json.dumps(fp.FORM["x-form"]))
    settings["pages"][3]["questions"] = ["full_name"]
    return form_file(folder, "2.0.0", properties=properties, **{"x-form": settings})


def run(app: Flask, *args: str) -> Result:
    return app.test_cli_runner().invoke(forms, list(args))


def test_diff_of_two_files_needs_no_installation(tmp_path: Path) -> None:
    files = [form_file(tmp_path), without_notes(tmp_path)]
    result = CliRunner().invoke(forms, ["diff", *files])
    assert result.exit_code == 0, result.stderr
    assert result.stdout.splitlines() == [
        "breaking  ‘Anything else?’ (notes) is not asked any more.",
        "          Its answers have nowhere to go.",
        "Breaking: drafts under way stay on the version that they were begun on.",
    ]


def test_diff_as_json_gives_each_change_with_its_place_and_reason(
    app: Flask, tmp_path: Path
) -> None:
    with app.app_context():
        fp.publish()
    newer = form_file(tmp_path, "1.0.1", title="Ask for food")
    result = run(app, "diff", "food-parcel@1.0.0", newer, "--json")
    assert json.loads(result.stdout) == {
        "from": {"form": "food-parcel", "version": "1.0.0"},
        "to": {"form": "food-parcel", "version": "1.0.1"},
        "safety": "safe",
        "changes": [
            {
                "kind": "form-title",
                "where": "form",
                "words": "The form ‘Ask for a food parcel’ is called ‘Ask for food’ now",
                "safety": "safe",
                "why": "Answers do not depend on it",
            }
        ],
        "languages": {},
    }


def test_diff_of_the_same_content_says_so(tmp_path: Path) -> None:
    files = [form_file(tmp_path), form_file(tmp_path, "9.0.0")]
    result = CliRunner().invoke(forms, ["diff", *files, "--json"])
    assert (json.loads(result.stdout)["safety"], result.stderr) == ("same", "")


def test_diff_of_what_is_not_there_says_where_to_look(app: Flask, tmp_path: Path) -> None:
    path = form_file(tmp_path)
    for wrong, words in (("food-parcel@7.0.0", "intake forms list"), ("none.json", "none.json")):
        result = run(app, "diff", path, wrong)
        assert result.exit_code == 2
        assert words in result.stderr
        assert result.stdout == ""


def test_publish_says_what_it_means_for_drafts(app: Flask, tmp_path: Path) -> None:
    run(app, "publish", form_file(tmp_path))
    result = run(app, "publish", without_notes(tmp_path))
    assert result.stdout == (
        "food-parcel 2.0.0: published. After 1.0.0: "
        "Breaking: drafts under way stay on the version that they were begun on.\n"
    )


def test_changed_content_under_the_same_version_is_refused_with_what_to_do(
    app: Flask, tmp_path: Path
) -> None:
    run(app, "publish", form_file(tmp_path))
    result = run(app, "publish", form_file(tmp_path, title="Ask for food"))
    assert result.exit_code == 1
    assert "Raise x-form.version" in result.stderr
    assert "intake forms diff food-parcel@1.0.0" in result.stderr


def test_publish_from_a_date_waits_for_it(app: Flask, tmp_path: Path) -> None:
    run(app, "publish", form_file(tmp_path))
    newer = form_file(tmp_path, "1.1.0", title="Ask for food")
    result = run(app, "publish", newer, "--from", "2027-06-01", "--json")
    (published,) = json.loads(result.stdout)
    assert published["current_from"] == "2027-06-01T00:00:00+01:00", "midnight in British summer"
    assert (published["replaces"], published["safety"]) == ("1.0.0", "safe")
    listed = json.loads(run(app, "list", "--json").stdout)
    assert all(line["published"] != "1.1.0" for line in listed)


@pytest.mark.parametrize(
    ("wrong", "words"), [("soon", "Write 2027-04-01"), ("2020-01-01", "is over")]
)
def test_a_date_that_cannot_be_is_refused(
    app: Flask, tmp_path: Path, wrong: str, words: str
) -> None:
    result = run(app, "publish", form_file(tmp_path), "--from", wrong)
    assert result.exit_code == 2
    assert words in result.stderr


def test_list_says_what_is_withdrawn(app: Flask) -> None:
    run(app, "publish")
    run(app, "withdraw", "closure")
    states = {line["id"]: line for line in json.loads(run(app, "list", "--json").stdout)}
    assert states["closure"]["published"] is None
    assert states["closure"]["withdrawn"] == states["master-referral"]["published"] == "1.0.0"
    assert "withdrawn 1.0.0" in run(app, "list").stdout


def test_withdraw_names_what_it_withdrew(app: Flask, tmp_path: Path) -> None:
    run(app, "publish", form_file(tmp_path))
    assert run(app, "withdraw", "food-parcel").stdout == "food-parcel 1.0.0: withdrawn\n"
    assert run(app, "withdraw", "food-parcel").stdout == "food-parcel: was withdrawn already\n"
    again = run(app, "withdraw", "food-parcel", "--version", "1.0.0", "--json")
    assert json.loads(again.stdout) == {"form_id": "food-parcel", "withdrawn": []}
    unknown = run(app, "withdraw", "nonsense")
    assert (unknown.exit_code, unknown.stdout) == (2, "")


def test_publishing_says_what_is_in_force_and_what_is_open_again(
    app: Flask, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("intake.cli.forms", "intake.services.publishing"):
        monkeypatch.setattr(f"{module}.clock", lambda: clock.advance(seconds=1))
    file = form_file(tmp_path)
    assert run(app, "publish", file).stdout == "food-parcel 1.0.0: published\n"
    assert run(app, "publish", file).stdout == "food-parcel 1.0.0: was published already\n"
    run(app, "withdraw", "food-parcel")
    again = run(app, "publish", file).stdout
    assert again == "food-parcel 1.0.0: was withdrawn, and is open again\n"
