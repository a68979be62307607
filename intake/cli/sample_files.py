"""Files in a preview: whatever somebody chooses, an example stands in its place."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from form_definitions import FormDefinition, Kind, Page
from form_definitions.file_kinds import formats_of
from form_definitions.sample_values import sample
from intake.services.giving_files import files_asked, ids_of
from renderers import Files, GivenFile

EXAMPLE_SIZE = 248_000  # bytes: a letter that was photographed


def sample_files(definition: FormDefinition, answers: Mapping[str, Any]) -> Files:
    """Names for the files that example answers have: nothing is stored anywhere."""
    return {
        file_id: GivenFile(f"example{formats_of(question.accept)[0].extensions[0]}", EXAMPLE_SIZE)
        for question in definition.file_questions
        for file_id in ids_of(answers.get(question.name))
    }


def with_chosen(
    page: Page, answers: Mapping[str, Any], chosen: Collection[str], action: str
) -> dict[str, Any]:
    """The answers after files were chosen for some questions, or one was taken away."""
    changed = dict(answers)
    for question in files_asked(page):
        kept = [
            one
            for one in ids_of(answers.get(question.name))
            if action != f"remove-{question.name}-{one}"
        ]
        if question.name in chosen and not kept:
            kept = ids_of(sample(question))
        changed.pop(question.name, None)
        if kept:
            changed[question.name] = kept if question.kind is Kind.FILES else kept[0]
    return changed
