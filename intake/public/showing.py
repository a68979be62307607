"""One page of a form for one draft, as HTML; nothing here looks at the request."""

from form_definitions import FieldError
from intake.public.drafting import address, kept_until
from intake.public.page_files import given_files
from intake.services.answering import items_of
from intake.services.journeys import Journey
from intake.services.prefilling import prefill_notice, usual_answers
from intake.services.sealed_drafts import Draft
from renderers import Around


def page_html(
    draft: Draft,
    way: Journey,
    page_id: str,
    errors: tuple[FieldError, ...] = (),
    item: int | None = None,
    *,
    changing: bool = False,
) -> bytes:
    """A page as HTML; an end page has nothing to fill in.

    With ``changing``, it leads back to checking the answers.
    """
    has_list = item is not None and page_id_has_items(draft, page_id)
    back_url = address(draft, page_id, changing=changing) if has_list else ""
    back_url = back_url or way_back(draft, way, page_id, changing=changing)
    if way.ended and way.ended.id == page_id:
        return draft.form.renderer.end(page_id, csrf=draft.csrf, back_url=back_url).encode()
    around = Around(
        errors=errors,
        csrf=draft.csrf,
        back_url=back_url,
        notice=prefill_notice(draft, page_id) if _may_be_filled_in(draft) else "",
        item=item,
        query="change=1" if changing else "",
        files=given_files(draft) if page_id in draft.form.definition.pages_with_files else {},
        kept_until=kept_until(draft),
    )
    return draft.form.renderer.page_bytes(page_id, draft.answers, around)


def _may_be_filled_in(draft: Draft) -> bool:
    """Whether any answer may be there that the visitor did not give."""
    return bool(draft.prefilled or usual_answers(draft.form.definition))


def page_id_has_items(draft: Draft, page_id: str) -> bool:
    """Whether the page is a list with something on it, to which an item's page leads back."""
    definition = draft.form.definition
    question = definition.list_on(definition.page(page_id))
    return question is not None and bool(items_of(question, draft.answers))


def way_back(draft: Draft, way: Journey, page_id: str, *, changing: bool) -> str:
    """Where the back link leads: checking the answers, if that is where they came from."""
    if changing and way.first_open() is None:
        return address(draft, "check-answers")
    previous = way.before(page_id)
    return address(draft, previous.id if previous else "task-list" if way.tasks else "start")
