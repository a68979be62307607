"""Write a form's pages as static HTML files, with the assets that they use."""

import shutil
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from form_definitions import (
    FormDefinition,
    PageType,
    TaskState,
    on_the_day,
    starting_answers,
    tasks_of,
    visible,
)
from intake.cli.sample_files import sample_files
from intake.cli.sample_prefill import sample_notice, sample_prefill
from renderers import FormRenderer, Site, TaskRow, compile_form

STATIC = Path(__file__).parent.parent / "static"
SHOWN_AT = datetime(2026, 3, 27, 10, 30, tzinfo=UTC)  # the same at every run: no needless diff
SHOWN_REFERENCE_TAIL = "XXXX-XXXX"


def write_pages(definition: FormDefinition, out: Path, answers: Mapping[str, Any]) -> list[Path]:
    """Write every page; returns the files. Raises OSError.

    Without answers a page shows what is there before anybody starts, and says so.
    """
    out.mkdir(parents=True, exist_ok=True)
    prefilled = {} if answers else _prefilled(definition)
    begun = starting_answers(definition, {**prefilled, **answers})
    told = None if answers else prefilled
    answers = on_the_day(definition, begun, SHOWN_AT)
    renderer = compile_form(definition, Site(name="Intake", static_url="static"))
    written = []
    for name, html in _documents(definition, renderer, answers, told):
        path = out / f"{name}.html"
        path.write_text(html, "utf-8")
        written.append(path)
    shutil.copytree(STATIC, out / "static", dirs_exist_ok=True)
    return written


def _prefilled(definition: FormDefinition) -> dict[str, Any]:
    """What the platform would fill in on any page, for somebody who is made up."""
    found: dict[str, Any] = {}
    for page in definition.pages:
        found |= sample_prefill(definition, page)
    return found


def _documents(
    definition: FormDefinition,
    renderer: FormRenderer,
    answers: Mapping[str, Any],
    prefilled: Mapping[str, Any] | None,
) -> Iterator[tuple[str, str]]:
    files = sample_files(definition, answers)
    yield "start", renderer.start(csrf="")
    previous = "start"
    if definition.has_tasks:
        rows = [
            TaskRow(task.title, TaskState.CANNOT_START)
            if task.needs
            else TaskRow(task.title, TaskState.NOT_STARTED, _file(task.pages[0].id))
            for task in tasks_of(definition)
        ]
        yield "task-list", renderer.task_list(rows, csrf="", back_url=_file(previous))
        previous = "task-list"
    for page in definition.pages:
        back_url = _file(previous)
        if page.type is PageType.END:
            yield page.id, renderer.end(page.id, back_url=back_url)
            continue
        told = "" if prefilled is None else sample_notice(renderer, page, answers, prefilled)
        yield (
            page.id,
            renderer.page(page.id, answers, csrf="", back_url=back_url, notice=told, files=files),
        )
        previous = page.id
    seen = visible(definition, answers).answers
    yield (
        "check-answers",
        renderer.check_answers(
            seen, csrf="", change_url=_file, back_url=_file(previous), files=files
        ),
    )
    reference = f"{definition.reference_prefix}-{SHOWN_REFERENCE_TAIL}"
    yield "done", renderer.confirmation(reference, submitted_at=SHOWN_AT)


def _file(page_id: str) -> str:
    return f"{page_id}.html"
