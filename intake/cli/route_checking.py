"""What `intake routes check` finds, in rule files on disk and in stored versions and drafts."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import OperationalError

from form_definitions import FormFileError, Problem, load_form
from intake.app_state import clock, settings
from intake.services.directory import NoDirectory
from intake.services.form_files import form_files, rule_files
from intake.services.forms import FormNotFound
from intake.services.rule_checks import check_rule_set
from intake.services.rule_publishing import check_stored
from intake.services.rule_versions import StoredRules, in_force_ids, list_rules, standing
from referral_router import Directory, RuleFileError, load_rules


@dataclass(frozen=True, slots=True)
class Look:
    """What a look at one rule file has found."""

    form: str
    file: str
    rules: int = 0
    problems: tuple[object, ...] = ()
    remarks: tuple[Problem, ...] = ()


def look_at_files(directory: Directory | None) -> list[Look]:
    """What is wrong with the rule file of every form on disk."""
    files = rule_files(settings().rules_dir)
    return [_look_at(form_id, path, directory) for form_id, path in files.items()]


def _look_at(form_id: str, path: Path, directory: Directory | None) -> Look:
    form = form_files(settings().forms_dir).get(form_id)
    if form is None:
        problem = f"{path}: there is no form ‘{form_id}’. Name the file after a form."
        return Look(form_id, str(path), problems=(problem,))
    try:
        rules = load_rules(path, load_form(form))
    except (FormFileError, RuleFileError) as error:
        return Look(form_id, str(path), problems=error.problems)
    checked = check_rule_set(rules, directory)
    return Look(form_id, str(path), len(rules.rules), checked.problems, checked.remarks)


def look_at_versions() -> list[Look]:
    """What is wrong with drafts, and with rules that hold or are coming: the directory changes."""
    try:
        now = clock()
        in_force = in_force_ids(now)
        return [
            _look_at_version(each)
            for each in list_rules()
            if standing(each, now, in_force.get(each.form_id)) not in ("replaced", "withdrawn")
        ]
    except (NoDirectory, OperationalError):  # there is no database yet
        return []


def _look_at_version(stored: StoredRules) -> Look:
    name = f"{stored.form_id}@{stored.version}"
    try:
        checked = check_stored(stored)
    except FormNotFound:
        return Look(stored.form_id, name)
    count = len(checked.rules.rules) if checked.rules else 0
    return Look(stored.form_id, name, count, checked.problems, checked.remarks)
