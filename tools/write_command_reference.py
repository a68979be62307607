"""Writes docs/commands.md from the commands' own help; --check says whether it is up to date."""

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from intake.cli.commands import cli

PATH = Path(__file__).resolve().parent.parent / "docs" / "commands.md"
HEAD = """# Commands

`intake` is the console script. Each command has `--help`. Those that answer with data take `--json`
and then print nothing else on standard output; errors go to standard error, with exit status 1, or
2 for a bad input.

This page is written by `python tools/write_command_reference.py` from the commands themselves.
"""
LEFT_OUT = {"db"}  # Alembic's own many commands; `intake db upgrade` is the one that is needed


def main() -> int:
    """Write the page, or compare it."""
    text = reference()
    if "--check" in sys.argv:
        return 0 if PATH.read_text("utf-8") == text else 1
    PATH.write_text(text, "utf-8")
    return 0


def reference() -> str:
    """The page."""
    parts = [
        HEAD,
        "## intake db upgrade\n\nMake the database's tables, or bring them up to date.\n",
    ]
    parts += [
        f"## {name}\n\n```\n{help_of(name, command)}\n```\n"
        for name, command in commands(cli, "intake")
    ]
    return "\n".join(parts)


def commands(group: click.Group, before: str) -> Iterator[tuple[str, click.Command]]:
    """Every command that does something, with its full name."""
    for name, command in sorted(group.commands.items()):
        if isinstance(command, click.Group) and name not in LEFT_OUT:
            yield from commands(command, f"{before} {name}")
        elif name not in LEFT_OUT:
            yield f"{before} {name}", command


def help_of(name: str, command: click.Command) -> str:
    """What --help prints, eighty characters wide wherever this runs."""
    context = click.Context(command, info_name=name, terminal_width=90, max_content_width=90)
    return "\n".join(line.rstrip() for line in command.get_help(context).strip().splitlines())


if __name__ == "__main__":
    sys.exit(main())
