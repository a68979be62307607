"""What `intake campaign send --dry-run` shows."""

from dataclasses import asdict
from typing import Any

import click

from intake.services.campaign_plans import CampaignCheck, CampaignPlan
from intake.services.campaign_previews import preview

MOST_SHOWN = 20  # duplicates in a terminal; --json has all of them


def preview_json(plan: CampaignPlan, check: CampaignCheck, row: int | None) -> dict[str, Any]:
    """The check and one message. Raises LookupError if the row gets none."""
    return {
        "id": plan.id,
        "recipients": check.recipients,
        "opted_out": check.opted_out,
        "duplicates": [asdict(one) for one in check.duplicates],
        "columns": {
            "filled_in": plan.prefilled,
            "in_the_message": plan.text.columns,
            "not_used": plan.unused,
        },
        "preview": asdict(preview(plan, row)),
    }


def show_preview(plan: CampaignPlan, check: CampaignCheck, row: int | None) -> None:
    """The same for people. Raises LookupError if the row gets none."""
    shown = preview(plan, row)
    people = "1 person" if check.recipients == 1 else f"{check.recipients:,} people"
    click.echo(f"{people} would get a message of their own.")
    if check.opted_out:
        click.echo(f"{check.opted_out:,} of them have opted out and get none.")
    for one in check.duplicates[:MOST_SHOWN]:
        click.echo(f"Row {one.row} is left out: the same {one.by} as row {one.first_row}.")
    if len(check.duplicates) > MOST_SHOWN:
        click.echo(f"… and {len(check.duplicates) - MOST_SHOWN:,} more duplicates.")
    for label, columns in (
        ("Filled in beforehand", plan.prefilled),
        ("Used in the message", plan.text.columns),
        ("Not used: leave them out of the file", plan.unused),
    ):
        if columns:
            click.echo(f"{label}: {', '.join(columns)}")
    click.echo(f"\nRow {shown.row} would get:\n\nTo: {shown.to}\nSubject: {shown.subject}\n")
    click.echo(shown.text)
    click.echo("Nothing was sent. Run it again without --dry-run to send.", err=True)
