"""How far somebody is with each task of a form. Pure: the way that their answers lead."""

from collections.abc import Iterator
from dataclasses import dataclass

from form_definitions import Page, PageType, Task, TaskState
from intake.services.journeys import Journey


@dataclass(frozen=True, slots=True)
class TaskProgress:
    """One task, how far it is, and the page to go to: the first that is to do, else its first."""

    task: Task
    state: TaskState
    page: Page | None = None


def progress(way: Journey) -> tuple[TaskProgress, ...]:
    """Every task that is to be done on this way, in order."""
    return tuple(_progress(way))


def _progress(way: Journey) -> Iterator[TaskProgress]:
    open_tasks: set[int] = set()
    for at, task in enumerate(way.tasks):
        shown = way.shown_of(task)
        to_do = [page for page in shown if not way.is_complete(page)]
        can_start = task.needs.isdisjoint(open_tasks)
        if to_do or not can_start:
            open_tasks.add(at)
        if not can_start:
            yield TaskProgress(task, TaskState.CANNOT_START)
        elif shown:  # a task of which nothing is shown does not concern this person
            yield TaskProgress(task, _state(way, shown, to_do), (to_do or shown)[0])


def _state(way: Journey, shown: tuple[Page, ...], to_do: list[Page]) -> TaskState:
    if not to_do:
        return TaskState.COMPLETED
    names = {question.name for page in shown for question in page.questions}
    is_begun = not names.isdisjoint(way.answers) or any(page.id in way.done for page in shown)
    if is_begun or to_do[0].type is PageType.END:
        return TaskState.IN_PROGRESS
    return TaskState.NOT_STARTED
