"""The fields of a link that is to be issued, and what is wrong with them."""

from datetime import datetime, time, timedelta

from wtforms import Form, RadioField, SelectField, StringField, TextAreaField

from form_definitions.languages import ENGLISH, LANGUAGES
from intake.access import TeamThing, User, may
from intake.app_state import clock
from intake.services.directory import names_of
from intake.services.forms import open_forms, open_languages
from intake.services.link_rules import MOST_SHARED_USES, MOST_USES, LinkNotIssued
from intake.services.link_terms import LinkKind, Verification
from intake.staff.choices import choices
from intake.staff.link_words import VERIFICATIONS
from referral_router.calendars import LONDON

DAYS = {"7": "7 days", "14": "14 days", "30": "30 days", "90": "90 days"}
KINDS = {
    LinkKind.PERSONAL.value: "One person, by email",
    LinkKind.SHARED.value: "Many people, with a poster, a leaflet or a web site",
}
AS_FORM_ASKS = "form"
VERIFY = {AS_FORM_ASKS: "What the form asks for", **VERIFICATIONS}
ANSWER_LABEL = "Their date of birth or passphrase"


class VerificationForm(Form):  # type: ignore[misc]
    """What the holder of a link shows before it opens."""

    verify = RadioField("What do they show before it opens?", choices=choices(VERIFY))
    answer = StringField(ANSWER_LABEL)

    @property
    def wanted_verification(self) -> Verification | None:
        """What the issuer chose; None for what the form asks."""
        is_chosen = self.verify.data and self.verify.data != AS_FORM_ASKS
        return Verification(self.verify.data) if is_chosen else None

    def check_verification(self) -> None:
        """Choose what the form asks where nothing was chosen; mark what cannot be chosen."""
        self.verify.data = self.verify.data or AS_FORM_ASKS
        if self.verify.data not in VERIFY:
            self.verify.errors = ["Select what they show before it opens"]


class LinkForm(VerificationForm):
    """Which form goes to whom, why, for how long and how often."""

    team = SelectField("Which team sends it?", choices=[])
    form_id = RadioField("Which form?", choices=[])
    kind = RadioField("Who is it for?", choices=choices(KINDS))
    recipient = StringField("Email address")
    language = RadioField("In which language?", choices=choices(LANGUAGES), default=ENGLISH)
    expires = RadioField("How long can it be used?", choices=choices(DAYS), default="14")
    uses = StringField("How many times can the form be sent with it?", default="1")
    purpose = StringField("Why do you send it?")

    @property
    def is_shared(self) -> bool:
        """Whether it is for many people."""
        return bool(self.kind.data == LinkKind.SHARED)

    def uses_count(self) -> int | None:
        """The number of uses; None, with an error, if it is not one."""
        return whole_number(self.uses, MOST_SHARED_USES if self.is_shared else MOST_USES)


class ReplacementForm(Form):  # type: ignore[misc]
    """What a link in place of another one is given anew."""

    recipient = StringField("Email address")
    expires = RadioField("How long can it be used?", choices=choices(DAYS), default="14")
    purpose = StringField("Why do you send it?")
    shown = TextAreaField("What do you want to tell them about the case?")
    answer = StringField(ANSWER_LABEL)


class ExtensionForm(Form):  # type: ignore[misc]
    """How much longer a link can be used, and a shared one how often."""

    expires = RadioField("How long can it be used from today?", choices=choices(DAYS))
    uses = StringField("How many times can the form be sent with it?")


FIELD_OF = {
    "to": "recipient",
    "show": "shown",
    "link": "expires",
    "answers": "form_id",
}  # of what a service refuses


def refused(form: Form, error: LinkNotIssued, *, otherwise: str = "recipient") -> None:
    """Mark the field that a service has refused."""
    name = FIELD_OF.get(error.field, error.field)
    field = form[name if name in form else otherwise]
    field.errors = [error.message]


def link_form(user: User, posted: object, data: dict[str, str] | None = None) -> LinkForm:
    """The form, with the teams, forms and languages that there are."""
    form = LinkForm(posted, data=data)
    form.kind.data = form.kind.data or LinkKind.PERSONAL.value
    form.check_verification()
    form.team.choices = choices(names_of(sorted(user.teams)))
    form.language.choices = choices({each: LANGUAGES[each] for each in open_languages(clock())})
    form.form_id.choices = choices({each.id: each.title for each in open_forms(clock())})
    return form


def check(form: LinkForm, user: User) -> int | None:
    """Mark what is wrong; the number of uses."""
    if not may(user, "link.issue", TeamThing(form.team.data or "")):
        form.team.errors = ["Select which team sends it"]
    if form.kind.data not in KINDS:
        form.kind.errors = ["Select who it is for"]
    if form.form_id.data not in {each.value for each in form.form_id.choices}:
        form.form_id.errors = ["Select which form to send"]
    if not form.is_shared and not (form.recipient.data or "").strip():
        form.recipient.errors = ["Enter the email address of the person who fills it in"]
    if form.language.data not in {each.value for each in form.language.choices}:
        form.language.errors = ["Select in which language it is"]
    check_days(form.expires)
    return form.uses_count()


def check_days(field: RadioField) -> None:
    """Mark a time that is not among those that can be chosen."""
    if field.data not in DAYS:
        field.errors = ["Select how long the link can be used"]


def whole_number(field: StringField, most: int) -> int | None:
    """A number from 1 to the most; None, with an error, if it is not one."""
    typed = (field.data or "").strip().replace(",", "")
    # the length first: Python refuses to read a number of thousands of digits
    is_short = len(typed) <= len(str(most))
    if is_short and typed.isdecimal() and 1 <= int(typed) <= most:
        return int(typed)
    field.errors = [f"Enter a whole number from 1 to {most}"]
    return None


def end_of_day(now: datetime, days: int) -> datetime:
    """Midnight in London at the end of the last day, so that nobody has to think of the hour."""
    last = (now.astimezone(LONDON) + timedelta(days=days)).date()
    return datetime.combine(last, time(23, 59), LONDON)
