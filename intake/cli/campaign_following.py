"""`intake campaign list|show|export|bounces|opt-outs`: how far campaigns have come."""

import csv
import sys
from dataclasses import asdict, fields
from typing import IO, Any

import click
from flask.cli import with_appcontext

from intake.cli.failures import BadInput, json_option, print_json
from intake.models import Campaign
from intake.services.bounces import note_bounce
from intake.services.campaign_figures import (
    CampaignLine,
    LinkFigure,
    campaign_line,
    link_figures,
    list_campaigns,
)
from intake.services.campaign_storage import CampaignNotFound, find_campaign
from intake.services.opt_outs import OptOutList, opt_out_lists

LARGEST_REPORT = 1024 * 1024  # bytes; the report and the headers come first


@click.command("list")
@json_option
@with_appcontext
def list_all(as_json: bool) -> None:
    """List campaigns with their figures, newest first.

    \b
    Example: intake campaign list --json
    """
    found = list_campaigns()
    if as_json:
        print_json([asdict(line) for line in found])
        return
    for line in found:
        click.echo(f"{line.id}  {_one_line(line)}")


@click.command("show")
@click.argument("campaign_id")
@json_option
@with_appcontext
def show(campaign_id: str, as_json: bool) -> None:
    """Show how many were sent, opened, started and finished.

    \b
    Example: intake campaign show 0f8fad5bd9cb469fa16570867728950e
    """
    line = campaign_line(find(campaign_id))
    if as_json:
        print_json(asdict(line))
        return
    click.echo(_one_line(line))
    for name, number in asdict(line.figures).items():
        bar = "█" * round(30 * number / line.figures.total) if line.figures.total else ""
        click.echo(f"  {name.replace('_', ' '):<14} {number:>8,}  {bar}")


@click.command("export")
@click.argument("campaign_id")
@json_option
@with_appcontext
def export(campaign_id: str, as_json: bool) -> None:
    """Print every link as CSV: its row in your file and how far it has come, no address, no key.

    \b
    Example: intake campaign export 0f8fad5bd9cb469fa16570867728950e > links.csv
    """
    found = link_figures(find(campaign_id).id)
    if as_json:
        print_json([_plain(line) for line in found])
        return
    writer = csv.writer(sys.stdout)
    writer.writerow([one.name for one in fields(LinkFigure)])
    for line in found:
        writer.writerow(_plain(line).values())


@click.command("bounces")
@click.argument("files", nargs=-1, required=True, type=click.File("rb"))
@json_option
@with_appcontext
def bounces(files: tuple[IO[bytes], ...], as_json: bool) -> None:
    """Read delivery reports, one message a file ("-" is standard input), and note them on links.

    Let the mail server pipe what arrives at the sender's address into it.

    \b
    Example: intake campaign bounces /var/mail/bounces/new/*
    """
    noted = sum(note_bounce(file.read(LARGEST_REPORT)) for file in files)
    if as_json:
        print_json({"read": len(files), "noted": noted})
    else:
        click.echo(f"{len(files):,} read, {noted:,} noted on links")


@click.command("opt-outs")
@json_option
@with_appcontext
def opt_outs(as_json: bool) -> None:
    """Show how many addresses want no campaigns, by organisation; the addresses are not stored.

    \b
    Example: intake campaign opt-outs
    """
    lists = [one for one in opt_out_lists() if one.count]
    if as_json:
        print_json([_plain(one) for one in lists])
        return
    for one in lists:
        newest = f", the newest of {one.newest:%Y-%m-%d}" if one.newest else ""
        click.echo(f"{one.count:>7,}  {one.organisation_id}{newest}")


def find(campaign_id: str) -> Campaign:
    """The campaign of that id, or a bad input."""
    try:
        return find_campaign(None, campaign_id)
    except CampaignNotFound as error:
        problem = f"there is no campaign “{campaign_id}”. See `intake campaign list`."
        raise BadInput(problem) from error


def _one_line(line: CampaignLine) -> str:
    figures = line.figures
    return (
        f"{line.state:<8}  {figures.sent:,} sent, {figures.opened:,} opened, "
        f"{figures.finished:,} finished of {figures.total:,}  {line.form_id}  {line.name}"
    )


def _plain(line: LinkFigure | OptOutList) -> dict[str, Any]:
    return {
        name: value.isoformat(timespec="seconds") if hasattr(value, "isoformat") else value
        for name, value in asdict(line).items()
    }
