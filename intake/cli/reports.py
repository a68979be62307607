"""`intake report`: figures for those who answer for the whole installation."""

import csv
import json
import sys
from datetime import UTC, datetime
from typing import Any

import click
from flask.cli import with_appcontext

from intake.app_state import clock
from intake.services.directory import team_names
from intake.services.late_report import LateFigures, LateReferral, LateReport, late_report
from referral_router.calendars import LONDON


@click.group()
def report() -> None:
    """Figures about how referrals are answered.

    \b
    Example:
      intake report late --since 2026-11-01
    """


@report.command()
@click.option("--since", required=True, type=click.DateTime(["%Y-%m-%d"]), help="The first day.")
@click.option("--team", "teams", multiple=True, help="Only this team; may be given again.")
@click.option("--json", "as_json", is_flag=True, help="Figures and referrals as one JSON object.")
@click.option("--csv", "as_csv", is_flag=True, help="The late referrals as CSV, one a line.")
@with_appcontext
def late(since: datetime, teams: tuple[str, ...], as_json: bool, as_csv: bool) -> None:
    """What was answered or decided late since a day, and by how much.

    \b
    Example:
      intake report late --since 2026-11-01 --team duty-desk --csv > late.csv
    """
    if as_json and as_csv:
        raise click.UsageError("Choose one of --json and --csv.")
    names = team_names()
    if unknown := sorted(set(teams) - names.keys()):
        raise click.UsageError(f"There is no team “{unknown[0]}”. See `intake staff teams`.")
    begins = since.replace(tzinfo=LONDON).astimezone(UTC)
    found = late_report(begins, clock(), teams=teams or None)
    if as_json:
        click.echo(json.dumps(_as_json(found), indent=2))
    elif as_csv:
        _write_csv(found)
    else:
        _write(found)


def _as_json(found: LateReport) -> dict[str, Any]:
    return {
        "since": found.since.isoformat(),
        "until": found.until.isoformat(),
        "figures": [_figures(each) for each in found.figures],
        "late": [_referral(each) for each in found.referrals],
        "is_cut_short": found.is_cut_short,
    }


def _figures(each: LateFigures) -> dict[str, Any]:
    return {
        "team": each.team_id,
        "clock": each.clock,
        "due": each.due,
        "late": each.late,
        "in_time_percent": round(each.share_in_time, 1),
        "median_minutes": each.median and _minutes(each.median.total_seconds()),
        "worst_minutes": each.worst and _minutes(each.worst.total_seconds()),
    }


def _referral(each: LateReferral) -> dict[str, Any]:
    return {
        "reference": each.reference,
        "team": each.team_id,
        "clock": each.clock,
        "due": each.due.isoformat(),
        "stopped_at": each.stopped_at.isoformat() if each.stopped_at else None,
        "late_minutes": _minutes(each.late_by.total_seconds()),
    }


def _minutes(seconds: float) -> int:
    return round(seconds / 60)


def _write_csv(found: LateReport) -> None:
    names = ("reference", "team", "clock", "due", "stopped_at", "late_minutes")
    writer = csv.DictWriter(sys.stdout, names)
    writer.writeheader()
    writer.writerows(_referral(each) for each in found.referrals)
    if found.is_cut_short:
        click.echo(f"Only the {len(found.referrals)} latest are listed.", err=True)


def _write(found: LateReport) -> None:
    if not found.figures:
        click.echo("Nothing was due in this time.")
    for each in (_figures(figures) for figures in found.figures):
        late = f"; late by {each['median_minutes']} min at the median" if each["late"] else ""
        worst = f", {each['worst_minutes']} min at worst" if each["late"] else ""
        click.echo(
            f"{each['team']}, {each['clock']}: {each['due']} due, {each['late']} late, "
            f"{each['in_time_percent']}% in time{late}{worst}"
        )
    for referral in found.referrals:
        state = "answered late" if referral.stopped_at else "late still"
        minutes = _minutes(referral.late_by.total_seconds())
        click.echo(f"  {referral.reference}  {referral.team_id}  {minutes} min  {state}")
