"""The messages that are sent, as payloads for the outbox.

Only a weblink's holder gets a link, and nothing that anybody answered is ever in a message.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from flask import current_app

from form_definitions import FormDefinition
from form_definitions.languages import ENGLISH, N_
from form_definitions.languages import words as words_in
from intake.app_state import settings
from intake.database import new_id
from renderers import day_in_words, in_words

_CLOCK_SUBJECTS = {"rem": "Time is running out", "due": "Overdue", "esc": "Nobody has answered"}
NEUTRAL_SUBJECT = N_("A form for you to fill in")


def weblink_message(
    definition: FormDefinition,
    recipient: str,
    *,
    link_id: str,
    url: str,
    expires_at: datetime,
    team_name: str,
) -> dict[str, Any]:
    """The message that carries a weblink, in the language of the definition.

    Its words are neutral: others may see the screen. ``team_name`` is empty where it could tell
    what the message is about.
    """
    language = definition.language
    words = {
        "introduction": definition.email.introduction,
        "url": url,
        "expires": in_words(expires_at, language),
        "team_name": "" if definition.sensitive else team_name,
        "contact": definition.contact if team_name and not definition.sensitive else None,
    }
    subject = definition.email.subject or words_in(language).gettext(NEUTRAL_SUBJECT)
    return _message(recipient, subject, "weblink", f"link-{link_id}", words, language)


def team_message(
    email: str,
    *,
    reference: str,
    case_id: str,
    urgency: str,
    acknowledge_by: datetime | None,
    message_id: str,
    is_new_case: bool,
) -> dict[str, Any]:
    """Tell a team that something waits in its queue: a reference and a time, no content."""
    words = {
        "reference": reference,
        "url": f"{settings().base_url}/staff/cases/{case_id}",
        "urgency": urgency,
        "acknowledge_by": london_time(acknowledge_by) if acknowledge_by else "",
        "is_new_case": is_new_case,
    }
    what = "New referral" if is_new_case else "A form was completed on a case"
    return _message(email, f"{what}: {reference}", "team-notice", message_id, words)


def clock_message(
    email: str,
    *,
    kind: str,
    clock: str,
    reference: str,
    case_id: str,
    due: datetime,
    message_id: str,
) -> dict[str, Any]:
    """Say that the time of a referral is running out, or has: a reference and a time, no content.

    ``kind`` is "rem" before, "due" after, "esc" to whoever is in charge; ``clock`` is
    "acknowledge" or "decide".
    """
    words = {
        "kind": kind,
        "clock": clock,
        "reference": reference,
        "url": f"{settings().base_url}/staff/cases/{case_id}",
        "due": london_time(due),
    }
    subject = f"{_CLOCK_SUBJECTS.get(kind, 'Overdue')}: {reference}"
    return _message(email, subject, "clock-notice", message_id, words)


def digest_message(email: str, *, teams: Sequence[Any], message_id: str) -> dict[str, Any]:
    """How much waits for each team (with its name, and numbers: waiting, late, new), once a day."""
    words = {"teams": teams, "url": f"{settings().base_url}/staff/queue"}
    return _message(email, "What waits for your team today", "digest", message_id, words)


def many_late_message(email: str, *, message_id: str) -> dict[str, Any]:
    """Say once that there is more than there are messages about."""
    words = {"url": f"{settings().base_url}/staff/queue"}
    return _message(email, "Many referrals wait for your team", "many-late", message_id, words)


def webhook_stopped_message(email: str, *, webhook_id: str, message_id: str) -> dict[str, Any]:
    """Tell whoever made a webhook that it is stopped, because it failed for days."""
    words = {"url": f"{settings().base_url}/staff/webhooks/{webhook_id}"}
    return _message(email, "A webhook was stopped", "webhook-stopped", message_id, words)


def new_link_asked_message(
    email: str, *, link_id: str, form_title: str, issued_at: datetime, message_id: str
) -> dict[str, Any]:
    """Tell the issuing team that the holder of a link asks for a new one."""
    words = _of_link(link_id, form_title, issued_at)
    return _message(email, "Someone asks for a new link", "new-link-asked", message_id, words)


def resume_message(
    recipient: str, *, url: str, kept_until: datetime, language: str = ENGLISH
) -> dict[str, Any]:
    """The way back to a saved form. It names no form, no team and no answer, and not the code."""
    words = {"url": url, "kept_until": day_in_words(kept_until, language)}
    subject = words_in(language).gettext("Your way back")
    message = _message(recipient, subject, "resume", f"resume-{new_id()}", words, language)
    return message | {"not_after": kept_until.timestamp()}


def receipt_message(
    recipient: str,
    *,
    reference: str,
    submitted_at: datetime,
    answer_by: datetime | None,
    url: str,
    language: str = ENGLISH,
) -> dict[str, Any]:
    """A receipt: the reference, by when somebody answers, and where to see how far it is.

    It names no form, no team and nothing that was answered.
    """
    words = {
        "reference": reference,
        "submitted": in_words(submitted_at, language),
        "answer_by": day_in_words(answer_by, language) if answer_by else "",
        "url": url,
    }
    subject = words_in(language).gettext("We received what you sent")
    return _message(recipient, subject, "receipt", f"receipt-{new_id()}", words, language)


def news_message(
    recipient: str, *, reference: str, url: str, language: str, message_id: str
) -> dict[str, Any]:
    """Tell whoever sent something that there is news of it. Not which: that is on their page."""
    words = {"reference": reference, "url": url}
    subject = words_in(language).gettext("There is news of what you sent")
    return _message(recipient, subject, "news", message_id, words, language)


def raised_message(email: str, *, reference: str, case_id: str, message_id: str) -> dict[str, Any]:
    """Tell who leads a team that somebody of it escalates a case; nothing of why."""
    words = {"reference": reference, "url": f"{settings().base_url}/staff/cases/{case_id}"}
    return _message(email, f"A case needs you now: {reference}", "raised", message_id, words)


def heard_message(
    email: str, *, reference: str, case_id: str, is_withdrawal: bool
) -> dict[str, Any]:
    """Tell a team that whoever sent a referral sent more, or wants it back; nothing of what."""
    words = {
        "reference": reference,
        "url": f"{settings().base_url}/staff/cases/{case_id}",
        "is_withdrawal": is_withdrawal,
    }
    what = "The sender wants to withdraw" if is_withdrawal else "The sender has sent more"
    return _message(email, f"{what}: {reference}", "heard", f"heard-{new_id()}", words)


def code_message(recipient: str, code: str, language: str = ENGLISH) -> dict[str, Any]:
    """A security code for the holder of a link. Subject and words tell nothing of the form."""
    words = {"code": code}
    subject = words_in(language).gettext("Your security code")
    return _message(recipient, subject, "code", f"code-{new_id()}", words, language)


def link_locked_message(
    email: str, *, link_id: str, form_title: str, issued_at: datetime, message_id: str
) -> dict[str, Any]:
    """Tell the issuing team that a link was locked after too many wrong tries."""
    words = _of_link(link_id, form_title, issued_at)
    return _message(email, "A link was locked", "link-locked", message_id, words)


def _of_link(link_id: str, form_title: str, issued_at: datetime) -> dict[str, Any]:
    """What a message to the issuing team says of a link."""
    return {
        "link_id": link_id,
        "url": f"{settings().base_url}/staff/links/{link_id}",
        "form_title": form_title,
        "issued": london_day(issued_at),
    }


def london_day(moment: datetime) -> str:
    """A day as people write it: "27 March 2026", in Europe/London."""
    return day_in_words(moment)


def london_time(moment: datetime) -> str:
    """A time as people write it: "27 March 2026 at 2:05pm", in Europe/London."""
    return in_words(moment)


def _message(
    to: str,
    subject: str,
    template: str,
    message_id: str,
    words: dict[str, Any],
    lang: str = ENGLISH,
) -> dict[str, Any]:
    return {
        "to": to,
        "subject": subject,
        "text": _rendered(f"email/{template}.txt", lang=lang, **words),
        "html": _rendered(f"email/{template}.html", lang=lang, subject=subject, **words),
        "message_id": f"<{message_id}@{urlsplit(settings().base_url).hostname}>",
    }


def _rendered(template: str, **words: Any) -> str:
    """The text, without what a page is given of its request: a message knows none."""
    return current_app.jinja_env.get_template(template).render(words)
