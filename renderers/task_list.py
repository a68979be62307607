"""The task list of a long form: its sections, and what is still to do in each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import escape

from form_definitions import FormDefinition, TaskState
from renderers.documents import Document, buttons, heading
from renderers.shapes import component
from renderers.skeleton import Marks, Skeleton, split, tidy

STATUSES: dict[TaskState, dict[str, Any]] = {
    TaskState.COMPLETED: {"text": "Completed"},
    TaskState.IN_PROGRESS: {"tag": {"text": "In progress", "classes": "govuk-tag--teal"}},
    TaskState.NOT_STARTED: {"tag": {"text": "Not started", "classes": "govuk-tag--blue"}},
    TaskState.CANNOT_START: {
        "text": "Cannot start yet",
        "classes": "govuk-task-list__status--cannot-start-yet",
    },
}


@dataclass(frozen=True, slots=True)
class TaskRow:
    """One task as somebody sees it; ``href`` leads to its page, if it can be started."""

    title: str
    state: TaskState
    href: str = ""


class TaskList:
    """The page that lists a form's tasks; GOV.UK's macro runs once for each state."""

    def __init__(self, definition: FormDefinition, document: Document, marks: Marks) -> None:
        self._document = document
        self._frame = document.frame("")
        self._heading = heading(definition.title)
        self._button = buttons(("Continue", "continue"))
        self._rows = {state: _row(state, marks) for state in TaskState}

    def render(self, tasks: Sequence[TaskRow], csrf: str, back_url: str) -> str:
        """The whole document."""
        rows = (
            self._rows[task.state].fill(
                {"title": task.title, "href": task.href, "number": str(number)}
            )
            for number, task in enumerate(tasks, 1)
        )
        listed = '<ul class="govuk-task-list">\n' + "\n".join(rows) + "\n</ul>\n"
        form = self._document.form(csrf, self._button)
        content = f"{self._heading}\n{_progress(tasks)}\n{listed}{form}"
        return self._frame.render(content, back=self._document.back(back_url))


def _row(state: TaskState, marks: Marks) -> Skeleton:
    item: dict[str, Any] = {"title": {"text": marks.hole("title")}, "status": STATUSES[state]}
    if state is not TaskState.CANNOT_START:
        item["href"] = marks.hole("href")
    html = component("task-list", {"items": [item]})
    html = html.replace("task-list-1-status", f"task-list-{marks.hole('number')}-status")
    return split(tidy(html[html.index("<li") : html.rindex("</li>") + len("</li>")]), marks)


def _progress(tasks: Sequence[TaskRow]) -> str:
    done = sum(task.state is TaskState.COMPLETED for task in tasks)
    words = f"You have completed {done} of {len(tasks)} sections. Do them in any order."
    if done == len(tasks):
        words = "You have completed every section. Now check your answers and send the form."
    return f'<p class="govuk-body">{escape(words)}</p>'
