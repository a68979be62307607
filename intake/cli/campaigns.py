"""`intake campaign`: a form to many people at once, and how far it has come."""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import click
from flask.cli import with_appcontext

from form_definitions.languages import LANGUAGES
from intake.app_state import clock
from intake.cli.campaign_following import bounces, export, find, list_all, opt_outs, show
from intake.cli.campaign_preview import preview_json, show_preview
from intake.cli.failures import BadInput, Failure, json_option, print_json
from intake.cli.links import Duration
from intake.sealing import SealingError
from intake.services import campaigns
from intake.services.campaign_plans import CampaignCheck, CampaignPlan, check_plan
from intake.services.campaign_queueing import queue_messages
from intake.services.campaign_reminders import MOST_ROUNDS, count_due, remind
from intake.services.campaign_storage import CampaignRefused
from intake.services.campaign_texts import TextRefused
from intake.services.directory import NoDirectory
from intake.services.forms import FormNotFound, FormWithdrawn
from intake.services.recipient_files import FileRefused

LARGEST_REPORT = 1024 * 1024  # bytes; the report and the headers come first
existing = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("campaign")
def campaign() -> None:
    """Campaigns: send a form to many people, remind them, see how far it has come."""


for command in (list_all, show, export, bounces, opt_outs):
    campaign.add_command(command)


@campaign.command("send")
@click.option("--form", "form_id", required=True, help="The id of a published form.")
@click.option("--recipients", type=existing, required=True, help="A CSV file, one row a person.")
@click.option("--message", type=existing, required=True, help="A text file with the message.")
@click.option("--name", default="", help="What to call it. The same name goes on where it was.")
@click.option("--team", help="The id of the team that it comes from.")
@click.option("--household", default="", help="A column: one message for each of its values.")
@click.option("--language", type=click.Choice(list(LANGUAGES)), help="Of its message and form.")
@click.option("--expires", type=Duration(), help="How long each link works, such as P28D.")
@click.option("--per-minute", type=int, default=0, help="At most so many messages a minute.")
@click.option("--dry-run", is_flag=True, help="Check everything, show one message, send nothing.")
@click.option("--row", type=int, help="With --dry-run: the row of the file to show.")
@json_option
@with_appcontext
def send(
    form_id: str,
    recipients: Path,
    message: Path,
    name: str,
    team: str | None,
    household: str,
    language: str | None,
    expires: timedelta | None,
    per_minute: int,
    dry_run: bool,
    row: int | None,
    as_json: bool,
) -> None:
    """Send everyone in a file a link of their own. Interrupted, run the same command again.

    Every row is checked before the first message is queued. Whoever has one queued already gets no
    second: the campaign is known again by --name, else by its file and message.

    \b
    Example: intake campaign send --form breast-pump-loan --recipients parents.csv \\
      --message letter.txt --dry-run --row 2
    """
    with _refusals(recipients.name, message.name, form_id):
        plan = campaigns.prepare(
            form_id,
            recipients.read_bytes(),
            _text(message),
            team_id=team,
            name=name,
            household=household,
            language=language or "",
            expires_at=clock() + expires if expires is not None else None,
            per_minute=per_minute,
        )
        check = check_plan(plan)
        _fail_on_problems(check, recipients.name)
        if dry_run:
            _show_dry_run(plan, check, row, as_json=as_json)
            return
        queued = _send(plan, check)
    if as_json:
        print_json({"id": plan.id, "recipients": check.recipients, "queued": queued})
    else:
        click.echo(f"{plan.id}: {queued:,} queued now, of {check.recipients:,} recipients")
        click.echo(f"See how far it has come: intake campaign show {plan.id}", err=True)


@campaign.command("remind")
@click.argument("campaign_id")
@click.option("--after", type=Duration(), default="P7D", show_default=True, help="Wait so long.")
@click.option(
    "--round",
    "round_number",
    type=click.IntRange(1, MOST_ROUNDS),
    default=1,
    show_default=True,
    help="2 for whoever had a first reminder, and so on.",
)
@click.option("--dry-run", is_flag=True, help="Only say how many.")
@json_option
@with_appcontext
def remind_all(
    campaign_id: str, after: timedelta, round_number: int, dry_run: bool, as_json: bool
) -> None:
    """Remind whoever has not finished. The same round run again reminds nobody twice.

    \b
    Example: intake campaign remind 0f8fad5bd9cb469fa16570867728950e --after P7D
    """
    found = find(campaign_id)
    due = count_due(found, after, round_number)
    queued = due
    if not dry_run:
        rounds = remind(found, after=after, round_number=round_number, actor="cli")
        queued = _with_bar(rounds, due, lambda done: done)
    if as_json:
        print_json({"id": campaign_id, "round": round_number, "reminders": queued})
    else:
        click.echo(f"{queued:,} reminders {'would be queued' if dry_run else 'queued'}")


@campaign.command("stop")
@click.argument("campaign_id")
@json_option
@with_appcontext
def stop_one(campaign_id: str, as_json: bool) -> None:
    """Send no more messages of a campaign. Links that were sent go on working.

    \b
    Example: intake campaign stop 0f8fad5bd9cb469fa16570867728950e
    """
    waiting = campaigns.stop(find(campaign_id).id, actor="cli")
    if as_json:
        print_json({"id": campaign_id, "state": "stopped", "not_sent": waiting})
    else:
        click.echo(f"{campaign_id}: stopped, {waiting:,} messages were not sent")


def _send(plan: CampaignPlan, check: CampaignCheck) -> int:
    is_new = campaigns.begin(plan, check, actor="cli")
    if not is_new:
        click.echo(f"Going on with ‘{plan.name}’ where it was.", err=True)
    queued = 0

    def progress() -> Iterator[int]:
        nonlocal queued
        for done in queue_messages(plan, "cli"):
            queued = done.queued
            yield done.read

    _with_bar(progress(), check.recipients, lambda read: read)
    return queued


def _with_bar(steps: Iterable[int], total: int, position: Callable[[int], int]) -> int:
    """Show a bar on a terminal while the steps are taken; the last step's number."""
    last = 0
    with click.progressbar(length=total, label="Queueing", file=sys.stderr) as bar:
        for step in steps:
            bar.update(position(step) - last)
            last = position(step)
    return last


def _show_dry_run(
    plan: CampaignPlan, check: CampaignCheck, row: int | None, *, as_json: bool
) -> None:
    try:
        if as_json:
            print_json(preview_json(plan, check, row))
        else:
            show_preview(plan, check, row)
    except LookupError as error:
        raise BadInput(f"--row: row {row} is not one that gets a message") from error


def _fail_on_problems(check: CampaignCheck, name: str) -> None:
    if check.problems:
        raise BadInput("\n".join(problem.at(name) for problem in check.problems))


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput(f"{path.name}:1: The file is not in the encoding UTF-8") from error


@contextmanager
def _refusals(file: str, message: str, form_id: str) -> Iterator[None]:
    """What services refuse, as the command line says it."""
    try:
        yield
    except FileRefused as error:
        raise BadInput("\n".join(problem.at(file) for problem in error.problems)) from error
    except TextRefused as error:
        raise BadInput("\n".join(problem.at(message) for problem in error.problems)) from error
    except CampaignRefused as error:
        raise BadInput(f"--{error.field}: {error.message}") from error
    except FormWithdrawn as error:
        raise BadInput(f"--form: “{form_id}” was withdrawn, so nobody can start it.") from error
    except FormNotFound as error:
        problem = f"--form: no form “{form_id}” is published. See `intake forms list`."
        raise BadInput(problem) from error
    except (NoDirectory, SealingError) as error:
        raise Failure(str(error)) from error
