"""Who of the team has a case: take it, give it to somebody, also many at once."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from wtforms import Form, HiddenField, SelectField, TextAreaField

from intake.access import CasePart, TeamThing, User
from intake.services import assignments, many_at_once
from intake.services.assignments import holders_of, members_of
from intake.services.many_at_once import Chosen
from intake.services.queue_filters import NOBODY
from intake.staff.blueprint import bp
from intake.staff.guard import needs, own_part, the_team
from intake.staff.session import request_address
from intake.staff.words import count_of
from intake.staff.words_field import is_short

PUT_BACK = "Nobody: put it back"


class AssignForm(Form):  # type: ignore[misc]
    """Who is to have a case, and what they need to know."""

    to = SelectField("Who is to have this case?", validate_choice=False)
    words = TextAreaField("What do they need to know?")
    seen = HiddenField()

    def is_complete(self) -> bool:
        """Whether somebody of the team was chosen."""
        if self.to.data not in {value for value, *_ in self.to.iter_choices() if value}:
            self.to.errors = ["Select who is to have this case"]
        return is_short(self.words) and not self.errors

    def is_late(self, part: CasePart) -> bool:
        """Whether somebody else has it by now than on the page that was seen."""
        return (self.seen.data or "") != part.case.assigned.get(part.team, "")


@bp.post("/cases/<case_id>/take")
@needs("case.take", own_part)
def take(user: User, thing: CasePart, case_id: str) -> Any:
    """Take a case that nobody has."""
    assignments.take(user, thing, address=request_address())
    flash("You have taken this case.")
    return redirect(url_for("staff.case", case_id=case_id), 303)


@bp.get("/cases/<case_id>/assign")
@needs("case.assign", own_part)
def assign(user: User, thing: CasePart, case_id: str) -> Any:  # noqa: ARG001
    """Ask who is to have it."""
    return _assign_page(thing, _form(thing))


@bp.post("/cases/<case_id>/assign")
@needs("case.assign", own_part)
def assigned(user: User, thing: CasePart, case_id: str) -> Any:
    """Give it to a member of the team, or put it back."""
    form = _form(thing)
    if not form.is_complete() and not form.is_late(thing):
        return _assign_page(thing, form), 422
    name = assignments.assign(
        user,
        thing,
        form.to.data or "",
        form.words.data or "",
        seen=form.seen.data or "",
        address=request_address(),
    )
    flash(f"{name} has this case now." if name else "Nobody has this case now.")
    return redirect(url_for("staff.case", case_id=case_id), 303)


@bp.post("/queue/act")
@needs("queue.act", the_team)
def queue_act(user: User, thing: TeamThing) -> Any:
    """Take or assign the cases that were chosen in a list; each has its own result."""
    form, team, address = request.form, thing.team, request_address()
    back = f"{url_for('staff.queue')}?{form.get('back', '')}"
    one, to = form.get("take", ""), form.get("to", "")
    chosen = [read_chosen(each) for each in ([one] if one else form.getlist("case"))]
    is_assigning = not one and form.get("action") == "assign"
    if not chosen or (is_assigning and to not in {NOBODY, *members_of(team)}):
        why = "Choose who is to have them." if chosen else "Choose at least one case."
        return render_template("staff/queue_done.html", results=(), why=why, back=back), 422
    if is_assigning:
        results = many_at_once.assign_many(user, team, chosen, to, address=address)
    else:
        results = many_at_once.take_many(user, team, chosen, address=address)
    done = [each for each in results if not each.problem]
    if len(done) < len(results):
        return render_template("staff/queue_done.html", results=results, back=back)
    flash(
        f"{_who(user, team, to if is_assigning else user.staff_id)} {count_of(len(done), 'case')}."
    )
    return redirect(back, 303)


def read_chosen(text: str) -> Chosen:
    """A case of a list, with whoever had it when the list was made."""
    case_id, _, holder = text.partition(":")
    return Chosen(case_id, holder)


def _who(user: User, team: str, staff_id: str) -> str:
    if staff_id == user.staff_id:
        return "You have taken"
    name = members_of(team).get(staff_id)
    return f"{name} has been given" if name else "You have put back"


def _form(part: CasePart) -> AssignForm:
    holder = holders_of(part.case.id, [part.team]).get(part.team)
    has_it = holder.staff_id if holder else ""
    form = AssignForm(request.form, seen=has_it)
    others = {each: name for each, name in members_of(part.team).items() if each != has_it}
    put_back = {NOBODY: PUT_BACK} if has_it else {}
    form.to.choices = [("", "Choose somebody"), *others.items(), *put_back.items()]
    return form


def _assign_page(part: CasePart, form: AssignForm) -> str:
    holder = holders_of(part.case.id, [part.team]).get(part.team)
    return render_template("staff/assign.html", part=part, form=form, holder=holder)
