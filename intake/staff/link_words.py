"""How the staff side says what becomes of links and campaigns."""

from datetime import UTC, datetime

from intake.services.link_timeline import EXTENDED_UNTIL, LinkHappening
from intake.staff.words import count_of, london_time, plain

FILTERS = (
    "link_word",
    "link_colour",
    "link_kind_word",
    "verification_word",
    "link_happening_word",
    "link_why",
    "campaign_word",
    "campaign_colour",
)

LINKS = {
    "issued": ("Waiting to be sent", "yellow"),
    "sent": ("Sent", "blue"),
    "opened": ("Opened", "purple"),
    "used": ("Used", "green"),
    "expired": ("Expired", "grey"),
    "revoked": ("Revoked", "red"),
    "locked": ("Locked", "red"),
}
LINK_KINDS = {
    "personal": "For one person",
    "shared": "Shared, for many people",
    "task": "A task on a case, for one person",
}
VERIFICATIONS = {
    "none": "Nothing: whoever has the link can open it",
    "code": "A code that we send to their address",
    "date-of-birth": "Their date of birth",
    "passphrase": "The passphrase that you agreed",
}
LINK_HAPPENINGS = {
    "link.issue": "Issued",
    "link.show-answers": "Made to show answers of the case",
    "link.extend": "Given more time",
    "link.resend": "Message sent again",
    "link.replace": "Replaced by a new link",
    "link.revoke": "Revoked",
    "link.lock": "Locked after too many wrong answers",
    "link.unlock": "Unlocked",
    "link.bounced": "Message came back",
    "link.ask": "Its holder asked for a new link",
    "sent": "Message handed over to the mail server",
    "delivery-failed": "Message could not be delivered",
    "opened": "Opened",
    "started": "First answers kept",
    "used": "Form sent",
}
BOUNCES = {  # GOV.UK Notify's words for why it could not deliver
    "permanent-failure": "There is no such address.",
    "temporary-failure": "The mailbox took no mail for three days.",
    "technical-failure": "The mail service failed. Send a new link.",
}
CAMPAIGNS = {
    "prepared": ("Waiting to be confirmed", "yellow"),
    "queueing": ("Making the links", "blue"),
    "sending": ("On its way", "blue"),
    "sent": ("Sent", "green"),
    "stopped": ("Stopped", "red"),
}


def link_word(state: str) -> str:
    """The state of a link, for people."""
    return LINKS.get(state, (plain(state), ""))[0]


def link_colour(state: str) -> str:
    """The tag colour of a link's state."""
    return LINKS.get(state, ("", "grey"))[1]


def link_kind_word(kind: str) -> str:
    """Whom a link is for."""
    return LINK_KINDS.get(kind, plain(kind))


def verification_word(verify: str) -> str:
    """What the holder of a link shows before it opens."""
    return VERIFICATIONS.get(verify, plain(verify))


def link_happening_word(kind: str) -> str:
    """The title of an entry in a link's timeline."""
    return LINK_HAPPENINGS.get(kind, plain(kind))


def link_why(happening: LinkHappening) -> str:
    """What else there is to say of something that happened to a link; empty if nothing is."""
    why = happening.why
    if happening.kind == "link.bounced":
        return BOUNCES.get(why, "")
    if happening.kind == "link.show-answers":
        return count_of(int(why.partition(":")[0]), "answer")
    if happening.kind == "link.extend":
        until = datetime.strptime(why, EXTENDED_UNTIL).replace(tzinfo=UTC)
        return f"Until {london_time(until)}"
    return ""


def campaign_word(state: str) -> str:
    """The state of a campaign, for people."""
    return CAMPAIGNS.get(state, (plain(state), ""))[0]


def campaign_colour(state: str) -> str:
    """The tag colour of a campaign's state."""
    return CAMPAIGNS.get(state, ("", "grey"))[1]
