"""The page that a campaign begins on: its fields, and what is wrong with them."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import request
from wtforms import Form, IntegerField, RadioField, SelectField, StringField, TextAreaField

from form_definitions.languages import ENGLISH, LANGUAGES
from intake.access import User
from intake.app_state import clock
from intake.files.receiving import received_files
from intake.services.campaign_pages import Wanted, prepare_campaign
from intake.services.campaign_storage import CampaignRefused
from intake.services.campaign_texts import TextRefused
from intake.services.campaigns import LONGEST_NAME
from intake.services.directory import names_of
from intake.services.forms import open_forms, open_languages
from intake.services.recipient_files import FileProblem, FileRefused
from intake.staff.choices import choices

DAYS = {"14": "14 days", "28": "28 days", "56": "8 weeks"}
FILE = "recipients"
NAMED_ROWS = 5  # of those with the same mistake
EXAMPLE = (
    "Hello {greeting},\n\nwe ask you to fill in a form.\n\n{link}\n\nIt works until {expires}.\n"
)


class CampaignForm(Form):  # type: ignore[misc]
    """What goes to whom, from which team."""

    team = SelectField("Which team sends it?", choices=[])
    name = StringField("What do you call it?")
    form_id = RadioField("Which form?", choices=[])
    message = TextAreaField("The message", default=EXAMPLE)
    household = StringField("A column for one message a household (optional)")
    language = RadioField("In which language?", choices=choices(LANGUAGES), default=ENGLISH)
    expires = RadioField("How long can each link be used?", choices=choices(DAYS), default="28")
    per_minute = IntegerField("How many messages a minute, at most?", default=300)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A campaign that waits to be confirmed; or what is wrong with the file, a line each."""

    campaign_id: str = ""
    problems: tuple[str, ...] = ()


def campaign_form(user: User) -> CampaignForm:
    """The form with the user's choices; the file is not one of its fields."""
    form = CampaignForm(request.form)
    form.team.choices = choices(names_of(user.led))
    form.form_id.choices = choices({each.id: each.title for each in open_forms(clock())})
    form.language.choices = choices({each: LANGUAGES[each] for each in open_languages(clock())})
    return form


def prepare_from(form: CampaignForm, user: User, *, is_allowed: bool, address: str) -> Prepared:
    """Prepare what was asked for; else mark what is wrong on the form or name it by its place."""
    content = _file(form)
    _check(form, is_allowed=is_allowed)
    if form.errors:
        return Prepared()
    wanted = Wanted(
        form_id=form.form_id.data,
        team_id=form.team.data,
        name=form.name.data.strip(),
        message=form.message.data,
        household=(form.household.data or "").strip(),
        language="" if form.language.data == ENGLISH else form.language.data,
        days=int(form.expires.data),
        per_minute=form.per_minute.data,
        content=content,
    )
    try:
        return Prepared(*prepare_campaign(user, wanted, address=address))
    except FileRefused as error:
        return Prepared(problems=in_words(error.problems))
    except TextRefused as error:
        form.message.errors = [f"Line {one.line}: {one.message}" for one in error.problems]
    except CampaignRefused as error:
        _field_of(form, error).errors = [error.message]
    return Prepared()


def _check(form: CampaignForm, *, is_allowed: bool) -> None:
    if not is_allowed:
        form.team.errors = ["Select which team sends it"]
    if not (form.name.data or "").strip():
        form.name.errors = [f"Enter a name of at most {LONGEST_NAME} characters"]
    if form.form_id.data not in {each.value for each in form.form_id.choices}:
        form.form_id.errors = ["Select which form to send"]
    if not (form.message.data or "").strip():
        form.message.errors = ["Enter the message"]
    if form.language.data not in {each.value for each in form.language.choices}:
        form.language.errors = ["Select in which language it is"]
    if form.expires.data not in DAYS:
        form.expires.errors = ["Select how long each link can be used"]
    if form.per_minute.data is None or form.per_minute.data < 1:
        form.per_minute.errors = ["Enter a whole number, like 300"]


def in_words(problems: Sequence[FileProblem]) -> tuple[str, ...]:
    """ "Rows 2, 3, 4 and 47 more, column ‘email’: …": a mistake made in many rows is told once."""
    rows: dict[tuple[str, str], list[int]] = {}
    for one in problems:
        rows.setdefault((one.column, one.message), []).append(one.row)
    return tuple(
        f"{_rows(found)}{f', column ‘{column}’' if column else ''}: {message}"
        for (column, message), found in rows.items()
    )


def _rows(found: Sequence[int]) -> str:
    if len(found) == 1:
        return f"Row {found[0]}"
    if found[-1] - found[0] == len(found) - 1 and len(found) > NAMED_ROWS:
        return f"Rows {found[0]} to {found[-1]}"
    named, rest = found[:NAMED_ROWS], len(found) - NAMED_ROWS
    if rest > 0:
        return f"Rows {', '.join(map(str, named))} and {rest} more"
    return f"Rows {', '.join(map(str, named[:-1]))} and {named[-1]}"


def _file(form: CampaignForm) -> bytes:
    """The uploaded file; empty, with an error, if there is none or it is too large."""
    received = received_files().get(FILE, [])
    if not received or received[0].is_too_large:
        problem = "The file is larger than 10 MB" if received else "Choose the file of recipients"
        form.form_errors = [problem]
        return b""
    return b"".join(received[0].pieces())


def _field_of(form: CampaignForm, error: CampaignRefused) -> StringField:
    names = {"per-minute": "per_minute", "form": "form_id"}
    return form[names.get(error.field, error.field)]
