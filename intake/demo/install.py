"""Makes the demonstration's installation: schema, keys, directory, staff, forms, cases, links."""

import json
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask_migrate import upgrade

from form_definitions import FormDefinition
from intake.access import CaseForm, CasePart, User, may
from intake.app_state import clock
from intake.database import db
from intake.demo.cases import make_cases, thing_of
from intake.demo.triage import show_triage
from intake.models import Case
from intake.sealing.recovery_key import to_paper
from intake.services import key_care, links, staff_accounts
from intake.services.directory_storing import load_directory_file
from intake.services.forms import current_forms
from intake.services.publishing import publish_files
from intake.worker import run_once

DATA = Path(__file__).parent
WORDS = (
    "acorn", "amber", "anchor", "apple", "beacon", "birch", "bridge", "candle", "cedar", "clover",
    "copper", "coral", "ember", "falcon", "fennel", "harbour", "hazel", "heron", "ivory",
    "juniper", "kestrel", "lantern", "linen", "maple", "meadow", "mosaic", "nettle", "olive",
    "orchid", "otter", "pebble", "pepper", "plum", "poplar", "quartz", "raven", "river", "rowan",
    "saffron", "silver", "sparrow", "thistle", "timber", "velvet", "violet", "walnut", "willow",
    "winter",
)  # fmt: skip
PARENT = "parent@example.org"
PROFESSIONAL = "professional@example.org"
ISSUERS = {  # who sends the links of the forms that are not on a case
    "breast-pump-loan": "orlagh.devlin@example.org",
    "master-referral": "grace.adeyemi@example.org",
}
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class SignIn:
    """An account of the demonstration; all but its id is printed."""

    staff_id: str
    email: str
    password: str
    team: str
    role: str


def install(tell: Tell) -> dict[str, Any]:
    """Make everything on an empty database; answers what is to be remembered."""
    tell("Preparing the database")
    upgrade()
    load_directory_file(DATA / "directory.json")
    recovery = key_care.init_keys().recovery
    tell("Adding staff")
    sign_ins = tuple(add_staff())
    tell("Publishing the forms")
    publish_files()
    tell("Making up cases")
    users = users_of(sign_ins)
    made = make_cases(published(), users)
    show_triage({user.email: user for user in users})
    return {
        "staff": [asdict(each) for each in sign_ins],
        "cases": made,
        # In production it is printed once and kept offline; here it stays in the folder.
        "recovery_key": to_paper(recovery) if recovery else "",
        "links": {},
    }


def add_staff() -> Iterator[SignIn]:
    """Add the accounts of staff.json, with passwords of their own."""
    for person in json.loads((DATA / "staff.json").read_text("utf-8")):
        password = "-".join(secrets.choice(WORDS) for _ in range(4))
        staff_id = staff_accounts.add_staff(
            person["email"],
            person["name"],
            password,
            teams=[(person["team"], person["role"])],
            training=[record["course"] for record in person["training"]],
        )
        yield SignIn(staff_id, person["email"], password, person["team"], person["role"])


def published() -> Mapping[str, FormDefinition]:
    """The published forms by id."""
    return {form.definition.id: form.definition for form in current_forms(clock())}


def users_of(sign_ins: Iterable[SignIn]) -> tuple[User, ...]:
    """The accounts as access sees them."""
    found = (staff_accounts.load_signed_in(each.staff_id) for each in sign_ins)
    return tuple(each.user for each in found if each is not None)


def ready_links(known: Mapping[str, Mapping[str, str]], users: tuple[User, ...]) -> dict[str, Any]:
    """A link that works for each form: the one from before, or one issued anew by email."""
    now_ready: dict[str, Any] = {}
    for form_id, definition in published().items():
        before = known.get(form_id)
        if before and is_usable(before["id"]):
            now_ready[form_id] = dict(before)
        else:
            now_ready[form_id] = issue(definition, users)
    while run_once():  # the messages with the links are delivered before anybody looks
        pass
    return now_ready


def is_usable(link_id: str) -> bool:
    """Whether a link still opens its form."""
    try:
        return links.find_link(None, link_id).state.is_usable
    except links.LinkNotFound:
        return False


def issue(definition: FormDefinition, users: tuple[User, ...]) -> dict[str, str]:
    """Issue a link as staff would; one for a form on a case belongs to a case under way."""
    if definition.on_case:
        user, team_id, case_id = case_under_way(definition, users)
    else:
        user = next((one for one in users if one.email == ISSUERS.get(definition.id)), users[0])
        team_id, case_id = min(user.teams), None
    issued = links.issue_link(
        definition.id,
        recipient=PARENT if "public" in definition.audience else PROFESSIONAL,
        actor=user.actor,
        team_id=team_id,
        case_id=case_id,
    )
    return {"id": issued.id, "path": "/l/" + issued.url.rsplit("/l/", 1)[1]}


def case_under_way(definition: FormDefinition, users: tuple[User, ...]) -> tuple[User, str, str]:
    """Somebody who may fill in the form, their team, and a case that they work on."""
    for case_id in db.session.scalars(
        sa.select(Case.id).where(Case.state == "open").order_by(Case.created_at.desc())
    ).all():
        thing = thing_of(case_id)
        for user in users:
            for team_id in sorted(user.teams & thing.parts.keys()):
                form = CaseForm(CasePart(thing, team_id), definition.requires_training)
                if may(user, "case.fill-form", form):
                    return user, team_id, case_id
    raise LookupError(f"no case of the demonstration is open for {definition.id}")
