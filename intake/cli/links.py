"""`intake links`: issue, list and revoke weblinks."""

import re
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext

from form_definitions.languages import LANGUAGES
from intake.app_state import clock
from intake.cli.failures import BadInput, Failure, json_option, print_json
from intake.sealing import KeyNotFound
from intake.services.directory import NoDirectory
from intake.services.forms import FormNotFound, FormWithdrawn, startable
from intake.services.link_lists import STATES, LinkFilter, wanted_links
from intake.services.link_terms import LinkKind, Shown, Verification, VersionPolicy
from intake.services.links import (
    LinkLine,
    LinkNotFound,
    LinkNotIssued,
    case_of_reference,
    find_link,
    issue_link,
    revoke_link,
    unlock_link,
)
from intake.services.prefilling import PrefillRefused, read_prefill

ISO_DURATION = re.compile(
    r"P(?=.)(?:(?P<weeks>\d{1,3})W)?(?:(?P<days>\d{1,4})D)?"
    r"(?:T(?=.)(?:(?P<hours>\d{1,4})H)?(?:(?P<minutes>\d{1,4})M)?)?"
)


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
@click.option("--to", "recipient", default="", help="The email address that it goes to.")
@click.option(
    "--kind",
    type=click.Choice([each.value for each in LinkKind]),
    help="Whom it is for; shared needs no --to.",
)
@click.option("--expires", type=Duration(), help="How long it works, such as P14D.")
@click.option("--uses", type=int, help="How many times the form can be sent with it.")
@click.option("--team", help="The id of the team that it comes from.")
@click.option("--case", "case_reference", help="The reference of the case that it belongs to.")
@click.option("--prefill", multiple=True, help="An answer filled in beforehand, as name=value.")
@click.option(
    "--version",
    "version_policy",
    type=click.Choice([each.value for each in VersionPolicy]),
    default=VersionPolicy.PINNED.value,
    show_default=True,
    help="Begin with today's form version, or with the one in force when it is opened.",
)
@click.option(
    "--verify",
    type=click.Choice([each.value for each in Verification]),
    help="What its holder shows: at the least what the form asks.",
)
@click.option("--answer", help="The date of birth or passphrase to verify; asked for if left out.")
@click.option("--purpose", default="", help="Why it is issued: only its team reads that.")
@click.option("--show", default="", help="Words about the case for the holder of a task.")
@click.option("--language", type=click.Choice(list(LANGUAGES)), help="Of its message and form.")
@click.option(
    "--paper",
    "papers",
    multiple=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Also write its QR code (.svg, .png) or a poster (.pdf) with it.",
)
@click.option("--letter", is_flag=True, help="A .pdf of --paper is a letter, not a poster.")
@json_option
@with_appcontext
def issue(
    form_id: str,
    recipient: str,
    expires: timedelta | None,
    uses: int | None,
    team: str | None,
    case_reference: str | None,
    prefill: tuple[str, ...],
    kind: LinkKind | None,
    version_policy: VersionPolicy,
    verify: Verification | None,
    answer: str | None,
    purpose: str,
    show: str,
    language: str | None,
    papers: tuple[Path, ...],
    letter: bool,
    as_json: bool,
) -> None:
    """Issue a weblink and send it by email. The link is printed once and kept nowhere.

    A shared link is sent to nobody: put it on a leaflet or a web site.

    \b
    Example: intake links issue --form breast-pump-loan --to parent@example.org --expires P14D
    Example: intake links issue --form breast-pump-loan --kind shared --uses 500 --paper poster.pdf
    """
    from intake.cli.link_care import kind_of, papers_of

    for file in papers:
        kind_of(file, letter=letter)  # before there is a link whose address would be lost
    if answer is None and verify and Verification(verify).has_answer:
        answer = click.prompt(f"The {verify.replace('-', ' ')}", hide_input=True, err=True)
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
            kind=kind,
            version_policy=version_policy,
            verify=verify,
            verify_answer=answer or "",
            purpose=purpose,
            shown=Shown(show.strip()),
            language=language or "",
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
    papers_of(issued, papers, letter=letter, language=language or "")
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
@click.option("--key", "key_id", metavar="ID", help="Only those that this secret key signed.")
@click.option(
    "--state", type=click.Choice([each.value for each in STATES]), help="Only those in this state."
)
@click.option("--form", "form_id", default="", help="Only those to this form.")
@click.option("--team", default="", help="Only those of this team, by its id.")
@click.option("--campaign", default="", help="Only those of this campaign, by its id.")
@click.option("--limit", type=click.IntRange(1), default=500, show_default=True, help="At most.")
@json_option
@with_appcontext
def list_all(
    case_reference: str | None,
    key_id: str | None,
    state: str | None,
    form_id: str,
    team: str,
    campaign: str,
    limit: int,
    as_json: bool,
) -> None:
    """List links, newest first. Who they went to is sealed, and is not shown.

    The last column is the secret key that signed the link: see `intake keys list`.

    \b
    Example: intake links list --state opened --form breast-pump-loan --json
    """
    try:
        if case_reference:
            case_of_reference(case_reference)
    except LinkNotIssued as error:
        raise BadInput(f"--case: {error.message}") from error
    wanted = LinkFilter(
        state=state or "",
        form_id=form_id,
        team_id=team,
        case=case_reference or "",
        campaign_id=campaign,
        secret_key_id=key_id or "",
    )
    found = wanted_links(wanted, limit=limit)
    if as_json:
        print_json([json_line(line) for line in found])
        return
    for line in found:
        click.echo(
            f"{line.id}  {line.kind:<8} {line.state:<8} "
            f"{line.uses_count}/{line.uses_allowed} used  "
            f"until {line.expires_at:%Y-%m-%d %H:%M} UTC  {line.form_id}  {line.team_id}  "
            f"{line.secret_key_id or '–'}"
        )


@links.command("revoke")
@click.argument("link_id")
@json_option
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


@links.command("unlock")
@click.argument("link_id")
@json_option
@with_appcontext
def unlock(link_id: str, as_json: bool) -> None:
    """Let a link be opened again that was locked after five wrong answers.

    \b
    Example: intake links unlock 0f8fad5bd9cb469fa16570867728950e
    """
    try:
        unlock_link(None, link_id)
        state = find_link(None, link_id).state
    except LinkNotFound as error:
        raise BadInput(f"there is no link “{link_id}”. See `intake links list`.") from error
    if as_json:
        print_json({"id": link_id, "state": state})
    else:
        click.echo(f"{link_id}: {state}")


def json_line(line: LinkLine) -> dict[str, Any]:
    """A link as JSON has it."""

    def plain(value: Any) -> Any:
        return value.isoformat() if hasattr(value, "isoformat") else value

    return {name: plain(value) for name, value in asdict(line).items()}
