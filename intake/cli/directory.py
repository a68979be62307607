"""`intake directory`: who there is to refer to, loaded, exported, imported and checked."""

import json
import sys
import zipfile
from pathlib import Path

import click
from flask.cli import with_appcontext

from intake.app_state import clock
from intake.cli.failures import BadInput, Failure, json_option, print_json, problems_failure
from intake.directory_files.areas import REGIONS, known_areas
from intake.directory_files.open_referral import written_open_referral
from intake.directory_files.reading import DirectoryRefused, read_any_directory, written_json
from intake.directory_files.tables import written_tables
from intake.directory_files.values import Values
from intake.services.directory import NoDirectory
from intake.services.directory_gaps import find_gaps
from intake.services.directory_storing import Plan, load_directory_file, plan_values, store_values
from intake.services.directory_values import EMPTY, stored_values
from intake.services.key_care import complete_team_keys
from referral_router import DirectoryError

FORMATS = ("csv", "open-referral", "json")


@click.group()
def directory() -> None:
    """Teams, services and areas, and which team gives which service where.

    \b
    Example:
      intake directory load directory.json
    """


@directory.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
@with_appcontext
def load(file: Path, as_json: bool) -> None:
    """Store a directory file in place of the one before. New teams get a key of their own.

    \b
    Example:
      intake directory load directory.json
    """
    try:
        loaded = load_directory_file(file)
    except DirectoryError as error:
        raise BadInput(str(error)) from error
    complete_team_keys()
    counts = {name: len(getattr(loaded, name)) for name in ("teams", "services", "areas")}
    if as_json:
        click.echo(json.dumps(counts))
    else:
        click.echo(", ".join(f"{count} {name}" for name, count in counts.items()))


@directory.command("export")
@click.argument("target", type=click.Path(path_type=Path))
@click.option(
    "--as", "kind", type=click.Choice(FORMATS), help="Else by the name: .zip and folders are CSV."
)
@with_appcontext
def export(target: Path, kind: str | None) -> None:
    """Write the directory to a folder or .zip of CSV files, or to a .json file.

    A .json file is in Intake's own words, or with --as open-referral in those of Open Referral UK.

    \b
    Example:
      intake directory export directory.zip
      intake directory export services.json --as open-referral
    """
    values = stored_values()
    if not values["fallback_team"]:
        raise NoDirectory
    chosen = kind or ("json" if target.suffix == ".json" else "csv")
    try:
        written = _write_tables(target, values) if chosen == "csv" else target
        if chosen != "csv":
            made = values if chosen == "json" else written_open_referral(values)
            target.write_text(written_json(made), "utf-8")
    except OSError as error:
        raise Failure(f"{target}: it cannot be written: {error.strerror}") from error
    click.echo(f"{written}: {len(values['teams'])} teams, {len(values['services'])} services")


def _write_tables(target: Path, values: Values) -> Path:
    """Write the CSV files, with the mark by which spreadsheets know UTF-8."""
    files = {name: text.encode("utf-8-sig") for name, text in written_tables(values).items()}
    if target.suffix == ".zip":
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in files.items():
                archive.writestr(name, content)
        return target
    target.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (target / name).write_bytes(content)
    return target


@directory.command("import")
@click.argument("source", type=click.Path(exists=True, path_type=Path))
@click.option("--check", "only_check", is_flag=True, help="Say what would change; change nothing.")
@click.option("--fallback-team", default="", help="For a feed that cannot name the fallback team.")
@json_option
@with_appcontext
def import_directory(source: Path, only_check: bool, fallback_team: str, as_json: bool) -> None:
    """Store a directory from CSV files (a folder or .zip) or JSON, whole or not at all.

    \b
    Example:
      intake directory import directory.zip --check
      intake directory import directory.zip
    """
    try:
        values, remarks = read_any_directory(source, fallback_team=fallback_team)
        plan = plan_values(values) if only_check else store_values(values)
    except DirectoryRefused as refused:
        raise problems_failure(refused.problems) from refused
    except DirectoryError as error:
        raise problems_failure(error.problems) from error
    if not only_check:
        complete_team_keys()
    for remark in remarks:
        click.echo(remark, err=True)
    if as_json:
        print_json(_plan_as_json(plan, remarks, stored=not only_check))
    else:
        _tell(plan, only_check)


def _plan_as_json(plan: Plan, remarks: list[str], *, stored: bool) -> dict[str, object]:
    return {
        "stored": stored,
        "changes": [
            {"what": each.part, "id": each.id, "change": each.kind, "words": each.words}
            for each in plan.changes
        ],
        "leaving": [
            {"team": each.id, "name": each.name, "live": each.live} for each in plan.leaving
        ],
        "remarks": remarks,
    }


def _tell(plan: Plan, only_check: bool) -> None:
    for change in plan.changes:
        click.echo(change.words)
    for team in plan.leaving:
        click.echo(leaving_words(team.name, team.live, plan.values["fallback_team"]))
    count = len(plan.changes)
    told = "nothing changes" if not count else f"{count} change{'s' * (count > 1)}"
    click.echo(f"{told}; nothing was stored" if only_check else told)


def leaving_words(name: str, live: int, fallback: str) -> str:
    """What becomes of the live referrals of a team that leaves the directory."""
    if not live:
        return f"‘{name}’ holds no live referral"
    them = "it is" if live == 1 else "they are"
    return (
        f"‘{name}’ holds {live:,} live referral{'s' * (live > 1)}: unless another team has "
        f"{'it' if live == 1 else 'them'} too, {them} given to ‘{fallback}’ within ten minutes"
    )


@directory.command("check")
@json_option
@with_appcontext
def check(as_json: bool) -> None:
    """Find gaps: areas without a service, teams that nobody staffs, covers that lead nowhere.

    Status 1 if there is a gap through which a referral could be read late or by the wrong team.
    Remarks, such as a closing day that is over, do not count.

    \b
    Example:
      intake directory check
    """
    gaps = find_gaps(clock())
    if as_json:
        found = [
            {"kind": gap.kind, "is_serious": gap.is_serious, "thing": gap.thing, "words": gap.words}
            for gap in gaps
        ]
        print_json({"gaps": found})
    else:
        for gap in gaps:
            click.echo(f"{'GAP   ' if gap.is_serious else 'remark'}  {gap.words}")
        if not gaps:
            click.echo("no gaps")
    sys.exit(1 if any(gap.is_serious for gap in gaps) else 0)


@directory.command("areas")
@click.option("--region", type=click.Choice(REGIONS), help="Only the areas of one region.")
@json_option
def areas(region: str | None, as_json: bool) -> None:
    """List local authorities and trusts with their official codes, as areas.csv takes them.

    \b
    Example:
      intake directory areas --region london > areas.csv
    """
    found = [area for area in known_areas().values() if region in (None, area.region)]
    if as_json:
        print_json({area.code: area.name for area in found})
        return
    places = [{"code": area.code, "name": area.name} for area in found]
    click.echo(written_tables({**EMPTY, "areas": places})["areas.csv"], nl=False)
