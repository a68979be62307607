"""What a form is: the form language, its loading, its conditions and the check of answers."""

from form_definitions.answers import (
    FieldError,
    Outcome,
    check_answers,
    check_page,
    prune,
    visible,
)
from form_definitions.conditions import (
    All,
    Any,
    Comparison,
    Condition,
    ConditionError,
    Named,
    Not,
    parse_condition,
)
from form_definitions.definition import (
    Contact,
    Email,
    FormDefinition,
    Kind,
    LinkPolicy,
    Option,
    Page,
    PageNotFound,
    PageType,
    Person,
    Question,
    Retention,
    Start,
)
from form_definitions.displaying import as_typed, date_parts, display
from form_definitions.errors import ERROR_CODES, message
from form_definitions.explaining import Explained, describe, describe_condition, explain
from form_definitions.formats import (
    format_problem,
    read_date,
    read_typed,
)
from form_definitions.loading import (
    FormFileError,
    Problem,
    load_form,
    parse_form,
    shipped_forms,
)
from form_definitions.tasks import Task, TaskState, tasks_of
from form_definitions.visibility import Visible

__all__ = [
    "ERROR_CODES",
    "All",
    "Any",
    "Comparison",
    "Condition",
    "ConditionError",
    "Contact",
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
    "Start",
    "Task",
    "TaskState",
    "Visible",
    "as_typed",
    "check_answers",
    "check_page",
    "date_parts",
    "describe",
    "describe_condition",
    "display",
    "explain",
    "format_problem",
    "load_form",
    "message",
    "parse_condition",
    "parse_form",
    "prune",
    "read_date",
    "read_typed",
    "shipped_forms",
    "tasks_of",
    "visible",
]
