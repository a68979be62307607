"""The command line: `intake`. The commands are put together in commands.py."""

import sys

CHECK = ["forms", "check"]


def main(arguments: list[str] | None = None) -> None:
    """Run a command. What is expected to go wrong is a line on standard error and status 1.

    An editor checks a form each time it is saved: that needs no application, whose parts take
    many times as long to load as the form takes to be checked.
    """
    asked = sys.argv[1:] if arguments is None else arguments
    if asked[:2] == CHECK:
        from intake.cli.checking import check

        check.main(args=asked[2:], prog_name=" ".join(["intake", *CHECK]))
    else:
        from intake.cli.commands import run_command

        run_command(arguments)
