"""`intake forms diff`, `withdraw`, and when a published version comes into force."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import click
from flask.cli import ScriptInfo, with_appcontext

from form_definitions import Edit, FormDefinition, Safety, compare
from intake.app_state import clock
from intake.cli.failures import BadInput, json_option, print_json
from intake.cli.form_reading import catalogue_hashes, read_form
from intake.services.forms import FormNotFound, runnable
from intake.services.publishing import PublishedVersion
from intake.services.withdrawing import withdraw_form
from referral_router.calendars import LONDON

PUBLISHED = re.compile(r"(?P<form>[a-z][a-z0-9-]*)@(?P<version>[^@/]+)")
VERDICTS = {
    Safety.SAME: "Same: nothing that matters to anybody changed.",
    Safety.SAFE: "Safe: drafts under way move to the new version and keep all their answers.",
    Safety.BREAKING: "Breaking: drafts under way stay on the version that they were begun on.",
}


class Moment(click.ParamType[datetime]):
    """A day (from its midnight in the United Kingdom) or a time, as ISO 8601 writes it."""

    name = "date"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Read it, or fail and say how to write it."""
        if isinstance(value, datetime):
            return value
        try:
            if len(str(value)) == len("2027-04-01"):
                return datetime.combine(date.fromisoformat(value), time(), LONDON)
            found = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"“{value}” is not a date. Write 2027-04-01 or 2027-04-01T09:00.", param, ctx)
        return found if found.tzinfo else found.replace(tzinfo=LONDON)


@click.command("diff")
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@json_option
@click.pass_context
def diff(context: click.Context, before: str, after: str, as_json: bool) -> None:
    """Say in words what changed between two versions, and what it means for drafts under way.

    A and B are form files, or published versions written as form@version. The verdict is same,
    safe (drafts move to B and keep every answer) or breaking (drafts stay on A), with the reason
    for each change.

    \b
    Example: intake forms diff food-parcel@1.0.0 my-forms/food-parcel.json
    """
    old, new = _version(context, before), _version(context, after)
    edit = compare(old.definition, new.definition)
    languages = language_changes(old.translations, new.translations)
    if as_json:
        print_json(as_data(edit) | {"languages": languages})
        return
    for change in edit.changes:
        click.echo(f"{change.safety.value:<9} {change.words}.")
        click.echo(f"          {change.why}.")
    for language, change_of in languages.items():
        click.echo(f"{Safety.SAME.value:<9} The words in ‘{language}’ are {change_of}.")
        click.echo("          The questions and what is stored do not depend on them.")
    click.echo(VERDICTS[edit.safety])


def language_changes(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, str]:
    """What became of the words in each language; those that did not change are left out."""
    changes = dict.fromkeys(after.keys() - before.keys(), "new")
    changes |= dict.fromkeys(before.keys() - after.keys(), "gone")
    both = before.keys() & after.keys()
    changes |= {language: "others" for language in both if before[language] != after[language]}
    return dict(sorted(changes.items()))


def as_data(edit: Edit) -> dict[str, Any]:
    """An edit as ``--json`` gives it."""
    return {
        "from": {"form": edit.before.id, "version": edit.before.version},
        "to": {"form": edit.after.id, "version": edit.after.version},
        "safety": edit.safety.value,
        "changes": [asdict(change) for change in edit.changes],
    }


@dataclass(frozen=True, slots=True)
class _Version:
    definition: FormDefinition
    translations: Mapping[str, str]


def _version(context: click.Context, name: str) -> _Version:
    published = PUBLISHED.fullmatch(name)
    if published is None or Path(name).exists():
        path = Path(name)
        return _Version(read_form(path), catalogue_hashes(path))
    with context.ensure_object(ScriptInfo).load_app().app_context():
        try:
            form = runnable(published["form"], published["version"])
            return _Version(form.definition, form.translations)
        except FormNotFound as error:
            raise BadInput(f"{name}: not published. See `intake forms list`.") from error


@click.command("withdraw")
@click.argument("form_id", metavar="FORM")
@click.option("--version", help="Only this version; without it, the whole form.")
@json_option
@with_appcontext
def withdraw(form_id: str, version: str | None, as_json: bool) -> None:
    """Withdraw a form: nobody can start it any more, and whoever has begun may finish.

    Whoever opens its page or an unopened link is told so. Publishing it again opens it again.

    \b
    Example: intake forms withdraw food-parcel --version 1.1.0
    """
    try:
        withdrawn = withdraw_form(form_id, version, actor="cli", now=clock())
    except FormNotFound as error:
        raise BadInput(f"{error}: not published. See `intake forms list`.") from error
    if as_json:
        print_json({"form_id": form_id, "withdrawn": list(withdrawn)})
    elif not withdrawn:
        click.echo(f"{form_id}: was withdrawn already")
    for each in () if as_json else withdrawn:
        click.echo(f"{form_id} {each}: withdrawn")


def news(published: PublishedVersion, now: datetime) -> str:
    """What publishing a version has done, in one line."""
    said = "published" if published.is_new else "was published already"
    if published.is_reopened:
        said = "was withdrawn, and is open again"
    if published.current_from > now:
        local = published.current_from.astimezone(LONDON)
        said = f"{said}, in force from {local:%-d %B %Y %H:%M}"
    if published.safety is not None:
        said = f"{said}. After {published.replaces}: {VERDICTS[published.safety]}"
    first = f"{published.form_id} {published.version}: {said}"
    return "\n  ".join((first, *_language_news(published), *published.remarks))


def _language_news(published: PublishedVersion) -> Iterator[str]:
    """What has changed in other languages, and what was left out."""
    languages = published.languages
    for language in languages.changed:
        is_there = language in languages.offered
        yield f"{language}: {'its words are published' if is_there else 'taken from the version'}"
    for language, why in languages.left_out.items():
        kept = "the words published before stay" if language in languages.offered else "left out"
        yield f"{language}: {kept}, because {why}"
