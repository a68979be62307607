"""Two people who may be the same: look at both, and decide."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from wtforms import Form, RadioField, TextAreaField

from intake.access import CasePair, MatchThing, User, may
from intake.services.match_decisions import STATES, MatchPage, decide, read_match
from intake.services.matching import SUGGESTED
from intake.services.merging import older_first
from intake.staff.blueprint import bp
from intake.staff.choices import choices
from intake.staff.guard import needs, the_match
from intake.staff.posted_numbers import posted_number
from intake.staff.session import request_address
from intake.staff.words_field import has_words

TAKEN_BACK = "Nobody knows yet: take the decision back"
TOLD = {
    "same": "They are now held to be the same person.",
    "not-same": "They are now held to be different people.",
    "not-sure": "It is noted that you are not sure.",
    SUGGESTED: "The decision is taken back.",
}


class MatchForm(Form):  # type: ignore[misc]
    """What somebody decides about two people, and why."""

    decision = RadioField("Are they the same person?")
    words = TextAreaField("Why?")

    def is_complete(self) -> bool:
        """Whether both were answered."""
        if self.decision.data not in {each.value for each in self.decision.choices}:
            self.decision.errors = ["Select whether they are the same person"]
        has_words(self.words, "Enter why")
        return not self.errors


@bp.get("/cases/<case_id>/people/<match_id>")
@needs("match.read", the_match)
def match(user: User, thing: MatchThing, case_id: str, match_id: str) -> Any:
    """Both people, side by side. That they are read is recorded before anything is opened."""
    page = read_match(user, match_id, case_id, address=request_address())
    return _page(user, thing, page, _form(is_decided=page.state != SUGGESTED))


@bp.post("/cases/<case_id>/people/<match_id>")
@needs("match.decide", the_match)
def match_decided(user: User, thing: MatchThing, case_id: str, match_id: str) -> Any:
    """Keep what was decided. It can be taken back at any time."""
    form = _form(is_decided=True)
    if not form.is_complete():
        return _page(
            user, thing, read_match(user, match_id, case_id, address=request_address()), form
        ), 422
    decide(
        user,
        match_id,
        case_id,
        form.decision.data,
        form.words.data,
        seen=posted_number("seen"),
        address=request_address(),
    )
    flash(TOLD[form.decision.data])
    return redirect(f"{url_for('staff.case', case_id=case_id)}#same-person", 303)


def _form(*, is_decided: bool) -> MatchForm:
    form = MatchForm(request.form)
    form.decision.choices = choices({**STATES, SUGGESTED: TAKEN_BACK} if is_decided else STATES)
    return form


def _page(user: User, thing: MatchThing, page: MatchPage, form: MatchForm) -> str:
    cases = CasePair(*thing.cases)
    pair = older_first(cases.one.id, cases.two.id) if may(user, "case.merge", cases) else ()
    return render_template("staff/match.html", match=page, form=form, pair=pair)
