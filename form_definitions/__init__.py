"""What a form is: the form language, its loading, its conditions and the check of answers."""

from form_definitions.answers import (
    check_answers,
    check_page,
    prune,
    visible,
    visible_on,
)
from form_definitions.calculating import Calculation, on_the_day
from form_definitions.changes import Change, Safety
from form_definitions.checking import check_file, check_form, has_errors
from form_definitions.condition_reading import ConditionError, parse_condition
from form_definitions.conditions import All, Any, Comparison, Condition, Named, Not
from form_definitions.control_names import control_at, control_id
from form_definitions.definition import (
    FILE_KINDS,
    NUMBER_KINDS,
    FormDefinition,
    Kind,
    Option,
    Page,
    PageNotFound,
    PageType,
    Question,
)
from form_definitions.dialect import SCHEMA_PATH, Severity
from form_definitions.displaying import (
    FILE_WITHOUT_NAME,
    as_typed,
    date_parts,
    display,
    parts_of,
)
from form_definitions.editing import Edit, compare, still_done
from form_definitions.errors import ERROR_CODES, message
from form_definitions.explaining import (
    Explained,
    describe,
    describe_condition,
    describe_when,
    explain,
)
from form_definitions.file_errors import FILE_CODES, file_message
from form_definitions.form_settings import Contact, Email, LinkPolicy, Person, Retention, Start
from form_definitions.formats import (
    PARTS,
    format_problem,
    read_date,
    read_parts,
    read_typed,
)
from form_definitions.loading import (
    FormFileError,
    Problem,
    load_form,
    parse_form,
    shipped_forms,
)
from form_definitions.outcomes import FieldError, Outcome
from form_definitions.sections import (
    answers_in,
    looks_only_at,
    names_in,
    pages_that_ask,
    section_titles,
)
from form_definitions.starting import starting_answers, starts_with
from form_definitions.tasks import Task, TaskState, tasks_of
from form_definitions.translating import Text, Translation, texts_of
from form_definitions.visibility import Visible, VisibleOnPage

__all__ = [
    "ERROR_CODES",
    "FILE_CODES",
    "FILE_KINDS",
    "FILE_WITHOUT_NAME",
    "NUMBER_KINDS",
    "PARTS",
    "SCHEMA_PATH",
    "All",
    "Any",
    "Calculation",
    "Change",
    "Comparison",
    "Condition",
    "ConditionError",
    "Contact",
    "Edit",
    "Email",
    "Explained",
    "FieldError",
    "FormDefinition",
    "FormFileError",
    "Kind",
    "LinkPolicy",
    "Named",
    "Not",
    "Option",
    "Outcome",
    "Page",
    "PageNotFound",
    "PageType",
    "Person",
    "Problem",
    "Question",
    "Retention",
    "Safety",
    "Severity",
    "Start",
    "Task",
    "TaskState",
    "Text",
    "Translation",
    "Visible",
    "VisibleOnPage",
    "answers_in",
    "as_typed",
    "check_answers",
    "check_file",
    "check_form",
    "check_page",
    "compare",
    "control_at",
    "control_id",
    "date_parts",
    "describe",
    "describe_condition",
    "describe_when",
    "display",
    "explain",
    "file_message",
    "format_problem",
    "has_errors",
    "load_form",
    "looks_only_at",
    "message",
    "names_in",
    "on_the_day",
    "pages_that_ask",
    "parse_condition",
    "parse_form",
    "parts_of",
    "prune",
    "read_date",
    "read_parts",
    "read_typed",
    "section_titles",
    "shipped_forms",
    "starting_answers",
    "starts_with",
    "still_done",
    "tasks_of",
    "texts_of",
    "visible",
    "visible_on",
]
