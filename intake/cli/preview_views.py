"""One page of a previewed form in one state: empty, answered, with its errors, or being tried."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import redirect, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from form_definitions import (
    FieldError,
    FormDefinition,
    Page,
    PageType,
    check_answers,
    check_page,
    visible,
)
from form_definitions.languages import ENGLISH
from form_definitions.sampling import without_page, wrong_on_page
from intake.cli.rendering import SHOWN_AT, SHOWN_REFERENCE_TAIL
from intake.cli.sample_files import sample_files, with_chosen
from intake.cli.sample_prefill import sample_notice, sample_prefill
from intake.services.answering import Answered, answer_page
from intake.services.giving_files import files_asked
from intake.services.journeys import journey
from intake.services.tasks import progress
from renderers import LANGUAGE_ACTION, SAVE_ACTION, FormRenderer, TaskRow

#: The state of a page that shows what is there before anybody starts.
PREFILLED = "prefilled"


@dataclass(slots=True)
class View:
    """One page of the form in one state."""

    definition: FormDefinition
    renderer: FormRenderer
    state: str
    answers: dict[str, Any]
    language: str = ENGLISH

    def get(self, page_id: str) -> str:
        """The HTML of a page; 404 if the form has none of that id."""
        return _FIXED[page_id](self) if page_id in _FIXED else self._page(page_id)

    def post(self, page_id: str) -> str | Response:
        """Take what was posted, show its errors, go on to the next page or to another language."""
        action = request.form.get("action", "continue")
        if action.startswith(LANGUAGE_ACTION):
            return self._in_language(action.removeprefix(LANGUAGE_ACTION), page_id)
        if page_id in _FIXED:
            return self._to(_AFTER.get(page_id) or self._first())
        page = self._known(page_id)
        answered = self._answered(page, action)
        self.answers = dict(answered.answers)
        if action == SAVE_ACTION:  # an example is not kept
            return self._rendered(page_id, self.answers, ())
        if not answered.goes_on:
            return self._rendered(page_id, self.answers, answered.errors, item=answered.item)
        return self._to(self._next(page_id))

    def _answered(self, page: Page, action: str) -> Answered:
        """What was posted does to the answers; an example stands for a file that was chosen."""
        if not files_asked(page):
            return answer_page(self, page, self.answers, request.form)
        chosen = [name for name, file in request.files.items(multi=True) if file.filename]
        read = self.renderer.read(page.id, request.form, self.answers)
        answers = with_chosen(page, read, chosen, action)
        if action not in {"continue", ""}:
            return Answered(answers)
        errors = check_page(self.definition, page, answers).errors
        return Answered(answers, errors, goes_on=not errors)

    def _in_language(self, language: str, page_id: str) -> Response:
        if page_id not in _FIXED:
            self._known(page_id)
            self.answers = self.renderer.read(page_id, request.form, self.answers)
        return redirect(url_for("page", language=language, state=self.state, page_id=page_id), 303)

    def _page(self, page_id: str) -> str:
        page = self._known(page_id)
        answers = self.answers
        if self.state == "missing":
            answers = without_page(page, answers)
        if self.state == "wrong":
            answers = wrong_on_page(page, answers)
        has_errors = self.state in {"missing", "wrong"}
        errors = check_page(self.definition, page, answers).errors if has_errors else ()
        item = request.args.get("item", type=int)  # of a list: the one to change
        return self._rendered(page_id, answers, errors, self._notice(page), item)

    def _notice(self, page: Page) -> str:
        if self.state != PREFILLED or page.type is not PageType.QUESTIONS:
            return ""
        prefilled = sample_prefill(self.definition, page)
        return sample_notice(self.renderer, page, self.answers, prefilled)

    def _rendered(
        self,
        page_id: str,
        answers: Mapping[str, Any],
        errors: tuple[FieldError, ...],
        notice: str = "",
        item: int | None = None,
    ) -> str:
        back = self._url(self._before(page_id))
        files = sample_files(self.definition, answers)
        return self.renderer.page(
            page_id, answers, errors, csrf="", back_url=back, notice=notice, files=files, item=item
        )

    def _known(self, page_id: str) -> Page:
        for page in self.definition.pages:
            if page.id == page_id:
                return page
        raise NotFound

    # -- the way through the form -----------------------------------------------------------------

    def _way(self) -> list[str]:
        seen = visible(self.definition, self.answers)
        tasks = ["task-list"] if self.definition.has_tasks else []
        return ["start", *tasks, *(page.id for page in seen.pages), "check-answers"]

    def _first(self) -> str:
        return self._way()[1]

    def _next(self, page_id: str) -> str:
        way = self._way()
        ids = [page.id for page in self.definition.pages]
        if page_id in way:
            return way[way.index(page_id) + 1]
        return [*ids, "check-answers"][ids.index(page_id) + 1]

    def _before(self, page_id: str) -> str:
        way = self._way()
        return way[max(way.index(page_id) - 1, 0)] if page_id in way else "start"

    def _url(self, page_id: str) -> str:
        return url_for("page", language=self.language, state=self.state, page_id=page_id)

    def _to(self, page_id: str) -> Response:
        return redirect(self._url(page_id), code=303)

    # -- pages that every form has ----------------------------------------------------------------

    def start(self) -> str:
        """The start page."""
        return self.renderer.start(csrf="", back_url=url_for("overview"))

    def task_list(self) -> str:
        """The tasks, how far they are with these answers; 404 if the form has none."""
        if not self.definition.has_tasks:
            raise NotFound
        way = journey(self.definition, self.answers, self._done())
        rows = [
            TaskRow(each.task.title, each.state, self._url(each.page.id) if each.page else "")
            for each in progress(way)
        ]
        return self.renderer.task_list(rows, csrf="", back_url=self._url("start"))

    def _done(self) -> frozenset[str]:
        """The pages that somebody with these answers has filled in, or read on the way."""
        return frozenset(
            page.id
            for page in self.definition.pages
            if self.answers.keys() & {question.name for question in page.questions}
            or (page.type is PageType.INFORMATION and self.answers)
        )

    def check_answers(self) -> str:
        """Check your answers; of what was tried, with what is missing."""
        outcome = check_answers(self.definition, self.answers)
        return self.renderer.check_answers(
            visible(self.definition, self.answers).answers,
            csrf="",
            change_url=self._url,
            back_url=self._url(self._way()[-2]),
            errors=outcome.errors if self.state == "try" else (),
            files=sample_files(self.definition, self.answers),
        )

    def done(self) -> str:
        """The receipt of an example."""
        reference = f"{self.definition.reference_prefix}-{SHOWN_REFERENCE_TAIL}"
        return self.renderer.confirmation(reference, submitted_at=SHOWN_AT)


_FIXED: dict[str, Callable[[View], str]] = {
    "start": View.start,
    "task-list": View.task_list,
    "check-answers": View.check_answers,
    "done": View.done,
}
#: Where their button leads; from the others to the first page after the start.
_AFTER = {"task-list": "check-answers", "check-answers": "done"}
