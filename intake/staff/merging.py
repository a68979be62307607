"""Merge two cases about the same incident, and undo it."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from wtforms import Form, SelectMultipleField, StringField, TextAreaField

from intake.access import CasePair, CasePart, User, may
from intake.services.cases import find_case
from intake.services.directory import team_names
from intake.services.merging import Unconfirmed, case_to_merge, look_at_merge, merge, older_first
from intake.services.unmerging import unmerge
from intake.staff.blueprint import bp
from intake.staff.guard import NO_PAIR, needs, own_part, the_pair
from intake.staff.session import request_address
from intake.staff.words_field import has_words


class TwinForm(Form):  # type: ignore[misc]
    """Which case is about the same incident."""

    reference = StringField("What is the other case’s reference?")


class MergeForm(Form):  # type: ignore[misc]
    """Why two cases are one, and that each team may read what it newly would."""

    words = TextAreaField("Why are they about the same incident?")
    confirmed = SelectMultipleField("Confirm what these teams will read", validate_choice=False)

    def is_complete(self) -> bool:
        """Whether there is a reason, of a length that somebody reads."""
        return has_words(self.words, "Enter why they are about the same incident")


class UndoForm(Form):  # type: ignore[misc]
    """Why a merge was a mistake."""

    words = TextAreaField("Why do you undo the merge?")


@bp.get("/cases/<case_id>/merge")
@needs("case.choose-merge", own_part)
def choose_merge(user: User, thing: CasePart, case_id: str) -> Any:  # noqa: ARG001
    """Ask for the other case."""
    return render_template("staff/merge_choose.html", part=thing, form=TwinForm())


@bp.post("/cases/<case_id>/merge")
@needs("case.choose-merge", own_part)
def merge_chosen(user: User, thing: CasePart, case_id: str) -> Any:
    """Go on to the page that says what merging would do."""
    form = TwinForm(request.form)
    other_id = _chosen(user, thing, form)
    if form.errors or other_id is None:
        return render_template("staff/merge_choose.html", part=thing, form=form), 422
    first, second = older_first(case_id, other_id)
    return redirect(url_for("staff.merge_cases", case_id=first, other_id=second), 303)


@bp.get("/cases/<case_id>/merge/<other_id>")
@needs("case.merge", the_pair)
def merge_cases(user: User, thing: CasePair, case_id: str, other_id: str) -> Any:  # noqa: ARG001
    """Say what would happen, and which team would read what."""
    return _page(user, thing, MergeForm())


@bp.post("/cases/<case_id>/merge/<other_id>")
@needs("case.merge", the_pair)
def merge_cases_submitted(user: User, thing: CasePair, case_id: str, other_id: str) -> Any:  # noqa: ARG001
    """Merge them, if everything was confirmed."""
    form = MergeForm(request.form)
    if not form.is_complete():
        return _page(user, thing, form), 422
    try:
        merge(user, thing, form.words.data, form.confirmed.data or (), address=request_address())
    except Unconfirmed:
        form.confirmed.errors = ["Confirm what each team will read, or do not merge"]
        return _page(user, thing, form), 422
    flash("The cases are one now. This can be undone until something new happens on it.")
    return redirect(url_for("staff.case", case_id=case_id), 303)


@bp.get("/cases/<case_id>/unmerge/<other_id>")
@needs("case.unmerge", the_pair)
def undo_merge(user: User, thing: CasePair, case_id: str, other_id: str) -> Any:  # noqa: ARG001
    """Ask why."""
    return render_template("staff/unmerge.html", pair=thing, form=UndoForm())


@bp.post("/cases/<case_id>/unmerge/<other_id>")
@needs("case.unmerge", the_pair)
def undo_merge_submitted(user: User, thing: CasePair, case_id: str, other_id: str) -> Any:  # noqa: ARG001
    """Make two cases of it again."""
    form = UndoForm(request.form)
    if not has_words(form.words, "Enter why you undo the merge"):
        return render_template("staff/unmerge.html", pair=thing, form=form), 422
    unmerge(user, thing, form.words.data, address=request_address())
    flash("The merge is undone. There are two cases again.")
    return redirect(url_for("staff.case", case_id=case_id), 303)


def _chosen(user: User, part: CasePart, form: TwinForm) -> str | None:
    """The other case's id; an error of the form where it is none to merge with."""
    typed = (form.reference.data or "").strip()
    if not typed:
        form.reference.errors = ["Enter a reference, like REF-4K7M-9QXH"]
        return None
    other_id = case_to_merge(user, typed)
    other = find_case(other_id) if other_id else None
    if other is None:
        form.reference.errors = ["Your teams have no case with this reference"]
    elif other.id == part.case.id:
        form.reference.errors = ["This is the case that you are looking at"]
    elif not may(user, "case.merge", CasePair(part.case, other)):
        form.reference.errors = [NO_PAIR.partition(". ")[0]]
    return other_id


def _page(user: User, pair: CasePair, form: MergeForm) -> str:
    page = look_at_merge(user, pair)
    return render_template("staff/merge.html", merge=page, form=form, teams=team_names())
