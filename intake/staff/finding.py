"""Find a case by an exact identifier. What is typed is never in an address."""

from typing import Any

from flask import render_template, request
from wtforms import Form, RadioField, StringField

from form_definitions import read_date
from intake.access import User
from intake.services.directory import team_names
from intake.services.finding import REFERENCE, Search, find_cases
from intake.staff.blueprint import bp
from intake.staff.choices import choices
from intake.staff.guard import needs
from intake.staff.session import request_address

KINDS = {
    "reference": "Reference",
    "nhs-number": "NHS number",
    "name-and-birth": "Name and date of birth",
    "postcode": "Postcode",
    "telephone": "Phone number",
    "email": "Email address",
}
MISSING = {
    "reference": "Enter a reference, like REF-4K7M-9QXH",
    "nhs_number": "Enter an NHS number",
    "name": "Enter a full name",
    "postcode": "Enter a postcode",
    "telephone": "Enter a phone number",
    "email": "Enter an email address",
}
LONGEST = 254


class FindForm(Form):  # type: ignore[misc]
    """What to find a case by."""

    by = RadioField("What do you know?", choices=choices(KINDS), default=REFERENCE)
    reference = StringField("Reference")
    nhs_number = StringField("NHS number")
    name = StringField("Full name")
    birth_day = StringField("Day")
    birth_month = StringField("Month")
    birth_year = StringField("Year")
    postcode = StringField("Postcode")
    telephone = StringField("Phone number")
    email = StringField("Email address")

    def search(self) -> Search | None:
        """What to look for; None, with an error, if nothing was typed for the chosen kind."""
        if self.by.data not in KINDS:
            self.by.errors = ["Select what you know"]
            return None
        name = {"name-and-birth": "name"}.get(self.by.data, self.by.data.replace("-", "_"))
        typed = (self[name].data or "").strip()[:LONGEST]
        if not typed:
            self[name].errors = [MISSING[name]]
        born = self.born() if name == "name" else ""
        return None if self.errors else Search(self.by.data, **{name: typed}, date_of_birth=born)

    def born(self) -> str:
        """The date of birth as ISO; with an error if it is not a date."""
        parts = (self[f"birth_{part}"].data or "" for part in ("day", "month", "year"))
        born = read_date(*parts)
        if not born or "/" in born:
            self.birth_day.errors = ["Enter a date of birth, like 27 3 2012"]
        return born


@bp.get("/find")
@needs("case.find")
def find(user: User) -> Any:  # noqa: ARG001
    """Ask what is known."""
    return render_template("staff/find.html", form=FindForm(), found=None)


@bp.post("/find")
@needs("case.find")
def find_submitted(user: User) -> Any:
    """Show what was found; the answer to the POST itself, so nothing typed reaches an address."""
    form = FindForm(request.form)
    search = form.search()
    if search is None:
        return render_template("staff/find.html", form=form, found=None), 422
    found = find_cases(user, search, address=request_address())
    return render_template("staff/find.html", form=form, found=found, teams=team_names())
