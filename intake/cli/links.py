"""`intake links`: issue, list and revoke weblinks."""

import re
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import click
from flask.cli import with_appcontext

from intake.app_state import clock
from intake.cli.failures import BadInput, Failure, print_json
from intake.sealing import KeyNotFound
from intake.services.directory import NoDirectory
from intake.services.forms import FormNotFound, FormWithdrawn, startable
from intake.services.links import (
    LinkLine,
    LinkNotFound,
    LinkNotIssued,
    case_of_reference,
    issue_link,
    list_links,
    revoke_link,
)
from intake.services.prefilling import PrefillRefused, read_prefill

ISO_DURATION = re.compile(
    r"P(?=.)(?:(?P<weeks>\d{1,3})W)?(?:(?P<days>\d{1,4})D)?"
    r"(?:T(?=.)(?:(?P<hours>\d{1,4})H)?(?:(?P<minutes>\d{1,4})M)?)?"
)
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")


class Duration(click.ParamType[timedelta]):
    """A duration as ISO 8601 writes it: P14D, P2W, PT12H."""

    name = "duration"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta:
        """Read it, or fail and say how to write it."""
        if isinstance(value, timedelta):
            return value
        found = ISO_DURATION.fullmatch(str(value))
        if found is None:
            self.fail(f"“{value}” is not a duration. Write P14D, P2W or PT12H.", param, ctx)
        return timedelta(**{name: int(part) for name, part in found.groupdict("0").items()})


@click.group("links")
def links() -> None:
    """Weblinks: issue, list and revoke them."""


@links.command("issue")
@click.option("--form", "form_id", required=True, help="The id of a published form.")
@click.option("--to", "recipient", required=True, help="The email address that it goes to.")
@click.option("--expires", type=Duration(), help="How long it works, such as P14D.")
@click.option("--uses", type=int, help="How many times the form can be sent with it.")
@click.option("--team", help="The id of the team that it comes from.")
@click.option("--case", "case_reference", help="The reference of the case that it belongs to.")
@click.option("--prefill", multiple=True, help="An answer filled in beforehand, as name=value.")
@as_json
@with_appcontext
def issue(
    form_id: str,
    recipient: str,
    expires: timedelta | None,
    uses: int | None,
    team: str | None,
    case_reference: str | None,
    prefill: tuple[str, ...],
    as_json: bool,
) -> None:
    """Issue a weblink and send it by email. The link is printed once and kept nowhere.

    \b
    Example: intake links issue --form breast-pump-loan --to parent@example.org --expires P14D
    """
    try:
        issued = issue_link(
            form_id,
            recipient=recipient,
            actor="cli",
            team_id=team,
            expires_at=clock() + expires if expires is not None else None,
            uses=uses,
            case_id=case_of_reference(case_reference) if case_reference else None,
            prefill=_prefill(form_id, prefill),
        )
    except PrefillRefused as error:
        raise BadInput(f"--prefill: {error}") from error
    except FormWithdrawn as error:
        raise BadInput(f"--form: “{form_id}” was withdrawn, so nobody can start it.") from error
    except FormNotFound as error:
        raise BadInput(
            f"--form: no form “{form_id}” is published. See `intake forms list`."
        ) from error
    except LinkNotIssued as error:
        raise BadInput(f"--{error.field}: {error.message}") from error
    except (NoDirectory, KeyNotFound) as error:
        raise Failure(str(error)) from error
    if as_json:
        print_json(asdict(issued) | {"expires_at": issued.expires_at.isoformat()})
    else:
        click.echo(issued.url)


def _prefill(form_id: str, pairs: tuple[str, ...]) -> dict[str, Any]:
    """The answers of the --prefill options. Raises FormNotFound, PrefillRefused."""
    split = [pair.partition("=") for pair in pairs]
    wrong = next((name for name, sign, _value in split if not sign), None)
    if wrong is not None:
        raise PrefillRefused(f"write name=value, not “{wrong}”")
    if not split:
        return {}
    definition = startable(form_id, None, clock()).definition
    return read_prefill(definition, [(name.strip(), value) for name, _sign, value in split])


@links.command("list")
@click.option("--case", "case_reference", help="Only the links of this case.")
@as_json
@with_appcontext
def list_all(case_reference: str | None, as_json: bool) -> None:
    """List links, newest first. Who they went to is sealed, and is not shown.

    \b
    Example: intake links list --json
    """
    try:
        case_id = case_of_reference(case_reference) if case_reference else None
    except LinkNotIssued as error:
        raise BadInput(f"--case: {error.message}") from error
    found = list_links(case_id=case_id)
    if as_json:
        print_json([_json_line(line) for line in found])
        return
    for line in found:
        click.echo(
            f"{line.id}  {line.state:<8} {line.uses_count}/{line.uses_allowed} used  "
            f"until {line.expires_at:%Y-%m-%d %H:%M} UTC  {line.form_id}  {line.team_id}"
        )


@links.command("revoke")
@click.argument("link_id")
@as_json
@with_appcontext
def revoke(link_id: str, as_json: bool) -> None:
    """Stop a link at once and for good.

    \b
    Example: intake links revoke 0f8fad5bd9cb469fa16570867728950e
    """
    try:
        revoke_link(None, link_id)
    except LinkNotFound as error:
        raise BadInput(f"there is no link “{link_id}”. See `intake links list`.") from error
    if as_json:
        print_json({"id": link_id, "state": "revoked"})
    else:
        click.echo(f"{link_id}: revoked")


def _json_line(line: LinkLine) -> dict[str, Any]:
    def plain(value: Any) -> Any:
        return value.isoformat() if hasattr(value, "isoformat") else value

    return {name: plain(value) for name, value in asdict(line).items()}
