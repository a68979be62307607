"""The task list of a long form: its sections, and what is still to do in each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from form_definitions import FormDefinition, TaskState
from form_definitions.languages import N_, words
from renderers.documents import Document, buttons, heading, paragraph
from renderers.shapes import component
from renderers.skeleton import Marks, Skeleton, split, tidy

STATUSES: dict[TaskState, dict[str, Any]] = {
    TaskState.COMPLETED: {"text": N_("Completed")},
    TaskState.IN_PROGRESS: {"tag": {"text": N_("In progress"), "classes": "govuk-tag--teal"}},
    TaskState.NOT_STARTED: {"tag": {"text": N_("Not started"), "classes": "govuk-tag--blue"}},
    TaskState.CANNOT_START: {
        "text": N_("Cannot start yet"),
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
        self._said = words(definition.language)
        self._button = buttons(self._said, (self._said.gettext("Continue"), "continue"))
        self._rows = {state: self._row(state, marks) for state in TaskState}

    def render(
        self,
        tasks: Sequence[TaskRow],
        csrf: str,
        back_url: str,
        kept_until: datetime | None = None,
    ) -> str:
        """The whole document."""
        rows = (
            self._rows[task.state].fill(
                {"title": task.title, "href": task.href, "number": str(number)}
            )
            for number, task in enumerate(tasks, 1)
        )
        listed = '<ul class="govuk-task-list">\n' + "\n".join(rows) + "\n</ul>\n"
        form = self._document.form(csrf, self._button) + self._document.kept(kept_until)
        content = f"{self._heading}\n{self._progress(tasks)}\n{listed}{form}"
        return self._frame.render(content, back=self._document.back(back_url))

    def _row(self, state: TaskState, marks: Marks) -> Skeleton:
        item: dict[str, Any] = {"title": {"text": marks.hole("title")}, "status": self._in(state)}
        if state is not TaskState.CANNOT_START:
            item["href"] = marks.hole("href")
        html = component("task-list", {"items": [item]})
        html = html.replace("task-list-1-status", f"task-list-{marks.hole('number')}-status")
        return split(tidy(html[html.index("<li") : html.rindex("</li>") + len("</li>")]), marks)

    def _in(self, state: TaskState) -> dict[str, Any]:
        """A state as the macro takes it, in the form's language."""
        status = STATUSES[state]
        english = status.get("tag", status)["text"]
        text = {"text": self._said.gettext(english)}
        return {"tag": status["tag"] | text} if "tag" in status else status | text

    def _progress(self, tasks: Sequence[TaskRow]) -> str:
        done = sum(task.state is TaskState.COMPLETED for task in tasks)
        if done == len(tasks):
            said = self._said.gettext(
                "You have completed every section. Now check your answers and send the form."
            )
            return paragraph(said)
        said = self._said.gettext(
            "You have completed {done} of {total} sections. Do them in any order."
        )
        if any(task.state is TaskState.CANNOT_START for task in tasks):
            said = self._said.gettext(
                "You have completed {done} of {total} sections. Some open when others are done."
            )
        return paragraph(said.format(done=done, total=len(tasks)))
