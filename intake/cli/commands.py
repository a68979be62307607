"""Every command of `intake`, one module for each group."""

import sys

import click
from flask.cli import FlaskGroup
from flask_migrate.cli import db
from sqlalchemy.exc import OperationalError

from intake import __version__, create_app
from intake.cli.audit import audit
from intake.cli.campaigns import campaign
from intake.cli.demo import demo
from intake.cli.directory import directory
from intake.cli.doctor import doctor
from intake.cli.forms import forms
from intake.cli.keys import keys
from intake.cli.link_care import links
from intake.cli.matching import matching
from intake.cli.reports import report
from intake.cli.routes import routes
from intake.cli.run import run
from intake.cli.staff import staff
from intake.cli.worker import worker
from intake.config import SettingsError
from intake.errors import problem_of
from intake.observability import configure
from intake.sealing import SealingError
from intake.services.directory import NoDirectory

COMMANDS: tuple[click.Command, ...] = (
    audit,
    campaign,
    db,
    demo,
    directory,
    doctor,
    forms,
    keys,
    links,
    matching,
    report,
    routes,
    run,
    staff,
    worker,
)
FAILED = 1  # exit status; a bad input is 2, which is click's own for a bad usage


class IntakeGroup(FlaskGroup):
    """Flask's group, without its plug-ins and its own options."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command. No application is made for it: `intake --help` needs no settings."""
        return click.Group.list_commands(self, ctx)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """One command, likewise."""
        return click.Group.get_command(self, ctx, name)


@click.group(
    cls=IntakeGroup,
    create_app=create_app,
    add_default_commands=False,
    add_version_option=False,
    load_dotenv=False,
    set_debug_flag=False,
)
@click.version_option(__version__, prog_name="intake")
def cli() -> None:
    """Referral forms: publish, send, receive and route them.

    \b
    Example:
      intake demo
    """


# which application it is, is known: none of Flask's --app, --debug, --env-file
cli.params = [one for one in cli.params if one.name == "version"]
for command in COMMANDS:
    cli.add_command(command)
db.help = """Make and change the database's tables.

\b
Example:
  intake db upgrade
"""


def run_command(arguments: list[str] | None = None) -> None:
    """Run a command. What is expected to go wrong is a line on standard error and status 1."""
    configure()
    try:
        cli.main(args=arguments, prog_name="intake")
    except SettingsError as error:
        fail(*error.problems)
    except (SealingError, NoDirectory) as error:
        fail(str(error))
    except OperationalError as error:
        fail(f"The database cannot be used ({problem_of(error)}). Is `intake db upgrade` done?")


def fail(*problems: str) -> None:
    """Print each problem on standard error and end with status 1."""
    for problem in problems:
        click.echo(problem, err=True)
    sys.exit(FAILED)
