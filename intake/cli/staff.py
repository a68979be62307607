"""`intake staff`: add people who sign in, record their training, list teams."""

import json
import sys
from datetime import datetime

import click
from flask.cli import with_appcontext

from intake.cli.failures import json_option
from intake.services import staff_accounts
from intake.services.directory import team_names
from intake.services.staff_accounts import ROLES, StaffAccountError

BAD_INPUT = 2


class BadInput(click.ClickException):
    """What was given cannot be used: exit status 2."""

    exit_code = BAD_INPUT


def read_membership(text: str) -> tuple[str, str]:
    """Team id and role, from "belfast-pumps:lead"; the role is practitioner unless given."""
    team, _, role = text.partition(":")
    return team, role or "practitioner"


def read_password(is_piped: bool) -> str:
    """The password: typed twice at the terminal, or the first line of standard input."""
    if is_piped:
        return sys.stdin.readline().rstrip("\r\n")
    typed: str = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    return typed


from_stdin = click.option(
    "--password-stdin", is_flag=True, help="Read the password from standard input, for scripts."
)


@click.group()
def staff() -> None:
    """Add people who sign in, and record their training.

    \b
    Example:
      intake staff add sam@example.org --name "Sam Example" --team belfast-pumps:lead
    """


@staff.command()
@click.argument("email")
@click.option("--name", required=True, help="Their name, as colleagues see it.")
@click.option(
    "--team",
    "teams",
    type=read_membership,
    metavar="TEAM[:ROLE]",
    multiple=True,
    required=True,
    help=f"A team, and their role in it: {', '.join(ROLES)}. May be repeated.",
)
@from_stdin
@json_option
@with_appcontext
def add(
    email: str,
    name: str,
    teams: tuple[tuple[str, str], ...],
    *,
    password_stdin: bool,
    as_json: bool,
) -> None:
    """Add an account. The password is asked for: it is in no shell history and no process list.

    \b
    Example:
      intake staff add sam@example.org --name "Sam Example" --team belfast-pumps:lead
    """
    typed = read_password(password_stdin)
    try:
        staff_id = staff_accounts.add_staff(email, name, typed, teams=teams)
    except StaffAccountError as error:
        raise BadInput(str(error)) from error
    if as_json:
        click.echo(json.dumps({"id": staff_id, "email": staff_accounts.tidy_email(email)}))
    else:
        click.echo(f"Added {name}. They sign in at /staff/sign-in.")


@staff.command()
@click.argument("email")
@from_stdin
@with_appcontext
def password(email: str, *, password_stdin: bool) -> None:
    """Give someone a new password, and end their sessions.

    \b
    Example:
      intake staff password sam@example.org
    """
    typed = read_password(password_stdin)
    try:
        staff_accounts.change_password(email, typed)
    except StaffAccountError as error:
        raise BadInput(str(error)) from error
    click.echo("The password is changed, and every session of the account is ended.")


@staff.command()
@click.argument("email")
@with_appcontext
def close(email: str) -> None:
    """Close an account: they are signed out, and cannot sign in again.

    \b
    Example:
      intake staff close sam@example.org
    """
    try:
        staff_accounts.close_account(email)
    except StaffAccountError as error:
        raise BadInput(str(error)) from error
    click.echo("The account is closed.")


@staff.command()
@click.argument("email")
@click.argument("course")
@click.option(
    "--on",
    "completed",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day on which they completed it; today unless given.",
)
@with_appcontext
def train(email: str, course: str, completed: datetime | None) -> None:
    """Record training that a licensed form asks for, such as gcp2.

    \b
    Example:
      intake staff train sam@example.org gcp2 --on 2026-09-01
    """
    completed_on = completed.date() if completed else None
    try:
        staff_accounts.record_training(email, course, completed_on=completed_on)
    except StaffAccountError as error:
        raise BadInput(str(error)) from error
    click.echo(f"Recorded {course} for {staff_accounts.tidy_email(email)}.")


@staff.command()
@json_option
@with_appcontext
def teams(as_json: bool) -> None:
    """List the teams, with the ids that --team takes.

    \b
    Example:
      intake staff teams
    """
    names = dict(sorted(team_names().items()))
    if as_json:
        click.echo(json.dumps({"teams": names}))
        return
    width = max(map(len, names), default=0)
    for team_id, name in names.items():
        click.echo(f"{team_id:{width}}  {name}")
