"""The task list of a long form: what is done and what is still to do."""

from werkzeug.wrappers import Response

from intake.public.blueprint import public
from intake.public.drafting import address, go, kept_until, posted_to, visitors_draft, way_of
from intake.public.form_runner import elsewhere
from intake.public.languages import switched
from intake.public.saving import COME_BACK
from intake.services.sealed_drafts import Draft
from intake.services.tasks import TaskProgress, progress
from renderers import SAVE_ACTION, TaskRow


@public.get("/form/<draft_id>/task-list")
def task_list(draft_id: str) -> str | Response:
    """Every section as a task. Raises NotFound if the form has no task list."""
    draft = visitors_draft(draft_id)
    if draft.receipt:
        return go(draft, "done")
    if not draft.form.definition.has_tasks:
        return elsewhere(draft, "task-list")
    rows = [row(draft, task) for task in progress(way_of(draft))]
    back_url = address(draft, "start")
    return draft.form.renderer.task_list(
        rows, csrf=draft.csrf, back_url=back_url, kept_until=kept_until(draft)
    )


@public.post("/form/<draft_id>/task-list")
def leave_task_list(draft_id: str) -> Response:
    """To the first page that is still to do, or to checking the answers."""
    draft = visitors_draft(draft_id)
    posted = posted_to(draft)
    if draft.receipt:
        return go(draft, "done")
    if not draft.form.definition.has_tasks:
        return elsewhere(draft, "task-list")
    in_other_words = switched(draft, "task-list", posted)
    if in_other_words:
        return in_other_words
    if posted.get("action") == SAVE_ACTION:
        return go(draft, COME_BACK)
    page = way_of(draft).first_problem()
    return go(draft, page.id if page else "check-answers")


def row(draft: Draft, task: TaskProgress) -> TaskRow:
    """A task as the page shows it."""
    href = address(draft, task.page.id) if task.page else ""
    return TaskRow(task.task.title, task.state, href)
