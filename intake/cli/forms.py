"""`intake forms`: list, check, try, render and publish form files; see form_versions.py too."""

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext

from form_definitions import FormDefinition, FormFileError
from form_definitions.loading import read_file
from intake.app_state import clock, settings
from intake.cli.beginning import new
from intake.cli.checking import FORM_FILE, check
from intake.cli.exporting import export
from intake.cli.extracting import extract
from intake.cli.failures import BadInput, Failure, json_option, print_json, problems_failure
from intake.cli.form_reading import in_language, read_form
from intake.cli.form_versions import Moment, diff, news, withdraw
from intake.cli.preview import preview
from intake.cli.rendering import write_pages
from intake.cli.trying import print_verdict, read_answer_sets, show_progress, verdict_on
from intake.services.form_files import catalogues_beside, form_files
from intake.services.form_translations import Catalogues
from intake.services.forms import current_forms, withdrawn_forms
from intake.services.publishing import PublishedVersion, VersionFrozen
from intake.services.publishing import publish_form as publish
from referral_router import RuleFileError


@click.group("forms")
def forms() -> None:
    """Form files: list, check, try, render and publish them."""


for command in (check, diff, export, extract, new, preview, withdraw):
    forms.add_command(command)


@forms.command("list")
@json_option
@with_appcontext
def list_forms(as_json: bool) -> None:
    """List the forms on disk and those that are published, from wherever they came.

    \b
    Example: intake forms list --json
    """
    in_force = {form.definition.id: form.definition for form in current_forms(clock())}
    on_disk = form_files(settings().forms_dir)
    lines = [_line(read_form(path), path, in_force) for path in on_disk.values()]
    known = {line["id"] for line in lines}
    lines += [_line(form, None, in_force) for name, form in in_force.items() if name not in known]
    lines.sort(key=lambda line: str(line["id"]))
    withdrawn = withdrawn_forms(clock())
    if as_json:
        print_json([line | {"withdrawn": withdrawn.get(line["id"])} for line in lines])
        return
    for line in lines:
        state = f"published {line['published']}" if line["published"] else "not published"
        if line["id"] in withdrawn:
            state = f"withdrawn {withdrawn[line['id']]}"
        click.echo(f"{line['id']:<28} {line['version']:<10} {state:<22} {line['title']}")


def _line(
    definition: FormDefinition, path: Path | None, in_force: dict[str, FormDefinition]
) -> dict[str, Any]:
    published = in_force.get(definition.id)
    return {
        "id": definition.id,
        "title": definition.title,
        "version": definition.version,
        "published": published.version if published else None,
        "is_open": definition.is_open,
        "file": str(path) if path else None,
    }


@forms.command("try")
@click.argument("file", type=FORM_FILE)
@click.option(
    "--answers",
    required=True,
    type=click.Path(dir_okay=False, allow_dash=True),
    help="A file with one answer set (a JSON object) on each line; - reads standard input.",
)
@in_language
@json_option
def try_answers(file: Path, answers: str, language: str, as_json: bool) -> None:
    """Judge answer sets: is each accepted, what is wrong, and what would be stored.

    With --json it prints one object for each line. Exit status 0 says that all could be judged,
    not that all were accepted.

    \b
    Example: intake forms try breast-pump-loan.json --answers answers.jsonl --json
    """
    definition = read_form(file, language)
    sets = read_answer_sets(answers, any_json=definition.judge is not None)
    for line, answer_set in show_progress(sets):
        verdict = verdict_on(definition, answer_set)
        if as_json:
            print_json(verdict)
        else:
            print_verdict(line, verdict)


@forms.command("render")
@click.argument("file", type=FORM_FILE)
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--answers",
    type=click.Path(dir_okay=False, allow_dash=True),
    help="A file whose first line is the answer set that the pages show.",
)
@in_language
@json_option
def render(file: Path, out: Path, answers: str | None, language: str, as_json: bool) -> None:
    """Write each page of a form as it would be served, as static HTML.

    Also start.html, check-answers.html and done.html, and the assets that they use. Without
    --answers, the questions that the platform fills in show made-up answers.

    \b
    Example: intake forms render breast-pump-loan.json --out pages
    """
    definition = read_form(file, language)
    shown = next((each for _, each in read_answer_sets(answers)), {}) if answers else {}
    try:
        written = write_pages(definition, out, shown)
    except OSError as error:
        raise Failure(f"{error.filename or out}: cannot be written ({error.strerror})") from error
    if as_json:
        print_json({"form": definition.id, "pages": [str(path) for path in written]})
    else:
        for path in written:
            click.echo(str(path))


@forms.command("publish")
@click.argument("files", nargs=-1, type=FORM_FILE)
@click.option(
    "--replace", is_flag=True, help="Replace a version that has other content. Not in production."
)
@click.option("--from", "current_from", type=Moment(), help="In force from this date on.")
@click.option("--incomplete", is_flag=True, help="Also languages whose catalogue has gaps.")
@json_option
@with_appcontext
def publish_forms(
    files: tuple[Path, ...],
    replace: bool,
    current_from: datetime | None,
    incomplete: bool,
    as_json: bool,
) -> None:
    """Publish form files with their rules and languages; without FILES, every form on disk.

    A published version never changes: raise x-form.version to publish another content. It says
    what the step from the version before means for drafts under way. The words of its other
    languages (locale/cy/FORM.po beside the file) may be published again once they are better.

    \b
    Example: intake forms publish my-forms/food-parcel.json --from 2027-04-01
    """
    now = clock()
    if current_from and current_from <= now:
        raise BadInput(f"--from: {current_from} is over. Leave it out to publish at once.")
    if replace and settings().environment == "production":
        raise BadInput("--replace would change a version that people rely on: not in production")
    paths = files or tuple(form_files(settings().forms_dir).values())
    for path in paths:
        read_form(path)  # if one of them is wrong, none is published
    published = [_publish(path, replace, current_from, incomplete) for path in paths]
    if as_json:
        times = ({"current_from": each.current_from.isoformat()} for each in published)
        print_json([asdict(each) | at for each, at in zip(published, times, strict=True)])
        return
    done = clock()  # what came into force meanwhile is in force
    for each in published:
        click.echo(news(each, done))


def _publish(
    path: Path, replace: bool, current_from: datetime | None, incomplete: bool
) -> PublishedVersion:
    try:
        return publish(
            read_file(path).decode(),
            str(path),
            replace=replace,
            current_from=current_from,
            catalogues=Catalogues(catalogues_beside(path), incomplete),
        )
    except (FormFileError, RuleFileError) as error:
        raise problems_failure(error.problems) from error
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{path}: cannot be read ({error})") from error
    except VersionFrozen as error:
        raise Failure(f"{path}: {error}") from error
