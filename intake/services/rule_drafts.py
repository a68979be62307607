"""Drafts of routing rules: begin one, change it, give it up. Nothing of it routes anybody yet."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from intake import audit
from intake.access import User, may
from intake.app_state import clock
from intake.database import db, new_id, transaction
from intake.models import FormVersion, RuleVersion
from intake.services.case_decisions import NotNow
from intake.services.forms import startable
from intake.services.rule_versions import OPERATOR, rules_thing
from intake.services.rules_in_force import newest_rules
from referral_router.rules import content_hash

LARGEST_RULES = 1_000_000  # characters; a thousand rules take half of it
MOVED_ON = "Somebody has changed these rules since you opened them. Look at them as they are now."


@dataclass(frozen=True, slots=True)
class Author:
    """Who works on rules: someone signed in, or somebody named at the command line."""

    actor: str  # staff:<id>, or operator:<name>
    user: User | None = None
    address: str = ""

    def may(self, action: str, row: RuleVersion | None = None) -> bool:
        """Whether they may; who has the command line may do what takes no second person."""
        if self.user is not None:
            return may(self.user, action, rules_thing(row))
        if action == "rules.publish" and row is not None:
            return self.actor.casefold() not in map(_folded, (row.edited_by, row.asked_by))
        return True

    def record(self, action: str, row: RuleVersion, why: str = "") -> None:
        """Put it on the record. At the command line nobody proves who they are, so it says both."""
        actor = self.actor if self.user else "cli"
        words = "; ".join(filter(None, (f"{row.form_id} {row.version}", why)))
        if not self.user:
            words = f"{words}; for {self.actor}"
        audit.record(
            actor,
            action,
            "rules",
            row.id,
            address=self.address,
            why=words[: audit.LONGEST_WHY],
        )


def _folded(actor: str | None) -> str:
    return (actor or "").casefold()


def signed_in(user: User, address: str) -> Author:
    """The author who is signed in."""
    return Author(user.actor, user, address)


def operator(name: str) -> Author:
    """Somebody at the command line without an account, by the name that they give."""
    return Author(f"{OPERATOR}{' '.join(name.split())}"[:80])


class VersionTaken(Exception):  # noqa: N818
    """Raised if a version was published with other content, or came with the form."""

    def __init__(self, form_id: str, version: str) -> None:
        super().__init__(
            f"Rules {version} of {form_id} are there already with other content, which decisions "
            "name. Raise “version”."
        )
        self.form_id = form_id
        self.version = version


def begin_draft(form_id: str, author: Author) -> str:
    """A draft that begins as a copy of what holds, or is to hold; its id. Raises FormNotFound."""
    content, base = _latest(form_id, clock())
    content = {**content, "version": _next_version(form_id, base)}
    return store_draft(form_id, _text(content), author, base=base, replace=False)


def store_draft(
    form_id: str, text: str, author: Author, *, base: str = "", replace: bool = True
) -> str:
    """Store rules as a draft of the version that they name; its id.

    A draft of that version is replaced, unless it is not to be. The same content that is published
    already stays as it is.
    Raises VersionTaken, FormNotFound, NotNow.
    """
    now = clock()
    content = json.loads(text)
    version, digest = str(content["version"]), content_hash(content)
    base = base or _latest(form_id, now)[1]
    _refuse_own_version(form_id, version, digest)
    if not author.may("rules.edit"):
        raise NotNow("Only administrators of the fallback team write rules.")
    try:
        with transaction() as session:
            row = session.scalars(_version(form_id, version).with_for_update()).first()
            if row is not None and not replace:
                raise NotNow(MOVED_ON)
            if row is not None and row.state != "draft":
                if row.content_hash == digest and row.state == "published":
                    return str(row.id)
                raise VersionTaken(form_id, version)
            if row is None:
                row = RuleVersion(
                    id=new_id(),
                    form_id=form_id,
                    version=version,
                    created_at=now,
                    created_by=author.actor,
                    base_version=base,
                    revision=0,
                    state="draft",
                    checked_with=[],
                )
                session.add(row)
            _write(row, text, digest, author, now)
            row.revision += 1
            session.flush()
            author.record("rules.edit", row)
            return str(row.id)
    except IntegrityError as error:  # somebody else began the same version at this moment
        raise NotNow(MOVED_ON) from error


def change_draft(
    rules_id: str,
    author: Author,
    seen: int,
    change: Callable[[dict[str, Any]], None],
    *,
    why: str = "",
) -> None:
    """Change a draft's content, if it is still as it was seen. Raises NotNow.

    A draft that waited for a second person waits no longer: it has to be looked at again.
    """
    with changing(rules_id, author, "rules.edit", seen, why=why) as row:
        content = json.loads(row.content)
        change(content)
        if content.get("version") != row.version:
            _refuse_version(row, str(content.get("version")), content_hash(content))
            row.version = str(content["version"])
        _write(row, _text(content), content_hash(content), author, clock())


def discard_draft(rules_id: str, author: Author, seen: int) -> None:
    """Give a draft up: it is deleted. Raises NotNow."""
    with changing(rules_id, author, "rules.edit", seen, why="discarded") as row:
        db.session.delete(row)


@contextmanager
def changing(
    rules_id: str, author: Author, action: str, seen: int, *, why: str = "", state: str = "draft"
) -> Iterator[RuleVersion]:
    """One transaction with the rules locked, as they were seen, and access asked again."""
    with transaction() as session:
        row = session.get(RuleVersion, rules_id, with_for_update=True, populate_existing=True)
        if row is None or row.state != state or row.revision != seen:
            raise NotNow(MOVED_ON)
        if not author.may(action, row):
            raise NotNow(
                "You changed this draft last, or asked for it to be published. "
                "Somebody else has to look at it."
                if action == "rules.publish"
                else MOVED_ON
            )
        yield row
        row.revision = seen + 1
        author.record(action, row, why)


def _write(row: RuleVersion, text: str, digest: str, author: Author, now: datetime) -> None:
    if len(text) > LARGEST_RULES:
        raise NotNow("These rules are too long to be stored.")
    if row.content_hash == digest and row.content == text:
        return
    row.content, row.content_hash = text, digest
    row.edited_at, row.edited_by = now, author.actor
    row.asked_at = row.asked_by = None


def _text(content: Mapping[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, indent=2)


def _version(form_id: str, version: str) -> sa.Select[tuple[RuleVersion]]:
    return sa.select(RuleVersion).where(
        RuleVersion.form_id == form_id, RuleVersion.version == version
    )


def _latest(form_id: str, now: datetime) -> tuple[dict[str, Any], str]:
    """The newest rules that hold or are to hold for the form in force, and their version."""
    form = startable(form_id, None, now)
    newest = newest_rules(form.rules_line)
    if newest:
        row = db.session.get_one(RuleVersion, newest.rules_id)
        return json.loads(row.content), row.version
    query = sa.select(FormVersion.rules).where(
        FormVersion.form_id == form_id, FormVersion.version == form.definition.version
    )
    content = json.loads(db.session.execute(query).scalar_one())
    return content, str(content["version"])


def _next_version(form_id: str, base: str) -> str:
    """The next minor version that nobody has used for rules of this form."""
    taken = {*_own_versions(form_id)}
    taken |= set(
        db.session.scalars(sa.select(RuleVersion.version).where(RuleVersion.form_id == form_id))
    )
    major, minor, _patch = (int(part) for part in base.split("."))
    while f"{major}.{minor}.0" in taken or f"{major}.{minor}.0" == base:
        minor += 1
    return f"{major}.{minor}.0"


def _own_versions(form_id: str) -> dict[str, str]:
    """The versions of rules that came with versions of the form, with their hashes."""
    query = sa.select(FormVersion.rules, FormVersion.rules_hash).where(
        FormVersion.form_id == form_id
    )
    found = db.session.execute(query)
    return {str(json.loads(row.rules)["version"]): row.rules_hash for row in found}


def _refuse_own_version(form_id: str, version: str, digest: str) -> None:
    if _own_versions(form_id).get(version, digest) != digest:
        raise VersionTaken(form_id, version)


def _refuse_version(row: RuleVersion, version: str, digest: str) -> None:
    _refuse_own_version(row.form_id, version, digest)
    if db.session.scalars(_version(row.form_id, version)).first() is not None:
        raise VersionTaken(row.form_id, version)
