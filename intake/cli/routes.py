"""`intake routes`: check routing rules, and explain where an answer set would go."""

import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext
from sqlalchemy.exc import OperationalError

from form_definitions import FormDefinition, check_answers, on_the_day, prune
from intake.app_state import clock, settings
from intake.cli.failures import BadInput, Failure, json_option, print_json, problems_failure
from intake.cli.form_reading import read_form
from intake.cli.json_files import A_RULE_FILE, read_object
from intake.cli.replays import replay_as_json, replay_as_text
from intake.cli.route_checking import look_at_files, look_at_versions
from intake.cli.rule_versions import VERSION_COMMANDS, stored_called
from intake.sealing.errors import MasterKeyMissing
from intake.services.case_decisions import NotNow
from intake.services.directory import NoDirectory, current_directory
from intake.services.form_files import form_files, rule_files
from intake.services.forms import FormNotFound, startable
from intake.services.past_referrals import count_since, past_referrals
from intake.services.rule_trials import keep_trial, prepare_trial
from intake.services.rule_versions import in_force_ids
from intake.services.rules_in_force import read_rules, rules_now
from referral_router import (
    Directory,
    DirectoryError,
    Replay,
    RuleFileError,
    RuleSet,
    explain,
    load_directory,
    load_rules,
    route,
    table,
)
from referral_router.calendars import LONDON

FILE = click.Path(dir_okay=False, exists=True, path_type=Path)
DAY = click.DateTime(formats=["%Y-%m-%d"])
directory_option = click.option(
    "--directory", "directory_file", type=FILE, help="A directory file, not the database's."
)


@click.group("routes")
def routes() -> None:
    """Routing rules: check them, and explain where answers would go.

    \b
    Example:
      intake routes explain --form breast-pump-loan --answers answers.json
    """


@routes.command("check")
@directory_option
@json_option
@with_appcontext
def check(directory_file: Path | None, as_json: bool) -> None:
    """Check the rule file of every form on disk, and every stored version and draft of rules,
    against its form and the directory.

    Every problem is one line: file, line, column, what is wrong and what to do: teams and services
    that nobody knows, rules that can never apply, or that another always undoes. Where nobody gives
    a service is told too; such referrals go to the fallback team.

    \b
    Example:
      intake routes check
    """
    directory = _known_directory(directory_file)
    looks = look_at_files(directory)
    if directory_file is None:
        looks += look_at_versions()
    problems = [problem for look in looks for problem in look.problems]
    remarks = [str(remark) for look in looks for remark in look.remarks]
    if as_json:
        files = [{"form": each.form, "file": each.file, "rules": each.rules} for each in looks]
        print_json({"checked": files, "problems": list(map(str, problems)), "remarks": remarks})
    for remark in remarks:
        click.echo(remark, err=True)
    if directory is None:
        click.echo("No directory is loaded, so teams and areas were not checked.", err=True)
    if problems:
        raise problems_failure(problems)
    if not as_json:
        for each in looks:
            click.echo(f"{each.file}: {each.rules} rules, no problems")


@routes.command("explain")
@click.option("--form", "form_id", required=True, metavar="FORM", help="The form's id.")
@click.option("--answers", "answers_file", required=True, type=FILE, help="A JSON object.")
@click.option("--rules", "rules_file", type=FILE, help="A rule file, not the rules in force.")
@directory_option
@json_option
@with_appcontext
def explain_routes(
    form_id: str,
    answers_file: Path,
    rules_file: Path | None,
    directory_file: Path | None,
    as_json: bool,
) -> None:
    """Say where an answer set would go now, and what every rule made of it. Nothing is stored.

    \b
    Example:
      intake routes explain --form breast-pump-loan --answers answers.json
    """
    definition = _definition(form_id)
    answers = _answers(definition, answers_file)
    rules = _rules(definition, rules_file)
    directory = _directory(directory_file)
    decision = route(rules, answers, directory, clock())
    if as_json:
        print_json(decision.to_json() | {"table": [_row(row) for row in table(decision)]})
        return
    click.echo(explain(decision, directory, definition))


@routes.command("replay")
@click.option("--rules", "rules_file", type=FILE, help="A rule file to try.")
@click.option("--draft", metavar="FORM@VERSION", help="Or a draft; its page shows the figures.")
@click.option("--since", required=True, type=DAY, help="From this day on, such as 2026-09-01.")
@directory_option
@json_option
@with_appcontext
def replay_routes(
    rules_file: Path | None,
    draft: str | None,
    since: datetime,
    directory_file: Path | None,
    as_json: bool,
) -> None:
    """Try other rules on past referrals: what would go elsewhere, and each team's load.

    The rules in force and the new ones both route what was sent, with the directory of today.
    Nothing is stored but that it was done and, of a draft, the rounded figures for its page. It
    has to open what was sent, so it needs the master key.

    \b
    Example:
      intake routes replay --rules master-referral-next.json --since 2026-09-01
    """
    if (rules_file is None) == (draft is None) or (draft and directory_file):
        raise BadInput(
            "Name either --rules FILE or --draft FORM@VERSION; --directory needs --rules"
        )
    start = since.replace(tzinfo=LONDON)
    directory = _directory(directory_file)
    stored = stored_called(draft) if draft else None
    form_id = stored.form_id if stored else _form_named_in(rules_file or Path())
    try:
        if stored:
            replay = prepare_trial(stored)
        else:
            in_force = rules_now(startable(form_id, None, clock()), clock())
            replay = Replay(in_force, _rules(_definition(form_id), rules_file), directory)
    except FormNotFound as error:
        raise BadInput(f"No version of ‘{form_id}’ is published, so nothing was sent.") from error
    except NotNow as error:
        raise Failure(str(error)) from error
    unreadable = _run(replay, form_id, start)
    if stored:
        keep_trial(stored, replay, start, unreadable)
    if as_json:
        print_json(replay_as_json(replay, unreadable))
    else:
        click.echo(replay_as_text(replay, unreadable, directory, since.date()))


def _run(replay: Replay, form_id: str, since: datetime) -> int:
    """Route them all, with a progress bar on the terminal; how many could not be opened."""
    unreadable = 0
    why = f"since {since.date()}"
    try:
        with click.progressbar(
            length=count_since(form_id, since), label="Replaying", file=sys.stderr
        ) as bar:
            for batch, lost in past_referrals(form_id, since, actor="cli", why=why):
                replay.add(batch)
                unreadable += lost
                bar.update(len(batch) + lost)
    except MasterKeyMissing as error:
        raise BadInput("This needs INTAKE_MASTER_KEY, to open what was sent.") from error
    return unreadable


def _form_named_in(path: Path) -> str:
    named = read_object(path, A_RULE_FILE).get("form")
    if not isinstance(named, str):
        raise BadInput(f"{path}: it is no rule file: it names no “form”.")
    return named


def _row(row: Any) -> dict[str, Any]:
    return {
        "rule": row.rule,
        "matched": row.matched,
        "because": row.because,
        "sends_to": list(row.sends_to),
        "moved": list(row.moved),
    }


def _definition(form_id: str) -> FormDefinition:
    path = form_files(settings().forms_dir).get(form_id)
    if path is None:
        raise BadInput(f"There is no form ‘{form_id}’ on disk. See: intake forms list")
    return read_form(path)


def _answers(definition: FormDefinition, path: Path) -> Mapping[str, Any]:
    given = on_the_day(definition, read_object(path, "Give one answer set: {…}"), clock())
    errors = check_answers(definition, given).errors
    if errors:  # whoever tries rules out need not answer everything
        click.echo(f"{path}: the form would not take these answers:", err=True)
        for each in errors:
            click.echo(f"  {each.path}: {each.message}", err=True)
    return prune(definition, given)


def _rules(definition: FormDefinition, chosen: Path | None) -> RuleSet:
    published = None if chosen else _published(definition.id)
    if published is not None:
        return read_rules(published, definition)
    path = chosen or rule_files(settings().rules_dir).get(definition.id)
    if path is None:
        raise BadInput(f"‘{definition.id}’ has no rule file: all of it goes to the fallback team.")
    try:
        rules = load_rules(path, definition)
    except RuleFileError as error:
        raise problems_failure(error.problems) from error
    if chosen is None:
        _say_if_not_in_force(rules)
    return rules


def _say_if_not_in_force(rules: RuleSet) -> None:
    """A file on disk routes nobody until its form is published with it."""
    try:
        in_force = rules_now(startable(rules.form, None, clock()), clock())
    except (FormNotFound, OperationalError):  # nothing is published yet
        return
    if in_force.content_hash != rules.content_hash:
        words = f"not the rules in force, which are another version {in_force.version}"
        fix = "They hold once the form is published with them: intake forms publish"
        click.echo(f"{rules.source}: these are {words}. {fix}", err=True)


def _published(form_id: str) -> str | None:
    """The rules that two people let hold in place of the rule file; None if there are none."""
    try:
        return in_force_ids(clock()).get(form_id)
    except OperationalError:  # there is no database yet
        return None


def _directory(chosen: Path | None) -> Directory:
    directory = _known_directory(chosen)
    if directory is None:
        raise BadInput("No directory is loaded: intake directory load FILE, or --directory FILE")
    return directory


def _known_directory(chosen: Path | None) -> Directory | None:
    """The directory of a file, else of the database; None if neither is there."""
    if chosen is None:
        try:
            return current_directory()
        except (NoDirectory, OperationalError):
            return None
    try:
        return load_directory(chosen)
    except DirectoryError as error:
        raise problems_failure(error.problems) from error


for each in VERSION_COMMANDS:
    routes.add_command(each)
