"""`intake forms check`: what is wrong or unwise in form files, for people, tools and editors."""

from pathlib import Path
from typing import Any

import click

from form_definitions import Severity, check_file, has_errors, load_form, shipped_forms
from form_definitions.catalogue_checking import check_catalogues, stray_catalogues
from intake.cli.failures import BadInput, print_json
from referral_router import RuleFileError, load_rules, shipped_rules

FORM_FILE = click.Path(dir_okay=False, path_type=Path)
FORMATS = ("text", "json", "problem-matcher")


@click.command("check")
@click.argument("files", nargs=-1, type=FORM_FILE)
@click.option("--rules", type=FORM_FILE, help="The rule file of the one form that is checked.")
@click.option(
    "--format",
    "style",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="For people, for tools, or for the problem matcher of an editor.",
)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
def check(files: tuple[Path, ...], rules: Path | None, style: str, as_json: bool) -> None:
    """Check form files, their routing rules and their catalogues; without FILES, those shipped.

    Every problem is one line: file, line, column, what is wrong and what to do. An error keeps a
    form from being published: exit status 2. A warning does not: exit status 0.

    \b
    Example: intake forms check my-forms/*.json
    """
    if rules and len(files) != 1:
        raise BadInput("--rules belongs to one form: give exactly one file")
    paths = files or tuple(shipped_forms().values())
    checked = [(path, _with_catalogues(path, problems_of(path, rules))) for path in paths]
    checked += _strays(paths)
    _PRINTERS["json" if as_json else style](checked)
    if any(has_errors(problems) for _, problems in checked):
        click.get_current_context().exit(BadInput.exit_code)


Checked = list[tuple[Path, tuple[Any, ...]]]


def problems_of(path: Path, rules: Path | None = None) -> tuple[Any, ...]:
    """The problems of a form file, and of the rules that belong to it once it loads."""
    problems = check_file(path)
    if has_errors(problems):
        return problems
    rules = rules or rules_beside(path, path.stem)
    if rules is None:
        return problems
    try:
        load_rules(rules, load_form(path))
    except RuleFileError as error:
        return (*problems, *error.problems)
    except OSError as error:
        raise BadInput(f"{error.filename}: cannot be read ({error.strerror})") from error
    return problems


def _with_catalogues(path: Path, problems: tuple[Any, ...]) -> tuple[Any, ...]:
    """The problems of a form with those of its catalogues, once it loads."""
    if has_errors(problems):
        return problems
    return (*problems, *check_catalogues(path))


def _strays(paths: tuple[Path, ...]) -> Checked:
    """The catalogues beside these forms that belong to none."""
    folders = dict.fromkeys(path.parent for path in paths)
    strays = [problem for folder in folders for problem in stray_catalogues(folder)]
    return [(Path(problem.file), (problem,)) for problem in strays]


def rules_beside(path: Path, form_id: str) -> Path | None:
    """The shipped rules of a shipped form; another form's rules are named with --rules."""
    is_shipped = shipped_forms().get(form_id, Path()).resolve() == path.resolve()
    return shipped_rules().get(form_id) if is_shipped else None


# -- the three ways to say it ----------------------------------------------------------------------


def _print_text(checked: Checked) -> None:
    """Problems on standard error, and for each file that can be used a line on standard output."""
    for path, problems in checked:
        for problem in problems:
            click.echo(_as_text(problem), err=True)
        if not has_errors(problems):
            click.echo(f"{path}: {_count(len(problems))}")


def _as_text(problem: Any) -> str:
    if problem.severity is Severity.ERROR:
        return str(problem)
    return f"{_place(problem)}: warning: {_words(problem)}"


def _count(warnings: int) -> str:
    if not warnings:
        return "no problems"
    return f"no errors, {warnings} warning{'' if warnings == 1 else 's'}"


def _print_matcher(checked: Checked) -> None:
    """file:line:column: severity: message, as compilers write it."""
    for _path, problems in checked:
        for problem in problems:
            click.echo(f"{_place(problem)}: {problem.severity}: {_words(problem)}")


def _place(problem: Any) -> str:
    return f"{problem.file}:{problem.line}:{problem.column}"


def _words(problem: Any) -> str:
    return f"{problem.message}. {problem.fix}".rstrip()


def _print_reports(checked: Checked) -> None:
    print_json([_report(path, problems) for path, problems in checked])


def _report(path: Path, problems: tuple[Any, ...]) -> dict[str, Any]:
    names = ("file", "line", "column", "severity", "where", "message", "fix")
    found = [{name: getattr(each, name) for name in names} for each in problems]
    return {"file": str(path), "problems": found}


_PRINTERS = {"text": _print_text, "json": _print_reports, "problem-matcher": _print_matcher}
