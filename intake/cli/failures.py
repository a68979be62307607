"""How commands answer and fail: JSON alone on standard output, failures on standard error."""

import json
from collections.abc import Iterable
from typing import IO, Any

import click

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")


class Failure(click.ClickException):
    """What could not be done: exit status 1."""

    exit_code = 1

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the message alone, so that an editor finds "file:line:" at its start."""
        click.echo(self.message, file=file, err=file is None)


class BadInput(Failure):
    """A file or argument that cannot be used: exit status 2."""

    exit_code = 2


def problems_failure(problems: Iterable[object]) -> BadInput:
    """The failure for a file's problems, one a line: file, line, column, what is wrong, the fix."""
    return BadInput("\n".join(str(problem) for problem in problems))


def print_json(value: Any) -> None:
    """Print one JSON value on a line of its own."""
    click.echo(json.dumps(value, ensure_ascii=False, default=str))
