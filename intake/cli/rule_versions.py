"""`intake routes draft|publish|withdraw|list|show`: rules that two people let hold."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click
from flask.cli import with_appcontext

from intake.app_state import clock
from intake.cli.failures import BadInput, Failure, json_option, print_json, problems_failure
from intake.cli.form_versions import PUBLISHED, Moment
from intake.cli.json_files import A_RULE_FILE, read_object
from intake.services.case_decisions import NotNow
from intake.services.directory import NoDirectory, current_directory
from intake.services.forms import FormNotFound, startable
from intake.services.rule_checks import Checked, check_rules
from intake.services.rule_drafts import Author, VersionTaken, operator, signed_in, store_draft
from intake.services.rule_publishing import RulesRefused, publish_rules, withdraw_rules
from intake.services.rule_versions import (
    StoredRules,
    find_version,
    in_force_ids,
    list_rules,
    names_of,
    rules_thing,
    standing,
)
from intake.services.staff_accounts import StaffAccountError, active_user, has_account
from referral_router.calendars import LONDON

T = TypeVar("T")
FILE = click.Path(dir_okay=False, exists=True, path_type=Path)
by_option = click.option(
    "--by",
    required=True,
    metavar="WHO",
    help="Who does it: the address of a staff account, or the name of somebody without one.",
)


@click.command("draft")
@click.argument("file", type=FILE)
@by_option
@json_option
@with_appcontext
def draft(file: Path, by: str, as_json: bool) -> None:
    """Store a rule file as a draft, which routes nobody until somebody else publishes it.

    A draft of the same version is replaced. Problems are told; they keep it from being published.

    \b
    Example: intake routes draft master-referral-next.json --by robin@example.org
    """
    text, form_id, version = _read(file)
    definition = _or_bad_input(lambda: startable(form_id, None, clock())).definition
    checked = check_rules(text, definition, _directory(), str(file))
    if checked.rules is None:
        raise problems_failure(checked.problems)
    author = author_called(by, "rules.edit")
    _or_bad_input(lambda: store_draft(form_id, text, author))
    stored = stored_called(f"{form_id}@{version}")
    if as_json:
        print_json(_as_data(stored, clock(), in_force_ids(clock())) | _findings(checked))
        return
    for each in (*checked.problems, *checked.remarks):
        click.echo(str(each), err=True)
    _tell(stored, as_json=False)


@click.command("publish")
@click.argument("rules", metavar="FORM@VERSION")
@by_option
@click.option("--from", "valid_from", type=Moment(), help="From when they hold; at once if not.")
@json_option
@with_appcontext
def publish(rules: str, by: str, valid_from: datetime | None, as_json: bool) -> None:
    """Let a draft hold. Whoever changed it last cannot: it takes a second person.

    At the command line nobody proves who they are. The audit trail has both names, and that it was
    done here.

    \b
    Example: intake routes publish master-referral@1.1.0 --by kim@example.org --from 2027-04-01
    """
    stored, author = stored_called(rules), author_called(by, "rules.list")
    if stored.state == "published":
        _refuse_another_day(stored, valid_from)
        return _tell(stored, as_json)
    _or_bad_input(lambda: publish_rules(stored.id, author, stored.revision, valid_from=valid_from))
    return _tell(stored_called(rules), as_json)


@click.command("withdraw")
@click.argument("rules", metavar="FORM@VERSION")
@by_option
@click.option("--why", default="", help="Why, for the audit trail.")
@json_option
@with_appcontext
def withdraw(rules: str, by: str, why: str, as_json: bool) -> None:
    """Take published rules back at once: those before them hold again.

    \b
    Example: intake routes withdraw master-referral@1.1.0 --by kim@example.org --why "Wrong team"
    """
    stored, author = stored_called(rules), author_called(by, "rules.withdraw")
    if stored.state == "withdrawn":
        return _tell(stored, as_json)
    _or_bad_input(lambda: withdraw_rules(stored.id, author, stored.revision, why))
    return _tell(stored_called(rules), as_json)


@click.command("list")
@click.argument("form_id", metavar="[FORM]", required=False)
@json_option
@with_appcontext
def list_versions(form_id: str | None, as_json: bool) -> None:
    """List the versions of routing rules: what holds, what is coming, drafts and the past.

    A form that is not listed is routed by the rules that came with it.

    \b
    Example: intake routes list master-referral
    """
    now, found = clock(), list_rules(form_id)
    in_force = in_force_ids(now)
    if as_json:
        print_json([_as_data(each, now, in_force) for each in found])
        return
    names = names_of(each.published_by or each.edited_by for each in found)
    for each in found:
        state = _STATES[standing(each, now, in_force.get(each.form_id))]
        who = names[each.published_by or each.edited_by]
        since = _local(each.valid_from) if each.valid_from else _local(each.edited_at)
        click.echo(f"{each.form_id}@{each.version}  {state}  {since}  {who}")
    if not found:
        click.echo("There are none: every form is routed by the rules that came with it.")


@click.command("show")
@click.argument("rules", metavar="FORM@VERSION")
@json_option
@with_appcontext
def show(rules: str, as_json: bool) -> None:
    """Print a version of rules as its file; with --json, also who did what with it.

    \b
    Example: intake routes show master-referral@1.1.0 > master-referral-next.json
    """
    stored = stored_called(rules)
    if as_json:
        data = _as_data(stored, clock(), in_force_ids(clock()))
        print_json(data | {"rules": json.loads(stored.content)})
        return
    click.echo(stored.content)


VERSION_COMMANDS = (draft, publish, withdraw, list_versions, show)

_STATES = {
    "draft": "draft",
    "waiting": "draft, waits for a second person",
    "coming": "coming",
    "in-force": "in force",
    "replaced": "replaced",
    "withdrawn": "withdrawn",
}


def author_called(who: str, action: str) -> Author:
    """Whoever is named: a staff account that may do it, or somebody without one."""
    if "@" not in who:
        if not who.strip():
            raise BadInput("--by: say who you are.")
        if has_account(who):  # else one person would count as two
            raise BadInput(f"--by: {who} has an account. Give its address.")
        return operator(who)
    try:
        user = active_user(who)
    except StaffAccountError as error:
        raise BadInput(f"--by: {error}") from error
    author = Author(user.actor)
    if not signed_in(user, "").may(action):
        fallback = rules_thing().fallback_team
        raise BadInput(f"--by: {who} is no administrator of the fallback team, ‘{fallback}’.")
    return author


def _read(file: Path) -> tuple[str, str, str]:
    content = read_object(file, A_RULE_FILE)
    form_id, version = content.get("form"), content.get("version")
    if not isinstance(form_id, str) or not isinstance(version, str):
        raise BadInput(f"{file}: it is no rule file: it names no “form” and “version”.")
    return file.read_text("utf-8-sig"), form_id, version


def stored_called(name: str) -> StoredRules:
    """The rules that are called form@version. Raises BadInput."""
    named = PUBLISHED.fullmatch(name)
    if named is None:
        raise BadInput(f"{name}: write it as form@version, such as master-referral@1.1.0.")
    found = find_version(named["form"], named["version"])
    if found is None:
        raise BadInput(f"{name}: there are no such rules. See: intake routes list")
    return found


def _or_bad_input(do: Callable[[], T]) -> T:
    try:
        return do()
    except FormNotFound as error:
        raise BadInput(f"{error}: no such form is published. See: intake forms list") from error
    except VersionTaken as error:
        raise BadInput(str(error)) from error
    except RulesRefused as error:
        raise problems_failure(error.problems) from error
    except NotNow as error:
        raise Failure(str(error)) from error


def _directory() -> Any:
    try:
        return current_directory()
    except NoDirectory:
        return None


def _refuse_another_day(stored: StoredRules, day: datetime | None) -> None:
    """Whoever names another day than the one from which rules hold would think that it moved."""
    if day and stored.published_at and max(day, stored.published_at) != stored.valid_from:
        fix = "Withdraw it, raise “version”, and publish that."
        name = f"{stored.form_id}@{stored.version}"
        raise Failure(f"{name}: it is published already, and keeps its day. {fix}")


def _tell(stored: StoredRules, as_json: bool) -> None:
    now = clock()
    in_force = in_force_ids(now)
    if as_json:
        print_json(_as_data(stored, now, in_force))
        return
    state = _STATES[standing(stored, now, in_force.get(stored.form_id))]
    holds_from = stored.valid_from if stored.state == "published" else None
    since = f" from {_local(holds_from)}" if holds_from else ""
    click.echo(f"{stored.form_id} {stored.version}: {state}{since}")


def _as_data(
    stored: StoredRules, now: datetime, in_force: Mapping[str, str] | None = None
) -> dict[str, Any]:
    in_force = in_force or {}
    moments = {
        name: _iso(getattr(stored, name))
        for name in ("valid_from", "created_at", "edited_at", "published_at", "withdrawn_at")
    }
    return {
        "form": stored.form_id,
        "version": stored.version,
        "hash": stored.content_hash,
        "state": standing(stored, now, in_force.get(stored.form_id)),
        "base_version": stored.base_version,
        "form_versions": stored.checked_with,
        **moments,
        "created_by": stored.created_by,
        "edited_by": stored.edited_by,
        "published_by": stored.published_by,
        "withdrawn_by": stored.withdrawn_by,
    }


def _findings(checked: Checked) -> dict[str, list[str]]:
    return {
        "problems": list(map(str, checked.problems)),
        "remarks": list(map(str, checked.remarks)),
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat() if moment else None


def _local(moment: datetime) -> str:
    return f"{moment.astimezone(LONDON):%-d %B %Y %H:%M}"
