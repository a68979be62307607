"""`intake doctor`: what is wrong with this installation, and what to do about it."""

import json
import shutil
import sys

import click
from flask.cli import with_appcontext

from intake import health, mail, outbox, proxies
from intake.app_state import clock, settings
from intake.cli.failures import json_option
from intake.files import scanning
from intake.proxies import seen_unknown_proxy
from intake.services import directory_gaps, watching
from intake.services.resealing import count_copies, retired_keys
from intake.services.secret_keys import missing_keys
from intake.services.unattended import find_unattended

LEAST_FREE = 512 * 1024 * 1024  # bytes; SQLite needs room for its log while it checkpoints


def check_mail() -> str:
    """Whether the mail server answers and takes our sign-in. Public processes send nothing."""
    return "" if settings().role == "public" else mail.check_connection(settings())


def check_undelivered() -> str:
    """Whether work was given up."""
    dead = outbox.counts().get(outbox.DEAD, 0)
    where = "see “Undelivered” on the staff side, and the worker's log"
    return f"{dead} given up: {where}" if dead else ""


def check_rotation() -> str:
    """Whether a key rotation was left half done."""
    left = count_copies(retired_keys())
    return f"{left} copies under earlier keys: run `intake keys rotate --resume`" if left else ""


def check_secret_keys() -> str:
    """Whether links that should work were signed with a key that the settings lack."""
    gone = missing_keys()
    count = sum(line.live_links for line in gone)
    ids = ", ".join(line.id for line in gone)
    return f"{count} live links need a key that INTAKE_SECRET_KEYS lacks: {ids}" if gone else ""


def check_proxies() -> str:
    """Whether visitors came through a proxy that the settings do not know of."""
    seen = seen_unknown_proxy(clock())
    return proxies.ADVICE if seen else ""


def check_disk() -> str:
    """Whether the instance folder's disk has room."""
    folder = settings().instance_dir
    free = shutil.disk_usage(folder if folder.exists() else folder.parent).free
    return f"only {free // 2**20} MiB are free" if free < LEAST_FREE else ""


def check_scanner() -> str:
    """Whether the virus scanner answers, if one is set."""
    address = settings().clamd_url
    return scanning.problem(address) if address else ""


def check_directory() -> str:
    """Whether the directory has gaps through which a referral could be read late, or by nobody."""
    return directory_gaps.check_directory(clock())


UNATTENDED = {
    "nowhere": "no team has them",
    "unstaffed": "no team that has them has staff",
    "unreadable": "no team that has them can open them",
    "merged-away": "merged into a case that does not show what was sent to it",
    "kept-in-part": "no team has the key to all of what was sent, only to parts of it",
    "half-closed": "closed, and yet in a queue",
}


def check_referrals() -> str:
    """Whether each referral is before somebody's eyes, or has a recorded end."""
    return "; ".join(
        f"{each.count} cases: {UNATTENDED[each.kind]} ({', '.join(each.references)}"
        f"{', …' if each.count > len(each.references) else ''})"
        for each in find_unattended()
    )


def check_clocks() -> str:
    """Whether a worker looks at the clocks of referrals."""
    late = watching.overlooked(clock())
    return (
        f"nobody has looked at {late} of them for 15 minutes: is a worker running?" if late else ""
    )


@click.command()
@click.option("--referrals", is_flag=True, help="Only whether any referral is before nobody.")
@json_option
@with_appcontext
def doctor(referrals: bool, as_json: bool) -> None:
    """Check database, keys, forms, referrals, mail and disk. Status 1 if anything is wrong.

    The worker gives what nobody would look at to the fallback team, every ten minutes.

    \b
    Example:
      intake doctor
      intake doctor --referrals
    """
    checks = {
        **health.CHECKS,
        "mail": check_mail,
        "referrals": check_referrals,
        "clocks": check_clocks,
        "directory": check_directory,
        "outbox": check_undelivered,
        "rotation": check_rotation,
        "secret keys": check_secret_keys,
        "proxies": check_proxies,
        "disk": check_disk,
        "scanner": check_scanner,
    }
    if referrals:
        checks = {"referrals": check_referrals}
    problems = {name: health.tried(check) for name, check in checks.items()}
    if as_json:
        click.echo(json.dumps({name: text or "ok" for name, text in problems.items()}))
    else:
        for name, text in problems.items():
            click.echo(f"{'FAIL' if text else ' ok '}  {name:<12} {text}")
    sys.exit(1 if any(problems.values()) else 0)
