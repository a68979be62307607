"""`intake links`: more time, a new link in the place of one, and a link on paper."""

from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext

from form_definitions.languages import ENGLISH, LANGUAGES
from intake.app_state import clock
from intake.cli.failures import BadInput, Failure, json_option, print_json
from intake.cli.links import Duration, json_line, links
from intake.services.forms import FormNotFound, FormWithdrawn
from intake.services.link_care import Replacement, extend_link, replace_link
from intake.services.link_papers import LETTER, PNG, POSTER, SVG, Paper, form_paper, link_paper
from intake.services.link_terms import Shown
from intake.services.link_timeline import link_timeline
from intake.services.links import IssuedLink, LinkNotFound, LinkNotIssued, find_link
from renderers import PrintingNotInstalled

__all__ = ["links"]

ENDINGS = {".svg": SVG, ".png": PNG, ".pdf": POSTER}
out_file = click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="Where it goes: a name that ends in .pdf, .svg or .png.",
)
as_letter = click.option("--letter", is_flag=True, help="A PDF is a letter, not a poster.")
in_language = click.option(
    "--language", type=click.Choice(list(LANGUAGES)), default=ENGLISH, help="Of the PDF's words."
)


@links.command("show")
@click.argument("link_id")
@json_option
@with_appcontext
def show(link_id: str, as_json: bool) -> None:
    """Show one link and what happened to it. Who it went to is sealed, and is not shown.

    \b
    Example: intake links show 0f8fad5bd9cb469fa16570867728950e
    """
    line = _known(link_id)
    happened = link_timeline(link_id)
    if as_json:
        timeline = [{"at": each.at.isoformat(), "kind": each.kind} for each in happened]
        print_json(json_line(line) | {"timeline": timeline})
        return
    click.echo(f"{line.id}: {line.kind}, {line.state}, {line.form_id}, {line.team_id}")
    click.echo(f"until {line.expires_at:%Y-%m-%d %H:%M} UTC", nl=False)
    click.echo(f", {line.uses_count}/{line.uses_allowed} used")
    if line.replaced_by:
        click.echo(f"replaced by {line.replaced_by}")
    for each in reversed(happened):
        who = f"  {each.actor}" if each.actor else ""
        click.echo(f"{each.at:%Y-%m-%d %H:%M}  {each.kind}{who}")


@links.command("extend")
@click.argument("link_id")
@click.option("--expires", type=Duration(), required=True, help="From now on, such as P14D.")
@click.option("--uses", type=int, help="The new number of uses of a shared link.")
@json_option
@with_appcontext
def extend(link_id: str, expires: timedelta, uses: int | None, as_json: bool) -> None:
    """Let a link be opened for longer; one that has expired opens again.

    \b
    Example: intake links extend 0f8fad5bd9cb469fa16570867728950e --expires P14D
    """
    line = _known(link_id)
    try:
        extend_link(None, link_id, clock() + expires, uses=uses)
    except LinkNotIssued as error:
        raise _refused(error) from error
    line = find_link(None, link_id)
    if as_json:
        print_json(json_line(line))
    else:
        click.echo(f"{link_id}: until {line.expires_at:%Y-%m-%d %H:%M} UTC")


@links.command("replace")
@click.argument("link_id")
@click.option("--to", "recipient", default="", help="The email address that the new one goes to.")
@click.option("--expires", type=Duration(), default="P14D", show_default=True, help="From now on.")
@click.option("--purpose", default="", help="Why it is issued: only its team reads that.")
@click.option("--show", "shown", default="", help="Words about the case for the holder of a task.")
@click.option("--answer", help="The date of birth or passphrase to verify; asked for if left out.")
@json_option
@with_appcontext
def replace(
    link_id: str,
    recipient: str,
    expires: timedelta,
    purpose: str,
    shown: str,
    answer: str | None,
    as_json: bool,
) -> None:
    """End a link and issue a new one in its place, which is printed once and kept nowhere.

    Who the old one went to is sealed to its team, so say where the new one goes. What was filled
    in beforehand, and answers that were not sent yet, end with the old link.

    \b
    Example: intake links replace 0f8fad5bd9cb469fa16570867728950e --to parent@example.org
    """
    line = _known(link_id)
    if answer is None and line.verify.has_answer:
        answer = click.prompt(f"The {line.verify.replace('-', ' ')}", hide_input=True, err=True)
    wanted = Replacement(
        recipient=recipient,
        expires_at=clock() + expires,
        purpose=purpose,
        shown=Shown(shown.strip()),
        verify_answer=answer or "",
    )
    try:
        issued = replace_link(None, link_id, wanted)
    except LinkNotIssued as error:
        raise _refused(error) from error
    except FormWithdrawn as error:
        raise BadInput(f"“{line.form_id}” was withdrawn, so nobody can start it.") from error
    if as_json:
        print_json(asdict(issued) | {"expires_at": issued.expires_at.isoformat()})
    else:
        click.echo(issued.url)


@links.command("paper")
@click.option("--form", "form_id", required=True, help="The id of a form that is open to all.")
@out_file
@as_letter
@in_language
@with_appcontext
def paper(form_id: str, out: Path, letter: bool, language: str) -> None:
    """Make a poster, a letter or a QR code for a form that is open to all.

    For a shared link, give `intake links issue` the option --paper: its address is known only then.

    \b
    Example: intake links paper --form breast-pump-loan --out poster.pdf
    """
    try:
        made = form_paper(form_id, kind_of(out, letter=letter), language)
    except FormNotFound as error:
        raise BadInput(f"--form: “{form_id}” is not open to all.") from error
    except PrintingNotInstalled as error:
        raise Failure(str(error)) from error
    write(made, out)


def papers_of(issued: IssuedLink, files: tuple[Path, ...], *, letter: bool, language: str) -> None:
    """Write the papers of a link that was issued a moment ago."""
    token = issued.url.rpartition("/")[2]
    for file in files:
        try:
            made = link_paper(issued.id, token, kind_of(file, letter=letter), language or ENGLISH)
        except PrintingNotInstalled as error:
            raise Failure(str(error)) from error
        write(made, file)


def kind_of(file: Path, *, letter: bool) -> str:
    """What is to be made, by the ending of its name. Raises BadInput."""
    kind = ENDINGS.get(file.suffix.lower())
    if kind is None:
        raise BadInput(f"“{file.name}”: give a name that ends in .pdf, .svg or .png.")
    return LETTER if kind == POSTER and letter else kind


def write(made: Paper, file: Path) -> None:
    """Write a paper, and say where. Raises Failure."""
    try:
        file.write_bytes(made.content)
    except OSError as error:
        raise Failure(f"{file.name} cannot be written: {error.strerror}.") from error
    click.echo(f"{file.name}: written", err=True)


def _known(link_id: str) -> Any:
    try:
        return find_link(None, link_id)
    except LinkNotFound as error:
        raise BadInput(f"there is no link “{link_id}”. See `intake links list`.") from error


def _refused(error: LinkNotIssued) -> BadInput:
    option = "" if error.field == "link" else f"--{error.field}: "
    return BadInput(f"{option}{error.message}")
